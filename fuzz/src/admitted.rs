//! The door, as it stands behind every way in.

use cairn_model::event::{Admission, Door};
use cairn_model::{AccountId, Event, Origin, Timestamp};

/// The account of all events.
const ACCOUNT: &str = "111122223333";

/// Of events that are posted on the first of March 2026.
pub fn admission() -> Admission {
    let account: AccountId = ACCOUNT.parse().expect("twelve digits");
    Admission { origin: Origin::Posted, account, arrival: Timestamp::from_seconds(1_772_352_251) }
}

/// Checks that the door lets a record in, and finds in it what it needs not add.
pub fn assert_admitted(record: &[u8]) {
    let shown = || String::from_utf8_lossy(record);
    let mut encoded = Vec::new();
    let admitted =
        Door::default().admit(record, &admission(), || panic!("no eventID: {}", shown()), &mut encoded);
    assert!(admitted.is_ok(), "{admitted:?}: {}", shown());
    let event = Event::decode(&encoded).expect("the door wrote it");
    assert_eq!(event.text().as_bytes(), record, "a record is complete");
}
