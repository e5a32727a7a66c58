#![allow(clippy::unwrap_used, reason = "tests")]

use super::tags::parse;
use super::*;
use bytes::Bytes;
use cairn_lake::{Bodies, BodyError};
use cairn_model::event::{Admission, Door};
use cairn_model::{
    BillingMode, ContextKeySelector, ContextKind, EventDataStore, Field, MaxEventSize, Origin, Position,
    Record, Timestamp,
};
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

const USER: &str = "arn:aws:iam::111122223333:user/alice";

/// A log of one record at each position.
struct OneEvent(Bytes);

impl OneEvent {
    fn imported() -> OneEvent {
        let text = format!(
            r#"{{"eventTime":"2026-03-01T08:04:11Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","eventID":"e","userIdentity":{{"type":"IAMUser","arn":"{USER}"}}}}"#
        );
        let arrival = Timestamp::parse("2026-03-01T09:00:00Z").unwrap();
        let admission =
            Admission { origin: Origin::Imported, account: "111122223333".parse().unwrap(), arrival };
        let mut out = Vec::new();
        Record::start_imported_to(&[[7; 16]], &mut out);
        Door::default().admit(text.as_bytes(), &admission, || 0, &mut out).unwrap();
        OneEvent(out.into())
    }
}

impl Bodies for OneEvent {
    fn read(&self, _: Position) -> Result<Bytes, BodyError> {
        Ok(self.0.clone())
    }

    fn read_all(
        &self,
        range: Range<Position>,
        take: &mut dyn FnMut(Position, Bytes),
    ) -> Result<(), BodyError> {
        (range.start.get()..range.end.get()).for_each(|at| take(Position::new(at), self.0.clone()));
        Ok(())
    }
}

fn store(keys: &[(ContextKind, &str)]) -> EventDataStore {
    let now = Timestamp::from_seconds(1);
    EventDataStore {
        arn:
            "arn:aws:cloudtrail:eu-central-1:111122223333:eventdatastore/0a1b2c3d-1e5f-4a6b-8c7d-9e0f1a2b3c4d"
                .parse()
                .unwrap(),
        name: "s".to_owned(),
        selectors: Vec::new(),
        multi_region: true,
        organization: false,
        retention_days: 7,
        billing_mode: BillingMode::Extendable,
        termination_protection: false,
        ingesting: true,
        deleted: None,
        kms_key: None,
        federation_role: None,
        insights: None,
        max_event_size: MaxEventSize::Large,
        context_keys: keys
            .iter()
            .map(|(kind, key)| ContextKeySelector { kind: *kind, keys: vec![(*key).to_owned()] })
            .collect(),
        tags: Default::default(),
        created: now,
        updated: now,
    }
}

fn tags(entries: &[(&str, &str, &str)]) -> TagMap {
    let mut tags = TagMap::new();
    for (arn, key, value) in entries {
        tags.entry((*arn).to_owned()).or_default().insert((*key).to_owned(), (*value).to_owned());
    }
    tags
}

fn enriched(data: &Path, rules: &Arc<Rules>) -> Enriched<OneEvent> {
    let knowledge = Knowledge::new(Tags::open(data, None).unwrap());
    knowledge.tags().replace(tags(&[(USER, "team", "blue")])).unwrap();
    Enriched::new(OneEvent::imported(), Arc::clone(rules), Arc::new(knowledge))
}

fn context(payload: &Bytes) -> Option<String> {
    let record = Record::decode(payload).unwrap();
    assert_eq!(record.destinations(), Some(&[[7; 16]][..]));
    record.event().raw(Field::EventContext).map(str::to_owned)
}

