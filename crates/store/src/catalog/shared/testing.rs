//! A real PostgreSQL for tests: one server a process, one database a test.

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Mutex;

/// A server, which ends when this process does: its script reads from a pipe that then closes.
struct Server {
    url: String,
    _until_this_process_ends: Child,
}

static SERVER: LazyLock<Server> = LazyLock::new(start);

/// Databases are copies of one template, made one after the other.
static MAKING: Mutex<()> = Mutex::const_new(());
static MADE: AtomicUsize = AtomicUsize::new(0);

fn start() -> Server {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/postgres.sh");
    let started = Command::new(&script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut script = started.expect("scripts/postgres.sh runs");
    let output = script.stdout.take().expect("standard output is piped");
    let mut url = String::new();
    BufReader::new(output).read_line(&mut url).expect("scripts/postgres.sh answers");
    assert!(!url.is_empty(), "no PostgreSQL: scripts/packages.sh postgresql installs it");
    Server { url: url.trim().to_owned(), _until_this_process_ends: script }
}

/// The URL of a new, empty database.
pub async fn database() -> String {
    let name = format!("test_{}", MADE.fetch_add(1, Ordering::Relaxed));
    let url = &SERVER.url;
    let _one_at_a_time = MAKING.lock().await;
    execute(url, &format!("CREATE DATABASE {name}")).await;
    url.replace("/postgres?", &format!("/{name}?"))
}

/// Runs a statement, as an operator would by hand.
pub async fn execute(url: &str, statement: &str) {
    let mut connection = PgConnection::connect(url).await.expect("the test's PostgreSQL answers");
    let done = sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(&mut connection).await;
    done.expect("the test's statement is sound");
    connection.close().await.expect("the test's PostgreSQL answers");
}

/// Ends all connections of a database, as a restart of the server would. They have ended when this returns.
pub async fn cut_connections(url: &str) {
    let others = format!("FROM pg_stat_activity WHERE datname = '{}'", name_of(url));
    execute(&SERVER.url, &format!("SELECT pg_terminate_backend(pid, 5000) {others}")).await;
}

/// Lets nobody into a database any more, as if the server were down.
pub async fn take_down(url: &str) {
    allow_connections(url, false).await;
    cut_connections(url).await;
}

/// The opposite.
pub async fn bring_up(url: &str) {
    allow_connections(url, true).await;
}

async fn allow_connections(url: &str, allowed: bool) {
    execute(&SERVER.url, &format!("ALTER DATABASE {} ALLOW_CONNECTIONS {allowed}", name_of(url))).await;
}

/// The name of a database that [`database`] made.
fn name_of(url: &str) -> &str {
    let name = url.split(['/', '?']).find(|part| part.starts_with("test_"));
    name.expect("only databases of tests are taken down")
}
