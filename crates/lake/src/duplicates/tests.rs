#![allow(clippy::unwrap_used, reason = "tests")]
use super::{Candidate, Verdict, judge_among};
use crate::canonical::content_hash;
use crate::keys::OrderKey;
use crate::testing::{admit, event};
use cairn_model::Record;

fn text(content: u8) -> String {
    event(1, "A", &format!(r#","eventID":"e","recipientAccountId":"111122223333","content":{content}"#))
}

fn candidate(identity: u64, content: u8) -> Candidate {
    let mut payload = Vec::new();
    Record::start_event(&mut payload);
    payload.extend_from_slice(&admit(&text(content)));
    let key = OrderKey { event_time: 0, position: 0 };
    Candidate { key, identity, payload: payload.into(), verdict: Verdict::New }
}

#[test]
fn the_first_of_equal_events_stays_and_others_of_its_identity_are_flagged() {
    let mut batch = [(1, 1), (1, 1), (2, 1), (1, 2), (1, 2)].map(|(id, content)| candidate(id, content));
    judge_among(&mut batch).unwrap();
    let verdicts = batch.map(|candidate| candidate.verdict);
    use Verdict::{Conflict, Duplicate, New};
    assert_eq!(verdicts, [New, Duplicate, New, Conflict, Duplicate]);
}

#[test]
fn a_file_that_has_both_forms_of_an_event_makes_either_a_duplicate() {
    let contents = [1, 3].map(|content| content_hash(&text(content)));
    let verdict = |content| {
        let mut candidate = candidate(2, content);
        candidate.compare(&contents).unwrap();
        candidate.verdict
    };
    assert_eq!(verdict(1), Verdict::Duplicate);
    assert_eq!(verdict(3), Verdict::Duplicate);
    assert_eq!(verdict(2), Verdict::Conflict);
    let mut alone = candidate(4, 1);
    alone.compare(&[]).unwrap();
    assert_eq!(alone.verdict, Verdict::New);
}
