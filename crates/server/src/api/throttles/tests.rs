#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

fn now() -> Timestamp {
    Timestamp::from_seconds(1_772_352_000)
}

/// How many of 200 calls at once are taken.
fn taken(throttles: &Throttles, account: &str, region: &str, operation: Operation) -> usize {
    let account: AccountId = account.parse().unwrap();
    (0..200).filter(|_| throttles.count(account, region, operation, now()).is_ok()).count()
}

#[test]
fn each_operation_has_the_rate_that_it_has_at_aws() {
    let throttles = Throttles::default();
    let first = |operation| taken(&throttles, "111122223333", "us-east-1", operation);
    assert_eq!(first(Operation::LookupEvents), 2);
    assert_eq!(first(Operation::PutAuditEvents), 100);
    assert_eq!(first(Operation::DescribeTrails), 10);
    assert_eq!(first(Operation::GetTrailStatus), 10);
    assert_eq!(first(Operation::ListTags), 10);
    assert_eq!(first(Operation::CreateTrail), 1);
    assert_eq!(first(Operation::CreateTrail), 0);
}

#[test]
fn reads_may_come_ten_times_as_often_as_what_changes_something() {
    let throttles = Throttles::default();
    let own_rate = [Operation::LookupEvents, Operation::ListInsightsData, Operation::PutAuditEvents];
    for operation in Operation::ALL.into_iter().filter(|operation| !own_rate.contains(operation)) {
        let is_read = ["Get", "List", "Describe"].iter().any(|verb| operation.name().starts_with(verb));
        let expected = if is_read { 10 } else { 1 };
        assert_eq!(taken(&throttles, "111122223333", "us-east-1", operation), expected, "{operation:?}");
    }
}

#[test]
fn accounts_and_regions_are_counted_apart() {
    let throttles = Throttles::default();
    for (account, region) in
        [("111122223333", "us-east-1"), ("111122223333", "eu-west-1"), ("444455556666", "us-east-1")]
    {
        assert_eq!(taken(&throttles, account, region, Operation::LookupEvents), 2);
    }
}

#[test]
fn made_up_regions_do_not_fill_the_memory() {
    let throttles = Throttles::default();
    let account: AccountId = "111122223333".parse().unwrap();
    let call =
        |number: usize, now| throttles.count(account, &format!("r-{number}"), Operation::StopLogging, now);
    let taken = (0..2 * ENTRIES_MAX).filter(|number| call(*number, now()).is_ok()).count();
    assert_eq!(taken, ENTRIES_MAX);
    assert!(call(3 * ENTRIES_MAX, now().plus(std::time::Duration::from_secs(1))).is_ok());
    assert_eq!(throttles.0.lock().unwrap().len(), 1);
}
