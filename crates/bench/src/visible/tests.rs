use super::findable;
use cairn_model::Timestamp;
use cairn_testkit::{Batch, Traffic};

#[test]
fn a_body_of_generated_events_has_one_that_can_be_looked_up() {
    let batch = Batch::new(&mut Traffic::new(1), 500, Timestamp::from_seconds(1_767_225_600));
    let id = findable(batch.text()).unwrap_or_default();
    assert_eq!(id.len(), 36, "{id}");
}

#[test]
fn a_body_without_one_has_none() {
    assert_eq!(findable(b"{\"eventID\":\"1\"}\n"), None);
}
