//! A file of several row groups and many pages.

use super::names;
use crate::testing::{Rig, event, everything};
use crate::{Filter, Lookup};

#[tokio::test]
async fn pages_and_filters_work_across_row_groups() {
    let rig = Rig::new().await;
    let total = 70_000u32;
    for number in 0..total {
        let name = if number % 9973 == 0 { "Rare" } else { "Usual" };
        rig.add(&event(number * 7919 % 80_000, name, ""));
    }
    rig.log.feed(&rig.history);
    rig.history.commit().await.unwrap();
    assert_eq!(rig.history.stats().table_files, 1);
    let mut lookup = Lookup { limit: 3_333, ..everything() };
    let (mut count, mut last) = (0, None);
    loop {
        let page = rig.history.lookup(lookup.clone()).await.unwrap();
        for found in &page.events {
            let key = (found.event_time, found.position);
            assert!(last.is_none_or(|last| key < last));
            last = Some(key);
            count += 1;
        }
        match page.next {
            Some(next) => lookup.after = Some(next),
            None => break,
        }
    }
    assert_eq!(count, total);
    let rare = Lookup { filters: vec![Filter::EventName("Rare".into())], limit: 3, ..everything() };
    assert_eq!(names(&rig.all(rare).await), ["Rare"; 8]);
    let newest = rig.history.lookup(everything()).await.unwrap().events;
    for found in [&newest[0], &newest[49]] {
        let id = Filter::EventId(found.event_id.clone().unwrap());
        let again = rig.all(Lookup { filters: vec![id], ..everything() }).await;
        assert_eq!(again.iter().collect::<Vec<_>>(), [found]);
    }
}
