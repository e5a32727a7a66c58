use super::*;

#[test]
fn a_source_is_a_bucket_or_a_part_of_one() {
    let found =
        |bucket: &str, prefix: &str| Ok(Location { bucket: bucket.to_owned(), prefix: prefix.to_owned() });
    assert_eq!(location("s3://logs"), found("logs", ""));
    assert_eq!(location("s3://logs/"), found("logs", ""));
    assert_eq!(
        location("s3://logs/AWSLogs/111122223333/CloudTrail/"),
        found("logs", "AWSLogs/111122223333/CloudTrail/")
    );
    for uri in
        ["", "logs", "s3:/logs", "s3://", "s3:///AWSLogs/", "s3://Upper/a", "https://logs.s3.amazonaws.com/"]
    {
        assert_eq!(location(uri), Err(SourceError::Form(uri.to_owned())));
    }
}
