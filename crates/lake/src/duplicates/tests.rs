use super::{Candidate, Mark, Verdict, judge_among};
use crate::keys::OrderKey;

fn candidate(identity: u64, content: u8) -> Candidate {
    Candidate {
        key: OrderKey { event_time: 0, position: 0 },
        event_id: None,
        mark: mark(identity, content),
        verdict: Verdict::New,
    }
}

fn mark(identity: u64, content: u8) -> Mark {
    Mark { identity, content: [content; 16] }
}

#[test]
fn the_first_of_equal_events_stays_and_others_of_its_identity_are_flagged() {
    let mut batch = [(1, 1), (1, 1), (2, 1), (1, 2), (1, 2)].map(|(id, content)| candidate(id, content));
    judge_among(&mut batch);
    let verdicts = batch.map(|candidate| candidate.verdict);
    use Verdict::{Conflict, Duplicate, New};
    assert_eq!(verdicts, [New, Duplicate, New, Conflict, Duplicate]);
}

#[test]
fn a_file_that_has_both_forms_of_an_event_makes_either_a_duplicate() {
    let marks = [mark(1, 1), mark(2, 1), mark(2, 3), mark(3, 1)];
    let verdict = |identity, content| {
        let mut candidate = candidate(identity, content);
        candidate.compare(&marks);
        candidate.verdict
    };
    assert_eq!(verdict(2, 1), Verdict::Duplicate);
    assert_eq!(verdict(2, 3), Verdict::Duplicate);
    assert_eq!(verdict(2, 2), Verdict::Conflict);
    assert_eq!(verdict(4, 1), Verdict::New);
    assert_eq!(verdict(0, 1), Verdict::New);
}
