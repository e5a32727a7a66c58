-- name: Who launched an instance
-- about: The launch of one EC2 instance, by its ID.
SELECT eventTime, userIdentity.arn, sourceIPAddress, element_at(requestParameters, 'instanceType') AS instance_type
FROM $EDS_ID
WHERE eventName = 'RunInstances'
    AND element_at(responseElements, 'instancesSet') LIKE '%i-0123456789abcdef0%'

-- name: Launched instances by type
-- about: Which instance types were launched, by whom and how often, to see costly ones.
SELECT element_at(requestParameters, 'instanceType') AS instance_type, awsRegion,
    coalesce(userIdentity.sessionContext.sessionIssuer.userName, userIdentity.userName, userIdentity.invokedBy) AS launched_by, count(*) AS launches
FROM $EDS_ID
WHERE eventName = 'RunInstances'
    AND errorCode IS NULL
    AND eventTime > date_add('day', -7, now())
GROUP BY 1, 2, 3
ORDER BY launches DESC

-- name: Instances with graphics processors
-- about: Launches of GPU and accelerator instances, which miners of coins like.
SELECT eventTime, userIdentity.arn, awsRegion, element_at(requestParameters, 'instanceType') AS instance_type, errorCode
FROM $EDS_ID
WHERE eventName = 'RunInstances'
    AND regexp_like(element_at(requestParameters, 'instanceType'), '^(p|g|inf|trn|dl|vt)[0-9]')
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC

-- name: Stopped and terminated instances
-- about: Who stopped or terminated instances.
SELECT eventTime, eventName, userIdentity.arn, awsRegion,
    json_extract_scalar(element_at(requestParameters, 'instancesSet'), '$.items[0].instanceId') AS first_instance
FROM $EDS_ID
WHERE eventName IN ('StopInstances', 'TerminateInstances')
    AND errorCode IS NULL
    AND eventTime > date_add('day', -7, now())
ORDER BY eventTime DESC

-- name: Disk snapshots and images shared
-- about: Snapshots and machine images that were given to other accounts or to everybody.
SELECT eventTime, eventName, userIdentity.arn,
    coalesce(element_at(requestParameters, 'snapshotId'), element_at(requestParameters, 'imageId')) AS shared,
    coalesce(element_at(requestParameters, 'createVolumePermission'), element_at(requestParameters, 'launchPermission')) AS with_whom
FROM $EDS_ID
WHERE eventName IN ('ModifySnapshotAttribute', 'ModifyImageAttribute')
    AND (element_at(requestParameters, 'createVolumePermission') LIKE '%"add"%' OR element_at(requestParameters, 'launchPermission') LIKE '%"add"%')
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Shells on instances
-- about: Sessions and commands on instances through Systems Manager, EC2 Instance Connect and the serial console.
SELECT eventTime, eventName, userIdentity.arn, coalesce(element_at(requestParameters, 'target'), element_at(requestParameters, 'instanceId'), element_at(requestParameters, 'instanceIds')) AS instance
FROM $EDS_ID
WHERE eventName IN ('StartSession', 'ResumeSession', 'SendCommand', 'SendSSHPublicKey', 'SendSerialConsoleSSHPublicKey', 'EnableSerialConsoleAccess')
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC

-- name: Passwords and consoles of instances read
-- about: Calls that fetch a Windows password, the console's output, a screenshot or the start-up script.
SELECT eventTime, eventName, userIdentity.arn, element_at(requestParameters, 'instanceId') AS instance
FROM $EDS_ID
WHERE eventName IN ('GetPasswordData', 'GetConsoleOutput', 'GetConsoleScreenshot')
    OR (eventName = 'DescribeInstanceAttribute' AND element_at(requestParameters, 'attribute') = 'userData')
ORDER BY eventTime DESC

-- name: Instance metadata without tokens
-- about: Instances that were made or changed to answer metadata requests without a token (IMDSv1).
SELECT eventTime, eventName, userIdentity.arn, element_at(requestParameters, 'instanceId') AS instance
FROM $EDS_ID
WHERE (eventName = 'ModifyInstanceMetadataOptions' AND regexp_like(eventJson, '"HttpTokens"\s*:\s*"optional"'))
    OR (eventName = 'RunInstances' AND regexp_like(element_at(requestParameters, 'metadataOptions'), '"httpTokens"\s*:\s*"optional"'))
