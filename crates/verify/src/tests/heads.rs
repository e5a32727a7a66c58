//! What files of keys say of the ends of chains, and what a digest without a signature is then worth.

use super::world::{World, codes, sorted};
use crate::{
    Folder, KeysFile, Metadata, Opened, Place, Progress, Report, Scope, Source, SourceError, verify,
};
use serde_json::{Value, json};

/// A source that keeps metadata, as S3 does: of every object there is none any more.
struct Stripped(Folder);

impl Source for Stripped {
    fn list(&self, visit: &mut dyn FnMut(Place)) -> Result<(), SourceError> {
        self.0.list(visit)
    }

    fn places(&self, bucket: &str, key: &str) -> Vec<Place> {
        self.0.places(bucket, key)
    }

    fn open(&self, place: &Place) -> Result<Opened, SourceError> {
        self.0.open(place).map(|opened| Opened { metadata: Some(Metadata::default()), ..opened })
    }

    fn covers(&self, bucket: &str, key: &str) -> Option<bool> {
        self.0.covers(bucket, key)
    }
}

fn file(keys: &Value) -> KeysFile {
    KeysFile::parse(keys.to_string().as_bytes()).unwrap()
}

/// Verifies against two files of keys, given in this order.
fn verify_with_both(world: &World, one: &Value, other: &Value) -> Report {
    let mut keys = file(one);
    keys.join(file(other));
    let folder = Folder::open(world.dir.path()).unwrap();
    verify(&folder, &keys, &Scope::default(), 2, &Progress::default()).unwrap()
}

#[test]
fn a_newest_digest_whose_signature_was_taken_away_is_not_new_where_metadata_is_kept() {
    let mut world = World::of_five();
    let keys = file(&world.keys());
    let forged = world.window(0);
    let folder = || Folder::open(world.dir.path()).unwrap();
    let check =
        |source: &dyn Source| verify(source, &keys, &Scope::default(), 2, &Progress::default()).unwrap();
    let report = check(&Stripped(folder()));
    assert_eq!(codes(&report), sorted(&[("NoSignature", &forged.key)]));
    assert_eq!((report.totals().0.newer, report.totals().0.unproven, report.is_intact()), (0, 1, false));
    // A copied folder cannot tell.
    let report = check(&folder());
    assert_eq!((codes(&report), report.totals().0.newer), (Vec::new(), 1));
}

#[test]
fn a_head_that_two_files_name_is_one_head() {
    let world = World::of_five();
    let keys = world.keys();
    assert_eq!(codes(&verify_with_both(&world, &keys, &keys)), []);
    let mut joined = file(&keys);
    joined.join(file(&keys));
    assert_eq!(joined.heads().len(), 1);

    let newest = &world.digests[4].key;
    world.remove(newest);
    let report = verify_with_both(&world, &keys, &keys);
    let expected = sorted(&[("EndMissing", newest.as_str()), ("NoSignature", &world.digests[3].key)]);
    assert_eq!(codes(&report)[..1], expected[..1]);
    assert_eq!(report.totals().0.missing, 1);
}

#[test]
fn a_head_that_is_twice_in_one_file_is_found_once() {
    let world = World::of_five();
    let mut keys = world.keys();
    let head = keys["heads"][0].clone();
    keys["heads"].as_array_mut().unwrap().push(head);
    assert_eq!(codes(&world.verify_with(&keys, &Scope::default())), []);
}

#[test]
fn heads_that_contradict_one_another_are_a_fault_in_either_order() {
    let world = World::of_five();
    let right = world.keys();
    let newest = &world.digests[4].key;
    let mut wrong = right.clone();
    wrong["heads"][0]["digestHashValue"] = json!("ab".repeat(32));
    for (one, other) in [(&right, &wrong), (&wrong, &right)] {
        assert_eq!(codes(&verify_with_both(&world, one, other)), sorted(&[("OtherHead", newest)]));
    }
    let mut wrong = right.clone();
    wrong["heads"][0]["digestSignature"] = json!("ab".repeat(256));
    for (one, other) in [(&right, &wrong), (&wrong, &right)] {
        assert_eq!(codes(&verify_with_both(&world, one, other)), sorted(&[("OtherSignature", newest)]));
    }
    // Whatever they say, what is missing is one digest.
    world.remove(newest);
    let report = verify_with_both(&world, &right, &wrong);
    assert_eq!(codes(&report).iter().filter(|(code, _)| code == "EndMissing").count(), 1);
}
