//! Trails, regions, accounts and buckets side by side.

use super::world::{World, codes, sorted};
use crate::Scope;
use serde_json::Value;

/// Joins what two trails export.
fn both(one: &World, other: &World) -> Value {
    let mut keys = one.keys();
    let more = other.keys()["heads"].as_array().unwrap().clone();
    keys["heads"].as_array_mut().unwrap().extend(more);
    keys
}

/// A second trail in the same folder.
fn beside(world: &World, change: impl FnOnce(&mut World)) -> World {
    let mut other = World::new();
    change(&mut other);
    for window in 0..3 {
        other.window(window);
    }
    copy(other.dir.path(), world.dir.path());
    other
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { std::fs::copy(&path, &target).map(|_| ()).unwrap() }
    }
}

#[test]
fn trails_regions_and_accounts_of_one_bucket_are_told_apart() {
    let world = World::of_five();
    let others = [
        beside(&world, |other| other.trail = "t_2".to_owned()),
        beside(&world, |other| other.region = "us-east-2".to_owned()),
        beside(&world, |other| other.account = "999988887777".to_owned()),
        beside(&world, |other| other.prefix = "deep/er/".to_owned()),
    ];
    let mut keys = world.keys();
    for other in &others {
        keys = both_values(keys, other);
    }
    // The last one has the name of the first: two Cairns, say. Their chains interleave.
    let report = world.verify_with(&keys, &Scope::default());
    assert_eq!(codes(&report), []);
    assert_eq!((report.chains.len(), report.totals().0.proven), (4, 5 + 4 * 3));
    let only = Scope { account: Some("999988887777".to_owned()), ..Scope::default() };
    let report = world.verify_with(&keys, &only);
    assert_eq!((codes(&report), report.chains.len(), report.totals().0.proven), (Vec::new(), 1, 3));
    let only =
        Scope { trail: Some("t_1".to_owned()), region: Some("us-east-2".to_owned()), ..Scope::default() };
    assert_eq!(world.verify_with(&keys, &only).totals().0.proven, 3);
}

fn both_values(mut keys: Value, other: &World) -> Value {
    let more = other.keys()["heads"].as_array().unwrap().clone();
    keys["heads"].as_array_mut().unwrap().extend(more);
    keys
}

#[test]
fn a_chain_goes_on_in_another_bucket_that_was_copied_too() {
    let mut world = World::new();
    world.below = "logs".to_owned();
    world.window(1);
    world.window(1);
    world.below = "elsewhere".to_owned();
    world.bucket = "elsewhere".to_owned();
    world.prefix = "p/".to_owned();
    world.window(1);
    world.window(2);
    let report = world.check(&[]);
    assert_eq!((report.chains.len(), report.totals().0.proven, report.totals().1.proven), (1, 4, 5));
    std::fs::remove_dir_all(world.dir.path().join("logs")).unwrap();
    let report = world.check(&[("DigestMissing", &world.digests[1].key)]);
    assert_eq!(report.totals().0.proven, 2);
}

#[test]
fn heads_in_buckets_that_are_not_here_are_told_of() {
    let world = World::of_five();
    let mut other = World::new();
    other.bucket = "far".to_owned();
    other.trail = "t_2".to_owned();
    other.window(1);
    let report = world.verify_with(&both(&world, &other), &Scope::default());
    assert_eq!((codes(&report), report.elsewhere), (Vec::new(), vec!["far".to_owned()]));
}

#[test]
fn a_copy_may_lack_the_prefix() {
    let mut world = World::new();
    world.prefix = "a/b/".to_owned();
    world.window(1);
    world.window(2);
    let copied = World::new();
    copy(&world.dir.path().join("a/b"), copied.dir.path());
    let report = copied.verify_with(&world.keys(), &Scope::default());
    assert_eq!((codes(&report), report.totals().1.proven), (Vec::new(), 3));
}

#[test]
fn an_organizations_members_are_told_apart() {
    let mut world = World::new();
    world.window(1);
    let other = World::of_five();
    let members = "AWSLogs/o-exampleorg";
    // Moved as a whole: the digests say so.
    copy(&other.dir.path().join("AWSLogs"), &world.dir.path().join(members));
    let report = world.verify();
    assert_eq!(report.chains.len(), 2);
    let moved = codes(&report).into_iter().filter(|(code, _)| code == "Moved").count();
    assert_eq!(moved, 5);
    assert_eq!(sorted(&[]), []);
}

/// The world's export, in which both keys are of an account.
fn keys_of(world: &World, account: &str) -> Value {
    let mut keys = world.keys();
    for key in keys["PublicKeyList"].as_array_mut().unwrap() {
        key["account"] = account.into();
    }
    keys
}

#[test]
fn digests_of_an_organizations_trail_are_signed_by_the_trails_own_account() {
    let owner = "999988887777".to_owned();
    let mut world = World::new();
    world.organization = Some(("o-exampleorgid".to_owned(), owner.clone()));
    for window in 0..3 {
        world.window(window);
    }
    let report = world.verify_with(&keys_of(&world, &owner), &Scope::default());
    assert_eq!((codes(&report), report.totals().0.proven), (Vec::new(), 3));
    assert_eq!(report.chains[0].id.organization.as_deref(), Some("o-exampleorgid"));
    let stranger = keys_of(&world, "444455556666");
    let strange = codes(&world.verify_with(&stranger, &Scope::default()));
    assert!(!strange.is_empty() && strange.iter().all(|(code, _)| code == "KeyOfOther"), "{strange:?}");
}

#[test]
fn nobody_signs_for_an_account_of_another_organization() {
    let world = World::of_five();
    let report = world.verify_with(&keys_of(&world, "999988887777"), &Scope::default());
    assert!(codes(&report).iter().all(|(code, _)| code == "KeyOfOther"));
    assert_eq!(report.totals().0.proven, 0);
}
