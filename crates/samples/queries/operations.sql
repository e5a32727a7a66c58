-- name: Busiest services
-- about: Calls by service, split into reads and writes.
SELECT eventSource, count(*) AS calls, count_if(readOnly) AS reads, count_if(NOT readOnly) AS writes
FROM $EDS_ID
WHERE eventTime > date_add('day', -1, now())
GROUP BY eventSource
ORDER BY calls DESC
LIMIT 50

-- name: Calls that this store costs most for
-- about: Which calls fill the store, by number and by bytes of their records.
SELECT eventSource, eventName, count(*) AS events, sum(length(eventJson)) AS bytes
FROM $EDS_ID
WHERE eventTime > date_add('day', -1, now())
GROUP BY 1, 2
ORDER BY bytes DESC
LIMIT 50

-- name: Events per day
-- about: How many events each day brought, by category.
SELECT date(eventTime) AS day_of_events, eventCategory, count(*) AS events
FROM $EDS_ID
WHERE eventTime > date_add('day', -30, now())
GROUP BY 1, 2
ORDER BY 1, 2

-- name: Activity by day of the week
-- about: Calls by weekday (1 is Monday) and hour, to see what is usual.
SELECT day_of_week(eventTime) AS weekday, hour(eventTime) AS hour_of_day, count(*) AS calls
FROM $EDS_ID
WHERE eventTime > date_add('day', -28, now())
GROUP BY 1, 2
ORDER BY 1, 2

-- name: Busiest hour of every caller
-- about: The hour in which each identity made most calls, by a window function.
SELECT caller, hour_start, calls
FROM (
    SELECT userIdentity.arn AS caller, date_trunc('hour', eventTime) AS hour_start, count(*) AS calls,
        rank() OVER (PARTITION BY userIdentity.arn ORDER BY count(*) DESC) AS place
    FROM $EDS_ID
    WHERE userIdentity.arn IS NOT NULL
        AND eventTime > date_add('day', -2, now())
    GROUP BY 1, 2
) hours
WHERE place = 1
ORDER BY calls DESC
LIMIT 100

-- name: What changed today
-- about: All successful changes of the last day, by service and operation.
SELECT eventSource, eventName, count(*) AS times, count(DISTINCT userIdentity.arn) AS people
FROM $EDS_ID
WHERE readOnly = false
    AND managementEvent = true
    AND errorCode IS NULL
    AND eventTime > date_add('day', -1, now())
GROUP BY 1, 2
ORDER BY times DESC

-- name: What happened to a resource
-- about: Every event that names one resource by its ARN.
SELECT eventTime, eventName, userIdentity.arn, errorCode
FROM $EDS_ID
WHERE any_match(resources, r -> r.arn = 'arn:aws:s3:::payroll')
ORDER BY eventTime DESC
LIMIT 500

-- name: Most used resources
-- about: The resources that most events name, with their kind.
SELECT r.type, r.arn, count(*) AS events
FROM (
    SELECT resources FROM $EDS_ID
    WHERE cardinality(resources) > 0 AND eventTime > date_add('day', -1, now())
) named
CROSS JOIN UNNEST(resources) AS r(accountid, type, arn, arnprefix)
GROUP BY 1, 2
ORDER BY events DESC
LIMIT 50

-- name: Tags given and taken
-- about: Changes of tags, on which policies and bills may hang.
SELECT eventTime, eventSource, eventName, userIdentity.arn, requestParameters
FROM $EDS_ID
WHERE regexp_like(eventName, '^(Tag|Untag|CreateTags|DeleteTags|AddTags|RemoveTags|PutBucketTagging)')
    AND readOnly = false
    AND eventTime > date_add('day', -7, now())
ORDER BY eventTime DESC
LIMIT 500

-- name: Resources made by hand
-- about: Things that people made themselves instead of templates and pipelines: creations without a calling service.
SELECT eventTime, eventSource, eventName, userIdentity.arn, userAgent
FROM $EDS_ID
WHERE regexp_like(eventName, '^(Create|Run|Allocate|Register)')
    AND userIdentity.invokedBy IS NULL
    AND (userIdentity.type = 'IAMUser' OR sessionCredentialFromConsole = 'true')
    AND errorCode IS NULL
    AND eventTime > date_add('day', -7, now())
ORDER BY eventTime DESC
LIMIT 500

-- name: Stacks changed
-- about: CloudFormation stacks that were made, updated or deleted, and by whom.
SELECT eventTime, eventName, userIdentity.arn, element_at(requestParameters, 'stackName') AS stack
FROM $EDS_ID
WHERE eventSource = 'cloudformation.amazonaws.com'
    AND eventName IN ('CreateStack', 'UpdateStack', 'DeleteStack', 'ExecuteChangeSet', 'CreateStackSet', 'UpdateStackSet')
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC

