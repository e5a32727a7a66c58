//! Many trails in one account: what takes the same events is judged, gathered and compressed once.

use super::validator::validate;
use super::world::{ACCOUNT, World, event, trail};
use cairn_model::{
    AdvancedEventSelector, AdvancedFieldSelector, EventSelector, Origin, ReadWriteType, Selectors, Trail,
};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::os::unix::fs::MetadataExt;

/// Management events of another source than this.
fn without_source(name: Option<&str>, source: &str) -> Selectors {
    let field = |field: &str| AdvancedFieldSelector { field: field.to_owned(), ..Default::default() };
    Selectors::Advanced(vec![AdvancedEventSelector {
        name: name.map(str::to_owned),
        field_selectors: vec![
            AdvancedFieldSelector { equals: vec!["Management".to_owned()], ..field("eventCategory") },
            AdvancedFieldSelector { not_equals: vec![source.to_owned()], ..field("eventSource") },
        ],
    }])
}

fn inodes(world: &World) -> BTreeSet<u64> {
    let folder = world.dir.path().join("outbox");
    let inode = |name: String| std::fs::metadata(folder.join(name)).unwrap().ino();
    world.outbox_files().into_iter().map(inode).collect()
}

#[tokio::test]
async fn three_hundred_trails_get_each_event_once_and_share_its_bytes() {
    let mut world = World::new();
    for index in 0..300 {
        let mut t = trail(&format!("t{index:03}"), "logs");
        t.log_file_validation = index % 100 == 0;
        if index % 3 == 0 {
            t.selectors = without_source(Some(&t.arn.name), "kms.amazonaws.com");
        }
        world.start_logging(&format!("start{index:03}"), &mut t);
    }
    world.start().await;
    world.run(6).await;
    world.buckets.remove_bucket("logs");
    world.post("a", "us-east-1");
    let kms = event("kms", "us-east-1").replace("ec2.", "kms.");
    world.post_as(&kms, Origin::Posted);
    world.run(6).await;
    assert_eq!(world.outbox_files().len(), 300);
    assert_eq!(inodes(&world).len(), 2, "one for those without KMS, one for the others");
    assert_eq!(world.delivery().stats().outbox_objects, 300);
    world.buckets.make_bucket("logs");
    world.run(300).await;
    assert!(world.outbox_files().is_empty());
    for index in 0..300 {
        let delivered = world.delivered_once(&format!("t{index:03}"));
        assert_eq!(delivered.contains(&"kms".to_owned()), index % 3 != 0);
        // Its own start, and those after it.
        let starts = delivered.iter().filter(|id| id.starts_with("start")).count();
        assert_eq!((starts, delivered.contains(&"a".to_owned())), (300 - index, true));
    }
    for validating in ["t000", "t100", "t200"] {
        assert_eq!(validate(&world.buckets, validating, "us-east-1").faults, Vec::<String>::new());
    }
}

#[tokio::test]
async fn trails_of_different_selectors_that_took_the_same_share_its_bytes_too() {
    let mut world = World::new();
    for (name, source) in [("t1", "kms.amazonaws.com"), ("t2", "rdsdata.amazonaws.com")] {
        let mut t = trail(name, "logs");
        t.selectors = without_source(None, source);
        world.start_logging(name, &mut t);
    }
    world.start().await;
    world.run(6).await;
    world.buckets.remove_bucket("logs");
    world.post("a", "us-east-1");
    world.run(6).await;
    assert_eq!((world.outbox_files().len(), inodes(&world).len()), (2, 1));
    assert_eq!(world.log_files().len(), 2);
}

#[tokio::test]
async fn a_trail_that_leaves_a_group_takes_along_what_waited_and_no_more() {
    let mut world = World::new();
    let (mut t1, mut t2) = (trail("t1", "logs"), trail("t2", "logs"));
    world.start_logging("start1", &mut t1);
    world.start_logging("start2", &mut t2);
    world.start().await;
    world.run(6).await;
    world.post("both", "us-east-1");
    t2.selectors = without_source(None, "ec2.amazonaws.com");
    world.put("leaves", &t2);
    world.post("only-t1", "us-east-1");
    t1.tags.insert("k".to_owned(), "v".to_owned());
    world.put("tagged", &t1);
    world.run(6).await;
    let after = |name: &str| {
        let mut ids = world.delivered_once(name);
        ids.retain(|id| !id.starts_with("start"));
        ids
    };
    assert_eq!(after("t1"), ["both", "leaves", "only-t1", "tagged"]);
    assert_eq!(after("t2"), ["both", "leaves"]);
    let of_t1 = world.log_files().into_iter().filter(|object| object.trail.name == "t1").count();
    assert_eq!(of_t1, 2, "tags alone start no new file");
}

