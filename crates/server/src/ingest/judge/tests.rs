#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Destined, Judged, judge, judge_destined};
use crate::ingest::{Budget, Encoding, Format, Poster};
use bytes::Bytes;
use cairn_model::{AccountId, Origin};
use cairn_store::catalog::CatalogState;
use serde_json::json;

fn poster(origin: Origin, format: Format) -> Poster {
    Poster {
        account: AccountId::from_bytes(b"111122223333").unwrap(),
        any_account: false,
        origin,
        format,
        positions: false,
        again: Some(cairn_model::Position::ZERO),
    }
}

fn judged(body: &str, format: Format) -> Judged {
    let body = Bytes::from(body.to_owned());
    let poster = poster(Origin::Imported, format);
    judge(body, Encoding::Plain, poster, &CatalogState::default(), &mut Budget::new(64 << 20).share())
        .unwrap()
}

fn record(name: &str) -> String {
    json!({"eventTime": "2026-03-01T08:04:11Z", "eventSource": "s", "eventName": name}).to_string()
}

fn counts(judged: &Judged) -> (u64, u64) {
    (judged.receipt.accepted, judged.refused())
}

#[test]
fn every_form_gives_the_same_events() {
    let (first, second) = (record("a"), record("b"));
    let looked_up = json!({"Events": [{"CloudTrailEvent": first}, {"CloudTrailEvent": second}]}).to_string();
    let envelope = |record: &str| format!(r#"{{"detail-type":"x","detail":{record}}}"#);
    let logged = json!({"logEvents": [{"message": first}, {"message": second}]}).to_string();
    let forms = [
        format!("{first}\n{second}\n"),
        format!("[{first},{second}]"),
        format!(r#"{{"Records":[{first},{second}]}}"#),
        looked_up,
        format!("{}\n{}", envelope(&first), envelope(&second)),
        format!("[{},{second}]", envelope(&first)),
        logged,
        format!("2026-03-01T08:04:11.123Z {first}\n2026-03-01T08:04:11.123Z {second}"),
    ];
    let expected = judged(&forms[0], Format::Ndjson).prints;
    assert_eq!(expected.len(), 2);
    for form in forms {
        let found = judged(&form, Format::Auto);
        assert_eq!(counts(&found), (2, 0), "{form}");
        assert_eq!(found.prints, expected, "{form}");
    }
}

#[test]
fn an_imported_event_without_an_id_gets_the_same_one_each_time() {
    let twice = [judged(&record("a"), Format::Auto), judged(&record("a"), Format::Auto)];
    assert_eq!(twice[0].prints, twice[1].prints);
}

#[test]
fn a_form_that_was_told_is_the_only_one_taken() {
    let (plain, wrapped) = (record("a"), json!({"detail-type": "x", "detail": {}}).to_string());
    assert_eq!(counts(&judged(&plain, Format::EventBridge)), (0, 1));
    assert_eq!(counts(&judged(&plain, Format::LookupEvents)), (0, 1));
    assert_eq!(counts(&judged(&plain, Format::CloudTrail)), (1, 0));
    assert_eq!(counts(&judged(&format!("[{plain}]"), Format::Ndjson)), (0, 1));
    let refused = &judged(&wrapped, Format::Auto).receipt.refused[0];
    assert_eq!((refused.line, refused.reason.as_str()), (1, "eventTime is missing"));
}

#[test]
fn refusals_beyond_the_list_are_counted() {
    let judged = judged(&"x\n".repeat(10_050), Format::Auto);
    assert_eq!(judged.receipt.refused.len(), 10_000);
    assert_eq!(judged.receipt.refused_total, Some(10_050));
}

#[test]
fn what_cannot_be_taken_at_once_is_judged_as_ever() {
    let envelope = format!(r#"{{"detail-type":"x","detail":{}}}"#, record("b"));
    let twice = r#"{"eventName":"c","eventName":"c"}"#;
    let records = [record("a"), envelope, twice.to_owned(), record("\u{e9}")];
    let found = judged(&format!(r#"{{"Records":[{}],"other":1}}"#, records.join(" , ")), Format::Auto);
    assert_eq!(counts(&found), (3, 1));
    assert_eq!(found.receipt.refused[0].line, 3);
    assert_eq!(found.prints[..2], judged(&[record("a"), record("b")].join("\n"), Format::Ndjson).prints);
}

#[test]
fn one_record_that_is_no_text_hides_no_other() {
    let mut body = format!("[{},{},{}]", record("a"), record("!"), record("c")).into_bytes();
    let damaged = body.iter().position(|byte| *byte == b'!').unwrap();
    body[damaged] = 0xff;
    let poster = poster(Origin::Imported, Format::Auto);
    let share = &mut Budget::new(64 << 20).share();
    let found = judge(Bytes::from(body), Encoding::Plain, poster, &CatalogState::default(), share).unwrap();
    assert_eq!(counts(&found), (2, 1));
    assert_eq!((found.receipt.refused[0].line, found.prints.len()), (2, 2));
}

#[test]
fn what_is_destined_for_stores_makes_no_accounts() {
    let destined = Destined { stores: vec![[7; 16]], selection: None };
    let body = format!(r#"{{"Records":[{},{{"eventName":"none"}},{}]}}"#, record("a"), record("b"));
    let judged = judge_destined(
        Bytes::from(body),
        Encoding::Plain,
        Poster::importer(AccountId::from_bytes(b"111122223333").unwrap()),
        Some(&destined),
        &CatalogState::default(),
        &mut Budget::new(64 << 20).share(),
    )
    .unwrap();
    assert_eq!((counts(&judged), judged.batch.len(), judged.new_accounts.len()), ((2, 1), 2, 0));
}
