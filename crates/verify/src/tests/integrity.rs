//! Every way to change what is there is named, and what is left alone stays proven.

use super::world::{World, codes, fingerprint, gunzip, gzip, public_key, sha256_hex, sign, sorted};
use crate::{Fault, Scope};
use serde_json::{Value, json};
use std::fs;

#[test]
fn an_untouched_copy_is_proven_to_its_last_file() {
    let report = World::of_five().check(&[]);
    let (digests, log_files) = report.totals();
    assert_eq!((digests.proven, log_files.proven), (5, 8));
    assert_eq!((digests.found(), log_files.found(), report.files), (5, 8, 13));
    assert!(report.is_intact() && report.is_complete());
    let chain = &report.chains[0];
    assert_eq!(chain.id.to_string(), "111122223333 t_1 (us-east-1) eu-west-1");
    assert_eq!((chain.starts, chain.from.unwrap().to_string()), (1, "2026-03-01T10:00:30Z".to_owned()));
    assert_eq!(chain.to.unwrap().to_string(), "2026-03-01T15:00:30Z");
}

#[test]
fn a_flipped_byte_of_a_log_file_is_named() {
    let world = World::of_five();
    let key = &world.digests[1].files[0];
    let mut bytes = fs::read(world.path(key)).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    world.put(key, &bytes);
    let report = world.verify();
    let (code, found) = &codes(&report)[0];
    assert!(["OtherHash", "NotGzip"].contains(&code.as_str()), "{code}");
    assert_eq!((found, report.findings.len()), (key, 1));
    assert_eq!(report.totals().1.invalid, 1);
    assert!(report.is_complete());
}

#[test]
fn a_record_that_was_taken_out_is_named_though_the_file_was_packed_again() {
    let world = World::of_five();
    let key = &world.digests[3].files[1];
    let plain = String::from_utf8(gunzip(&fs::read(world.path(key)).unwrap())).unwrap();
    let fewer = plain.replace(",{\"eventID\":\"other\"}", "");
    assert_ne!(plain, fewer);
    world.put(key, &gzip(fewer.as_bytes()));
    world.check(&[("OtherHash", key)]);
}

#[test]
fn files_that_were_swapped_are_both_named() {
    let world = World::of_five();
    let (one, other) = (&world.digests[0].files[0], &world.digests[1].files[0]);
    let bytes = [one, other].map(|key| fs::read(world.path(key)).unwrap());
    world.put(one, &bytes[1]);
    world.put(other, &bytes[0]);
    world.check(&[("OtherHash", one), ("OtherHash", other)]);
}

#[test]
fn a_second_gzip_member_is_named() {
    let world = World::of_five();
    let key = &world.digests[0].files[0];
    let more = [fs::read(world.path(key)).unwrap(), gzip(b"{\"Records\":[]}")].concat();
    world.put(key, &more);
    world.check(&[("NotGzip", key)]);
}

#[test]
fn a_digest_that_says_something_else_is_named_by_the_next_one() {
    let world = World::of_five();
    let changed = &world.digests[1];
    world.edit(&changed.key, |says| {
        says["logFiles"].as_array_mut().unwrap().pop();
    });
    let report = world.check(&[("OtherPredecessor", &changed.key), ("Unnamed", &changed.files[1])]);
    let (digests, log_files) = report.totals();
    assert_eq!((digests.proven, digests.invalid), (4, 1));
    // The file that it still names may be right, but nothing says so.
    assert_eq!((log_files.proven, log_files.unproven), (6, 1));
}

#[test]
fn the_newest_digest_is_held_against_the_file_of_keys() {
    let world = World::of_five();
    let newest = &world.digests[4];
    world.edit(&newest.key, |says| says["logFiles"] = json!([]));
    let report = world.verify();
    assert_eq!(codes(&report)[0], ("OtherHead".to_owned(), newest.key.clone()));
}

#[test]
fn a_digest_signed_with_another_key_is_named() {
    let world = World::of_five();
    let newest = &world.digests[4];
    let path = world.path(&newest.key);
    let mut says: Value = serde_json::from_slice(&gunzip(&fs::read(&path).unwrap())).unwrap();
    says["logFiles"] = json!([]);
    let plain = says.to_string().into_bytes();
    fs::write(&path, gzip(&plain)).unwrap();
    // Even somebody who could write the heads has no key.
    let mut keys = world.keys();
    keys["heads"][0]["digestHashValue"] = sha256_hex(&plain).into();
    keys["heads"][0]["digestSignature"] = sign(&says, &plain, 1).into();
    let report = world.verify_with(&keys, &Scope { allow_unnamed: true, ..Scope::default() });
    assert_eq!(codes(&report), sorted(&[("BadSignature", &newest.key)]));

    says["digestPublicKeyFingerprint"] = fingerprint(1).into();
    let plain = says.to_string().into_bytes();
    fs::write(&path, gzip(&plain)).unwrap();
    keys["heads"][0]["digestHashValue"] = sha256_hex(&plain).into();
    keys["heads"][0]["digestSignature"] = sign(&says, &plain, 1).into();
    keys["PublicKeyList"] = json!([public_key(0)]);
    let report = world.verify_with(&keys, &Scope { allow_unnamed: true, ..Scope::default() });
    assert_eq!(codes(&report), sorted(&[("KeyMissing", &newest.key)]));
}

