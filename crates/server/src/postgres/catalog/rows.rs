//! What the things in a list are, for one row.

use super::super::lexer::{Kind, Piece};
use super::super::settings::{self, VERSION};
use super::super::values;
use super::items::Item;
use super::{Facts, Relation, SCHEMA};
use cairn_lake::sql::Column;

/// The oid of the one schema.
const SCHEMA_OID: &str = "2200";

/// Functions and words that say something of the server.
const SERVER: [&str; 17] = [
    "version",
    "current_database",
    "current_catalog",
    "current_schema",
    "current_schemas",
    "current_user",
    "current_role",
    "session_user",
    "user",
    "pg_backend_pid",
    "current_setting",
    "set_config",
    "pg_is_in_recovery",
    "inet_server_addr",
    "inet_server_port",
    "pg_encoding_to_char",
    "txid_current",
];

/// Whether something says something of the server, or is a plain number or text.
pub(super) fn is_about_server(item: &Item<'_>) -> bool {
    match named(item).as_deref() {
        Some(name) => SERVER.contains(&name),
        None => matches!(&item.words[..], [only] if matches!(only.kind, Kind::Number | Kind::Text)),
    }
}

/// Whether something is a number.
pub(super) fn is_number(item: &Item<'_>) -> bool {
    let is_number = match &item.words[..] {
        [only] => only.kind == Kind::Number && only.text.bytes().all(|byte| byte.is_ascii_digit()),
        _ => asks_version_number(item),
    };
    let names = ["pg_backend_pid", "ordinal_position", "attnum", "oid"];
    is_number || named(item).is_some_and(|name| names.contains(&name.as_str()))
}

/// The first name in it that is not a schema's, a table's or that of a function which changes nothing.
fn named(item: &Item<'_>) -> Option<String> {
    let is_in_front = |at: usize| item.words.get(at + 1).is_some_and(|next| next.text == ".");
    let words = item.words.iter().enumerate();
    let mut names = words
        .filter(|(at, piece)| matches!(piece.kind, Kind::Word | Kind::Quoted) && !is_in_front(*at))
        .map(|(_, piece)| piece.value());
    names.find(|name| !["quote_ident", "trim", "lower", "coalesce", "cast"].contains(&name.as_str()))
}

fn literal(item: &Item<'_>) -> Option<String> {
    match &item.words[..] {
        [only] if matches!(only.kind, Kind::Text | Kind::Number) => Some(only.value()),
        [only] if only.is_word("false") => Some("f".to_owned()),
        [only] if only.is_word("true") => Some("t".to_owned()),
        _ => None,
    }
}

/// `current_setting('server_version_num')::int/100`, which is how Grafana asks.
fn asks_version_number(item: &Item<'_>) -> bool {
    let has = |text: &str| item.words.iter().any(|piece| piece.text == text);
    has("'server_version_num'") && has("/") && has("100")
}

/// Something of the server.
pub(super) fn server(item: &Item<'_>, facts: &Facts<'_>) -> Option<String> {
    if asks_version_number(item) {
        return Some((settings::VERSION_NUMBER / 100).to_string());
    }
    let argument =
        |at: usize| item.words.iter().filter(|piece| piece.kind == Kind::Text).nth(at).map(Piece::value);
    let name = named(item);
    match name.as_deref().unwrap_or_default() {
        "version" => Some(format!("PostgreSQL {VERSION} (Cairn {})", env!("CARGO_PKG_VERSION"))),
        "current_database" | "current_catalog" => Some(facts.database.to_owned()),
        "current_schema" => Some(SCHEMA.to_owned()),
        "current_schemas" => Some(format!("{{{SCHEMA}}}")),
        "current_user" | "current_role" | "session_user" | "user" => Some(facts.user.to_owned()),
        "pg_backend_pid" => Some(facts.process.to_string()),
        "current_setting" => facts.settings.get(&argument(0)?).map(str::to_owned),
        "set_config" => argument(1),
        "pg_is_in_recovery" => Some("f".to_owned()),
        "pg_encoding_to_char" => Some("UTF8".to_owned()),
        _ => None,
    }
    .or_else(|| literal(item))
}

