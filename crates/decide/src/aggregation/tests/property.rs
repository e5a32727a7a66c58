//! Whatever happens between events, records say together what a plain count says.

use super::naive::{Totals, add, count as count_plainly};
use super::*;
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
    /// An event of a second, in one of some regions.
    Event {
        second: u32,
        region: usize,
        values: [usize; 6],
    },
    /// So many seconds pass.
    Pass(u64),
    CloseDue,
    CloseAll,
    Restart,
}

fn any_step() -> impl Strategy<Value = Step> {
    let values = prop::array::uniform6(0..4usize);
    prop_oneof![
        20 => (0..1800u32, 0..3usize, values)
            .prop_map(|(second, region, values)| Step::Event { second, region, values }),
        4 => (0..400u64).prop_map(Step::Pass),
        3 => Just(Step::CloseDue),
        1 => Just(Step::CloseAll),
        2 => Just(Step::Restart),
    ]
}

fn event(second: u32, [name, user, bucket, address, agent, error]: [usize; 6]) -> Value {
    let mut event =
        call(&format!("Call{name}"), &format!("arn:user\"{user}é"), &format!("arn:aws:s3:::b{bucket}"));
    event["eventTime"] = json!(format!("2026-03-01T08:{:02}:{:02}Z", second / 60, second % 60));
    event["sourceIPAddress"] = json!(format!("198.51.100.{address}"));
    event["eventSource"] = json!(["s3.amazonaws.com", "s3express.amazonaws.com"][agent % 2]);
    if agent == 3 {
        event["userAgent"] = Value::Null;
    }
    match error {
        0 | 1 => {}
        2 => event["errorCode"] = json!("AccessDenied"),
        _ => event["resources"] = json!([]),
    }
    event
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn records_say_together_what_a_plain_count_says(steps in prop::collection::vec(any_step(), 0..150)) {
        const REGIONS: [&str; 3] = ["eu-central-1", "us-east-1", "ap-south-2"];
        let mut now = at("2026-03-01T08:00:00Z");
        let mut aggregates = Aggregates::new(&EVERY);
        let mut told = Vec::new();
        let mut expected = Totals::new();
        for step in steps {
            match step {
                Step::Event { second, region, values } => {
                    let event = event(second, values);
                    count_plainly(&event, REGIONS[region], &mut expected);
                    with_facts(&event, |facts| aggregates.count(facts, REGIONS[region], now, &mut told));
                }
                Step::Pass(seconds) => now = now.plus(Duration::from_secs(seconds)),
                Step::CloseDue => told.extend(aggregates.close_due(now, WAIT)),
                Step::CloseAll => told.extend(aggregates.close_all()),
                Step::Restart => {
                    let json = serde_json::to_string(&aggregates.to_stored()).unwrap();
                    aggregates = Aggregates::from_stored(&EVERY, serde_json::from_str(&json).unwrap());
                }
            }
        }
        told.extend(aggregates.close_all());
        prop_assert_eq!(aggregates.bytes(), 0);
        let mut found = Totals::new();
        for summary in &told {
            add(summary, &mut found);
            let record: Value = serde_json::from_str(&text(summary)).unwrap();
            prop_assert_eq!(&record["timeWindow"]["windowStart"], &summary.start.to_string());
            prop_assert_eq!(&record["timeWindow"]["windowEnd"], &summary.end().to_string());
        }
        prop_assert_eq!(found, expected);
    }
}
