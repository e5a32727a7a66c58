#![allow(clippy::unwrap_used, reason = "tests")]

use super::write_durably;
use crate::disk::faulty::{Failure, FaultyDisk};
use std::path::Path;

const PATH: &str = "/data/file";

#[test]
fn a_file_that_was_written_durably_outlives_power_loss() {
    for seed in 0..100 {
        let disk = FaultyDisk::new(seed);
        write_durably(&disk, Path::new(PATH), b"old").unwrap();
        write_durably(&disk, Path::new(PATH), &[7; 9000]).unwrap();
        let after = disk.lose_power(seed);
        assert_eq!(after.contents(Path::new(PATH)).unwrap(), [7; 9000]);
    }
}

#[test]
fn a_failure_at_any_step_leaves_the_old_file_or_the_new_one() {
    let failures = [Failure::NotDone, Failure::DoneButReported, Failure::Full, Failure::Short];
    for (step, failure) in (0..6).flat_map(|step| failures.map(|failure| (step, failure))) {
        for seed in 0..50 {
            let disk = FaultyDisk::new(seed);
            write_durably(&disk, Path::new(PATH), b"old").unwrap();
            disk.fail_change(step, failure);
            let written = write_durably(&disk, Path::new(PATH), &[7; 9000]).is_ok();
            let after = disk.lose_power(seed).contents(Path::new(PATH)).unwrap();
            let whole = after == [7; 9000] || (after == b"old" && !written);
            assert!(whole, "step {step}, {failure:?}, seed {seed}");
        }
    }
}

#[test]
fn a_leftover_of_a_crash_is_overwritten() {
    let disk = FaultyDisk::new(1);
    disk.halt(1);
    assert!(write_durably(&disk, Path::new(PATH), b"first").is_err());
    let disk = disk.restart();
    write_durably(&disk, Path::new(PATH), b"second").unwrap();
    assert_eq!(disk.paths(), [Path::new(PATH)]);
}