/// Something of a table.
pub(super) fn relation(item: &Item<'_>, table: &Relation, facts: &Facts<'_>) -> Option<String> {
    let is_case = item.words.first().is_some_and(|piece| piece.is_word("case"));
    let has = |word: &str| item.words.iter().any(|piece| piece.is_word(word));
    let known = match named(item).as_deref() {
        Some("case") if has("relkind") => "table",
        Some("case") if has("relpersistence") => "permanent",
        Some("case") if has("reloftype") => "",
        _ if is_case => return None,
        Some("relname" | "table_name" | "tablename" | "regclass") => return Some(table.name.clone()),
        Some("nspname" | "table_schema" | "schemaname") => SCHEMA,
        Some("pg_get_userbyid" | "tableowner" | "owner") => facts.user,
        Some("table_catalog") => facts.database,
        Some("oid") => return Some(table.oid.to_string()),
        Some("relkind") => "r",
        Some("relpersistence") => "p",
        Some("relreplident") => "d",
        Some("table_type") => "BASE TABLE",
        Some("relnamespace") => SCHEMA_OID,
        Some("relnatts") => return Some(table.columns.len().to_string()),
        Some("relchecks" | "reltablespace" | "reloftype" | "relam" | "reltuples" | "relpages") => "0",
        Some("is_insertable_into" | "is_typed") => "NO",
        Some(flag) if flag.starts_with("relhas") || flag.starts_with("relrow") => "f",
        Some(
            "relforcerowsecurity"
            | "relispartition"
            | "hasindexes"
            | "hasrules"
            | "hastriggers"
            | "rowsecurity",
        ) => "f",
        _ => return literal(item),
    };
    Some(known.to_owned())
}

/// Something of a table's column, which is the `number`th.
pub(super) fn column(item: &Item<'_>, table: &Relation, number: usize, column: &Column) -> Option<String> {
    let first = item.words.first()?;
    if first.text == "(" || first.is_word("case") {
        return None;
    }
    let kind = values::type_of(column.kind);
    let known = match named(item).as_deref() {
        Some("attname" | "column_name") => return Some(column.name.clone()),
        Some("format_type" | "data_type") => values::sql_name(column.kind),
        Some("udt_name" | "typname") => kind.name(),
        Some("atttypid") => return Some(kind.oid().to_string()),
        Some("attnum" | "ordinal_position") => return Some(number.to_string()),
        Some("attrelid" | "oid") => return Some(table.oid.to_string()),
        Some("relname" | "table_name") => return Some(table.name.clone()),
        Some("nspname" | "table_schema" | "udt_schema") => SCHEMA,
        Some("is_nullable") => "YES",
        Some("attnotnull" | "attisdropped" | "atthasdef") => "f",
        Some("attidentity" | "attgenerated" | "attcompression") => "",
        Some("attstorage") => "x",
        Some("atttypmod" | "attlen" | "attstattarget") => "-1",
        Some("is_identity" | "is_generated" | "is_updatable") => "NO",
        _ => return literal(item),
    };
    Some(known.to_owned())
}

/// Something of the one schema.
pub(super) fn schema(item: &Item<'_>, facts: &Facts<'_>) -> Option<String> {
    match named(item).as_deref() {
        Some("nspname" | "schema_name") => Some(SCHEMA.to_owned()),
        Some("oid") => Some(SCHEMA_OID.to_owned()),
        Some("catalog_name") => Some(facts.database.to_owned()),
        Some("schema_owner" | "pg_get_userbyid") => Some(facts.user.to_owned()),
        _ => literal(item),
    }
}

/// Something of the database.
pub(super) fn database(item: &Item<'_>, facts: &Facts<'_>) -> Option<String> {
    match named(item).as_deref() {
        Some("datname") => Some(facts.database.to_owned()),
        Some("oid") => Some("1".to_owned()),
        Some("pg_get_userbyid") => Some(facts.user.to_owned()),
        Some("pg_encoding_to_char") => Some("UTF8".to_owned()),
        Some("datallowconn") => Some("t".to_owned()),
        Some("datistemplate") => Some("f".to_owned()),
        Some("datcollate" | "datctype") => Some("C".to_owned()),
        _ => literal(item),
    }
}
