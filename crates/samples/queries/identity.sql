-- name: Everything an access key did
-- about: The calls made with one access key, newest first. Put the key's ID in place of the example.
SELECT eventTime, eventSource, eventName, awsRegion, sourceIPAddress, errorCode
FROM $EDS_ID
WHERE userIdentity.accessKeyId = 'AKIAIOSFODNN7EXAMPLE'
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC
LIMIT 1000

-- name: Everything a user did
-- about: The calls of one IAM user by name, with what was refused. Put the user's name in place of the example.
SELECT eventTime, eventSource, eventName, awsRegion, sourceIPAddress, errorCode
FROM $EDS_ID
WHERE userIdentity.userName = 'alice'
    AND eventTime > date_add('day', -7, now())
ORDER BY eventTime DESC
LIMIT 1000

-- name: Changes made by sessions of a role
-- about: Successful calls that change something, made by anybody who had assumed one role.
SELECT eventTime, userIdentity.principalId, eventSource, eventName, sourceIPAddress
FROM $EDS_ID
WHERE userIdentity.sessionContext.sessionIssuer.userName = 'Admin'
    AND readOnly = false
    AND errorCode IS NULL
    AND eventTime > date_add('day', -7, now())
ORDER BY eventTime DESC
LIMIT 1000

-- name: Busiest callers
-- about: Which users and roles made the most calls, and how many of them failed.
SELECT coalesce(userIdentity.sessionContext.sessionIssuer.arn, userIdentity.arn, userIdentity.invokedBy) AS caller,
    count(*) AS calls,
    count_if(errorCode IS NOT NULL) AS failed
FROM $EDS_ID
WHERE eventTime > date_add('day', -1, now())
GROUP BY 1
ORDER BY calls DESC
LIMIT 50

-- name: What the root user did
-- about: Every call of an account's root user. There should be next to none.
SELECT eventTime, recipientAccountId, eventSource, eventName, sourceIPAddress, userAgent, errorCode
FROM $EDS_ID
WHERE userIdentity.type = 'Root'
    AND userIdentity.invokedBy IS NULL
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC

-- name: Root user working with an access key
-- about: Calls of the root user that were signed with a long-lived access key, which a root user should not have.
SELECT recipientAccountId, userIdentity.accessKeyId, count(*) AS calls, max(eventTime) AS last_seen
FROM $EDS_ID
WHERE userIdentity.type = 'Root'
    AND userIdentity.accessKeyId LIKE 'AKIA%'
    AND eventTime > date_add('day', -90, now())
GROUP BY 1, 2

-- name: Who assumed which role
-- about: How often each role was assumed, and from which identity.
SELECT element_at(requestParameters, 'roleArn') AS role,
    coalesce(userIdentity.arn, userIdentity.invokedBy, userIdentity.principalId) AS caller,
    count(*) AS times,
    max(eventTime) AS last_time
FROM $EDS_ID
WHERE eventSource = 'sts.amazonaws.com'
    AND eventName = 'AssumeRole'
    AND errorCode IS NULL
    AND eventTime > date_add('day', -7, now())
GROUP BY 1, 2
ORDER BY times DESC
LIMIT 200

-- name: Roles that assume other roles
-- about: Role chaining: a session of one role assumes the next one, which hides where a caller came from.
SELECT userIdentity.sessionContext.sessionIssuer.arn AS from_role,
    element_at(requestParameters, 'roleArn') AS to_role,
    count(*) AS times
FROM $EDS_ID
WHERE eventName = 'AssumeRole'
    AND userIdentity.type = 'AssumedRole'
    AND errorCode IS NULL
    AND eventTime > date_add('day', -7, now())
GROUP BY 1, 2
ORDER BY times DESC
LIMIT 200

-- name: Roles that assume themselves
-- about: Sessions of a role that assume the same role again, often to outlive the session's end.
SELECT eventTime, userIdentity.arn, sourceIPAddress
FROM $EDS_ID
WHERE eventName = 'AssumeRole'
    AND userIdentity.sessionContext.sessionIssuer.arn = element_at(requestParameters, 'roleArn')
    AND eventTime > date_add('day', -7, now())
ORDER BY eventTime DESC

-- name: Which key opened a role's session
-- about: Finds the call that gave out a temporary access key, and so who is behind it.
SELECT eventTime, eventName, userIdentity.arn, userIdentity.accessKeyId AS own_key, sourceIPAddress,
    json_extract_scalar(element_at(responseElements, 'credentials'), '$.accessKeyId') AS temporary_key
FROM $EDS_ID
WHERE eventSource = 'sts.amazonaws.com'
    AND json_extract_scalar(element_at(responseElements, 'credentials'), '$.accessKeyId') = 'ASIAIOSFODNN7EXAMPLE'

-- name: Access keys used from many addresses
-- about: Long-lived access keys that came from more than three addresses: shared, or stolen.
SELECT userIdentity.accessKeyId, arbitrary(userIdentity.arn) AS owner,
    count(DISTINCT sourceIPAddress) AS addresses, count(*) AS calls
