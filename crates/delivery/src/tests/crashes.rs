//! Crashes at every step: every event is in exactly one log file of its trail, and every chain is valid.

use super::bucket::Fault;
use super::log_groups::{GROUP, group, logged};
use super::notifications::told;
use super::validator::validate;
use super::world::{World, arn, trail};
use crate::steps::Steps;
use cairn_model::Change;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::time::Duration;

/// What happens between two looks of the delivery at the log.
#[derive(Clone, Copy, Debug)]
enum Act {
    Post(&'static str),
    Stop,
    Start,
    Move(&'static str),
    Validation(bool),
    Delete,
}

/// A world in which trail `t1` lives through acts and crashes.
struct Story {
    world: World,
    t1: cairn_model::Trail,
    exists: bool,
    events: usize,
    /// What must be delivered, once each.
    expected: Vec<String>,
}

impl Story {
    fn new() -> Story {
        let mut world = World::new();
        world.options.digest_every = Duration::from_secs(20);
        let topic = "arn:aws:sns:us-east-1:111122223333:news".to_owned();
        let log_group = group(GROUP);
        let t1 = cairn_model::Trail { sns_topic: Some(topic), log_group, ..trail("t1", "logs") };
        Story { world, t1, exists: false, events: 0, expected: Vec::new() }
    }

    fn id(&mut self) -> String {
        self.events += 1;
        format!("e{:04}", self.events)
    }

    fn is_logging(&self) -> bool {
        self.exists && self.t1.logging.is_on()
    }

    fn act(&mut self, act: Act) {
        let id = self.id();
        let before = self.is_logging();
        match act {
            Act::Post(region) => self.world.post(&id, region),
            Act::Stop if before => self.world.stop_logging(&id, &mut self.t1),
            Act::Stop | Act::Start => {
                self.world.start_logging(&id, &mut self.t1);
                self.exists = true;
            }
            Act::Move(bucket) => {
                bucket.clone_into(&mut self.t1.bucket);
                self.world.put(&id, &self.t1);
                self.exists = true;
            }
            Act::Validation(on) => {
                self.t1.log_file_validation = on;
                self.world.put(&id, &self.t1);
                self.exists = true;
            }
            Act::Delete => {
                let arn = arn("t1");
                self.world.change(&id, vec![Change::DeleteTrail { arn }]);
                self.exists = false;
                self.t1.logging = cairn_model::Logging::Never;
            }
        }
        if before || self.is_logging() {
            self.expected.push(id);
        }
    }

    /// One look; a process that dies in it is started again, to die after `next` further steps. Says whether
    /// it died.
    async fn look(&mut self, next: Option<u64>) -> bool {
        self.world.pass(7);
        if self.world.tick().await.is_ok() {
            return false;
        }
        let steps = next.map_or_else(Steps::default, Steps::crash_after);
        self.world.start_with(steps).await.unwrap();
        true
    }

    /// Lets the delivery finish in peace, then checks everything.
    async fn end(mut self) {
        self.world.buckets.heal();
        self.world.start().await;
        for _ in 0..8 {
            self.world.pass(100);
            self.world.tick().await.unwrap();
        }
        assert_eq!(self.world.delivered_once("t1"), self.expected);
        let keys = self.world.log_files().into_iter().map(|object| object.key);
        let told: BTreeSet<String> = told(&self.world).into_keys().collect();
        assert_eq!(told, keys.collect(), "each file is told of at least once, and only when it is there");
        let sent: Vec<String> = logged(&self.world).into_keys().collect();
        assert_eq!(sent, self.expected, "each event goes to the log group at least once");
        let mut named = 0;
        for region in ["us-east-1", "eu-west-1"] {
            let report = validate(&self.world.buckets, "t1", region);
            assert_eq!(report.faults, Vec::<String>::new());
            named += report.named.len();
        }
        let all_validated = self.t1.log_file_validation;
        if all_validated {
            assert_eq!(named, self.world.log_files().len());
        }
        self.world.start().await;
        assert_eq!(self.world.outbox_files(), Vec::<String>::new());
        assert_eq!(self.world.delivery().stats().outbox_objects, 0);
    }
}

const ACTS: [Act; 8] = [
    Act::Start,
    Act::Post("us-east-1"),
    Act::Post("eu-west-1"),
    Act::Post("us-east-1"),
    Act::Move("moved"),
    Act::Stop,
    Act::Start,
    Act::Post("eu-west-1"),
];

#[tokio::test]
async fn a_crash_at_any_step_loses_nothing_doubles_nothing_and_breaks_no_chain() {
    for crash_after in 0.. {
        let mut story = Story::new();
        let steps = Steps::crash_after(crash_after);
        story.world.start_with(steps).await.unwrap();
        let mut died = false;
        for act in ACTS {
            story.act(act);
            died |= story.look(None).await;
        }
        story.end().await;
        if !died {
            assert!(crash_after > 60, "there are many steps to die at: {crash_after}");
            return;
        }
    }
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => Just(Act::Post("us-east-1")),
        3 => Just(Act::Post("eu-west-1")),
        1 => Just(Act::Stop),
        2 => Just(Act::Start),
        1 => Just(Act::Move("moved")),
        1 => Just(Act::Move("logs")),
        1 => Just(Act::Delete),
    ]
}

fn any_fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        3 => Just(Fault::None),
        1 => Just(Fault::Refused),
        1 => Just(Fault::PutButRefused),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_mix_of_changes_crashes_and_failing_puts_delivers_everything_once(
        looks in prop::collection::vec(prop::collection::vec(any_act(), 0..4), 1..14),
        faults in prop::collection::vec(any_fault(), 0..30),
        topic_faults in prop::collection::vec(any_fault(), 0..10),
        log_group_faults in prop::collection::vec(any_fault(), 0..10),
        crashes in prop::collection::vec(0u64..40, 0..6),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut story = Story::new();
            let mut crashes = crashes.into_iter();
            story.world.buckets.plan(faults);
            story.world.buckets.plan_topics(topic_faults);
            story.world.buckets.plan_log_groups(log_group_faults);
            let first = crashes.next().map_or_else(Steps::default, Steps::crash_after);
            story.world.start_with(first).await.unwrap();
            let mut next = crashes.next();
            for acts in looks {
                acts.into_iter().for_each(|act| story.act(act));
                if story.look(next).await {
                    next = crashes.next();
                }
            }
            story.end().await;
        });
    }

    #[test]
    fn validation_that_comes_and_goes_keeps_every_chain_valid(
        looks in prop::collection::vec((any_act(), any::<bool>()), 1..12),
        crash in 0u64..60,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut story = Story::new();
            story.world.start_with(Steps::crash_after(crash)).await.unwrap();
            for (act, validation) in looks {
                story.act(act);
                story.act(Act::Validation(validation));
                story.look(None).await;
            }
            story.act(Act::Validation(false));
            story.end().await;
        });
    }
}
