#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;
use crate::disk::faulty::FaultyDisk;
use std::path::Path;
use std::sync::Arc;

const PATH: &str = "/data/one.rows";

fn columns() -> Vec<String> {
    ["eventID", "errorCode"].map(str::to_owned).to_vec()
}

fn row(number: usize) -> Row {
    let code = number.is_multiple_of(3).then(|| "é".repeat(number % 200));
    vec![Some(format!("event {number}")), code]
}

fn written(rows: impl IntoIterator<Item = Row>) -> FaultyDisk {
    let disk = FaultyDisk::new(1);
    let mut writer = RowsWriter::create(Arc::new(disk.clone()), Path::new(PATH), &columns()).unwrap();
    rows.into_iter().for_each(|row| writer.push(&row).unwrap());
    writer.finish().unwrap();
    disk.lose_power(1)
}

fn reader(disk: &FaultyDisk) -> Result<RowsReader, RowsError> {
    RowsReader::open(disk, Path::new(PATH))
}

#[test]
fn rows_are_read_by_pages_after_power_loss() {
    for count in [0, 1, 999, 1000, 1001, 2500] {
        let disk = written((0..count).map(row));
        let reader = reader(&disk).unwrap();
        assert_eq!((reader.columns(), reader.rows()), (&columns()[..], count as u64));
        for size in [1, 7, 1000, 5000].into_iter().filter(|size| size * 50 > count) {
            let (mut found, mut next) = (Vec::new(), Some(0));
            while let Some(from) = next {
                let page = reader.page(from, size, usize::MAX).unwrap();
                assert!(page.rows.len() <= size);
                found.extend(page.rows);
                next = page.next;
            }
            assert_eq!(found, (0..count).map(row).collect::<Vec<_>>(), "{count} rows by {size}");
        }
        assert_eq!(reader.page(count as u64, 10, 10).unwrap(), Page::default());
        assert_eq!(reader.page(u64::MAX, 10, 10).unwrap(), Page::default());
    }
}

#[test]
fn a_page_has_no_more_bytes_than_it_may_but_one_row() {
    let large = |_| vec![Some("x".repeat(400_000)), None];
    let disk = written((0..5).map(large));
    let reader = reader(&disk).unwrap();
    assert_eq!(reader.page(0, 10, 1_000_000).unwrap().next, Some(2));
    assert_eq!(reader.page(2, 10, 1).unwrap().next, Some(3));
    assert_eq!(reader.page(3, 10, 1_000_000).unwrap().next, None);
}

#[test]
fn a_row_that_no_page_could_hold_is_refused() {
    let disk = FaultyDisk::new(1);
    let mut writer = RowsWriter::create(Arc::new(disk), Path::new(PATH), &columns()).unwrap();
    let refused = writer.push(&vec![Some("x".repeat(ROW_BYTES_MAX)), Some("y".to_owned())]);
    assert!(matches!(refused, Err(RowsError::RowTooLarge)));
    assert_eq!(writer.rows(), 0);
}

#[test]
fn no_changed_or_cut_byte_is_missed() {
    let disk = written((0..20).map(row));
    let whole = disk.contents(Path::new(PATH)).unwrap();
    let is_refused = |bytes: Vec<u8>| {
        disk.corrupt(Path::new(PATH), bytes);
        reader(&disk).and_then(|reader| reader.page(0, 100, usize::MAX)).is_err()
    };
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 0x10;
        assert!(is_refused(changed), "byte {at}");
        assert!(is_refused(whole[..at].to_vec()), "cut at {at}");
    }
}

#[test]
fn a_file_that_was_not_finished_is_none() {
    let disk = FaultyDisk::new(1);
    let mut writer = RowsWriter::create(Arc::new(disk.clone()), Path::new(PATH), &columns()).unwrap();
    (0..3000).for_each(|number| writer.push(&row(number)).unwrap());
    assert!(writer.bytes() > 0);
    drop(writer);
    assert!(matches!(reader(&disk.restart()), Err(RowsError::Damaged)));
}