#[test]
fn an_event_gets_the_context_that_its_store_asked_for_at_its_position() {
    let folder = tempfile::tempdir().unwrap();
    let rules = Arc::new(Rules::of(&store(&[])));
    let log = enriched(folder.path(), &rules);
    assert_eq!(context(&log.read(Position::new(1)).unwrap()), None);

    rules.change(&store(&[(ContextKind::TagContext, "team")]), Position::new(10));
    rules.change(&store(&[(ContextKind::RequestContext, "aws:PrincipalType")]), Position::new(20));
    rules.change(&store(&[]), Position::new(30));
    let tagged = r#"{"requestContext":{},"tagContext":{"principalTags":{"team":"blue"}}}"#.to_owned();
    let typed = r#"{"requestContext":{"aws:PrincipalType":"User"},"tagContext":{}}"#.to_owned();
    let expected = [(9, None), (10, Some(&tagged)), (19, Some(&tagged)), (20, Some(&typed)), (30, None)];
    for (at, expected) in expected {
        assert_eq!(context(&log.read(Position::new(at)).unwrap()).as_ref(), expected, "{at}");
    }
    let mut all = Vec::new();
    let take = &mut |at: Position, payload: Bytes| all.push((at.get(), context(&payload)));
    log.read_all(Position::new(8)..Position::new(12), take).unwrap();
    assert_eq!(all, [(8, None), (9, None), (10, Some(tagged.clone())), (11, Some(tagged))]);
}

#[test]
fn changes_of_other_settings_are_not_remembered_and_the_oldest_go() {
    let rules = Rules::of(&store(&[]));
    for at in 1..2_000 {
        rules.change(&store(&[]), Position::new(at));
    }
    assert!(!format!("{rules:?}").contains("Position(1)"));
    let folder = tempfile::tempdir().unwrap();
    let rules = Arc::new(rules);
    let log = enriched(folder.path(), &rules);
    for at in 1..1_000 {
        let key = format!("k{at}");
        rules.change(&store(&[(ContextKind::TagContext, &key)]), Position::new(at));
    }
    rules.change(&store(&[(ContextKind::TagContext, "team")]), Position::new(1_000));
    assert!(context(&log.read(Position::new(1_000)).unwrap()).unwrap().contains("blue"));
    assert!(!context(&log.read(Position::new(1)).unwrap()).unwrap().contains("blue"));
}

#[test]
fn tags_that_were_put_are_there_after_a_restart_and_hold_over_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("given.jsonl");
    let line = |arn: &str| format!("{{\"arn\":\"{arn}\",\"tags\":{{\"team\":\"file\",\"env\":\"prod\"}}}}\n");
    std::fs::write(&file, line(USER) + &line("arn:aws:s3:::b")).unwrap();
    let open = || Tags::open(folder.path(), Some(&file)).unwrap();
    let first = open();
    first.replace(tags(&[(USER, "team", "put"), ("arn:aws:s3:::c", "a", "b")])).unwrap();
    first.replace(TagMap::from([("arn:aws:s3:::c".to_owned(), Default::default())])).unwrap();
    drop(first);

    let again = open();
    assert_eq!(*again.put(), tags(&[(USER, "team", "put")]));
    let moment = Moment { tags: again.current(clock::now()), state: None };
    assert_eq!(moment.tag(USER, "team").as_deref(), Some("put"));
    assert_eq!(moment.tag(USER, "env").as_deref(), Some("prod"));
    assert_eq!(moment.tag("arn:aws:s3:::b", "team").as_deref(), Some("file"));
    assert_eq!(moment.tag("arn:aws:s3:::c", "a"), None);

    std::fs::write(&file, "").unwrap();
    let later = clock::now().plus(Duration::from_secs(10));
    let moment = Moment { tags: again.current(later), state: None };
    assert_eq!(moment.tag(USER, "env"), None);
}

#[test]
fn files_of_tags_are_one_object_or_lines() {
    let expected = tags(&[(USER, "team", "blue")]);
    let object = format!("{{\n \"{USER}\": {{\"team\": \"blue\"}}\n}}\n");
    let line = format!("\n{{\"arn\":\"{USER}\",\"tags\":{{\"team\":\"blue\"}}}}\n\n");
    assert_eq!(parse(&object), Ok(expected.clone()));
    assert_eq!(parse(&line), Ok(expected));
    assert_eq!(parse(" \n"), Ok(TagMap::new()));
    for odd in ["[]", "{\"alice\":{}}", "{\"arn:x\":{\"\":\"\"}}", "{\"arn:x\":{\"a\":1}}"] {
        assert!(parse(odd).is_err(), "{odd}");
    }
    let second = format!("{}\nnonsense", line.trim());
    assert!(parse(&second).unwrap_err().starts_with("line 2: "));
    let long = format!("{{\"arn:x\":{{\"k\":\"{}\"}}}}", "v".repeat(257));
    assert!(parse(&long).unwrap_err().contains("at most 256"));
}
