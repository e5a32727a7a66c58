-- name: Busiest buckets
-- about: S3 data events by bucket and operation.
SELECT element_at(requestParameters, 'bucketName') AS bucket, eventName, count(*) AS times
FROM $EDS_ID
WHERE eventSource = 's3.amazonaws.com'
    AND eventCategory = 'Data'
    AND eventTime > date_add('day', -1, now())
GROUP BY 1, 2
ORDER BY times DESC
LIMIT 50

-- name: Most read objects
-- about: The S3 objects that were downloaded most often.
SELECT element_at(requestParameters, 'bucketName') AS bucket, element_at(requestParameters, 'key') AS object, count(*) AS reads,
    count(DISTINCT userIdentity.arn) AS readers
FROM $EDS_ID
WHERE eventSource = 's3.amazonaws.com'
    AND eventName = 'GetObject'
    AND errorCode IS NULL
    AND eventTime > date_add('day', -1, now())
GROUP BY 1, 2
ORDER BY reads DESC
LIMIT 100

-- name: Who touched an object
-- about: The history of one object: reads, writes and deletions.
SELECT eventTime, eventName, userIdentity.arn, sourceIPAddress, errorCode
FROM $EDS_ID
WHERE eventSource = 's3.amazonaws.com'
    AND element_at(requestParameters, 'bucketName') = 'payroll'
    AND element_at(requestParameters, 'key') = '2026/salaries.csv'
ORDER BY eventTime DESC

-- name: Bytes downloaded by caller
-- about: How much data each identity took out of S3, to see who takes too much.
SELECT userIdentity.arn, count(*) AS objects,
    sum(try_cast(element_at(additionalEventData, 'bytesTransferredOut') AS double)) AS bytes_out
FROM $EDS_ID
WHERE eventSource = 's3.amazonaws.com'
    AND eventName = 'GetObject'
    AND eventTime > date_add('day', -1, now())
GROUP BY userIdentity.arn
ORDER BY bytes_out DESC
LIMIT 100

-- name: Many deletions in a bucket
-- about: Callers who deleted more than a few objects of one bucket within an hour.
SELECT date_trunc('hour', eventTime) AS hour_start, element_at(requestParameters, 'bucketName') AS bucket, userIdentity.arn,
    count(*) AS deletions
FROM $EDS_ID
WHERE eventSource = 's3.amazonaws.com'
    AND eventName IN ('DeleteObject', 'DeleteObjects')
    AND eventTime > date_add('day', -7, now())
GROUP BY 1, 2, 3
HAVING count(*) >= 3
ORDER BY deletions DESC

-- name: Buckets made public
-- about: Bucket policies that name every principal, and access lists that name all users.
SELECT eventTime, eventName, userIdentity.arn, element_at(requestParameters, 'bucketName') AS bucket
FROM $EDS_ID
WHERE (eventName = 'PutBucketPolicy' AND regexp_like(element_at(requestParameters, 'bucketPolicy'), '"Principal"\s*:\s*(\{\s*"AWS"\s*:\s*)?"\*"'))
    OR (eventName IN ('PutBucketAcl', 'PutObjectAcl') AND eventJson LIKE '%acs.amazonaws.com/groups/global/%')
ORDER BY eventTime DESC

-- name: Public access blocks lifted
-- about: Buckets and accounts whose block of public access was changed or deleted.
SELECT eventTime, eventName, userIdentity.arn, element_at(requestParameters, 'bucketName') AS bucket,
    element_at(requestParameters, 'PublicAccessBlockConfiguration') AS block
FROM $EDS_ID
WHERE eventName IN ('PutBucketPublicAccessBlock', 'DeleteBucketPublicAccessBlock', 'PutAccountPublicAccessBlock', 'DeleteAccountPublicAccessBlock')
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Changes of bucket settings
-- about: Policies, encryption, versioning, logging, replication and life cycles of buckets that were changed.
SELECT eventTime, eventName, userIdentity.arn, element_at(requestParameters, 'bucketName') AS bucket
FROM $EDS_ID
WHERE eventSource = 's3.amazonaws.com'
    AND regexp_like(eventName, '^(Put|Delete)Bucket')
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC

