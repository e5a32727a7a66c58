use super::*;
use std::collections::HashSet;

#[test]
fn ids_are_distinct() {
    let mut ids = EventIds::new(7);
    let distinct: HashSet<_> = (0..100_000).map(|_| ids.next_id()).collect();
    assert_eq!(distinct.len(), 100_000);
}

#[test]
fn the_last_digits_alone_tell_ids_apart() {
    let mut ids = EventIds::new(7);
    let distinct: HashSet<_> = (0..100_000).map(|_| ids.next_id()[24..].to_vec()).collect();
    assert_eq!(distinct.len(), 100_000);
}

#[test]
fn an_id_has_the_form_of_a_version_4_uuid() {
    let mut ids = EventIds::new(1);
    for _ in 0..1000 {
        let id = ids.next_id();
        assert_eq!([id[8], id[13], id[18], id[23]], *b"----");
        assert_eq!(id[14], b'4');
        assert!(b"89ab".contains(&id[19]));
        let hex = id.iter().filter(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte)).count();
        assert_eq!(hex, 32);
    }
}

#[test]
fn the_seed_decides_the_ids() {
    assert_eq!(EventIds::new(3).next_id(), EventIds::new(3).next_id());
    assert_ne!(EventIds::new(3).next_id(), EventIds::new(4).next_id());
}