#[test]
fn a_key_signs_for_its_account_and_its_time_only() {
    let mut world = World::new();
    world.window(1);
    let only = world.digests[0].key.clone();
    let mut keys = world.keys();
    keys["PublicKeyList"][0]["account"] = "999999999999".into();
    let report = world.verify_with(&keys, &Scope::default());
    assert!(
        matches!(&report.findings[0].fault, Fault::KeyOfOther { account, .. } if account == "999999999999")
    );

    let mut keys = world.keys();
    keys["PublicKeyList"][0]["ValidityEndTime"] = "2026-03-01T10:59:59Z".into();
    let report = world.verify_with(&keys, &Scope::default());
    assert_eq!(codes(&report), sorted(&[("KeyNotValid", &only)]));
}

#[test]
fn a_missing_key_is_named_and_what_it_signed_is_unproven() {
    let mut world = World::new();
    world.window(1);
    world.window(1);
    world.signer = 1;
    world.window(1);
    world.check(&[]);
    let mut keys = world.keys();
    keys["PublicKeyList"] = json!([public_key(1)]);
    let report = world.verify_with(&keys, &Scope::default());
    let missing = [("KeyMissing", world.digests[0].key.as_str()), ("KeyMissing", &world.digests[1].key)];
    assert_eq!(codes(&report), sorted(&missing));
    assert!(report.findings[0].fault.to_string().contains(&fingerprint(0)));
    let (digests, log_files) = report.totals();
    assert_eq!((digests.proven, digests.unproven), (1, 2));
    assert_eq!((log_files.proven, log_files.unproven), (1, 2));
}

#[test]
fn a_link_to_another_predecessor_is_named() {
    let world = World::of_five();
    let (first, second, third) = (&world.digests[0], &world.digests[1], &world.digests[2]);
    world.edit(&third.key, |says| {
        says["previousDigestS3Object"] = first.key.as_str().into();
        says["previousDigestHashValue"] = first.sha256.as_str().into();
        says["previousDigestSignature"] = first.signature.as_str().into();
    });
    let report = world.verify();
    let codes = codes(&report);
    assert!(codes.contains(&("OtherPredecessor".to_owned(), third.key.clone())), "{codes:?}");
    assert!(codes.contains(&("NoSignature".to_owned(), second.key.clone())), "{codes:?}");
}

#[test]
fn a_digest_at_another_place_is_named() {
    let world = World::of_five();
    let newest = world.digests[4].key.clone();
    let moved = newest.replace("T150030Z", "T150031Z");
    world.put(&moved, &fs::read(world.path(&newest)).unwrap());
    world.remove(&newest);
    world.check(&[("Moved", &moved), ("EndMissing", &newest)]);
}

#[test]
fn what_is_no_digest_is_named() {
    let world = World::of_five();
    let key = &world.digests[4].key;
    for bytes in [&b"no gzip"[..], &gzip(b"{}"), &gzip(b"not JSON")] {
        world.put(key, bytes);
        let report = world.verify();
        let codes: Vec<String> = codes(&report).into_iter().map(|(code, _)| code).collect();
        let expected = if bytes == b"no gzip" { "NotGzip" } else { "NotADigest" };
        assert!(codes.contains(&expected.to_owned()), "{codes:?}");
        assert!(!report.is_intact());
    }
}

#[test]
fn without_heads_the_newest_digest_of_a_copy_cannot_be_proven() {
    let world = World::of_five();
    let mut keys = world.keys();
    keys["heads"] = json!([]);
    let report = world.verify_with(&keys, &Scope::default());
    assert_eq!(codes(&report), sorted(&[("NoSignature", &world.digests[4].key)]));
    // Up to a time that another digest comes after, all of it can.
    let to = Some(world.digests[3].end);
    let report = world.verify_with(&keys, &Scope { to, ..Scope::default() });
    assert_eq!(codes(&report), []);
    assert_eq!(report.totals().0.proven, 4);
}
