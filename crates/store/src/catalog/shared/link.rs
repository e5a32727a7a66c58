//! Connections to PostgreSQL: a few, used again, and given up at the first doubt.

use super::{NotAUrl, SharedError};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection};
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a statement may take. Waiting for a turn ends sooner, on the server's side.
pub(super) const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a turn may be waited for: one that is held for so long belongs to a process in trouble.
const LOCK_TIMEOUT: &str = "4s";
/// After so long the server takes a turn away from a process that has stopped, or lost its network, in the middle of it.
const IDLE_TURN_TIMEOUT: &str = "10s";
/// Connections that are kept for the next use.
const SPARE_MAX: usize = 2;

/// Where the database is. Shown without its password.
#[derive(Clone)]
pub(super) struct Place(PgConnectOptions);

impl Place {
    pub(super) fn of(url: &str) -> Result<Place, NotAUrl> {
        if !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
            return Err(NotAUrl);
        }
        let options = PgConnectOptions::from_str(url).map_err(|_| NotAUrl)?;
        let settings = [
            ("search_path", super::schema::NAME),
            // A commit that was answered survives, whatever the server's default is.
            ("synchronous_commit", "on"),
            ("lock_timeout", LOCK_TIMEOUT),
            ("idle_in_transaction_session_timeout", IDLE_TURN_TIMEOUT),
        ];
        // Statements hold nothing secret, but whoever waits for a turn would be logged as slow.
        Ok(Place(options.options(settings).application_name("cairn").disable_statement_logging()))
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Place({self})")
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place(options) = self;
        match options.get_socket() {
            Some(folder) => write!(f, "{}", folder.display())?,
            None => write!(f, "{}:{}", options.get_host(), options.get_port())?,
        }
        write!(f, "/{}", options.get_database().unwrap_or(options.get_username()))
    }
}

/// Connections to one place. Cheap to clone; all clones are the same.
#[derive(Clone, Debug)]
pub(super) struct Link {
    place: Place,
    spare: Arc<Mutex<Vec<PgConnection>>>,
}

impl Link {
    pub(super) fn new(place: Place) -> Link {
        Link { place, spare: Arc::default() }
    }

    /// A connection that answers.
    pub(super) async fn connection(&self) -> Result<PgConnection, SharedError> {
        loop {
            let spare = self.spare().pop();
            let Some(mut connection) = spare else { break };
            if read(connection.ping()).await.is_ok() {
                return Ok(connection);
            }
        }
        in_time(self.place.0.connect()).await?.map_err(SharedError::Unreachable)
    }

    /// Keeps a connection, on which nothing is under way, for the next use.
    pub(super) fn give_back(&self, connection: PgConnection) {
        let mut spare = self.spare();
        if spare.len() < SPARE_MAX {
            spare.push(connection);
        }
    }

    fn spare(&self) -> MutexGuard<'_, Vec<PgConnection>> {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the server answers, if it does.
pub(super) async fn read<T>(answer: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, SharedError> {
    in_time(answer).await?.map_err(|error| match is_gone(&error) {
        true => SharedError::Unreachable(error),
        false => SharedError::Refused(error),
    })
}

async fn in_time<T>(answer: impl Future<Output = T>) -> Result<T, SharedError> {
    tokio::time::timeout(ANSWER_TIMEOUT, answer).await.map_err(|_elapsed| SharedError::Slow)
}

/// Whether an error says that the connection is of no use any more, rather than the statement.
fn is_gone(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) => true,
        // PostgreSQL's "connection exception", and those by which a server says that it goes, or is not yet there.
        sqlx::Error::Database(answer) => {
            answer.code().is_some_and(|code| code.starts_with("08") || code.starts_with("57P"))
        }
        _ => false,
    }
}
