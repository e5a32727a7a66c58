-- name: Trails stopped, changed or deleted
-- about: Everything that makes CloudTrail record less.
SELECT eventTime, eventName, userIdentity.arn, sourceIPAddress, coalesce(element_at(requestParameters, 'name'), element_at(requestParameters, 'trailName')) AS trail
FROM $EDS_ID
WHERE eventSource = 'cloudtrail.amazonaws.com'
    AND eventName IN ('StopLogging', 'DeleteTrail', 'UpdateTrail', 'PutEventSelectors', 'PutInsightSelectors')
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Event data stores touched
-- about: Event data stores whose intake was stopped, or that were changed, deleted or shared.
SELECT eventTime, eventName, userIdentity.arn, element_at(requestParameters, 'eventDataStore') AS store
FROM $EDS_ID
WHERE eventSource = 'cloudtrail.amazonaws.com'
    AND eventName IN ('StopEventDataStoreIngestion', 'UpdateEventDataStore', 'DeleteEventDataStore', 'PutResourcePolicy', 'DisableFederation')
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Who asked the Lake
-- about: Queries that were started, and by whom.
SELECT eventTime, userIdentity.arn, element_at(requestParameters, 'queryStatement') AS statement, errorCode
FROM $EDS_ID
WHERE eventName = 'StartQuery'
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC

-- name: Detection switched off
-- about: GuardDuty, Security Hub, Macie, Inspector, Access Analyzer or Config, disabled or thinned out.
SELECT eventTime, eventSource, eventName, recipientAccountId, awsRegion, userIdentity.arn
FROM $EDS_ID
WHERE eventName IN ('DeleteDetector', 'DisassociateFromMasterAccount', 'DisassociateFromAdministratorAccount', 'StopMonitoringMembers',
        'DisableSecurityHub', 'BatchDisableStandards', 'DisableMacie', 'DeleteAnalyzer',
        'StopConfigurationRecorder', 'DeleteConfigurationRecorder', 'DeleteDeliveryChannel', 'DeleteConfigRule')
    OR (eventName = 'UpdateDetector' AND element_at(requestParameters, 'enable') = 'false')
    OR (eventSource = 'inspector2.amazonaws.com' AND eventName = 'Disable')
ORDER BY eventTime DESC

-- name: Findings hidden
-- about: Filters and archived findings, by which GuardDuty and Security Hub fall silent.
SELECT eventTime, eventSource, eventName, userIdentity.arn, requestParameters
FROM $EDS_ID
WHERE eventName IN ('CreateFilter', 'UpdateFilter', 'ArchiveFindings', 'CreateIPSet', 'CreateAutomationRule', 'UpdateFindings')
    AND eventSource IN ('guardduty.amazonaws.com', 'securityhub.amazonaws.com')
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Logs deleted
-- about: Log groups and streams that were deleted, or kept for a shorter time.
SELECT eventTime, eventName, userIdentity.arn, element_at(requestParameters, 'logGroupName') AS log_group,
    element_at(requestParameters, 'retentionInDays') AS days_kept
FROM $EDS_ID
WHERE eventSource = 'logs.amazonaws.com'
    AND eventName IN ('DeleteLogGroup', 'DeleteLogStream', 'PutRetentionPolicy', 'DeleteSubscriptionFilter')
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Alarms silenced
-- about: CloudWatch alarms and rules of EventBridge that were disabled or deleted.
SELECT eventTime, eventSource, eventName, userIdentity.arn, requestParameters
FROM $EDS_ID
WHERE eventName IN ('DeleteAlarms', 'DisableAlarmActions', 'DisableRule', 'DeleteRule', 'RemoveTargets')
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Backups deleted
-- about: Recovery points, vaults and plans of AWS Backup, and snapshots, that were deleted.
SELECT eventTime, eventSource, eventName, userIdentity.arn, requestParameters
FROM $EDS_ID
WHERE eventName IN ('DeleteRecoveryPoint', 'DeleteBackupVault', 'DeleteBackupPlan', 'DeleteBackupVaultLockConfiguration', 'DeleteSnapshot', 'DeleteDBSnapshot')
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Buckets of logs touched
-- about: Writes to and deletions from buckets that hold audit logs, by anybody but the services that deliver them.
SELECT eventTime, eventName, userIdentity.arn, element_at(requestParameters, 'bucketName') AS bucket, element_at(requestParameters, 'key') AS object
FROM $EDS_ID
WHERE eventSource = 's3.amazonaws.com'
    AND regexp_like(element_at(requestParameters, 'bucketName'), '(cloudtrail|audit|logs)')
    AND readOnly = false
    AND userIdentity.type <> 'AWSService'
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC

-- name: Hours without events
-- about: How many events each hour of the last two days has: a hole may be a trail that was stopped.
SELECT date_trunc('hour', eventTime) AS hour_start, count(*) AS events
FROM $EDS_ID
WHERE eventTime > date_add('day', -2, now())
GROUP BY 1
ORDER BY 1

-- name: Events that came late or were completed
-- about: Events that were delivered with delay, or sent again with more in them.
SELECT eventTime, eventSource, eventName, element_at(addendum, 'reason') AS reason, element_at(addendum, 'updatedFields') AS updated_fields
FROM $EDS_ID
WHERE addendum IS NOT NULL
ORDER BY eventTime DESC
LIMIT 500
