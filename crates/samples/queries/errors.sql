-- name: Most frequent errors
-- about: Which calls fail most, by service and error code.
SELECT eventSource, eventName, errorCode, count(*) AS times
FROM $EDS_ID
WHERE errorCode IS NOT NULL
    AND eventTime > date_add('day', -7, now())
GROUP BY 1, 2, 3
ORDER BY times DESC
LIMIT 50

-- name: Who was denied access
-- about: Callers whose requests were refused for want of permission, with the calls that they tried.
SELECT userIdentity.arn, eventSource, eventName, count(*) AS times, max(eventTime) AS last_time
FROM $EDS_ID
WHERE errorCode IN ('AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'Client.UnauthorizedOperation')
    AND eventTime > date_add('day', -7, now())
GROUP BY 1, 2, 3
ORDER BY times DESC
LIMIT 200

-- name: Callers denied in many services
-- about: Identities that were refused by three services or more within a day, as happens when somebody explores.
SELECT userIdentity.arn, count(DISTINCT eventSource) AS services, count(DISTINCT eventName) AS operations, count(*) AS denials
FROM $EDS_ID
WHERE errorCode LIKE '%Denied%'
    AND eventTime > date_add('day', -1, now())
GROUP BY userIdentity.arn
HAVING count(DISTINCT eventSource) >= 3
ORDER BY services DESC

-- name: Share of calls that fail, by service
-- about: The error rate of each service in percent.
SELECT eventSource, count(*) AS calls,
    round(100.0 * count_if(errorCode IS NOT NULL) / count(*), 1) AS percent_failed
FROM $EDS_ID
WHERE eventTime > date_add('day', -1, now())
GROUP BY eventSource
HAVING count(*) >= 10
ORDER BY percent_failed DESC

-- name: Throttled callers
-- about: Who ran into rate limits, and with which calls.
SELECT coalesce(userIdentity.sessionContext.sessionIssuer.userName, userIdentity.userName) AS caller,
    eventSource, eventName, count(*) AS times
FROM $EDS_ID
WHERE errorCode IN ('ThrottlingException', 'Throttling', 'Client.RequestLimitExceeded', 'RequestLimitExceeded', 'TooManyRequestsException')
    AND eventTime > date_add('day', -1, now())
GROUP BY 1, 2, 3
ORDER BY times DESC

-- name: Errors over time
-- about: Failed calls for each hour, to see when trouble began.
SELECT date_trunc('hour', eventTime) AS hour_start, count(*) AS errors, count(DISTINCT errorCode) AS kinds
FROM $EDS_ID
WHERE errorCode IS NOT NULL
    AND eventTime > date_add('day', -3, now())
GROUP BY 1
ORDER BY 1

-- name: Permissions that an explicit deny took away
-- about: Refusals by an explicit deny, such as one of a service control policy.
SELECT eventTime, userIdentity.arn, eventName, errorMessage
FROM $EDS_ID
WHERE errorMessage LIKE '%explicit deny%'
    AND eventTime > date_add('day', -7, now())
ORDER BY eventTime DESC
LIMIT 200

-- name: Calls with invalid credentials
-- about: Requests whose key or token was unknown, expired or wrongly signed.
SELECT eventTime, eventSource, eventName, errorCode, sourceIPAddress, userIdentity.accessKeyId
FROM $EDS_ID
WHERE errorCode IN ('InvalidClientTokenId', 'ExpiredToken', 'ExpiredTokenException', 'SignatureDoesNotMatch', 'UnrecognizedClientException', 'InvalidAccessKeyId')
    AND eventTime > date_add('day', -7, now())
ORDER BY eventTime DESC

-- name: Errors of one caller, explained
-- about: The messages behind one identity's errors, the most frequent first.
SELECT eventName, errorCode, errorMessage, count(*) AS times
FROM $EDS_ID
WHERE userIdentity.arn LIKE '%user/carol'
    AND errorCode IS NOT NULL
    AND eventTime > date_add('day', -7, now())
GROUP BY 1, 2, 3
ORDER BY times DESC

-- name: Dry runs
-- about: Callers that tested what they may do without doing it.
SELECT userIdentity.arn, eventName, errorCode, count(*) AS times
FROM $EDS_ID
WHERE errorCode IN ('Client.DryRunOperation', 'DryRunOperation')
    AND eventTime > date_add('day', -7, now())
GROUP BY 1, 2, 3
ORDER BY times DESC
