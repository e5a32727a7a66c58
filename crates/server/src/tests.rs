#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

const THREADS: usize = 32;
/// What a page, a column or a chunk of the log takes.
const BLOCK_BYTES: usize = 192 << 10;
const BLOCKS: usize = 64;
const ALL_BYTES: usize = THREADS * BLOCKS * BLOCK_BYTES;

/// Memory of this process that no file backs, in bytes.
fn anonymous_bytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<usize>().unwrap() << 10
}

#[test]
fn memory_that_many_threads_freed_goes_back_while_they_live() {
    let (full, over) = (Arc::new(Barrier::new(THREADS + 1)), Arc::new(Barrier::new(THREADS + 1)));
    let work = |full: Arc<Barrier>, over: Arc<Barrier>| {
        thread::spawn(move || {
            let blocks: Vec<Vec<u8>> = (0..BLOCKS).map(|_| vec![1; BLOCK_BYTES]).collect();
            full.wait();
            full.wait();
            drop(blocks);
            over.wait();
        })
    };
    let threads: Vec<_> = (0..THREADS).map(|_| work(full.clone(), over.clone())).collect();
    full.wait();
    let most = anonymous_bytes();
    assert!(most > ALL_BYTES);
    full.wait();
    // Other tests take memory meanwhile, so not all of it is looked for; if it never comes, the test runner ends this.
    while anonymous_bytes() > most - ALL_BYTES * 3 / 4 {
        thread::sleep(Duration::from_millis(50));
    }
    over.wait();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}
