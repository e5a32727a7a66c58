#![allow(clippy::unwrap_used, reason = "tests")]

use super::faulty::{Call, Failure, FaultyDisk};
use super::{Disk, LocalDisk, read_onto, read_up_to, write_all_at};
use std::io::IoSlice;
use std::path::Path;

#[test]
fn the_local_disk_does_what_the_seam_promises() {
    let folder = tempfile::tempdir().unwrap();
    does_what_the_seam_promises(&LocalDisk, folder.path());
    let file = folder.path().join("shared");
    std::fs::write(&file, b"x").unwrap();
    let readable = std::os::unix::fs::PermissionsExt::from_mode(0o640);
    std::fs::set_permissions(&file, readable).unwrap();
    assert!(!LocalDisk.is_private(&file).unwrap());
    LocalDisk.create(&file).unwrap();
    assert!(LocalDisk.is_private(&file).unwrap());
}

#[test]
fn the_faulty_disk_without_faults_does_what_the_seam_promises() {
    does_what_the_seam_promises(&FaultyDisk::new(1), Path::new("/data"));
}

fn does_what_the_seam_promises(disk: &dyn Disk, folder: &Path) {
    let (one, two) = (folder.join("one"), folder.join("two"));
    disk.create_folder(folder).unwrap();
    let file = disk.create(&one).unwrap();
    file.allocate(8192).unwrap();
    assert_eq!(file.len().unwrap(), 8192);
    let many: Vec<_> = (0..3000u32).map(|number| number.to_le_bytes()).collect();
    let mut slices: Vec<_> = many.iter().map(|bytes| IoSlice::new(bytes)).collect();
    write_all_at(&*file, &mut slices, 100).unwrap();
    file.sync_data().unwrap();

    disk.rename(&one, &two).unwrap();
    disk.sync_folder(folder).unwrap();
    assert_eq!(disk.list(folder).unwrap(), ["two"]);
    assert!(disk.open(&one).is_err());
    assert!(disk.is_private(&two).unwrap());
    assert!(disk.free_bytes(folder).unwrap() > 0);

    let file = disk.open(&two).unwrap();
    let mut bytes = vec![9; 20_000];
    assert_eq!(read_up_to(&*file, &mut bytes, 100).unwrap(), 12_000);
    assert_eq!(bytes[..12_000], many.concat());
    let mut onto = vec![9];
    read_onto(&*file, &mut onto, 3, 104).unwrap();
    assert_eq!(onto, [9, 1, 0, 0]);
    read_onto(&*file, &mut onto, 20_000, 100).unwrap();
    assert_eq!(onto[4..], many.concat());
    file.set_len(101).unwrap();
    assert_eq!(read_up_to(&*file, &mut bytes, 100).unwrap(), 1);
    disk.create(&two).unwrap();
    assert!(file.is_empty().unwrap());
    disk.remove(&two).unwrap();
    assert!(disk.list(folder).unwrap().is_empty());
}

#[test]
fn what_was_synced_outlives_every_power_loss_and_the_rest_only_some() {
    let path = Path::new("/data/file");
    let (mut kept, mut lost) = (0, 0);
    for seed in 0..200 {
        let disk = FaultyDisk::new(seed);
        let file = disk.create(path).unwrap();
        file.allocate(16_384).unwrap();
        write_all_at(&*file, &mut [IoSlice::new(&[1; 6000])], 0).unwrap();
        file.sync_data().unwrap();
        disk.sync_folder(Path::new("/data")).unwrap();
        write_all_at(&*file, &mut [IoSlice::new(&[2; 6000])], 6000).unwrap();
        let after = disk.lose_power(seed).contents(path).unwrap();
        assert_eq!(after[..6000], [1; 6000], "seed {seed}");
        match after[6000..12_000].iter().all(|byte| *byte == 2) {
            true => kept += 1,
            false => lost += 1,
        }
    }
    assert!(kept > 20 && lost > 20, "{kept} kept, {lost} lost");
}

#[test]
fn a_failed_sync_is_not_mended_by_the_next_one() {
    let path = Path::new("/data/file");
    let lost = (0..50).filter(|seed| {
        let disk = FaultyDisk::new(*seed);
        let file = disk.create(path).unwrap();
        disk.sync_folder(Path::new("/data")).unwrap();
        disk.fail(Call::SyncData, 0, Failure::NotDone);
        write_all_at(&*file, &mut [IoSlice::new(b"bytes")], 0).unwrap();
        assert!(file.sync_data().is_err());
        file.sync_data().unwrap();
        disk.lose_power(*seed).contents(path).unwrap() != b"bytes"
    });
    assert!(lost.count() > 10);
}

#[test]
fn a_full_disk_takes_no_more_until_something_is_removed() {
    let disk = FaultyDisk::new(1);
    disk.set_space(10_000);
    let file = disk.create(Path::new("/data/one")).unwrap();
    file.allocate(8000).unwrap();
    let other = disk.create(Path::new("/data/two")).unwrap();
    assert!(super::is_full(&other.allocate(8000).unwrap_err()));
    disk.remove(Path::new("/data/one")).unwrap();
    other.allocate(8000).unwrap();
}

#[test]
fn a_halted_disk_does_nothing_until_the_restart() {
    let disk = FaultyDisk::new(1);
    let path = Path::new("/data/file");
    disk.create(path).unwrap();
    disk.halt(0);
    assert!(disk.sync_folder(Path::new("/data")).is_err());
    assert!(disk.open(path).is_err());
    assert!(disk.restart().open(path).is_ok());
}
