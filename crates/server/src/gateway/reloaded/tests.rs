#![allow(clippy::unwrap_used, reason = "tests")]

use super::{FileError, Reloaded};
use crate::clock;
use std::sync::Arc;
use std::time::Duration;

fn number(text: &str) -> Result<u32, String> {
    text.trim().parse().map_err(|_| "not a number".to_owned())
}

#[tokio::test]
async fn a_file_that_changed_is_read_again_and_a_bad_one_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("number");
    std::fs::write(&path, "1").unwrap();
    let file = Arc::new(Reloaded::load(&path, number).unwrap());
    let mut now = clock::now();
    let mut check = async |text: &str, expected: u32| {
        std::fs::write(&path, text).unwrap();
        now = now.plus(Duration::from_secs(10));
        assert_eq!(*file.current(now).await, expected, "{text}");
    };
    check("22", 22).await;
    check("three", 22).await;
    check("4444", 4444).await;
    std::fs::remove_file(&path).unwrap();
    assert_eq!(*file.current(clock::now().plus(Duration::from_secs(99))).await, 4444);
}

#[test]
fn a_file_that_cannot_be_used_is_told_by_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("number");
    assert!(matches!(Reloaded::load(&path, number), Err(FileError::Unreadable { .. })));
    std::fs::write(&path, "one").unwrap();
    let refused = Reloaded::load(&path, number).err().unwrap().to_string();
    assert!(refused.ends_with("number: not a number"), "{refused}");
}
