#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

#[test]
fn the_first_connections_are_wide_and_so_are_those_that_take_their_place() {
    let builders = Builders::new();
    let mut wide: Vec<Width> = (0..WIDE_MAX).map(|_| builders.next().1).collect();
    assert!(wide.iter().all(Option::is_some));
    assert!(builders.next().1.is_none());
    wide.pop();
    assert!(builders.next().1.is_some());
}

#[test]
fn a_head_is_as_large_on_every_connection() {
    let value = |bytes| "v".repeat(bytes);
    let request = |bytes| Request::get("/path").header("x-long", value(bytes)).body(()).unwrap();
    assert!(!has_large_head(&request(60 << 10)));
    assert!(has_large_head(&request(64 << 10)));
    let target = format!("/{}", "p".repeat(65_000));
    let request = Request::get(target).header("x-long", value(600)).body(()).unwrap();
    assert!(has_large_head(&request));
}
