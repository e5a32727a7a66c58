//! One process' turn to change the shared catalog.

use super::SharedError;
use super::link::{Link, read};
use super::schema::execute;
use crate::catalog::row::{Write, change_of, delete};
use crate::catalog::table::Table;
use crate::catalog::{Catalog, CatalogState};
use cairn_model::{Change, Position, Session};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Row};

/// How long changes are kept for processes that have not seen them. One that missed them compares everything.
const KEEP: &str = "1 hour";
/// Every how many versions older ones are removed.
const PRUNE_EVERY: u64 = 64;

/// Each statement sees what was committed before it began, whatever the server's default is.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";

/// The row lock that every change of the catalog takes first: what is read after it, until the turn ends, is the newest there
/// is, and stays so. Of other tables this statement would show what they held before it waited.
const TAKE: &str = "SELECT version, floor FROM catalog FOR UPDATE";

const POSITION: &str = "SELECT position FROM processes WHERE name = $1";

const NOTE_CHANGES: &str = "
WITH next AS (UPDATE catalog SET version = version + 1 RETURNING version)
INSERT INTO changes (version, json) SELECT version, $1 FROM next";

const NOTE_POSITION: &str = "
INSERT INTO processes VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET position = excluded.position";

/// A turn; it ends with [`Turn::commit`], or without any effect when it is dropped.
#[derive(Debug)]
pub struct Turn {
    link: Link,
    /// Taken out when the turn ends.
    connection: Option<PgConnection>,
    process: String,
    version: u64,
    floor: u64,
    position: Option<Position>,
}

/// All that the catalog holds.
#[derive(Debug)]
pub struct Everything {
    /// But for the sessions; its position is of no meaning.
    pub state: CatalogState,
    /// The sessions.
    pub sessions: Vec<Session>,
}

impl Turn {
    pub(super) async fn take(link: &Link, process: &str) -> Result<Turn, SharedError> {
        let mut connection = link.connection().await?;
        execute(&mut connection, BEGIN.to_owned()).await?;
        let row = read(sqlx::query(TAKE).fetch_one(&mut connection)).await?;
        let number = |column: usize| row.get::<i64, _>(column).cast_unsigned();
        let (version, floor) = (number(0), number(1));
        let position = position(&mut connection, process).await?;
        let (link, process) = (link.clone(), process.to_owned());
        Ok(Turn { link, connection: Some(connection), process, version, floor, position })
    }

    /// How often the catalog has been changed, by this turn too.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Every change that this process' log holds below has come to the catalog. `None`: it has never brought one.
    pub fn position(&self) -> Option<Position> {
        self.position
    }

    /// The changes made after a version, in their order. `None`: the catalog no longer knows.
    pub async fn since(&mut self, version: u64) -> Result<Option<Vec<Change>>, SharedError> {
        if version < self.floor || version > self.version {
            return Ok(None);
        }
        let query = sqlx::query("SELECT json FROM changes WHERE version > $1 ORDER BY version");
        let rows = read(query.bind(version.cast_signed()).fetch_all(self.connection())).await?;
        let unreadable = |source| SharedError::Unreadable { table: "changes", source };
        let mut changes = Vec::new();
        for row in rows {
            let made: Vec<Change> = serde_json::from_str(row.get(0)).map_err(unreadable)?;
            changes.extend(made);
        }
        Ok(Some(changes))
    }

    /// All that the catalog holds.
    pub async fn everything(&mut self) -> Result<Everything, SharedError> {
        let mut all = Everything { state: CatalogState::default(), sessions: Vec::new() };
        for table in Table::ALL {
            for change in rows(self.connection(), table).await? {
                match change {
                    Change::PutSession(session) => all.sessions.push(*session),
                    change => all.state.apply(&change),
                }
            }
        }
        Ok(all)
    }

    /// Tells the server that this process is still at work: it takes a turn away in which nothing is asked for long.
    pub async fn hold(&mut self) -> Result<(), SharedError> {
        execute(self.connection(), "SELECT 1".to_owned()).await
    }

    /// Writes changes; nobody sees them before [`Turn::commit`]. With new sessions those go that `catalog` says have to.
    pub async fn write(&mut self, catalog: &Catalog, changes: &[Change]) -> Result<(), SharedError> {
        let outgoing = catalog.outgoing_sessions(changes).into_iter();
        let outgoing = outgoing.map(|access_key_id| delete(Table::Sessions, access_key_id));
        for write in outgoing.chain(changes.iter().map(Write::of)) {
            self.perform(write).await?;
        }
        let json = serde_json::to_string(changes).expect("changes have string keys only");
        read(sqlx::query(NOTE_CHANGES).bind(json).execute(self.connection())).await?;
        self.version += 1;
        if self.version.is_multiple_of(PRUNE_EVERY) {
            self.prune().await?;
        }
        Ok(())
    }

    async fn perform(&mut self, write: Write) -> Result<(), SharedError> {
        let query = match write {
            Write::Put { table, name, json } => sqlx::query(AssertSqlSafe(table.put())).bind(name).bind(json),
            Write::Delete { table, name } => sqlx::query(AssertSqlSafe(table.delete())).bind(name),
        };
        read(query.execute(self.connection())).await.map(drop)
    }

    /// Forgets changes that every process that is well has seen.
    async fn prune(&mut self) -> Result<(), SharedError> {
        let statement = format!(
            "WITH gone AS (DELETE FROM changes WHERE made < now() - interval '{KEEP}' RETURNING version) \
             UPDATE catalog SET floor = greatest(floor, (SELECT max(version) FROM gone))"
        );
        execute(self.connection(), statement).await
    }

    /// Ends the turn. `next`: every change that this process' log holds below has now come to the catalog. When this returns
    /// `Ok`, what was written survives power loss, with the position. An error says that it may, or may not.
    pub async fn commit(mut self, next: Position) -> Result<(), SharedError> {
        let process = self.process.clone();
        let query = sqlx::query(NOTE_POSITION).bind(process).bind(next.get().cast_signed());
        read(query.execute(self.connection())).await?;
        let mut connection = self.connection.take().expect("a turn has its connection until it ends");
        // If this fails, the connection is closed, and the server gives up what it has not committed.
        execute(&mut connection, "COMMIT".to_owned()).await?;
        self.link.give_back(connection);
        Ok(())
    }

    fn connection(&mut self) -> &mut PgConnection {
        self.connection.as_mut().expect("a turn has its connection until it ends")
    }
}

/// What a process has brought, as [`Turn::position`] says.
pub(super) async fn position(
    connection: &mut PgConnection,
    process: &str,
) -> Result<Option<Position>, SharedError> {
    let row = read(sqlx::query(POSITION).bind(process).fetch_optional(connection)).await?;
    Ok(row.map(|row| Position::new(row.get::<i64, _>(0).cast_unsigned())))
}

/// The changes that make a table's rows.
pub(super) async fn rows(connection: &mut PgConnection, table: Table) -> Result<Vec<Change>, SharedError> {
    let rows = read(sqlx::query(AssertSqlSafe(table.select())).fetch_all(connection)).await?;
    let unreadable = |source| SharedError::Unreadable { table: table.name(), source };
    rows.iter().map(|row| change_of(table, row.get(0)).map_err(unreadable)).collect()
}

/// A turn that nothing came of, such as one whose call was refused. The connection is used again; the server takes the turn
/// back at once.
impl Drop for Turn {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        let link = self.link.clone();
        // Without a runtime the process is about to end, and closing the connection does the same.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if execute(&mut connection, "ROLLBACK".to_owned()).await.is_ok() {
                    link.give_back(connection);
                }
            });
        }
    }
}
