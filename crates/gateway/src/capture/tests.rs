use super::*;

fn passed(room: usize, memory: usize, pieces: &[usize]) -> (Passed, Memory) {
    let memory = Memory::new(memory);
    let mut capture = Capture::new(room, &memory);
    for piece in pieces {
        capture.keep(&Bytes::from(vec![*piece as u8; *piece]));
    }
    let bytes = pieces.iter().sum::<usize>() as u64;
    (capture.into_passed(bytes, true, None), memory)
}

fn check(room: usize, memory: usize, pieces: &[usize], kept: usize) {
    let (passed, _) = passed(room, memory, pieces);
    let all: Vec<u8> = pieces.iter().flat_map(|piece| vec![*piece as u8; *piece]).collect();
    assert_eq!(passed.contiguous(), all[..kept], "{room} {memory} {pieces:?}");
    assert_eq!(passed.is_whole(), kept == all.len());
}

#[test]
fn the_first_bytes_are_kept_in_order_up_to_both_bounds() {
    check(100_000, 100_000, &[], 0);
    check(100_000, 100_000, &[5, 6, 10_000, 7, 20_000], 30_018);
    check(10_010, 100_000, &[5, 6, 10_000, 7], 10_010);
    check(11, 100_000, &[5, 6, 10_000], 11);
    check(0, 100_000, &[5], 0);
}

#[test]
fn what_follows_a_piece_without_memory_is_not_kept() {
    check(100_000, 8, &[5, 6, 2], 5);
}

#[test]
fn memory_comes_back_with_the_last_piece() {
    let (passed, memory) = passed(1000, 1000, &[400, 300]);
    assert_eq!(memory.free_bytes(), 300);
    drop(passed);
    assert_eq!(memory.free_bytes(), 1000);
}

#[test]
fn small_pieces_do_not_keep_large_buffers() {
    let buffer = Bytes::from(vec![1; 64 << 10]);
    let mut capture = Capture::new(1000, &Memory::new(1000));
    capture.keep(&buffer.slice(..100));
    assert!(buffer.is_unique());
}