FROM $EDS_ID
WHERE userIdentity.accessKeyId LIKE 'AKIA%'
    AND userIdentity.invokedBy IS NULL
    AND eventTime > date_add('day', -7, now())
GROUP BY userIdentity.accessKeyId
HAVING count(DISTINCT sourceIPAddress) > 3
ORDER BY addresses DESC

-- name: Keys seen for the first time today
-- about: Access keys whose first call in a month is less than a day old.
SELECT userIdentity.accessKeyId, arbitrary(userIdentity.arn) AS owner, min(eventTime) AS first_seen, count(*) AS calls
FROM $EDS_ID
WHERE userIdentity.accessKeyId LIKE 'AKIA%'
    AND eventTime > date_add('day', -30, now())
GROUP BY userIdentity.accessKeyId
HAVING min(eventTime) > date_add('day', -1, now())
ORDER BY first_seen

-- name: Keys that have gone quiet
-- about: Long-lived access keys that were in use this quarter, and not in the last three days: candidates to disable.
SELECT userIdentity.accessKeyId, arbitrary(userIdentity.userName) AS owner, max(eventTime) AS last_seen
FROM $EDS_ID
WHERE userIdentity.accessKeyId LIKE 'AKIA%'
    AND eventTime > date_add('day', -90, now())
GROUP BY userIdentity.accessKeyId
HAVING max(eventTime) < date_add('day', -3, now())
ORDER BY last_seen

-- name: Users who still work with long-lived keys
-- about: IAM users by their number of keys and calls; each could be a role instead.
SELECT userIdentity.arn, count(DISTINCT userIdentity.accessKeyId) AS keys_used, count(*) AS calls
FROM $EDS_ID
WHERE userIdentity.type = 'IAMUser'
    AND userIdentity.accessKeyId LIKE 'AKIA%'
    AND eventTime > date_add('day', -7, now())
GROUP BY userIdentity.arn
ORDER BY calls DESC
LIMIT 100

-- name: A person behind a session
-- about: What sessions with one source identity did, whichever roles they went through.
SELECT eventTime, userIdentity.arn, eventSource, eventName
FROM $EDS_ID
WHERE userIdentity.sessionContext.sourceIdentity = 'dave@example.com'
    AND eventTime > date_add('day', -7, now())
ORDER BY eventTime DESC
LIMIT 1000

-- name: What an Identity Center user did
-- about: Calls on behalf of one user of IAM Identity Center, by the user's ID.
SELECT eventTime, userIdentity.onBehalfOf.userId, eventSource, eventName, sourceIPAddress
FROM $EDS_ID
WHERE userIdentity.onBehalfOf.userId = '906732ab-1111-2222-3333-444455556666'
    AND eventTime > date_add('day', -7, now())
ORDER BY eventTime DESC

-- name: Identity probing
-- about: Callers that ask who they are, as somebody does who tries out found credentials.
SELECT userIdentity.arn, sourceIPAddress, count(*) AS times
FROM $EDS_ID
WHERE eventName = 'GetCallerIdentity'
    AND eventTime > date_add('day', -1, now())
GROUP BY 1, 2
ORDER BY times DESC
LIMIT 100

-- name: Callers with many user agents
-- about: Identities that appeared with unusually many different clients.
SELECT userIdentity.arn, count(DISTINCT userAgent) AS agents, count(*) AS calls
FROM $EDS_ID
WHERE userIdentity.arn IS NOT NULL
    AND eventTime > date_add('day', -1, now())
GROUP BY userIdentity.arn
HAVING count(DISTINCT userAgent) > 3
ORDER BY agents DESC
LIMIT 100

-- name: Web identities and what they became
-- about: Tokens of outside identity providers that were exchanged for sessions of roles.
SELECT eventTime, userIdentity.identityProvider, userIdentity.userName, element_at(requestParameters, 'roleArn') AS role
FROM $EDS_ID
WHERE eventName = 'AssumeRoleWithWebIdentity'
    AND errorCode IS NULL
    AND eventTime > date_add('day', -7, now())
ORDER BY eventTime DESC
LIMIT 500

-- name: Federation tokens given out
-- about: Users who asked for federation tokens, which keep working for hours after their key is disabled.
SELECT eventTime, userIdentity.arn, element_at(requestParameters, 'name') AS token_name, sourceIPAddress
FROM $EDS_ID
WHERE eventSource = 'sts.amazonaws.com'
    AND eventName = 'GetFederationToken'
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC

-- name: Changes made without a second factor
-- about: Sessions that changed something and whose holder had not used a second factor (MFA).
SELECT userIdentity.arn, eventSource, eventName, count(*) AS times
FROM $EDS_ID
WHERE readOnly = false
    AND userIdentity.sessionContext.attributes.mfaAuthenticated = 'false'
    AND userIdentity.invokedBy IS NULL
    AND eventTime > date_add('day', -7, now())
GROUP BY 1, 2, 3
ORDER BY times DESC
LIMIT 200
