//! Times, CPU and memory of this process.

use std::time::{Duration, Instant};

/// What some calls took together.
#[derive(Debug, Default)]
pub(crate) struct Cost {
    wall: Duration,
    longest: Duration,
    cpu: Duration,
}

impl Cost {
    pub(crate) async fn measure<T>(&mut self, call: impl AsyncFnOnce() -> T) -> T {
        let (start, cpu) = (Instant::now(), cpu());
        let done = call().await;
        let took = start.elapsed();
        self.wall += took;
        self.longest = self.longest.max(took);
        self.cpu += self::cpu().saturating_sub(cpu);
        done
    }

    pub(crate) fn show(&self, events: usize) -> String {
        let each = |time: Duration| time.as_secs_f64() * 1e6 / events as f64;
        format!(
            "{:.2} us an event, {:.2} us CPU, longest call {} ms",
            each(self.wall),
            each(self.cpu),
            self.longest.as_millis()
        )
    }
}

/// Tells when a commit's worth of text has gathered.
#[derive(Debug, Default)]
pub(crate) struct Share {
    bytes: u64,
    events: usize,
}

impl Share {
    pub(crate) fn add(&mut self, bytes: u64, events: usize) {
        self.bytes += bytes;
        self.events += events;
    }

    /// Starts over if it is. `events`: `None` for 64 MiB of text.
    pub(crate) fn is_reached(&mut self, events: Option<usize>) -> bool {
        let reached = events.map_or(self.bytes >= 64 << 20, |events| self.events >= events);
        if reached {
            *self = Share::default();
        }
        reached
    }
}

/// CPU time of this process, all threads: to the clock tick, ten milliseconds.
pub(crate) fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or("");
    let ticks = after_name.split_whitespace().skip(11).take(2);
    let ticks: u64 = ticks.filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// The most resident memory that this process has had, in bytes.
pub(crate) fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()).and_then(|kib| kib.parse::<u64>().ok());
    kib.unwrap_or(0) << 10
}
