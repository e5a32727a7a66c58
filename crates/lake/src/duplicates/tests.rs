#![allow(clippy::unwrap_used, reason = "tests")]
use super::{Candidate, Verdict, by_identity, hits, judge_among};
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
    let by_identity = by_identity(&batch);
    judge_among(&mut batch, &by_identity).unwrap();
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

#[test]
fn identities_are_found_among_those_of_a_file_wherever_they_stand() {
    for known in [vec![], vec![5], (0..200).collect::<Vec<u64>>(), (0..200).step_by(7).collect()] {
        for step in [1, 3, 50] {
            let wanted: Vec<(u64, usize)> = (0..220).step_by(step).map(|id| (id, id as usize + 1)).collect();
            let found = wanted.iter().filter(|(id, _)| known.contains(id)).map(|(_, number)| *number);
            assert_eq!(hits(&wanted, &known), found.collect::<Vec<_>>());
        }
    }
}
