-- name: Access from other accounts
-- about: Calls of identities that belong to another account than the one they acted on.
SELECT userIdentity.accountId AS from_account, recipientAccountId AS to_account, eventSource, eventName, count(*) AS times
FROM $EDS_ID
WHERE userIdentity.accountId <> recipientAccountId
    AND eventTime > date_add('day', -7, now())
GROUP BY 1, 2, 3, 4
ORDER BY times DESC
LIMIT 200

-- name: Roles assumed from other accounts
-- about: Which foreign accounts opened sessions of our roles.
SELECT userIdentity.accountId AS from_account, element_at(requestParameters, 'roleArn') AS role,
    element_at(requestParameters, 'externalId') AS external_id, count(*) AS times
FROM $EDS_ID
WHERE eventName = 'AssumeRole'
    AND userIdentity.accountId <> recipientAccountId
    AND errorCode IS NULL
    AND eventTime > date_add('day', -30, now())
GROUP BY 1, 2, 3
ORDER BY times DESC

-- name: Activity outside of our regions
-- about: Calls in regions that are not in use. Adapt the list.
SELECT awsRegion, recipientAccountId, eventSource, count(*) AS calls, min(eventTime) AS since
FROM $EDS_ID
WHERE awsRegion NOT IN ('eu-central-1', 'eu-west-1', 'us-east-1')
    AND eventTime > date_add('day', -7, now())
GROUP BY 1, 2, 3
ORDER BY calls DESC

-- name: Changes outside of our regions
-- about: Resources that were made or changed where nobody should work.
SELECT eventTime, awsRegion, userIdentity.arn, eventSource, eventName
FROM $EDS_ID
WHERE awsRegion NOT IN ('eu-central-1', 'eu-west-1', 'us-east-1')
    AND readOnly = false
    AND errorCode IS NULL
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC
LIMIT 500

-- name: Activity by account and region
-- about: How many calls each account made in each region.
SELECT recipientAccountId, awsRegion, count(*) AS calls
FROM $EDS_ID
WHERE eventTime > date_add('day', -1, now())
GROUP BY 1, 2
ORDER BY calls DESC

-- name: Users per account
-- about: How many different identities were active in each account.
SELECT recipientAccountId, approx_distinct(userIdentity.arn) AS identities, count(*) AS calls
FROM $EDS_ID
WHERE eventTime > date_add('day', -7, now())
GROUP BY recipientAccountId
ORDER BY identities DESC

-- name: Accounts joining and leaving the organization
-- about: Accounts that were created, invited, moved, removed or closed.
SELECT eventTime, eventName, userIdentity.arn, requestParameters
FROM $EDS_ID
WHERE eventSource = 'organizations.amazonaws.com'
    AND eventName IN ('CreateAccount', 'InviteAccountToOrganization', 'AcceptHandshake', 'MoveAccount', 'RemoveAccountFromOrganization', 'LeaveOrganization', 'CloseAccount')
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Changes of organization policies
-- about: Service control policies and others that were changed, attached or detached.
SELECT eventTime, eventName, userIdentity.arn, element_at(requestParameters, 'policyId') AS policy,
    element_at(requestParameters, 'targetId') AS target
FROM $EDS_ID
WHERE eventSource = 'organizations.amazonaws.com'
    AND eventName IN ('CreatePolicy', 'UpdatePolicy', 'DeletePolicy', 'AttachPolicy', 'DetachPolicy', 'EnablePolicyType', 'DisablePolicyType')
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Delegated administrators and trusted services
-- about: Which accounts and services were given power over the organization.
SELECT eventTime, eventName, userIdentity.arn, element_at(requestParameters, 'accountId') AS account,
    element_at(requestParameters, 'servicePrincipal') AS service
FROM $EDS_ID
WHERE eventName IN ('RegisterDelegatedAdministrator', 'DeregisterDelegatedAdministrator', 'EnableAWSServiceAccess', 'DisableAWSServiceAccess', 'RegisterOrganizationDelegatedAdmin')
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Permission sets and assignments
-- about: Who was given which access to which account in IAM Identity Center.
SELECT eventTime, eventName, userIdentity.arn, element_at(requestParameters, 'principalId') AS principal,
    element_at(requestParameters, 'targetId') AS account, element_at(requestParameters, 'permissionSetArn') AS permission_set
FROM $EDS_ID
WHERE eventSource = 'sso.amazonaws.com'
    AND eventName IN ('CreateAccountAssignment', 'DeleteAccountAssignment', 'CreatePermissionSet', 'AttachManagedPolicyToPermissionSet', 'PutInlinePolicyToPermissionSet')
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Regions that were switched on or off
-- about: Opt-in regions that somebody enabled or disabled for an account.
SELECT eventTime, eventName, recipientAccountId, userIdentity.arn, element_at(requestParameters, 'RegionName') AS region
FROM $EDS_ID
WHERE eventName IN ('EnableRegion', 'DisableRegion')
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Resources shared with other accounts
-- about: Shares of Resource Access Manager that were made, changed or accepted.
SELECT eventTime, eventName, userIdentity.arn, requestParameters
FROM $EDS_ID
WHERE eventSource = 'ram.amazonaws.com'
    AND eventName IN ('CreateResourceShare', 'AssociateResourceShare', 'UpdateResourceShare', 'AcceptResourceShareInvitation')
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC
