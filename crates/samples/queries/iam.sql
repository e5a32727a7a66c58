-- name: New users, roles and groups
-- about: Who made which identities in IAM.
SELECT eventTime, eventName, userIdentity.arn,
    coalesce(element_at(requestParameters, 'userName'), element_at(requestParameters, 'roleName'), element_at(requestParameters, 'groupName')) AS made
FROM $EDS_ID
WHERE eventSource = 'iam.amazonaws.com'
    AND eventName IN ('CreateUser', 'CreateRole', 'CreateGroup')
    AND errorCode IS NULL
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC

-- name: Administrator rights handed out
-- about: The policy AdministratorAccess, attached to users, roles or groups.
SELECT eventTime, eventName, userIdentity.arn,
    coalesce(element_at(requestParameters, 'userName'), element_at(requestParameters, 'roleName'), element_at(requestParameters, 'groupName')) AS given_to
FROM $EDS_ID
WHERE eventName IN ('AttachUserPolicy', 'AttachRolePolicy', 'AttachGroupPolicy')
    AND element_at(requestParameters, 'policyArn') LIKE '%:policy/AdministratorAccess'
    AND errorCode IS NULL
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Policies that allow everything
-- about: Policies written with the action "*", inline or managed.
SELECT eventTime, eventName, userIdentity.arn, element_at(requestParameters, 'policyName') AS policy,
    element_at(requestParameters, 'policyDocument') AS document
FROM $EDS_ID
WHERE eventName IN ('PutUserPolicy', 'PutRolePolicy', 'PutGroupPolicy', 'CreatePolicy', 'CreatePolicyVersion')
    AND regexp_like(element_at(requestParameters, 'policyDocument'), '"Action"\s*:\s*\[?\s*"\*"')
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Inline policies
-- about: Policies that were written straight into users, roles and groups, where reviews overlook them.
SELECT eventTime, eventName, userIdentity.arn, element_at(requestParameters, 'policyName') AS policy,
    coalesce(element_at(requestParameters, 'userName'), element_at(requestParameters, 'roleName'), element_at(requestParameters, 'groupName')) AS holder
FROM $EDS_ID
WHERE eventName IN ('PutUserPolicy', 'PutRolePolicy', 'PutGroupPolicy')
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC

-- name: Managed policies given a new version
-- about: Policies whose contents changed for everybody who holds them.
SELECT eventTime, eventName, userIdentity.arn, element_at(requestParameters, 'policyArn') AS policy,
    element_at(requestParameters, 'setAsDefault') AS in_force
FROM $EDS_ID
WHERE eventName IN ('CreatePolicyVersion', 'SetDefaultPolicyVersion', 'DeletePolicyVersion')
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC

-- name: Access keys made for somebody else
-- about: Access keys that a caller made for another user than itself, a classic way to stay.
SELECT eventTime, userIdentity.arn, element_at(requestParameters, 'userName') AS made_for,
    json_extract_scalar(element_at(responseElements, 'accessKey'), '$.accessKeyId') AS new_key
FROM $EDS_ID
WHERE eventName = 'CreateAccessKey'
    AND errorCode IS NULL
    AND element_at(requestParameters, 'userName') IS NOT NULL
    AND (element_at(requestParameters, 'userName') IS DISTINCT FROM userIdentity.userName)
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Life of access keys
-- about: Access keys that were made, switched or deleted, and by whom.
SELECT eventTime, eventName, userIdentity.arn, element_at(requestParameters, 'userName') AS of_user,
    element_at(requestParameters, 'accessKeyId') AS access_key, element_at(requestParameters, 'status') AS status
FROM $EDS_ID
WHERE eventName IN ('CreateAccessKey', 'UpdateAccessKey', 'DeleteAccessKey')
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Console passwords set by others
-- about: Login profiles that somebody made or changed for another user.
SELECT eventTime, eventName, userIdentity.arn, element_at(requestParameters, 'userName') AS for_user
FROM $EDS_ID
WHERE eventName IN ('CreateLoginProfile', 'UpdateLoginProfile')
    AND (element_at(requestParameters, 'userName') IS DISTINCT FROM userIdentity.userName)
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Second factors taken away
-- about: MFA devices that were deactivated or deleted.
SELECT eventTime, eventName, userIdentity.arn, element_at(requestParameters, 'userName') AS of_user,
    element_at(requestParameters, 'serialNumber') AS device
