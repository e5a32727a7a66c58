use super::{CONNECTIONS_MAX, connections_for, raise_open_files};
use rustix::process::{Resource, getrlimit};

#[test]
fn the_limit_is_raised_as_far_as_the_system_lets() {
    let raised = raise_open_files();
    let limit = getrlimit(Resource::Nofile);
    assert_eq!(limit.current, limit.maximum);
    assert_eq!(raised, limit.maximum.unwrap_or(u64::MAX));
}

#[test]
fn connections_leave_files_for_the_rest_and_are_bounded() {
    assert_eq!(connections_for(1024), 768);
    assert_eq!(connections_for(64), 32);
    assert_eq!(connections_for(0), 1);
    assert_eq!(connections_for(u64::MAX), CONNECTIONS_MAX as usize);
}
