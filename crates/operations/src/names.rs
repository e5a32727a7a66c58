//! What CloudTrail calls operations that it does not call as the model does.

/// Operations of S3 that events name differently, sorted.
const S3: [(&str, &str); 12] = [
    ("DeletePublicAccessBlock", "DeleteBucketPublicAccessBlock"),
    ("GetBucketAccelerateConfiguration", "GetAccelerateConfiguration"),
    ("GetBucketLifecycleConfiguration", "GetBucketLifecycle"),
    ("GetBucketNotificationConfiguration", "GetBucketNotification"),
    ("GetObjectLockConfiguration", "GetBucketObjectLockConfiguration"),
    ("GetPublicAccessBlock", "GetBucketPublicAccessBlock"),
    ("ListObjectsV2", "ListObjects"),
    ("PutBucketAccelerateConfiguration", "PutAccelerateConfiguration"),
    ("PutBucketLifecycleConfiguration", "PutBucketLifecycle"),
    ("PutBucketNotificationConfiguration", "PutBucketNotification"),
    ("PutObjectLockConfiguration", "PutBucketObjectLockConfiguration"),
    ("PutPublicAccessBlock", "PutBucketPublicAccessBlock"),
];

/// Operations of S3 Control that are about accounts where S3's of the same name are about buckets, sorted.
const S3_CONTROL: [(&str, &str); 3] = [
    ("DeletePublicAccessBlock", "DeleteAccountPublicAccessBlock"),
    ("GetPublicAccessBlock", "GetAccountPublicAccessBlock"),
    ("PutPublicAccessBlock", "PutAccountPublicAccessBlock"),
];

/// Operations of Lambda whose events carry the date of the API that brought them, sorted. That custom ended
/// with the API of 2018; some had a second version by then.
const LAMBDA: [(&str, &str); 37] = [
    ("AddLayerVersionPermission", "AddLayerVersionPermission20181031"),
    ("AddPermission", "AddPermission20150331v2"),
    ("CreateAlias", "CreateAlias20150331"),
    ("CreateEventSourceMapping", "CreateEventSourceMapping20150331"),
    ("CreateFunction", "CreateFunction20150331"),
    ("DeleteAlias", "DeleteAlias20150331"),
    ("DeleteEventSourceMapping", "DeleteEventSourceMapping20150331"),
    ("DeleteFunction", "DeleteFunction20150331"),
    ("DeleteFunctionConcurrency", "DeleteFunctionConcurrency20171031"),
    ("DeleteLayerVersion", "DeleteLayerVersion20181031"),
    ("GetAccountSettings", "GetAccountSettings20160819"),
    ("GetAlias", "GetAlias20150331"),
    ("GetEventSourceMapping", "GetEventSourceMapping20150331"),
    ("GetFunction", "GetFunction20150331v2"),
    ("GetFunctionConfiguration", "GetFunctionConfiguration20150331v2"),
    ("GetLayerVersion", "GetLayerVersion20181031"),
    ("GetLayerVersionByArn", "GetLayerVersionByArn20181031"),
    ("GetLayerVersionPolicy", "GetLayerVersionPolicy20181031"),
    ("GetPolicy", "GetPolicy20150331v2"),
    ("ListAliases", "ListAliases20150331"),
    ("ListEventSourceMappings", "ListEventSourceMappings20150331"),
    ("ListFunctions", "ListFunctions20150331"),
    ("ListLayerVersions", "ListLayerVersions20181031"),
    ("ListLayers", "ListLayers20181031"),
    ("ListTags", "ListTags20170331"),
    ("ListVersionsByFunction", "ListVersionsByFunction20150331"),
    ("PublishLayerVersion", "PublishLayerVersion20181031"),
    ("PublishVersion", "PublishVersion20150331"),
    ("PutFunctionConcurrency", "PutFunctionConcurrency20171031"),
    ("RemoveLayerVersionPermission", "RemoveLayerVersionPermission20181031"),
    ("RemovePermission", "RemovePermission20150331v2"),
    ("TagResource", "TagResource20170331v2"),
    ("UntagResource", "UntagResource20170331v2"),
    ("UpdateAlias", "UpdateAlias20150331"),
    ("UpdateEventSourceMapping", "UpdateEventSourceMapping20150331"),
    ("UpdateFunctionCode", "UpdateFunctionCode20150331v2"),
    ("UpdateFunctionConfiguration", "UpdateFunctionConfiguration20150331v2"),
];

/// `eventName` of an operation, by the service's id and the model's name.
pub(crate) fn event_name(service: &str, name: &'static str) -> &'static str {
    let renamed: &[(&str, &'static str)] = match service {
        "s3" => &S3,
        "s3control" => &S3_CONTROL,
        "lambda" => &LAMBDA,
        _ => return name,
    };
    renamed.binary_search_by_key(&name, |(name, _)| name).map_or(name, |row| renamed[row].1)
}

#[cfg(test)]
mod tests;
