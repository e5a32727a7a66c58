-- name: Rules of AWS Config that found something
-- about: Resources that evaluations reported as not compliant.
SELECT eventTime, json_extract_scalar(found, '$.complianceResourceType') AS resource_type,
    json_extract_scalar(found, '$.complianceResourceId') AS resource
FROM $EDS_ID
CROSS JOIN UNNEST(cast(json_parse(element_at(requestParameters, 'evaluations')) AS array(json))) AS t(found)
WHERE eventName = 'PutEvaluations'
    AND json_extract_scalar(found, '$.complianceType') = 'NON_COMPLIANT'
    AND eventTime > date_add('day', -7, now())
ORDER BY eventTime DESC

-- name: Changes without a change window
-- about: Changes made by people on weekends (UTC).
SELECT eventTime, userIdentity.arn, eventSource, eventName
FROM $EDS_ID
WHERE day_of_week(eventTime) IN (6, 7)
    AND readOnly = false
    AND userIdentity.invokedBy IS NULL
    AND userIdentity.type IN ('IAMUser', 'AssumedRole', 'Root')
    AND errorCode IS NULL
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC
LIMIT 500

-- name: Use of the emergency role
-- about: Sessions of the role that is kept for emergencies. Put its name in place of the example.
SELECT eventTime, userIdentity.arn, eventSource, eventName, readOnly
FROM $EDS_ID
WHERE userIdentity.sessionContext.sessionIssuer.userName = 'BreakGlass'
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Console access reviewed
-- about: For each person the first and the last console login of the quarter, and whether all used a second factor.
SELECT coalesce(userIdentity.userName, userIdentity.arn, userIdentity.type) AS who, min(eventTime) AS first_time, max(eventTime) AS last_time,
    count(*) AS sign_ins, bool_and(element_at(additionalEventData, 'MFAUsed') = 'Yes') AS always_mfa
FROM $EDS_ID
WHERE eventName = 'ConsoleLogin'
    AND element_at(responseElements, 'ConsoleLogin') = 'Success'
    AND eventTime > date_add('day', -90, now())
GROUP BY 1
ORDER BY last_time DESC

-- name: Permissions in use by a role
-- about: The operations that a role really called in a quarter, from which to write a tighter policy.
SELECT concat(split_part(eventSource, '.', 1), ':', eventName) AS action, count(*) AS times, max(eventTime) AS last_time
FROM $EDS_ID
WHERE userIdentity.sessionContext.sessionIssuer.userName = 'Admin'
    AND errorCode IS NULL
    AND eventTime > date_add('day', -90, now())
GROUP BY 1
ORDER BY 1

-- name: Roles and when they were last used
-- about: The last call of every role that was active this quarter; roles that are missing can go.
SELECT userIdentity.sessionContext.sessionIssuer.arn AS role, max(eventTime) AS last_used,
    max_by(eventName, eventTime) AS last_call
FROM $EDS_ID
WHERE userIdentity.type = 'AssumedRole'
    AND eventTime > date_add('day', -90, now())
GROUP BY 1
ORDER BY last_used

-- name: Patch installations
-- about: Patch commands of Systems Manager, and on which targets.
SELECT eventTime, userIdentity.arn, element_at(requestParameters, 'documentName') AS document, element_at(requestParameters, 'targets') AS targets
FROM $EDS_ID
WHERE eventName = 'SendCommand'
    AND element_at(requestParameters, 'documentName') LIKE 'AWS-%Patch%'
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC

-- name: Protection against deletion taken away
-- about: Databases, stacks, load balancers and stores whose protection against deletion was switched off.
SELECT eventTime, eventSource, eventName, userIdentity.arn, requestParameters
FROM $EDS_ID
WHERE element_at(requestParameters, 'deletionProtection') = 'false'
    OR element_at(requestParameters, 'enableTerminationProtection') = 'false'
    OR element_at(requestParameters, 'terminationProtectionEnabled') = 'false'
ORDER BY eventTime DESC

-- name: Calls of people from outside the office
-- about: Calls of users and of console sessions that did not come from the networks given. Adapt the pattern.
SELECT userIdentity.arn, sourceIPAddress, count(*) AS calls
FROM $EDS_ID
WHERE (userIdentity.type = 'IAMUser' OR sessionCredentialFromConsole = 'true')
    AND NOT regexp_like(sourceIPAddress, '^(10\.|192\.168\.|198\.51\.100\.)')
    AND sourceIPAddress NOT LIKE '%.amazonaws.com'
    AND eventTime > date_add('day', -7, now())
GROUP BY 1, 2
ORDER BY calls DESC
LIMIT 200