-- name: Versions of SDKs and tools
-- about: Which clients make the calls, by the first word of their user agent.
SELECT split_part(userAgent, ' ', 1) AS client, count(*) AS calls, count(DISTINCT userIdentity.arn) AS identities
FROM $EDS_ID
WHERE userAgent NOT LIKE '%.amazonaws.com'
    AND eventTime > date_add('day', -1, now())
GROUP BY 1
ORDER BY calls DESC
LIMIT 100

-- name: Domains and records
-- about: Domains registered, transferred or unlocked, and changes of DNS records.
SELECT eventTime, eventSource, eventName, userIdentity.arn, coalesce(element_at(requestParameters, 'domainName'), element_at(requestParameters, 'hostedZoneId')) AS name_or_zone
FROM $EDS_ID
WHERE eventName IN ('RegisterDomain', 'TransferDomain', 'DisableDomainTransferLock', 'ChangeResourceRecordSets', 'CreateHostedZone', 'DeleteHostedZone')
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC

-- name: Quotas raised
-- about: Requests for higher service quotas, as they come before large bills.
SELECT eventTime, userIdentity.arn, awsRegion, element_at(requestParameters, 'serviceCode') AS service,
    element_at(requestParameters, 'quotaCode') AS quota, element_at(requestParameters, 'desiredValue') AS wanted
FROM $EDS_ID
WHERE eventName = 'RequestServiceQuotaIncrease'
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Reservations and purchases
-- about: Calls that spend money for a long time: reserved instances, savings plans, subscriptions.
SELECT eventTime, eventSource, eventName, userIdentity.arn, recipientAccountId, requestParameters
FROM $EDS_ID
WHERE regexp_like(eventName, '^(Purchase|CreateSavingsPlan|AcceptReservedInstances|Subscribe$)')
    AND readOnly = false
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Mail sending set up
-- about: Identities and limits of Simple Email Service that were changed: stolen accounts are used to send mail.
SELECT eventTime, eventName, userIdentity.arn, awsRegion, requestParameters
FROM $EDS_ID
WHERE eventSource = 'ses.amazonaws.com'
    AND eventName IN ('VerifyEmailIdentity', 'VerifyDomainIdentity', 'CreateEmailIdentity', 'PutAccountDetails', 'UpdateAccountSendingEnabled', 'GetSendQuota', 'GetAccount')
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC

-- name: Models of generative AI in use
-- about: Calls of models in Bedrock by caller, with what was refused.
SELECT userIdentity.arn, element_at(requestParameters, 'modelId') AS model, count(*) AS calls, count_if(errorCode IS NOT NULL) AS failed
FROM $EDS_ID
WHERE eventSource = 'bedrock.amazonaws.com'
    AND eventName IN ('InvokeModel', 'InvokeModelWithResponseStream', 'Converse', 'ConverseStream')
    AND eventTime > date_add('day', -7, now())
GROUP BY 1, 2
ORDER BY calls DESC

-- name: Queues and topics open to others
-- about: Policies of queues and topics that were changed.
SELECT eventTime, eventSource, eventName, userIdentity.arn, requestParameters
FROM $EDS_ID
WHERE eventSource IN ('sqs.amazonaws.com', 'sns.amazonaws.com')
    AND eventName IN ('AddPermission', 'SetQueueAttributes', 'SetTopicAttributes')
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC

-- name: A word anywhere in the records
-- about: Full text: events in whose record a word stands, wherever it is. Slow on large stores; narrow the time.
SELECT eventTime, eventSource, eventName, userIdentity.arn
FROM $EDS_ID
WHERE eventJson LIKE '%payroll%'
    AND eventTime > date_add('day', -7, now())
ORDER BY eventTime DESC
LIMIT 100

-- name: One event, whole
-- about: The full record of one event by its ID.
SELECT eventJson
FROM $EDS_ID
WHERE eventID = '11111111-2222-3333-4444-555555555555'

-- name: Events of one request
-- about: All events that share a request's ID, such as those of both accounts of a cross-account call.
SELECT eventTime, recipientAccountId, eventSource, eventName, userIdentity.arn
FROM $EDS_ID
WHERE requestID = 'EXAMPLE7REQUESTID'
ORDER BY eventTime

-- name: New calls of a caller
-- about: Operations that an identity made in the last day and not in the thirty days before.
SELECT userIdentity.arn, eventSource, eventName
FROM $EDS_ID
WHERE eventTime > date_add('day', -1, now()) AND userIdentity.arn IS NOT NULL
EXCEPT
SELECT userIdentity.arn, eventSource, eventName
FROM $EDS_ID
WHERE eventTime BETWEEN date_add('day', -31, now()) AND date_add('day', -1, now())
