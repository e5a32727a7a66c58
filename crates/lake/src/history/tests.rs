#![allow(clippy::unwrap_used, reason = "tests")]

mod bounds;
mod context;
mod counts;
mod equivalence;
mod faults;
mod frozen;
mod large;
mod pages;

use crate::testing::{ARRIVAL, Rig, admit, admit_at, event, everything, options, time};
use crate::{Categories, Filter, Found, History, Lookup, LookupError, TailFull};
use cairn_model::{Category, Event, Origin, Position};
use std::sync::Arc;
use std::time::{Duration, Instant};

fn names(found: &[Found]) -> Vec<&str> {
    found.iter().map(|found| found.event_name.as_deref().unwrap()).collect()
}

#[tokio::test]
async fn events_are_found_newest_first_before_and_after_the_commit_and_a_restart() {
    let rig = Rig::new().await;
    for (second, name) in [(3, "C"), (1, "A"), (3, "D"), (2, "B")] {
        rig.add(&event(second, name, ""));
    }
    rig.log.feed(&rig.history);
    let tail = rig.all(everything()).await;
    assert_eq!(names(&tail), ["D", "C", "B", "A"]);
    assert_eq!(rig.history.committed(), Position::ZERO);
    assert_eq!(rig.history.commit().await.unwrap(), rig.log.end());
    let stats = rig.history.stats();
    assert_eq!((stats.tail_rows, stats.table_rows, stats.commits), (0, 4, 1));
    rig.log.drop_below(rig.log.end());
    let table = rig.all(everything()).await;
    let strip = |found: &[Found]| {
        let found = found.iter().cloned();
        found.map(|found| Found { text: String::new(), ..found }).collect::<Vec<_>>()
    };
    assert_eq!(strip(&table), strip(&tail));
    let rig = rig.reopen().await;
    assert_eq!(rig.history.committed(), rig.log.end());
    assert_eq!(rig.all(everything()).await, table);
}

#[tokio::test]
async fn a_crash_between_append_and_commit_loses_nothing_and_doubles_nothing() {
    let mut rig = Rig::new().await;
    for round in 0..4 {
        for number in 0..3 {
            rig.add(&event(round * 3 + number, &format!("N{round}{number}"), ""));
            rig.log.feed(&rig.history);
            if number == round % 3 {
                rig.history.commit().await.unwrap();
            }
        }
        rig = rig.reopen().await;
        assert_eq!(rig.all(everything()).await.len() as u32, (round + 1) * 3);
    }
}

#[tokio::test]
async fn a_commit_takes_a_bounded_part_and_is_due_by_age_or_size_only() {
    let rig = Rig::new().await;
    let arrival = time(ARRIVAL);
    assert!(!rig.history.commit_due(arrival.plus(Duration::from_secs(1000))));
    rig.add(&event(1, "A", ""));
    rig.log.feed(&rig.history);
    assert!(!rig.history.commit_due(arrival.plus(Duration::from_secs(4))));
    assert!(rig.history.commit_due(arrival.plus(Duration::from_secs(5))));
    rig.history.commit().await.unwrap();
    assert!(!rig.history.commit_due(arrival.plus(Duration::from_secs(1000))));

    let folder = tempfile::tempdir().unwrap();
    let mut options = options(folder.path());
    options.commit_bytes = 400;
    let history = History::open(options, rig.log.clone()).await.unwrap();
    for second in 0..9 {
        rig.add(&event(second, "B", ""));
    }
    rig.log.feed(&history);
    assert!(history.commit_due(arrival));
    let mut commits = 0;
    while history.commit().await.unwrap() < rig.log.end() {
        commits += 1;
    }
    assert!(commits >= 2);
    assert_eq!((history.stats().table_rows, history.stats().tail_rows), (10, 0));
}

