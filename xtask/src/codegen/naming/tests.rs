use super::{constant, field};

#[test]
fn names_become_the_words_a_reader_expects() {
    for (name, expect) in [
        ("Name", "name"),
        ("S3BucketName", "s3_bucket_name"),
        ("SnsTopicARN", "sns_topic_arn"),
        ("DeliveryS3Uri", "delivery_s3_uri"),
        ("CloudWatchLogsLogGroupArn", "cloud_watch_logs_log_group_arn"),
        ("trailNameList", "trail_name_list"),
        ("eventID", "event_id"),
        ("SQL", "sql"),
        ("Type", "r#type"),
    ] {
        assert_eq!(field(name), expect);
    }
    assert_eq!(constant("UUID"), "UUID");
    assert_eq!(constant("TrailNameList"), "TRAIL_NAME_LIST");
}