/// What a trail of the property below may be.
fn any_trail(name: &'static str) -> impl Strategy<Value = Trail> {
    let selectors = prop_oneof![
        Just(Selectors::Default),
        Just(without_source(None, "ec2.amazonaws.com")),
        Just(Selectors::Basic(vec![EventSelector {
            read_write_type: ReadWriteType::ReadOnly,
            ..EventSelector::default()
        }])),
    ];
    let flags = (any::<bool>(), any::<bool>(), any::<bool>(), prop_oneof!["logs", "other"]);
    (selectors, flags).prop_map(move |(selectors, (multi_region, global, recursive, bucket))| Trail {
        selectors,
        multi_region,
        include_global_service_events: global,
        recursive_logging: recursive,
        log_file_validation: false,
        ..trail(name, &bucket)
    })
}

#[derive(Clone, Debug)]
enum Act {
    Put(usize, Box<Trail>),
    Post { region: &'static str, source: &'static str, read: bool },
    Cut,
}

fn any_act() -> impl Strategy<Value = Act> {
    const NAMES: [&str; 4] = ["t0", "t1", "t2", "t3"];
    let put = (0..4usize).prop_flat_map(|index| {
        any_trail(NAMES[index]).prop_map(move |trail| Act::Put(index, Box::new(trail)))
    });
    let source = prop_oneof![Just("ec2."), Just("iam.")];
    let region = prop_oneof![Just("us-east-1"), Just("eu-west-1")];
    prop_oneof![
        2 => put,
        4 => (region, source, any::<bool>()).prop_map(|(region, source, read)| Act::Post { region, source, read }),
        1 => Just(Act::Cut),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// The same log, once with all trails and once with each alone: nobody sees a difference.
    #[test]
    fn a_trail_among_others_delivers_what_it_would_deliver_alone(acts in prop::collection::vec(any_act(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let together = deliver(&acts, &[0, 1, 2, 3]).await;
            for index in 0..4 {
                let alone = deliver(&acts, &[index]).await;
                let name = format!("t{index}");
                prop_assert_eq!(together.delivered_once(&name), alone.delivered_once(&name));
                let buckets = |world: &World| -> BTreeSet<(String, String)> {
                    let objects = world.log_files().into_iter().filter(|object| object.trail.name == name);
                    objects
                        .flat_map(|object| {
                            let ids = super::world::event_ids(&object);
                            ids.into_iter().map(move |id| (object.bucket.clone(), id))
                        })
                        .collect()
                };
                prop_assert_eq!(buckets(&together), buckets(&alone));
            }
            Ok(())
        })?;
    }
}

/// Changes of trails that are left out are logged without the change.
async fn deliver(acts: &[Act], trails: &[usize]) -> World {
    let mut world = World::new();
    world.start().await;
    for (number, act) in acts.iter().enumerate() {
        let id = format!("e{number:03}");
        match act {
            Act::Put(index, trail) if trails.contains(index) => {
                world.start_logging(&id, &mut trail.clone());
            }
            Act::Put(..) => world.post_as(&event(&id, "us-east-1"), Origin::Recorded),
            Act::Post { region, source, read } => {
                let text = event(&id, region).replace("ec2.", source);
                let text = text.replace("\"readOnly\":false", &format!("\"readOnly\":{read}"));
                world.post_as(&text, Origin::Posted);
            }
            Act::Cut => world.run(6).await,
        }
    }
    world.run(6).await;
    assert_eq!(world.delivery().stats().buffered_bytes, 0);
    assert!(world.log_files().iter().all(|object| object.key.contains(ACCOUNT)));
    world
}
