#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

#[test]
fn cpu_time_is_user_and_kernel_time() {
    let stat = "7 (a b) c) S 1 7 7 0 -1 4194304 500 0 0 0 250 50 100 20 20 0 5 0 100 1000000 300 18446744073709551615";
    assert_eq!(parse_cpu(stat), Some(3.0));
    assert_eq!(parse_children_cpu(stat), Some(1.2));
    assert_eq!(parse_cpu("nonsense"), None);
}

#[test]
fn peak_memory_is_in_bytes() {
    assert_eq!(
        parse_memory("Name:\tcairn\nVmPeak:\t  9 kB\nVmHWM:\t    2048 kB\nVmRSS:\t 1 kB\n", "VmHWM:"),
        Some(2 << 20)
    );
    assert_eq!(parse_memory("Name:\tcairn\n", "VmHWM:"), None);
}

#[test]
fn this_process_has_used_something() {
    let pid = std::process::id();
    assert!(cpu_seconds(pid).unwrap() >= 0.0);
    assert!(peak_memory(pid).unwrap() > 0);
}

#[test]
fn a_process_that_is_gone_is_named() {
    assert!(cpu_seconds(u32::MAX).unwrap_err().to_string().starts_with("/proc/4294967295/stat: "));
}
