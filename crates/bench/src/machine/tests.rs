#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

#[test]
fn the_disk_probe_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let times = appends(folder.path(), (4096, 3)).unwrap();
    assert!(times.percentile_ms(50) > 0.0);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn every_append_is_timed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("probe");
    assert_eq!(append_times(&path, 4096, 3).unwrap().len(), 3);
    assert_eq!(std::fs::metadata(&path).unwrap().len(), 3 * 4096);
}

#[test]
fn gzip_is_measured_on_the_events_themselves() {
    let (megabytes, ratio) = gzip(&b"the same again ".repeat(10_000));
    assert!(megabytes > 0.0 && ratio > 50.0);
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let error = Disk::measure(Path::new("/nowhere")).unwrap_err();
    assert!(error.to_string().starts_with("/nowhere/fdatasync-probe: "));
}