FROM $EDS_ID
WHERE eventName IN ('DeactivateMFADevice', 'DeleteVirtualMFADevice')
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Who may assume a role, changed
-- about: Trust policies of roles that were rewritten.
SELECT eventTime, userIdentity.arn, element_at(requestParameters, 'roleName') AS role,
    element_at(requestParameters, 'policyDocument') AS trust
FROM $EDS_ID
WHERE eventName = 'UpdateAssumeRolePolicy'
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Roles that trust anybody
-- about: Roles made or changed so that every principal may assume them.
SELECT eventTime, eventName, userIdentity.arn, element_at(requestParameters, 'roleName') AS role
FROM $EDS_ID
WHERE eventName IN ('CreateRole', 'UpdateAssumeRolePolicy')
    AND regexp_like(coalesce(element_at(requestParameters, 'assumeRolePolicyDocument'), element_at(requestParameters, 'policyDocument')),
        '"Principal"\s*:\s*(\{\s*"AWS"\s*:\s*)?"\*"')
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Identity providers that changed
-- about: SAML and OpenID Connect providers, through which outsiders become somebody here.
SELECT eventTime, eventName, userIdentity.arn, requestParameters
FROM $EDS_ID
WHERE eventName IN ('CreateSAMLProvider', 'UpdateSAMLProvider', 'DeleteSAMLProvider', 'CreateOpenIDConnectProvider', 'UpdateOpenIDConnectProviderThumbprint', 'AddClientIDToOpenIDConnectProvider')
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Permission boundaries removed
-- about: Boundaries that were taken from users or roles.
SELECT eventTime, eventName, userIdentity.arn,
    coalesce(element_at(requestParameters, 'userName'), element_at(requestParameters, 'roleName')) AS of_whom
FROM $EDS_ID
WHERE eventName IN ('DeleteUserPermissionsBoundary', 'DeleteRolePermissionsBoundary')
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Users who gave themselves rights
-- about: Users who attached a policy to themselves, or put themselves into a group.
SELECT eventTime, eventName, userIdentity.userName,
    coalesce(element_at(requestParameters, 'policyArn'), element_at(requestParameters, 'policyName'), element_at(requestParameters, 'groupName')) AS what
FROM $EDS_ID
WHERE eventName IN ('AttachUserPolicy', 'PutUserPolicy', 'AddUserToGroup')
    AND element_at(requestParameters, 'userName') = userIdentity.userName
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Weaker password policy
-- about: Changes of an account's password policy.
SELECT eventTime, eventName, recipientAccountId, userIdentity.arn, requestParameters
FROM $EDS_ID
WHERE eventName IN ('UpdateAccountPasswordPolicy', 'DeleteAccountPasswordPolicy')
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: IAM being explored
-- about: Callers that list many kinds of things in IAM, as somebody does who looks for a way up.
SELECT userIdentity.arn, count(DISTINCT eventName) AS kinds, count(*) AS calls, array_agg(DISTINCT eventName) AS which
FROM $EDS_ID
WHERE eventSource = 'iam.amazonaws.com'
    AND regexp_like(eventName, '^(List|Get)')
    AND eventTime > date_add('day', -1, now())
GROUP BY userIdentity.arn
HAVING count(DISTINCT eventName) >= 3
ORDER BY kinds DESC

-- name: All changes in IAM
-- about: Every successful change of users, groups, roles and policies.
SELECT eventTime, eventName, userIdentity.arn, sourceIPAddress, requestParameters
FROM $EDS_ID
WHERE eventSource = 'iam.amazonaws.com'
    AND readOnly = false
    AND errorCode IS NULL
    AND eventTime > date_add('day', -7, now())
ORDER BY eventTime DESC
LIMIT 500
