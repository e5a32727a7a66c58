-- name: KMS keys about to be deleted
-- about: Keys that were scheduled for deletion or disabled; what they encrypted is lost with them.
SELECT eventTime, eventName, userIdentity.arn, element_at(requestParameters, 'keyId') AS kms_key,
    element_at(requestParameters, 'pendingWindowInDays') AS days_left
FROM $EDS_ID
WHERE eventSource = 'kms.amazonaws.com'
    AND eventName IN ('ScheduleKeyDeletion', 'DisableKey', 'DeleteImportedKeyMaterial')
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: KMS key policies and grants
-- about: Who changed who may use which key.
SELECT eventTime, eventName, userIdentity.arn, element_at(requestParameters, 'keyId') AS kms_key,
    element_at(requestParameters, 'granteePrincipal') AS grantee
FROM $EDS_ID
WHERE eventSource = 'kms.amazonaws.com'
    AND eventName IN ('PutKeyPolicy', 'CreateGrant', 'RevokeGrant', 'RetireGrant')
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC
LIMIT 500

-- name: Who decrypts with which key
-- about: Use of KMS keys to decrypt, by caller.
SELECT coalesce(userIdentity.sessionContext.sessionIssuer.arn, userIdentity.arn, userIdentity.invokedBy) AS caller,
    resources[1].arn AS kms_key, count(*) AS times
FROM $EDS_ID
WHERE eventSource = 'kms.amazonaws.com'
    AND eventName = 'Decrypt'
    AND eventTime > date_add('day', -1, now())
GROUP BY 1, 2
ORDER BY times DESC
LIMIT 100

-- name: Refused uses of KMS keys
-- about: Callers who tried to use keys that they may not use.
SELECT userIdentity.arn, eventName, errorCode, errorMessage, count(*) AS times
FROM $EDS_ID
WHERE eventSource = 'kms.amazonaws.com'
    AND errorCode LIKE '%AccessDenied%'
    AND eventTime > date_add('day', -7, now())
GROUP BY 1, 2, 3, 4
ORDER BY times DESC

-- name: KMS keys used from other accounts
-- about: Keys of ours that identities of other accounts worked with.
SELECT userIdentity.accountId AS from_account, eventName, resources[1].arn AS kms_key, count(*) AS times
FROM $EDS_ID
WHERE eventSource = 'kms.amazonaws.com'
    AND userIdentity.accountId <> resources[1].accountId
    AND eventTime > date_add('day', -7, now())
GROUP BY 1, 2, 3
ORDER BY times DESC

-- name: Secrets that were read
-- about: Who read which secret in Secrets Manager, and from where.
SELECT element_at(requestParameters, 'secretId') AS secret, userIdentity.arn, sourceIPAddress, count(*) AS times,
    max(eventTime) AS last_time
FROM $EDS_ID
WHERE eventSource = 'secretsmanager.amazonaws.com'
    AND eventName IN ('GetSecretValue', 'BatchGetSecretValue')
    AND errorCode IS NULL
    AND eventTime > date_add('day', -7, now())
GROUP BY 1, 2, 3
ORDER BY times DESC

-- name: Refused reads of secrets
-- about: Attempts to read secrets without permission.
SELECT eventTime, element_at(requestParameters, 'secretId') AS secret, userIdentity.arn, sourceIPAddress, errorCode
FROM $EDS_ID
WHERE eventName = 'GetSecretValue'
    AND errorCode IS NOT NULL
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC

-- name: Callers who read many secrets
-- about: Identities that read three different secrets or more in a day.
SELECT userIdentity.arn, count(DISTINCT element_at(requestParameters, 'secretId')) AS secrets, count(*) AS reads
FROM $EDS_ID
WHERE eventName = 'GetSecretValue'
    AND errorCode IS NULL
    AND eventTime > date_add('day', -1, now())
GROUP BY userIdentity.arn
HAVING count(DISTINCT element_at(requestParameters, 'secretId')) >= 3
ORDER BY secrets DESC

-- name: Secrets deleted or shared
-- about: Secrets that were deleted, restored, or given a resource policy.
SELECT eventTime, eventName, userIdentity.arn, element_at(requestParameters, 'secretId') AS secret
FROM $EDS_ID
WHERE eventSource = 'secretsmanager.amazonaws.com'
    AND eventName IN ('DeleteSecret', 'RestoreSecret', 'PutResourcePolicy', 'DeleteResourcePolicy', 'CancelRotateSecret')
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC

-- name: Decrypted parameters
-- about: Secure parameters of Systems Manager that were read in the clear.
SELECT coalesce(element_at(requestParameters, 'name'), element_at(requestParameters, 'names'), element_at(requestParameters, 'path')) AS parameter,
    userIdentity.arn, count(*) AS times
FROM $EDS_ID
WHERE eventName IN ('GetParameter', 'GetParameters', 'GetParametersByPath')
    AND element_at(requestParameters, 'withDecryption') = 'true'
    AND eventTime > date_add('day', -7, now())
GROUP BY 1, 2
ORDER BY times DESC

-- name: Certificates and their private keys
-- about: Certificates that were imported, exported or deleted.
SELECT eventTime, eventName, userIdentity.arn, element_at(requestParameters, 'certificateArn') AS certificate
FROM $EDS_ID
WHERE eventSource = 'acm.amazonaws.com'
    AND eventName IN ('ImportCertificate', 'ExportCertificate', 'DeleteCertificate')
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC
