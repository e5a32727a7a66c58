use super::*;
use cairn_model::event::{Admission, Door};
use cairn_model::{AdvancedFieldSelector, Origin};

fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).expect("a time")
}

fn category(name: &str) -> AdvancedEventSelector {
    let field = AdvancedFieldSelector {
        field: "eventCategory".to_owned(),
        equals: vec![name.to_owned()],
        ..AdvancedFieldSelector::default()
    };
    AdvancedEventSelector { name: None, field_selectors: vec![field] }
}

/// Of these categories, and of the last year.
pub(in crate::imports) fn selection(categories: &[&str]) -> Selection {
    let selectors: Vec<AdvancedEventSelector> = categories.iter().copied().map(category).collect();
    Selection {
        since: None,
        until: None,
        retention: Duration::from_secs(366 * 86_400),
        event_bytes_max: 256 << 10,
        categories: selectors.iter().map(category_of).collect(),
    }
}

fn takes(selection: &Selection, event_time: &str, category: &str) -> bool {
    let admission = Admission {
        origin: Origin::Imported,
        account: "111122223333".parse().expect("12 digits"),
        arrival: time("2026-03-10T00:00:00Z"),
    };
    let text = format!(
        r#"{{"eventTime":"{event_time}","eventSource":"s","eventName":"n","eventCategory":"{category}"}}"#
    );
    let mut encoded = Vec::new();
    Door::default().admit(text.as_bytes(), &admission, || 7, &mut encoded).expect("an event");
    selection.takes(&Event::decode(&encoded).expect("an event"))
}

#[test]
fn the_edges_of_the_time_belong_to_it() {
    let mut selection = selection(&["Management"]);
    selection.since = Some(time("2026-03-01T10:00:00Z"));
    selection.until = Some(time("2026-03-01T11:00:00Z"));
    for (event_time, expected) in [
        ("2026-03-01T09:59:59Z", false),
        ("2026-03-01T10:00:00Z", true),
        ("2026-03-01T11:00:00Z", true),
        ("2026-03-01T11:00:01Z", false),
    ] {
        assert_eq!(takes(&selection, event_time, "Management"), expected, "{event_time}");
    }
}

#[test]
fn other_categories_and_what_would_go_at_once_are_left_out() {
    let selection = selection(&["Data", "NetworkActivity"]);
    assert!(takes(&selection, "2026-03-01T10:00:00Z", "Data"));
    assert!(takes(&selection, "2026-03-01T10:00:00Z", "NetworkActivity"));
    assert!(!takes(&selection, "2026-03-01T10:00:00Z", "Management"));
    assert!(!takes(&selection, "2025-03-09T00:00:00Z", "Data"));
    assert!(takes(&selection, "2025-03-09T00:00:01Z", "Data"));
    // More than a day after it arrived.
    assert!(!takes(&selection, "2026-03-12T00:00:00Z", "Data"));
}
