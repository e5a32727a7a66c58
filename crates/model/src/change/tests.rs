#![allow(clippy::unwrap_used, reason = "tests")]

use super::Change;
use crate::Trail;

/// A trail as the first Cairn wrote it, without anything that came later.
const OLD_TRAIL: &str = r#"{"change":"PutTrail","arn":"arn:aws:cloudtrail:eu-central-1:111122223333:trail/main",
    "bucket":"logs","prefix":null,"include_global_service_events":true,"multi_region":false,
    "log_file_validation":false,"recursive_logging":true,"selectors":"Default","logging":"Never","created":5000000}"#;

#[test]
fn a_change_of_an_older_log_is_read() {
    let Change::PutTrail(trail) = serde_json::from_str(OLD_TRAIL).unwrap() else {
        panic!("not a trail");
    };
    let expected = Trail::new(trail.arn.clone(), "logs".to_owned(), crate::Timestamp::from_seconds(5));
    assert_eq!(*trail, expected);
}

#[test]
fn a_deletion_reads_back_as_what_was_written() {
    let json =
        r#"{"change":"DeleteChannel","arn":"arn:aws:cloudtrail:eu-central-1:111122223333:channel/one"}"#;
    let change: Change = serde_json::from_str(json).unwrap();
    assert!(matches!(&change, Change::DeleteChannel { arn } if arn.id == "one"));
    assert_eq!(serde_json::to_string(&change).unwrap(), json);
}

#[test]
fn a_change_that_is_not_known_is_refused() {
    let newer = r#"{"change":"PutComet","arn":"arn:aws:cloudtrail:eu-central-1:111122223333:comet/one"}"#;
    assert!(serde_json::from_str::<Change>(newer).is_err());
}