#[tokio::test]
async fn a_full_tail_takes_nothing_until_a_commit_has_made_room() {
    let rig = Rig::new().await;
    let folder = tempfile::tempdir().unwrap();
    let mut options = options(folder.path());
    options.tail_bytes = 1;
    let history = History::open(options, rig.log.clone()).await.unwrap();
    rig.add(&event(1, "A", ""));
    rig.log.feed(&history);
    let bytes = admit(&event(2, "B", ""));
    let at = rig.log.add(&bytes);
    let more = || {
        let event = Event::decode(&bytes).unwrap();
        history.append(&mut std::iter::once((at, event)), rig.log.end())
    };
    assert_eq!(more(), Err(TailFull));
    assert_eq!(history.seen(), at);
    history.commit().await.unwrap();
    assert_eq!(more(), Ok(()));
    assert_eq!(history.seen(), rig.log.end());
}

#[tokio::test]
async fn events_of_the_future_are_left_out_but_moved_past() {
    let rig = Rig::new().await;
    rig.add(&event(1, "Future", "").replace("2026", "2027"));
    rig.log.feed(&rig.history);
    assert_eq!(rig.all(everything()).await, []);
    assert_eq!(rig.history.commit().await.unwrap(), rig.log.end());
    let rig = rig.reopen().await;
    assert_eq!(rig.history.committed(), rig.log.end());
}

