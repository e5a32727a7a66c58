//! Whatever was taken away is missed, and what was put there is noticed.

use super::world::{HOUR, World, at, codes, sorted};
use crate::{Fault, Scope, Tally};
use serde_json::json;

#[test]
fn a_missing_log_file_is_named() {
    let world = World::of_five();
    let key = &world.digests[1].files[1];
    world.remove(key);
    let report = world.check(&[("LogFileMissing", key)]);
    assert!(report.is_intact());
    assert_eq!(report.totals().1, Tally { proven: 7, missing: 1, ..Tally::default() });
}

#[test]
fn digests_missing_in_the_middle_are_a_hole_with_its_ends() {
    let world = World::of_five();
    let [_, second, third, fourth, _] = &world.digests[..] else { panic!() };
    world.remove(&second.key);
    world.remove(&third.key);
    let expected = [
        ("DigestMissing", third.key.as_str()),
        // Its signature stood in what is missing.
        ("NoSignature", &world.digests[0].key),
    ];
    let report = world.verify();
    assert_eq!(codes(&report), sorted(&expected));
    let hole = report.findings.iter().find(|finding| finding.fault.code() == "DigestMissing").unwrap();
    let Fault::DigestMissing { before, after, successor } = &hole.fault else { panic!() };
    assert_eq!((*before, *after, successor), (third.end, Some(world.digests[0].end), &fourth.key));
    assert!(!report.is_complete());
    // Two files of the window that is in no digest any more.
    assert_eq!(report.unnamed.outside, 2);
}

#[test]
fn a_beginning_that_is_missing_is_named_unless_it_was_not_asked_for() {
    let world = World::of_five();
    world.remove(&world.digests[0].key);
    let report = world.check(&[("DigestMissing", &world.digests[0].key)]);
    let Fault::DigestMissing { after, .. } = &report.findings[0].fault else { panic!() };
    assert_eq!(*after, None);
    let from = Some(world.digests[0].end);
    assert!(world.verify_with(&world.keys(), &Scope { from, ..Scope::default() }).findings.is_empty());
}

#[test]
fn a_cut_at_the_end_is_seen_by_the_head_of_the_chain() {
    let world = World::of_five();
    for made in &world.digests[3..] {
        world.remove(&made.key);
        made.files.iter().for_each(|key| world.remove(key));
    }
    let expected = [("EndMissing", world.digests[4].key.as_str()), ("NoSignature", &world.digests[2].key)];
    let report = world.check(&expected);
    let cut = report.findings.iter().find(|finding| finding.fault.code() == "EndMissing").unwrap();
    assert_eq!(
        cut.fault,
        Fault::EndMissing { end: world.digests[4].end, reached: Some(world.digests[2].end) }
    );
    assert_eq!(report.totals().0, Tally { proven: 2, unproven: 1, missing: 1, ..Tally::default() });
}

#[test]
fn a_chain_that_is_wholly_missing_is_named() {
    let mut world = World::of_five();
    let mut keys = world.keys();
    world.region = "us-west-2".to_owned();
    world.stop();
    let other = world.window(1);
    world.remove(&other.key);
    keys["heads"].as_array_mut().unwrap().push(world.keys()["heads"][1].clone());
    let report = world.verify_with(&keys, &Scope::default());
    assert_eq!(codes(&report), sorted(&[("EndMissing", &other.key)]));
}

#[test]
fn nothing_at_all_is_not_good() {
    let world = World::new();
    world.check(&[("NoDigests", "digests")]);
}

#[test]
fn stopped_and_started_trails_begin_anew_and_every_run_has_its_head() {
    let mut world = World::new();
    world.window(1);
    let ended = world.window(1);
    world.stop();
    world.now = world.now.plus(HOUR * 5);
    world.window(1);
    world.window(1);
    let report = world.check(&[]);
    assert_eq!((report.chains[0].starts, report.totals().0.proven), (2, 4));

    world.remove(&ended.key);
    let report = world.check(&[("EndMissing", &ended.key), ("NoSignature", &world.digests[0].key)]);
    assert_eq!(report.totals().0.missing, 1);
}

#[test]
fn what_came_after_the_file_of_keys_is_told_apart() {
    let mut world = World::of_five();
    let keys = world.keys();
    world.window(2);
    world.window(1);
    let report = world.verify_with(&keys, &Scope::default());
    assert_eq!(codes(&report), []);
    let (digests, log_files) = report.totals();
    // The newest has its signature nowhere; the one before it has its own in it.
    assert_eq!((digests.proven, digests.newer), (6, 1));
    assert_eq!((log_files.proven, log_files.newer), (10, 1));
}

#[test]
fn windows_that_do_not_join_leave_a_hole() {
    let mut world = World::new();
    world.window(1);
    let before = world.now;
    world.now = world.now.plus(HOUR);
    world.window(1);
    world.window(1);
    let report = world.check(&[("WindowGap", &world.digests[0].key)]);
    assert_eq!(report.findings[0].fault, Fault::WindowGap { from: before, to: before.plus(HOUR) });
}

#[test]
fn a_file_that_no_digest_names_is_named_where_digests_cover_its_time() {
    let mut world = World::of_five();
    let now = world.now;
    world.now = at("2026-03-01T09:00:00Z");
    world.log_file();
    world.now = at("2026-03-01T10:30:00Z");
    world.log_file();
    world.now = at("2026-03-01T12:30:00Z");
    let (planted, _) = world.log_file();
    world.now = now;
    world.log_file();
    let report = world.check(&[("Unnamed", &planted)]);
    let unnamed = &report.unnamed;
    // The first window of a run may hold what was gathered before it.
    assert_eq!((unnamed.inside, unnamed.outside, unnamed.waiting), (1, 2, 1));
    let allowed = world.verify_with(&world.keys(), &Scope { allow_unnamed: true, ..Scope::default() });
    assert_eq!((codes(&allowed), allowed.unnamed), (Vec::new(), report.unnamed));
}

#[test]
fn a_time_range_is_judged_as_if_it_were_all() {
    let mut world = World::of_five();
    for _ in 0..5 {
        world.window(1);
    }
    let scope =
        Scope { from: Some(world.digests[2].end), to: Some(world.digests[6].end), ..Scope::default() };
    let judged = |world: &World| world.verify_with(&world.keys(), &scope);
    let report = judged(&world);
    assert_eq!((codes(&report), report.totals().0.proven), (Vec::new(), 4));
    // What lies outside does not matter, what lies inside does.
    world.remove(&world.digests[1].key);
    world.remove(&world.digests[8].key);
    world.remove(&world.digests[8].files[0]);
    assert_eq!(codes(&judged(&world)), []);
    world.remove(&world.digests[3].key);
    assert!(codes(&judged(&world)).contains(&("DigestMissing".to_owned(), world.digests[3].key.clone())));
}

#[test]
fn a_chain_that_ends_before_the_time_that_was_asked_for_is_named() {
    let world = World::of_five();
    let mut keys = world.keys();
    keys["heads"] = json!([]);
    let to = world.digests[4].end.plus(HOUR);
    let report = world.verify_with(&keys, &Scope { to: Some(to), ..Scope::default() });
    let newest = world.digests[4].key.as_str();
    assert_eq!(codes(&report), sorted(&[("NoSignature", newest), ("NotReached", newest)]));
}
