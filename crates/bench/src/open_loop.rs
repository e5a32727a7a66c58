//! Requests at a fixed rate, whether or not the server keeps up (an open loop).

use crate::error::BenchError;
use crate::http1::Connection;
use crate::quantiles::Quantiles;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// From the making of the clients to the first request, so that all have connected by then.
const HEAD_START: Duration = Duration::from_millis(500);

/// Where requests go and how fast.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OpenLoop {
    pub(crate) address: SocketAddr,
    /// Connections, which take turns.
    pub(crate) clients: usize,
    /// Requests a second of all of them.
    pub(crate) rate: u64,
}

/// How long requests took.
#[derive(Clone, Debug)]
pub(crate) struct Times {
    /// From when a request was due to its answer: one that had to wait for an earlier one counts from when it should
    /// have been sent.
    pub(crate) answered: Quantiles,
    /// From when a request was due to when it was sent: what the clients add, if the server keeps up.
    pub(crate) late: Quantiles,
}

/// Times of one request, from when it was due.
struct Took {
    late: Duration,
    answered: Duration,
}

impl OpenLoop {
    /// Sends every item. Every connection has a thread of its own: an async runtime's timers are too coarse for times
    /// below a millisecond.
    pub(crate) fn run<T: Sync>(
        self,
        items: &[T],
        send: impl AsyncFn(&mut Connection, &T) -> Result<(), BenchError> + Sync,
    ) -> Result<Times, BenchError> {
        let interval = Duration::from_secs(1) / u32::try_from(self.rate).unwrap_or(u32::MAX);
        let schedule =
            Schedule { start: Instant::now() + HEAD_START, interval, clients: self.clients, items };
        let took: Vec<Took> = std::thread::scope(|scope| {
            let (schedule, send) = (&schedule, &send);
            let start = |client| scope.spawn(move || schedule.keep(client, self.address, send));
            let threads: Vec<_> = (0..self.clients).map(start).collect();
            let mut all = Vec::with_capacity(items.len());
            for thread in threads {
                all.extend(thread.join().expect("a client does not panic")?);
            }
            Ok::<_, BenchError>(all)
        })?;
        Ok(Times {
            answered: Quantiles::of(took.iter().map(|took| took.answered).collect()),
            late: Quantiles::of(took.iter().map(|took| took.late).collect()),
        })
    }
}

/// When which item is due.
struct Schedule<'a, T> {
    start: Instant,
    interval: Duration,
    clients: usize,
    items: &'a [T],
}

impl<T> Schedule<'_, T> {
    /// The items of one client, each with the time it is due. Clients take turns.
    fn turns(&self, client: usize) -> impl Iterator<Item = (Instant, &T)> {
        let due = |index: usize| self.start + self.interval * u32::try_from(index).unwrap_or(u32::MAX);
        let turns = self.items.iter().enumerate().skip(client).step_by(self.clients);
        turns.map(move |(index, item)| (due(index), item))
    }

    /// Sends one client's items, each when it is due, or late if the one before was not answered in time.
    fn keep(
        &self,
        client: usize,
        address: SocketAddr,
        send: &impl AsyncFn(&mut Connection, &T) -> Result<(), BenchError>,
    ) -> Result<Vec<Took>, BenchError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(BenchError::Runtime)?;
        let mut connection = runtime.block_on(Connection::open(address))?;
        let mut times = Vec::with_capacity(self.items.len() / self.clients + 1);
        for (due, item) in self.turns(client) {
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            let late = due.elapsed();
            runtime.block_on(send(&mut connection, item))?;
            times.push(Took { late, answered: due.elapsed() });
        }
        Ok(times)
    }
}

#[cfg(test)]
mod tests;
