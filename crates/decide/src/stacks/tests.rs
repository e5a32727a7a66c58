#![allow(clippy::unwrap_used, reason = "tests")]

use super::{RESOURCES_MAX, STACKS_MAX, StackError, is_name, put};
use cairn_model::{Change, Stack, StackId, StackResource, Timestamp};

fn now() -> Timestamp {
    Timestamp::from_seconds(7)
}

fn id(name: &str) -> StackId {
    StackId {
        account: "111122223333".parse().unwrap(),
        region: "us-east-1".to_owned(),
        name: name.to_owned(),
    }
}

fn trail(name: &str) -> StackResource {
    let kind = "AWS::CloudTrail::Trail".to_owned();
    StackResource { logical_id: "Main".to_owned(), kind, id: name.to_owned(), retain: false }
}

fn written(
    stacks: &[Stack],
    name: &str,
    revision: u64,
    resources: Vec<StackResource>,
) -> Result<Change, StackError> {
    put(stacks.iter(), id(name), revision, resources, now())
}

fn stack(change: Change) -> Stack {
    let Change::PutStack(stack) = change else { panic!("{change:?}") };
    *stack
}

#[test]
fn of_two_who_read_the_same_record_one_writes() {
    let first = stack(written(&[], "one", 0, vec![trail("a")]).unwrap());
    let revision = first.revision;
    assert_eq!(first.updated, now());
    let changed = Err(StackError::Changed("one".to_owned()));
    let stacks = [first];
    assert_eq!(written(&stacks, "one", 0, vec![trail("b")]), changed);
    let second = stack(written(&stacks, "one", revision, vec![trail("b")]).unwrap());
    assert_eq!(second.revision, revision + 1, "at the same time");
    assert_eq!(written(&[second], "one", revision, vec![trail("c")]), changed);
    assert_eq!(written(&[], "one", revision, vec![trail("b")]), changed);
}

#[test]
fn who_read_a_stack_does_not_write_the_one_that_was_made_after_it() {
    let made = |at: Timestamp| stack(put([].iter(), id("one"), 0, vec![trail("a")], at).unwrap());
    let (former, again) = (made(now()), made(Timestamp::from_micros(now().as_micros() + 1)));
    let changed = Err(StackError::Changed("one".to_owned()));
    assert_eq!(written(&[again], "one", former.revision, vec![trail("b")]), changed);
}

#[test]
fn an_account_has_so_many_stacks_at_most_in_all_regions_together() {
    let mut stacks: Vec<Stack> = (0..STACKS_MAX)
        .map(|number| {
            stack(written(&[], &format!("s{number}"), 0, vec![trail(&format!("t{number}"))]).unwrap())
        })
        .collect();
    stacks[0].id.region = "eu-west-1".to_owned();
    assert_eq!(written(&stacks, "more", 0, vec![trail("a")]), Err(StackError::Quota));
    assert!(written(&stacks[1..], "more", 0, vec![trail("a")]).is_ok());
    let revision = stacks[1].revision;
    assert!(written(&stacks, "s1", revision, vec![trail("a")]).is_ok(), "a stack that is there");
    assert!(written(&stacks, "s1", revision, Vec::new()).is_ok(), "its end");
}

#[test]
fn a_resource_belongs_to_one_stack() {
    let stacks = [stack(written(&[], "one", 0, vec![trail("a")]).unwrap())];
    let owned = StackError::Owned { id: "a".to_owned(), stack: "one".to_owned() };
    assert_eq!(written(&stacks, "two", 0, vec![trail("a")]), Err(owned));
    let other = StackResource { kind: "AWS::CloudTrail::Channel".to_owned(), ..trail("a") };
    assert!(written(&stacks, "two", 0, vec![other]).is_ok(), "of another type");
    let mut elsewhere = stacks;
    elsewhere[0].id.region = "eu-west-1".to_owned();
    assert!(written(&elsewhere, "two", 0, vec![trail("a")]).is_ok(), "of another region");
}

#[test]
fn a_stack_without_resources_is_none() {
    let stacks = [stack(written(&[], "one", 0, vec![trail("a")]).unwrap())];
    let revision = stacks[0].revision;
    assert_eq!(written(&stacks, "one", revision, Vec::new()), Ok(Change::DeleteStack { id: id("one") }));
}

#[test]
fn names_and_sizes_are_checked() {
    for (name, expected) in [("main", true), ("a-1", true), ("1a", false), ("a_b", false), ("", false)] {
        assert_eq!(is_name(name), expected, "{name:?}");
    }
    assert!(is_name(&"a".repeat(128)) && !is_name(&"a".repeat(129)));
    assert_eq!(written(&[], "a b", 0, vec![trail("a")]), Err(StackError::Name("a b".to_owned())));
    for (logical_id, kind, name, fits) in [
        (255, 128, 1024, true),
        (256, 1, 1, false),
        (1, 129, 1, false),
        (1, 1, 1025, false),
        (0, 1, 1, false),
        (1, 0, 1, false),
        (1, 1, 0, false),
    ] {
        let [logical_id, kind, id] = [logical_id, kind, name].map(|length| "a".repeat(length));
        let resource = StackResource { logical_id, kind, id, retain: false };
        let written = written(&[], "one", 0, vec![resource]);
        assert!(if fits { written.is_ok() } else { written == Err(StackError::Text) }, "{written:?}");
    }
    assert_eq!(written(&[], "one", 0, vec![trail("a"); RESOURCES_MAX + 1]), Err(StackError::TooMany));
}
