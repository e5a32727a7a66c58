//! S3's operations: what CloudTrail calls them, and which are about objects.

use cairn_model::Category;

/// `eventName` of an operation of the model.
pub(super) fn event_name(operation: &str) -> &str {
    match operation {
        "GetPublicAccessBlock" => "GetBucketPublicAccessBlock",
        "PutPublicAccessBlock" => "PutBucketPublicAccessBlock",
        "DeletePublicAccessBlock" => "DeleteBucketPublicAccessBlock",
        "GetBucketAccelerateConfiguration" => "GetAccelerateConfiguration",
        "PutBucketAccelerateConfiguration" => "PutAccelerateConfiguration",
        "GetObjectLockConfiguration" => "GetBucketObjectLockConfiguration",
        "PutObjectLockConfiguration" => "PutBucketObjectLockConfiguration",
        "GetBucketLifecycleConfiguration" => "GetBucketLifecycle",
        "PutBucketLifecycleConfiguration" => "PutBucketLifecycle",
        "GetBucketNotificationConfiguration" => "GetBucketNotification",
        "PutBucketNotificationConfiguration" => "PutBucketNotification",
        "ListObjectsV2" => "ListObjects",
        other => other,
    }
}

/// Data for operations on objects, and for those on buckets that CloudTrail counts as such; an operation
/// that is not in the table is about an object if it names a key.
pub(super) fn category(operation: &str, has_key: bool) -> Category {
    let is_about_objects = matches!(
        operation,
        "AbortMultipartUpload"
            | "CompleteMultipartUpload"
            | "CopyObject"
            | "CreateMultipartUpload"
            | "DeleteObject"
            | "DeleteObjectTagging"
            | "DeleteObjects"
            | "GetObject"
            | "GetObjectAcl"
            | "GetObjectAttributes"
            | "GetObjectLegalHold"
            | "GetObjectRetention"
            | "GetObjectTagging"
            | "GetObjectTorrent"
            | "HeadBucket"
            | "HeadObject"
            | "ListMultipartUploads"
            | "ListObjectVersions"
            | "ListObjects"
            | "ListObjectsV2"
            | "ListParts"
            | "PostObject"
            | "PutObject"
            | "PutObjectAcl"
            | "PutObjectLegalHold"
            | "PutObjectRetention"
            | "PutObjectTagging"
            | "RestoreObject"
            | "SelectObjectContent"
            | "UploadPart"
            | "UploadPartCopy"
    );
    if is_about_objects || has_key { Category::Data } else { Category::Management }
}
