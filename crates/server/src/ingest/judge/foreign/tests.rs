#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Foreign, Judged, judge_foreign};
use crate::ingest::{Budget, Encoding, Format, Poster, UnpackError};
use bytes::Bytes;
use cairn_model::{AccountId, Origin};
use cairn_store::catalog::CatalogState;
use std::io::Write;

fn judged(body: Vec<u8>, encoding: Encoding, budget: usize) -> Result<Judged, UnpackError> {
    let poster = Poster {
        account: AccountId::from_bytes(b"111122223333").unwrap(),
        any_account: false,
        origin: Origin::Posted,
        format: Format::CloudTrail,
        positions: false,
        again: None,
    };
    let asked = (poster, Foreign::Events(cairn_foreign::Format::Kubernetes), "us-east-1");
    let known = CatalogState::default();
    judge_foreign(Bytes::from(body), encoding, asked, &known, &mut Budget::new(budget).share())
}

const EVENTS: &str = r#"{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[
    {"auditID":"a","stage":"RequestReceived","verb":"get","requestURI":"/api","user":{"username":"ann"},
     "requestReceivedTimestamp":"2026-03-01T08:04:11.000000Z","stageTimestamp":"2026-03-01T08:04:11.000000Z"},
    {"auditID":"a","stage":"ResponseComplete","verb":"get","requestURI":"/api","user":{"username":"ann"},
     "responseStatus":{"code":200},
     "requestReceivedTimestamp":"2026-03-01T08:04:11.000000Z","stageTimestamp":"2026-03-01T08:04:12.000000Z"},
    {"auditID":"b","stage":"ResponseComplete"}]}"#;

#[test]
fn events_of_other_systems_are_counted_by_their_numbers() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(EVENTS.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    for (body, encoding) in [(EVENTS.as_bytes().to_vec(), Encoding::Plain), (packed, Encoding::Gzip)] {
        let judged = judged(body, encoding, 64 << 20).unwrap();
        assert_eq!(judged.receipt.accepted, 1);
        assert_eq!(judged.receipt.noted[0].line, 1);
        assert_eq!(judged.receipt.refused[0].line, 3);
        assert_eq!(judged.refused(), 1);
    }
}

#[test]
fn a_body_that_needs_more_memory_than_there_is_is_refused() {
    assert!(matches!(judged(EVENTS.as_bytes().to_vec(), Encoding::Plain, 1024), Err(UnpackError::Busy)));
    assert!(matches!(judged(vec![0xff], Encoding::Plain, 64 << 20), Err(UnpackError::Damaged(_))));
}
