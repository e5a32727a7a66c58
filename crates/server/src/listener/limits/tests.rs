use super::{CONNECTIONS_MAX, OpenFiles, connections_for, parse};

#[test]
fn the_table_of_the_system_is_read() {
    let table = "Limit                     Soft Limit           Hard Limit           Units\n\
                 Max cpu time              unlimited            unlimited            seconds\n\
                 Max open files            1024                 524288               files\n";
    assert_eq!(parse(table), Some(OpenFiles { now: 1024, most: 524_288 }));
    let unlimited = "Max open files            unlimited            unlimited            files\n";
    assert_eq!(parse(unlimited), Some(OpenFiles { now: u64::MAX, most: u64::MAX }));
    assert_eq!(parse("nothing of the kind"), None);
}

#[test]
fn connections_leave_files_for_the_rest_and_are_bounded() {
    assert_eq!(connections_for(1024), 768);
    assert_eq!(connections_for(64), 32);
    assert_eq!(connections_for(0), 1);
    assert_eq!(connections_for(u64::MAX), CONNECTIONS_MAX as usize);
}
