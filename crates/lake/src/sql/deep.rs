//! Work on trees whose depth strangers choose.

use std::thread::Builder;

/// What the planner's recursion takes for the deepest statement, with much to spare; memory that is not touched
/// costs nothing.
pub(super) const STACK_BYTES: usize = 64 << 20;

/// Runs `work` on a stack that a deep statement does not overflow.
pub(super) fn run<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = Builder::new().name(String::from("sql-planner")).stack_size(STACK_BYTES);
        let thread = thread.spawn_scoped(scope, work).expect("a thread can be started");
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}