ORDER BY eventTime DESC

-- name: Keys of instances used elsewhere
-- about: Sessions of instance roles that came from an address outside: credentials that may have left their instance.
SELECT userIdentity.arn, sourceIPAddress, count(*) AS calls, min(eventTime) AS since
FROM $EDS_ID
WHERE userIdentity.sessionContext.ec2RoleDelivery IS NOT NULL
    AND sourceIPAddress NOT LIKE '10.%'
    AND sourceIPAddress NOT LIKE '%.amazonaws.com'
    AND eventTime > date_add('day', -7, now())
GROUP BY 1, 2
ORDER BY calls DESC

-- name: Roles given to instances
-- about: Instance profiles that were attached to or swapped on running instances.
SELECT eventTime, eventName, userIdentity.arn, requestParameters
FROM $EDS_ID
WHERE eventName IN ('AssociateIamInstanceProfile', 'ReplaceIamInstanceProfileAssociation', 'AddRoleToInstanceProfile')
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC

-- name: Key pairs
-- about: SSH key pairs that were made, imported or deleted.
SELECT eventTime, eventName, userIdentity.arn, element_at(requestParameters, 'keyName') AS key_pair
FROM $EDS_ID
WHERE eventName IN ('CreateKeyPair', 'ImportKeyPair', 'DeleteKeyPair')
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC

-- name: Changed Lambda functions
-- about: Functions whose code or settings were made or changed.
SELECT eventTime, eventName, userIdentity.arn, element_at(requestParameters, 'functionName') AS function_name, awsRegion
FROM $EDS_ID
WHERE eventSource = 'lambda.amazonaws.com'
    AND regexp_like(eventName, '^(CreateFunction|UpdateFunctionCode|UpdateFunctionConfiguration|PublishLayerVersion)')
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC

-- name: Lambda functions open to others
-- about: Permissions and function URLs by which others may invoke functions.
SELECT eventTime, eventName, userIdentity.arn, element_at(requestParameters, 'functionName') AS function_name,
    element_at(requestParameters, 'principal') AS principal, element_at(requestParameters, 'authType') AS authorization_type
FROM $EDS_ID
WHERE eventSource = 'lambda.amazonaws.com'
    AND (eventName LIKE 'AddPermission%' OR eventName LIKE '%FunctionUrlConfig' OR eventName LIKE 'AddLayerVersionPermission%')
    AND readOnly = false
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC

-- name: Lambda functions by use
-- about: How often each function was invoked, from data events.
SELECT coalesce(element_at(requestParameters, 'functionName'), resources[1].arn) AS function_name, count(*) AS invocations,
    count_if(errorCode IS NOT NULL) AS failed
FROM $EDS_ID
WHERE eventSource = 'lambda.amazonaws.com'
    AND eventName LIKE 'Invoke%'
    AND eventTime > date_add('day', -1, now())
GROUP BY 1
ORDER BY invocations DESC

-- name: Clusters and who entered them
-- about: Access to EKS clusters and commands in containers of ECS.
SELECT eventTime, eventName, userIdentity.arn, coalesce(element_at(requestParameters, 'name'), element_at(requestParameters, 'cluster'), element_at(requestParameters, 'clusterName')) AS cluster
FROM $EDS_ID
WHERE eventName IN ('ExecuteCommand', 'CreateAccessEntry', 'AssociateAccessPolicy', 'UpdateClusterConfig', 'AssociateIdentityProviderConfig')
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC

-- name: Container images and repository policies
-- about: Images that were pushed or deleted, and policies of repositories that changed.
SELECT eventTime, eventName, userIdentity.arn, element_at(requestParameters, 'repositoryName') AS repository
FROM $EDS_ID
WHERE eventSource = 'ecr.amazonaws.com'
    AND eventName IN ('PutImage', 'BatchDeleteImage', 'SetRepositoryPolicy', 'DeleteRepositoryPolicy', 'DeleteRepository')
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC

-- name: Disk encryption switched off
-- about: Regions where disks are no longer encrypted by default.
SELECT eventTime, recipientAccountId, awsRegion, userIdentity.arn
FROM $EDS_ID
WHERE eventName = 'DisableEbsEncryptionByDefault'
    AND eventTime > date_add('day', -90, now())