#[tokio::test]
async fn duplicates_are_dropped_within_the_tail_at_once_and_across_commits() {
    let rig = Rig::new().await;
    let sent = event(1, "Twice", r#","eventID":"e1","recipientAccountId":"210987654321","x":[1,2]"#);
    let respelled =
        event(1, "Twice", r#", "x" : [1, 2],"eventID":"\u00651","recipientAccountId":"210987654321""#);
    let forged = sent.replace("[1,2]", "[1,2.0]");
    let other_account = sent.replace("210987654321", "210987654322");
    for text in [&sent, &sent, &respelled, &forged, &other_account] {
        rig.add(text);
    }
    rig.log.feed(&rig.history);
    let positions = async |rig: &Rig| {
        let found = rig.all(everything()).await;
        found.iter().map(|found| found.position.get()).collect::<Vec<_>>()
    };
    assert_eq!(positions(&rig).await, [40, 30, 0]);
    rig.history.commit().await.unwrap();
    assert_eq!(positions(&rig).await, [40, 30, 0]);
    // Again, to a process that has forgotten what it saw, and late, beside something new.
    let rig = rig.reopen().await;
    rig.add(&event(2, "New", ""));
    rig.add(&respelled);
    rig.add(&forged);
    rig.log.feed(&rig.history);
    rig.history.commit().await.unwrap();
    assert_eq!(positions(&rig).await, [50, 40, 30, 0]);
    let stats = rig.history.stats();
    assert_eq!((stats.duplicates, stats.conflicts), (2, 0));
    // And once more while their file is remembered.
    rig.add(&sent);
    rig.add(&sent.replace("[1,2]", "[3]"));
    rig.log.feed(&rig.history);
    rig.history.commit().await.unwrap();
    assert_eq!(positions(&rig).await.len(), 5);
    let stats = rig.history.stats();
    assert_eq!((stats.duplicates, stats.conflicts), (3, 1));
}

#[tokio::test]
async fn pages_do_not_shift_while_events_arrive_and_the_tail_becomes_table() {
    let rig = Rig::new().await;
    for number in 0..510 {
        // Many of the same second, in no order of time.
        rig.add(&event(number * 37 % 60, "Paged", ""));
        if number % 100 == 99 {
            rig.log.feed(&rig.history);
        }
        if number == 199 {
            rig.history.commit().await.unwrap();
        }
    }
    rig.log.feed(&rig.history);
    let expected = rig.all(Lookup { limit: 1000, ..everything() }).await;
    assert_eq!(expected.len(), 510);
    let mut lookup = everything();
    let mut found = Vec::new();
    for page_number in 0.. {
        let page = rig.history.lookup(lookup.clone()).await.unwrap();
        found.extend(page.events);
        for number in 0..7 {
            rig.add(&event((page_number * 11 + number) % 60, "Later", ""));
        }
        rig.log.feed(&rig.history);
        match page_number % 3 {
            0 => drop(rig.history.commit().await.unwrap()),
            1 => drop(rig.history.maintain(everything().now).await.unwrap()),
            _ => {}
        }
        match page.next {
            Some(next) => lookup.after = Some(next.to_string().parse().unwrap()),
            None => break,
        }
    }
    let key = |found: &Found| (found.event_time, found.position);
    assert_eq!(found.iter().map(key).collect::<Vec<_>>(), expected.iter().map(key).collect::<Vec<_>>());
    assert!(found.is_sorted_by(|a, b| key(a) > key(b)));
}

#[tokio::test]
async fn a_token_of_other_parameters_is_refused() {
    let rig = Rig::new().await;
    for second in 0..3 {
        rig.add(&event(second, "A", ""));
    }
    rig.log.feed(&rig.history);
    let lookup = Lookup { limit: 1, ..everything() };
    let next = rig.history.lookup(lookup.clone()).await.unwrap().next;
    let with = |change: fn(&mut Lookup)| {
        let mut lookup = Lookup { after: next, ..lookup.clone() };
        change(&mut lookup);
        rig.history.lookup(lookup)
    };
    assert!(with(|lookup| lookup.limit = 2).await.is_ok());
    for change in [
        (|lookup| lookup.region = Some("r".into())) as fn(&mut Lookup),
        |lookup| lookup.account = "210987654321".parse().ok(),
        |lookup| lookup.categories = Categories::of(&[Category::Management]),
        |lookup| lookup.filters = vec![Filter::EventName("A".into())],
        |lookup| lookup.from = Some(time(ARRIVAL)),
        |lookup| lookup.text = Some("a".into()),
    ] {
        assert!(matches!(with(change).await, Err(LookupError::InvalidToken)));
    }
}

#[tokio::test]
async fn a_search_that_is_out_of_time_gets_on_from_page_to_page() {
    let rig = Rig::new().await;
    for number in 0..3000 {
        let name = if number % 1000 == 500 { "Needle" } else { "Hay" };
        rig.add(&event(number, name, ""));
        if number == 2000 {
            rig.log.feed(&rig.history);
            rig.history.commit().await.unwrap();
        }
    }
    rig.log.feed(&rig.history);
    let mut lookup = Lookup { text: Some("needle".into()), deadline: Some(Instant::now()), ..everything() };
    let (mut found, mut pages, mut reached) = (Vec::new(), 0, None);
    loop {
        let page = rig.history.lookup(lookup.clone()).await.unwrap();
        pages += 1;
        found.extend(page.events);
        let Some(next) = page.next else { break };
        assert!(reached.is_none_or(|before| page.reached.unwrap() <= before));
        reached = page.reached;
        lookup.after = Some(next);
    }
    assert!(pages > 3);
    assert_eq!(found.len(), 3);
}

#[tokio::test]
async fn text_is_found_in_tail_and_table_alike() {
    let rig = Rig::new().await;
    rig.add(&event(1, "A", r#","userIdentity":{"arn":"arn:aws:iam::1:user/stratus-red"}"#));
    rig.log.feed(&rig.history);
    rig.history.commit().await.unwrap();
    rig.add(&event(2, "B", r#","additionalEventData":{"note":"Stratus, RED team"}"#));
    rig.add(&event(3, "C", r#","stratus":"blue","team":"red""#));
    rig.log.feed(&rig.history);
    let found = rig.all(Lookup { text: Some("strat* Red".into()), ..everything() }).await;
    assert_eq!(names(&found), ["B", "A"]);
    let nothing = rig.history.lookup(Lookup { text: Some("--".into()), ..everything() }).await;
    assert!(matches!(nothing, Err(LookupError::NoWords)));
}

#[tokio::test]
async fn the_bounds_of_time_are_whole_seconds_and_inclusive() {
    let rig = Rig::new().await;
    for time in ["07:59:59.999", "08:00:00", "08:00:00.5", "08:00:01.999999", "08:00:02"] {
        rig.add(&event(0, time, "").replace("T00:00:00", &format!("T{time}")));
    }
    rig.log.feed(&rig.history);
    let lookup = Lookup {
        from: Some(time("2026-03-01T08:00:00.9Z")),
        to: Some(time("2026-03-01T08:00:01Z")),
        ..everything()
    };
    let expected = ["08:00:01.999999", "08:00:00.5", "08:00:00"];
    assert_eq!(names(&rig.all(lookup.clone()).await), expected);
    rig.history.commit().await.unwrap();
    assert_eq!(names(&rig.all(lookup).await), expected);
}

#[tokio::test]
async fn events_of_several_days_of_arrival_go_to_a_partition_each() {
    let rig = Rig::new().await;
    for day in 1..4 {
        let arrival = time(&format!("2026-03-0{day}T23:59:59Z"));
        rig.log.add(&admit_at(&event(day, "A", ""), arrival, Origin::Imported));
    }
    rig.log.feed(&rig.history);
    rig.history.commit().await.unwrap();
    assert_eq!(rig.history.stats().table_files, 3);
    let table = options(rig.folder.path()).dir;
    assert!(table.join("kept_day=2026-03-02").is_dir());
    let rig = rig.reopen().await;
    assert_eq!(rig.all(everything()).await.len(), 3);
}

#[tokio::test]
async fn hundreds_of_commits_pass_checkpoints() {
    let rig = Rig::new().await;
    for number in 0..205 {
        rig.add(&event(number, "A", ""));
        rig.log.feed(&rig.history);
        rig.history.commit().await.unwrap();
    }
    let before = rig.all(everything()).await;
    let rig = rig.reopen().await;
    assert_eq!(rig.history.committed(), rig.log.end());
    assert_eq!(rig.history.stats().table_files, 205);
    assert_eq!(rig.all(everything()).await, before);
    let log = options(rig.folder.path()).dir.join("_delta_log");
    assert!(log.join("_last_checkpoint").exists());
}

#[tokio::test]
async fn lookups_appends_and_commits_at_once_see_every_event_once() {
    let rig = Arc::new(Rig::new().await);
    let writer = Arc::clone(&rig);
    let committing = tokio::spawn(async move {
        for number in 0..60 {
            writer.add(&event(number % 7, "A", ""));
            writer.log.feed(&writer.history);
            if number % 3 == 0 {
                let committed = writer.history.commit().await.unwrap();
                writer.log.drop_below(committed);
            }
        }
    });
    loop {
        let last = committing.is_finished();
        let seen = rig.history.seen();
        let page = rig.history.lookup(Lookup { limit: 1000, ..everything() }).await.unwrap();
        let mut positions: Vec<u64> = page.events.iter().map(|found| found.position.get()).collect();
        positions.sort_unstable();
        let expected: Vec<u64> = (0..positions.len() as u64).map(|number| number * 10).collect();
        assert_eq!(positions, expected);
        assert!(positions.len() as u64 * 10 >= seen.get());
        if last {
            break;
        }
    }
    committing.await.unwrap();
}

#[tokio::test]
async fn events_that_stand_far_apart_in_the_log_are_read_one_by_one() {
    let rig = Rig::new().await;
    let mut taken = Vec::new();
    for number in 0..5_000 {
        let at = rig.add(&event(number % 60, "A", ""));
        // Two beside each other, then none for long.
        if number % 1_000 < 2 {
            taken.push(at);
        }
    }
    let payloads: Vec<_> =
        taken.iter().map(|at| (*at, crate::Bodies::read(&*rig.log, *at).unwrap())).collect();
    let mut events =
        payloads.iter().map(|(at, payload)| (*at, cairn_model::Record::decode(payload).unwrap().event()));
    rig.history.append(&mut events, rig.log.end()).unwrap();
    assert_eq!(rig.history.oldest_waiting(), Some(Position::ZERO));
    rig.history.commit().await.unwrap();
    assert_eq!(rig.history.oldest_waiting(), None);
    let mut found: Vec<Position> = rig.all(everything()).await.iter().map(|found| found.position).collect();
    found.sort();
    assert_eq!(found, taken);
}