-- name: Versioning and life cycle changes
-- about: Settings by which an attacker makes old versions vanish.
SELECT eventTime, eventName, userIdentity.arn, element_at(requestParameters, 'bucketName') AS bucket, requestParameters
FROM $EDS_ID
WHERE eventName IN ('PutBucketVersioning', 'PutBucketLifecycle', 'PutBucketLifecycleConfiguration', 'PutObjectLockConfiguration', 'PutObjectRetention', 'PutObjectLegalHold')
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Buckets made and deleted
-- about: Which buckets came and went.
SELECT eventTime, eventName, userIdentity.arn, element_at(requestParameters, 'bucketName') AS bucket, awsRegion
FROM $EDS_ID
WHERE eventName IN ('CreateBucket', 'DeleteBucket')
    AND errorCode IS NULL
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Requests that needed an access list
-- about: S3 requests that only an ACL allowed, to be found before ACLs are disabled.
SELECT element_at(requestParameters, 'bucketName') AS bucket, eventName, userIdentity.arn, count(*) AS times
FROM $EDS_ID
WHERE element_at(additionalEventData, 'aclRequired') = 'Yes'
    AND eventTime > date_add('day', -30, now())
GROUP BY 1, 2, 3
ORDER BY times DESC

-- name: How uploads were encrypted
-- about: Uploaded objects by bucket and kind of server-side encryption.
SELECT element_at(requestParameters, 'bucketName') AS bucket,
    coalesce(element_at(responseElements, 'x-amz-server-side-encryption'), element_at(additionalEventData, 'SSEApplied'), 'unknown') AS encryption,
    count(*) AS uploads
FROM $EDS_ID
WHERE eventSource = 's3.amazonaws.com'
    AND eventName IN ('PutObject', 'CopyObject', 'CompleteMultipartUpload')
    AND eventTime > date_add('day', -7, now())
GROUP BY 1, 2
ORDER BY uploads DESC

-- name: Failed requests to S3
-- about: Refused and failed requests by bucket.
SELECT element_at(requestParameters, 'bucketName') AS bucket, eventName, errorCode, count(*) AS times,
    count(DISTINCT userIdentity.arn) AS callers
FROM $EDS_ID
WHERE eventSource = 's3.amazonaws.com'
    AND errorCode IS NOT NULL
    AND eventTime > date_add('day', -7, now())
GROUP BY 1, 2, 3
ORDER BY times DESC

-- name: Anonymous requests to S3
-- about: Objects that were asked for without any credentials.
SELECT eventTime, eventName, element_at(requestParameters, 'bucketName') AS bucket, element_at(requestParameters, 'key') AS object,
    sourceIPAddress, errorCode
FROM $EDS_ID
WHERE eventSource = 's3.amazonaws.com'
    AND userIdentity.accountId = 'ANONYMOUS_PRINCIPAL'
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC

-- name: Objects re-encrypted with a foreign key
-- about: Uploads and copies encrypted with a customer's own key (SSE-C) or a KMS key, as ransom notes begin.
SELECT element_at(requestParameters, 'bucketName') AS bucket, userIdentity.arn,
    coalesce(element_at(requestParameters, 'x-amz-server-side-encryption-aws-kms-key-id'), 'SSE-C') AS encryption_key, count(*) AS objects
FROM $EDS_ID
WHERE eventName IN ('PutObject', 'CopyObject')
    AND (element_at(requestParameters, 'x-amz-server-side-encryption-customer-algorithm') IS NOT NULL
        OR element_at(requestParameters, 'x-amz-server-side-encryption-aws-kms-key-id') IS NOT NULL)
    AND eventTime > date_add('day', -7, now())
GROUP BY 1, 2, 3
ORDER BY objects DESC
