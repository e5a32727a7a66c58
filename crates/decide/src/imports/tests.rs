use super::*;

#[test]
fn a_source_is_a_bucket_or_a_part_of_one() {
    for location in ["s3://logs", "s3://logs/", "s3://logs/AWSLogs/111122223333/CloudTrail/"] {
        assert_eq!(check_source(location), Ok(()), "{location}");
    }
    for location in
        ["", "logs", "s3:/logs", "s3://", "s3:///AWSLogs/", "s3://Upper/a", "https://logs.s3.amazonaws.com/"]
    {
        assert_eq!(check_source(location), Err(SourceError(location.to_owned())));
    }
}
