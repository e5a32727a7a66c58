-- name: Databases deleted without a last snapshot
-- about: RDS instances and clusters that were deleted and left nothing behind.
SELECT eventTime, eventName, userIdentity.arn,
    coalesce(element_at(requestParameters, 'dBInstanceIdentifier'), element_at(requestParameters, 'dBClusterIdentifier')) AS database_name
FROM $EDS_ID
WHERE eventName IN ('DeleteDBInstance', 'DeleteDBCluster')
    AND element_at(requestParameters, 'skipFinalSnapshot') = 'true'
    AND errorCode IS NULL
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Databases reachable from the internet
-- about: Databases that were made or changed to be publicly accessible.
SELECT eventTime, eventName, userIdentity.arn, element_at(requestParameters, 'dBInstanceIdentifier') AS database_name
FROM $EDS_ID
WHERE eventName IN ('CreateDBInstance', 'ModifyDBInstance', 'RestoreDBInstanceFromDBSnapshot')
    AND element_at(requestParameters, 'publiclyAccessible') = 'true'
    AND errorCode IS NULL
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Database snapshots shared or copied
-- about: Snapshots of databases that were given to other accounts or copied elsewhere.
SELECT eventTime, eventName, userIdentity.arn, requestParameters
FROM $EDS_ID
WHERE eventName IN ('ModifyDBSnapshotAttribute', 'ModifyDBClusterSnapshotAttribute', 'CopyDBSnapshot', 'CopyDBClusterSnapshot', 'StartExportTask')
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Database failovers and reboots
-- about: Databases that were failed over or restarted, and by whom.
SELECT eventTime, eventName, userIdentity.arn,
    coalesce(element_at(requestParameters, 'dBClusterIdentifier'), element_at(requestParameters, 'dBInstanceIdentifier')) AS database_name
FROM $EDS_ID
WHERE eventName IN ('FailoverDBCluster', 'RebootDBInstance', 'RebootDBCluster')
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC

-- name: Databases brought back to a point in time
-- about: Restores of databases and tables, which also are a quiet way to copy data.
SELECT eventTime, eventName, userIdentity.arn, requestParameters
FROM $EDS_ID
WHERE eventName IN ('RestoreDBInstanceToPointInTime', 'RestoreDBClusterToPointInTime', 'RestoreTableToPointInTime', 'RestoreDBInstanceFromDBSnapshot')
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Master passwords changed
-- about: Databases whose master password was set anew by the API.
SELECT eventTime, userIdentity.arn,
    coalesce(element_at(requestParameters, 'dBInstanceIdentifier'), element_at(requestParameters, 'dBClusterIdentifier')) AS database_name
FROM $EDS_ID
WHERE eventName IN ('ModifyDBInstance', 'ModifyDBCluster')
    AND element_at(requestParameters, 'masterUserPassword') IS NOT NULL
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Scans of DynamoDB tables
-- about: Whole tables read by Scan, by caller, from data events.
SELECT element_at(requestParameters, 'tableName') AS table_name, userIdentity.arn, count(*) AS scans
FROM $EDS_ID
WHERE eventSource = 'dynamodb.amazonaws.com'
    AND eventName = 'Scan'
    AND eventTime > date_add('day', -1, now())
GROUP BY 1, 2
ORDER BY scans DESC

-- name: DynamoDB tables deleted or exported
-- about: Tables that were deleted, exported to S3, or lost their backups.
SELECT eventTime, eventName, userIdentity.arn, coalesce(element_at(requestParameters, 'tableName'), element_at(requestParameters, 'tableArn'), element_at(requestParameters, 'backupArn')) AS what
FROM $EDS_ID
WHERE eventSource = 'dynamodb.amazonaws.com'
    AND eventName IN ('DeleteTable', 'ExportTableToPointInTime', 'DeleteBackup', 'UpdateContinuousBackups')
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Use of DynamoDB tables
-- about: Data events of DynamoDB by table and operation.
SELECT element_at(requestParameters, 'tableName') AS table_name, eventName, count(*) AS times
FROM $EDS_ID
WHERE eventSource = 'dynamodb.amazonaws.com'
    AND eventCategory = 'Data'
    AND eventTime > date_add('day', -1, now())
GROUP BY 1, 2
ORDER BY times DESC
