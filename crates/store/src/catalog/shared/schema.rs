//! The tables on PostgreSQL.

use super::SharedError;
use super::link::{Link, read};
use crate::catalog::table::{Table, VERSION};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Row};

/// The schema that has them.
pub(super) const NAME: &str = "cairn";

/// Two processes that start at once make the tables one after the other. The number is of no meaning.
const TAKE_LOCK: &str = "SELECT pg_advisory_xact_lock(4580013517)";

/// What an empty database gets beside the catalog's tables.
const OWN_TABLES: &str = "
CREATE TABLE catalog (
    only_one int PRIMARY KEY CHECK (only_one = 1),
    format bigint NOT NULL,
    identity text NOT NULL,
    version bigint NOT NULL,
    floor bigint NOT NULL
);
CREATE TABLE processes (name text PRIMARY KEY, position bigint NOT NULL);
CREATE TABLE changes (version bigint PRIMARY KEY, json text NOT NULL, made timestamptz NOT NULL DEFAULT now());
INSERT INTO catalog VALUES (1, 0, gen_random_uuid()::text, 0, 0);
";

/// Makes the tables that are missing, and returns the catalog's identity. A crash inside leaves the database as it was.
pub(super) async fn prepare(link: &Link) -> Result<String, SharedError> {
    let mut connection = link.connection().await?;
    execute(&mut connection, "BEGIN".to_owned()).await?;
    execute(&mut connection, TAKE_LOCK.to_owned()).await?;
    let there = "SELECT to_regnamespace($1) IS NOT NULL, to_regclass($1 || '.catalog') IS NOT NULL";
    let row = read(sqlx::query(there).bind(NAME).fetch_one(&mut connection)).await?;
    let (has_schema, has_tables): (bool, bool) = (row.get(0), row.get(1));
    if !has_schema {
        execute(&mut connection, format!("CREATE SCHEMA {NAME}")).await?;
    }
    if !has_tables {
        execute(&mut connection, OWN_TABLES.to_owned()).await?;
    }
    let row = read(sqlx::query("SELECT format, identity FROM catalog").fetch_one(&mut connection)).await?;
    let (found, identity): (i64, String) = (row.get(0), row.get(1));
    if found > VERSION {
        return Err(SharedError::Newer { found, known: VERSION });
    }
    if found < VERSION {
        for table in Table::ALL.into_iter().filter(|table| table.since() > found) {
            execute(&mut connection, table.create()).await?;
        }
        execute(&mut connection, format!("UPDATE catalog SET format = {VERSION}")).await?;
    }
    execute(&mut connection, "COMMIT".to_owned()).await?;
    link.give_back(connection);
    Ok(identity)
}

/// Statements that bind nothing.
pub(super) async fn execute(connection: &mut PgConnection, statements: String) -> Result<(), SharedError> {
    read(sqlx::raw_sql(AssertSqlSafe(statements)).execute(connection)).await.map(drop)
}
