use super::{JOINED_FILES, Moment, plan};
use crate::table::{Effort, TableFile};
use std::collections::BTreeSet;
use std::sync::Arc;

const TODAY: i32 = 20_000;
const BUSY: Moment<'_> = Moment { today: TODAY, is_quiet: false, filling: &BTreeSet::new() };
const QUIET: Moment<'_> = Moment { today: TODAY, is_quiet: true, filling: &BTreeSet::new() };

/// A file of so many MiB, of which each has 4,000 rows.
fn file(day: i32, position: u64, mib: u64) -> Arc<TableFile> {
    Arc::new(TableFile {
        path: format!("{position}.words.parquet"),
        kept_day: day,
        rows: mib * 4_000,
        bytes: mib << 20,
        oldest_time: 0,
        newest_time: 0,
        first_position: position,
        last_position: position,
    })
}

fn files(day: i32, mib: &[u64]) -> Vec<Arc<TableFile>> {
    (0..).zip(mib).map(|(position, mib)| file(day, position, *mib)).collect()
}

/// No files.
const NONE: [u64; 0] = [];

/// The sizes of the files that are joined next, in MiB.
fn sizes(files: &[Arc<TableFile>], moment: Moment<'_>) -> Vec<u64> {
    let plan = plan(files, moment);
    plan.map_or(Vec::new(), |plan| plan.files.iter().map(|file| file.bytes >> 20).collect())
}

#[test]
fn files_of_one_size_wait_until_there_are_enough() {
    assert_eq!(sizes(&files(TODAY, &[1; JOINED_FILES - 1]), BUSY), NONE);
    assert_eq!(sizes(&files(TODAY, &[1; JOINED_FILES + 1]), BUSY), [1; JOINED_FILES]);
    // As many as fit are enough.
    assert_eq!(sizes(&files(TODAY, &[12; 6]), BUSY), [12; 5]);
}

#[test]
fn small_files_come_before_large_ones_whatever_their_day() {
    let mut all = files(TODAY - 1, &[8; JOINED_FILES]);
    all.extend(files(TODAY, &[1; JOINED_FILES]));
    assert_eq!(sizes(&all, BUSY), [1; JOINED_FILES]);
}

#[test]
fn what_is_left_over_is_joined_when_nothing_comes() {
    let all = files(TODAY, &[12, 5, 4, 1]);
    assert_eq!(sizes(&all, BUSY), NONE);
    assert_eq!(sizes(&all, QUIET), [1, 4, 5, 12]);
    assert_eq!(plan(&all, QUIET).map(|plan| plan.effort), Some(Effort::Thorough));
}

#[test]
fn few_new_events_do_not_make_much_be_written_again() {
    assert_eq!(sizes(&files(TODAY, &[30, 1]), QUIET), NONE);
    assert_eq!(sizes(&files(TODAY, &[30, 2, 1]), QUIET), [1, 2]);
}

#[test]
fn a_day_that_has_ended_is_joined_whole() {
    assert_eq!(sizes(&files(TODAY - 1, &[30, 1]), BUSY), [1, 30]);
    assert_eq!(sizes(&files(TODAY - 1, &[30]), QUIET), NONE);
    assert_eq!(sizes(&files(TODAY - 1, &[40, 50]), QUIET), NONE);
}

#[test]
fn days_are_not_mixed() {
    let mut all = files(TODAY - 1, &[1]);
    all.extend(files(TODAY, &[1]));
    assert_eq!(sizes(&all, QUIET), NONE);
}

#[test]
fn joining_comes_to_an_end_with_few_small_files_left() {
    let mut all = files(TODAY, &[3, 1, 9, 12, 12, 12, 12, 2, 1, 1, 7, 30, 14, 1, 40]);
    let mut position = 1_000;
    while let Some(plan) = plan(&all, QUIET) {
        all.retain(|file| !plan.files.contains(file));
        all.push(file(TODAY, position, plan.bytes() >> 20));
        position += 1;
        assert!(position < 1_020);
    }
    assert!(all.iter().filter(|file| file.bytes < super::LARGE_BYTES).count() <= 1, "{all:?}");
}

#[test]
fn a_day_of_former_times_that_is_being_filled_is_not_written_again_for_every_commit() {
    let all = files(TODAY - 400, &[12, 1]);
    let filling = BTreeSet::from([TODAY - 400]);
    assert_eq!(sizes(&all, BUSY), [1, 12]);
    assert_eq!(sizes(&all, Moment { filling: &filling, ..BUSY }), NONE);
}

#[test]
fn a_file_without_an_index_is_written_again_when_its_day_has_ended() {
    let lacking = |day, mib| {
        let with = file(day, 1, mib);
        Arc::new(TableFile { path: String::from("1.parquet"), ..TableFile::clone(&with) })
    };
    let all = [lacking(TODAY, 1), lacking(TODAY - 1, 50), lacking(TODAY - 2, 40), file(TODAY - 3, 7, 20)];
    assert_eq!(sizes(&all, BUSY), [40]);
    assert_eq!(sizes(&all[..2], BUSY), [50]);
    assert_eq!(sizes(&all[..1], QUIET), NONE);
    let filling = BTreeSet::from([TODAY - 1]);
    assert_eq!(sizes(&all[..2], Moment { filling: &filling, ..BUSY }), NONE);
}
