//! Crashes and faults, at random from a seed and at every step in turn.

use super::machine::{Machine, Model};
use super::small;
use crate::disk::faulty::{Call, Failure, FaultyDisk, Random};
use crate::log::{AppendError, LogOptions, Verify};
use cairn_model::Position;
use std::panic::{self, AssertUnwindSafe};

const FAILURES: [Failure; 4] = [Failure::NotDone, Failure::DoneButReported, Failure::Full, Failure::Short];

/// Runs each seed and says which one failed.
fn for_seeds(count: u64, run: impl Fn(u64)) {
    for seed in 0..count {
        let result = panic::catch_unwind(AssertUnwindSafe(|| run(seed)));
        assert!(result.is_ok(), "seed {seed} failed");
    }
}

#[test]
fn whatever_fails_and_crashes_nothing_acknowledged_is_lost_and_nothing_refused_comes_back() {
    for_seeds(2000, |seed| {
        let mut random = Random::new(seed);
        let mut options = small(1024 << random.below(5));
        let mut disk = FaultyDisk::new(seed);
        let mut model = Model::default();
        for _ in 0..6 {
            options.verify = if random.one_in(2) { Verify::All } else { Verify::Newest };
            let mut machine = start_among_faults(disk, &mut options, model, &mut random);
            live(&mut machine, &mut random);
            disk = end_of(&machine.disk, &mut random);
            model = machine.model;
        }
        Machine::start(disk, &options, model).unwrap_or_else(|(error, _)| panic!("{error}"));
    });
}

/// Starts the log, the first times on a disk that may fail meanwhile.
fn start_among_faults(
    mut disk: FaultyDisk,
    options: &mut LogOptions,
    mut model: Model,
    random: &mut Random,
) -> Machine {
    options.must_reach = model.last();
    for _ in 0..random.below(3) {
        add_fault(&disk, random, 8);
        match Machine::start(disk.clone(), options, model) {
            Ok(machine) => return machine,
            Err((_, same)) => model = same,
        }
        disk = end_of(&disk, random);
    }
    Machine::start(disk, options, model).unwrap_or_else(|(error, _)| panic!("{error}"))
}

/// Appends, releases and reads while calls fail, until the end or a fatal error.
fn live(machine: &mut Machine, random: &mut Random) {
    for _ in 0..random.below(3) {
        add_fault(&machine.disk, random, 30);
    }
    if random.one_in(4) {
        machine.disk.set_space(20_000 + random.below(60_000));
    }
    for _ in 0..random.below(12) {
        if let Err(AppendError::Fatal(_)) = machine.append_some(random) {
            return;
        }
        if random.one_in(6) {
            machine.release(Position::new(random.below(machine.model.last().get() + 1)));
        }
    }
    machine.disk.clear_faults();
    machine.disk.set_space(u64::MAX);
    if !machine.disk.is_halted() {
        machine.check_reading();
        machine.append(&[&[10]]).unwrap();
    }
}

fn add_fault(disk: &FaultyDisk, random: &mut Random, within: u64) {
    let after = random.below(within);
    match random.below(6) {
        0 => disk.halt(after),
        _ => disk.fail_change(after, FAILURES[random.below(4) as usize]),
    }
}

/// The disk after the process was killed, or after power was lost.
fn end_of(disk: &FaultyDisk, random: &mut Random) -> FaultyDisk {
    let after = match random.one_in(3) {
        true => disk.restart(),
        false => disk.lose_power(random.next()),
    };
    after.set_space(u64::MAX);
    after
}

/// What every step is made to fail in: a start, commits within and across segments, a record
/// larger than a segment, a release.
fn scenario(machine: &mut Machine) {
    for _ in 0..3 {
        let _ = machine.append(&[&[100, 200], &[700]]);
        let _ = machine.append(&[&[900], &[5000], &[20]]);
        machine.release(machine.model.last());
    }
}

fn steps_of_the_scenario() -> u64 {
    let disk = FaultyDisk::new(0);
    let mut machine = start(disk.clone(), Model::default()).unwrap();
    scenario(&mut machine);
    disk.changes()
}

fn start(disk: FaultyDisk, model: Model) -> Option<Machine> {
    Machine::start(disk, &small(2048), model).ok()
}

