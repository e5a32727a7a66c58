-- name: Console sign-ins
-- about: Who signed in to the console, from where, and whether a second factor (MFA) was used.
SELECT eventTime, userIdentity.type, coalesce(userIdentity.userName, userIdentity.arn) AS who, sourceIPAddress,
    element_at(additionalEventData, 'MFAUsed') AS mfa
FROM $EDS_ID
WHERE eventName = 'ConsoleLogin'
    AND element_at(responseElements, 'ConsoleLogin') = 'Success'
    AND eventTime > date_add('day', -7, now())
ORDER BY eventTime DESC

-- name: Console sign-ins without MFA
-- about: Successful console logins of users and of root without a second factor.
SELECT eventTime, recipientAccountId, coalesce(userIdentity.userName, userIdentity.type) AS who, sourceIPAddress
FROM $EDS_ID
WHERE eventName = 'ConsoleLogin'
    AND element_at(responseElements, 'ConsoleLogin') = 'Success'
    AND element_at(additionalEventData, 'MFAUsed') = 'No'
    AND userIdentity.type IN ('IAMUser', 'Root')
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC

-- name: Failed console sign-ins by address
-- about: Addresses from which sign-ins failed, and how many names were tried.
SELECT sourceIPAddress, count(*) AS failures, count(DISTINCT userIdentity.userName) AS names_tried
FROM $EDS_ID
WHERE eventName = 'ConsoleLogin'
    AND element_at(responseElements, 'ConsoleLogin') = 'Failure'
    AND eventTime > date_add('day', -7, now())
GROUP BY sourceIPAddress
ORDER BY failures DESC

-- name: Sign-ins that succeeded after failures
-- about: Users who failed to sign in and got in within the same hour: a forgotten password, or a guessed one.
SELECT bad.who, good.eventTime AS signed_in, good.sourceIPAddress, count(*) AS failures_before
FROM (
    SELECT userIdentity.userName AS who, eventTime FROM $EDS_ID
    WHERE eventName = 'ConsoleLogin' AND element_at(responseElements, 'ConsoleLogin') = 'Failure'
        AND eventTime > date_add('day', -7, now())
) bad
JOIN (
    SELECT userIdentity.userName AS who, eventTime, sourceIPAddress FROM $EDS_ID
    WHERE eventName = 'ConsoleLogin' AND element_at(responseElements, 'ConsoleLogin') = 'Success'
        AND eventTime > date_add('day', -7, now())
) good ON bad.who = good.who
    AND good.eventTime > bad.eventTime
    AND good.eventTime < bad.eventTime + interval '1' hour
GROUP BY 1, 2, 3
ORDER BY failures_before DESC

-- name: Root sign-ins
-- about: Console logins of root users, successful or not.
SELECT eventTime, recipientAccountId, sourceIPAddress, userAgent,
    element_at(responseElements, 'ConsoleLogin') AS outcome,
    element_at(additionalEventData, 'MFAUsed') AS mfa
FROM $EDS_ID
WHERE eventName = 'ConsoleLogin'
    AND userIdentity.type = 'Root'
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Sign-ins by hour of the day
-- about: How console logins spread over the day (UTC), to see those outside of working hours.
SELECT hour(eventTime) AS hour_of_day, count(*) AS sign_ins, count(DISTINCT userIdentity.arn) AS people
FROM $EDS_ID
WHERE eventName = 'ConsoleLogin'
    AND eventTime > date_add('day', -30, now())
GROUP BY 1
ORDER BY 1

-- name: Sign-ins at night and on weekends
-- about: Successful console logins on Saturdays, on Sundays, or before six in the morning (UTC).
SELECT eventTime, coalesce(userIdentity.userName, userIdentity.arn) AS who, sourceIPAddress
FROM $EDS_ID
WHERE eventName = 'ConsoleLogin'
    AND element_at(responseElements, 'ConsoleLogin') = 'Success'
    AND (day_of_week(eventTime) IN (6, 7) OR hour(eventTime) < 6)
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC

-- name: Sign-ins to Identity Center
-- about: How users of IAM Identity Center proved who they are, and whether it worked.
SELECT eventTime, userIdentity.onBehalfOf.userId, element_at(additionalEventData, 'CredentialType') AS credential,
    element_at(serviceEventDetails, 'CredentialVerification') AS outcome, sourceIPAddress
FROM $EDS_ID
WHERE eventName = 'CredentialVerification'
    AND eventTime > date_add('day', -7, now())
ORDER BY eventTime DESC

-- name: Identity Center users entering accounts
-- about: Who went from the access portal into which account.
SELECT userIdentity.onBehalfOf.userId, element_at(serviceEventDetails, 'role_name') AS permission_set,
    element_at(serviceEventDetails, 'account_id') AS account, count(*) AS times
FROM $EDS_ID
WHERE eventSource = 'sso.amazonaws.com'
    AND eventName = 'Federate'
    AND eventTime > date_add('day', -7, now())
GROUP BY 1, 2, 3
ORDER BY times DESC

-- name: Users who switched roles in the console
-- about: Role switches in the console, and to which role.
SELECT eventTime, userIdentity.arn, element_at(additionalEventData, 'SwitchFrom') AS switched_from, sourceIPAddress
FROM $EDS_ID
WHERE eventName = 'SwitchRole'
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC

-- name: Password recovery and changes
-- about: Requests to recover the root password, and passwords that were changed.
SELECT eventTime, eventName, userIdentity.arn, sourceIPAddress, errorCode
FROM $EDS_ID
WHERE eventName IN ('PasswordRecoveryRequested', 'PasswordRecoveryCompleted', 'PasswordUpdated', 'EmailUpdated', 'ChangePassword')
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: People at AWS Support
-- about: Who opened, answered or attached files to support cases.
SELECT eventTime, eventName, userIdentity.arn, recipientAccountId
FROM $EDS_ID
WHERE eventSource = 'support.amazonaws.com'
    AND eventName IN ('CreateCase', 'AddCommunicationToCase', 'AddAttachmentsToSet', 'ResolveCase')
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC

-- name: Changes made in the console
-- about: What people changed by hand in the console, which templates and pipelines then do not know of.
SELECT userIdentity.arn, eventSource, eventName, count(*) AS times
FROM $EDS_ID
WHERE sessionCredentialFromConsole = 'true'
    AND readOnly = false
    AND eventTime > date_add('day', -7, now())
GROUP BY 1, 2, 3
ORDER BY times DESC
LIMIT 200