/// Arms a disk, runs the scenario on it, and checks what every end of it leaves.
fn check_step(seed: u64, arm: impl Fn(&FaultyDisk)) {
    let disk = FaultyDisk::new(seed);
    arm(&disk);
    let mut model = Model::default();
    if let Some(mut machine) = start(disk.clone(), Model::default()) {
        scenario(&mut machine);
        disk.clear_faults();
        if machine.shared.queue.fatal().is_none() && !disk.is_halted() {
            machine.check_reading();
            machine.append(&[&[50]]).unwrap();
        }
        model = machine.model;
    }
    let killed = start(disk.restart(), model.clone()).expect("starts after a kill");
    drop(killed);
    for seed in 0..8 {
        let mut machine = start(disk.lose_power(seed), model.clone()).expect("starts again");
        machine.append(&[&[50], &[3000]]).unwrap();
        let (disk, model) = (machine.disk.lose_power(seed), machine.model);
        start(disk, model).expect("starts a third time");
    }
}

#[test]
fn every_step_may_fail_in_every_way() {
    let steps = steps_of_the_scenario();
    assert!(steps > 40, "{steps} steps");
    for_seeds(steps * 4, |seed| {
        let failure = FAILURES[(seed % 4) as usize];
        check_step(seed, |disk| disk.fail_change(seed / 4, failure));
    });
}

#[test]
fn a_crash_may_come_at_every_step() {
    for_seeds(steps_of_the_scenario() * 4, |seed| {
        check_step(seed, |disk| disk.halt(seed / 4));
    });
}

#[test]
fn two_failures_in_a_row_are_survived() {
    for_seeds(steps_of_the_scenario() * 4, |seed| {
        let failure = FAILURES[(seed % 4) as usize];
        check_step(seed, |disk| {
            disk.fail_change(seed / 4, failure);
            disk.fail_change(seed / 4 + 1, failure);
        });
    });
}

#[test]
fn a_full_disk_is_refused_and_the_log_goes_on_once_there_is_space() {
    let disk = FaultyDisk::new(1);
    disk.set_space(10_000);
    let mut machine = start(disk.clone(), Model::default()).unwrap();
    let mut appended = 0;
    while machine.append(&[&[500]]).is_ok() {
        appended += 1;
    }
    assert!(appended > 5, "{appended}");
    assert!(matches!(machine.append(&[&[500]]), Err(AppendError::Full)));
    machine.check_reading();
    machine.release(machine.model.last());
    machine.append(&[&[500]]).unwrap();
    start(disk.lose_power(1), machine.model).unwrap();
}

#[test]
fn the_reserve_stays_free() {
    let disk = FaultyDisk::new(1);
    disk.set_space(10_000);
    let options = LogOptions { reserve_bytes: 5000, ..small(2048) };
    let mut machine = Machine::start(disk.clone(), &options, Model::default())
        .unwrap_or_else(|(error, _)| panic!("{error}"));
    while machine.append(&[&[500]]).is_ok() {}
    let used: usize = disk.paths().iter().map(|p| disk.contents(p).unwrap().len()).sum();
    assert!((3000..=5000).contains(&used), "{used}");
}

#[test]
fn what_a_crash_left_of_a_new_segment_is_removed() {
    let disk = FaultyDisk::new(1);
    disk.halt(3);
    let mut machine = start(disk.clone(), Model::default()).unwrap();
    assert!(machine.append(&[&[100]]).is_err());
    let disk = disk.restart();
    assert_eq!(disk.paths().len(), 1);
    start(disk.clone(), machine.model).unwrap();
    assert!(disk.paths().is_empty());
}

#[test]
fn a_segment_that_cannot_be_named_does_not_keep_its_space() {
    let disk = FaultyDisk::new(1);
    disk.set_space(3000);
    let mut machine = start(disk.clone(), Model::default()).unwrap();
    disk.fail(Call::Rename, 0, Failure::NotDone);
    assert!(matches!(machine.append(&[&[100]]), Err(AppendError::Io(_))));
    machine.append(&[&[100]]).unwrap();
}

#[test]
fn the_space_that_a_complete_segment_does_not_need_is_freed() {
    let disk = FaultyDisk::new(1);
    disk.fail(Call::SetLen, 0, Failure::NotDone);
    let mut machine = start(disk.clone(), Model::default()).unwrap();
    for _ in 0..3 {
        machine.append(&[&[1100]]).unwrap();
    }
    let lens = |disk: &FaultyDisk| {
        disk.paths().iter().map(|path| disk.contents(path).unwrap().len()).collect::<Vec<_>>()
    };
    assert_eq!(lens(&disk), [2048, 64 + 32 + 1112, 2048]);
    let machine = start(disk.clone(), machine.model).unwrap();
    assert_eq!(lens(&disk), [64 + 32 + 1112, 64 + 32 + 1112, 2048]);
    assert_eq!(machine.shared.segments.file_bytes(), 2 * 1208 + 2048);
}
