#![allow(clippy::unwrap_used, reason = "tests")]

use super::super::statement::{Asked, asked};
use super::*;

fn column(name: &str, kind: ColumnKind) -> Column {
    Column { name: name.to_owned(), kind, type_name: String::new() }
}

fn ask(statement: &str) -> Vec<String> {
    assert_eq!(asked(statement), Asked::Catalog, "{statement}");
    let relations = [
        Relation {
            oid: 16_384,
            name: "history".to_owned(),
            columns: vec![column("eventtime", ColumnKind::Time), column("readonly", ColumnKind::Boolean)],
        },
        Relation {
            oid: 20_000,
            name: "My store".to_owned(),
            columns: vec![column("eventid", ColumnKind::Text)],
        },
    ];
    let settings = Settings::default();
    let facts = Facts {
        user: "AKIA1",
        database: "us-east-1",
        process: 7,
        settings: &settings,
        relations: &relations,
    };
    let answer = answer(statement, &facts);
    assert!(answer.rows.iter().all(|row| row.len() == answer.columns.len()));
    assert_eq!(columns(statement), answer.columns, "the same columns before it is asked");
    let cells = |row: &Vec<Option<String>>| {
        let cells: Vec<&str> = row.iter().map(|cell| cell.as_deref().unwrap_or("-")).collect();
        cells.join("|")
    };
    answer.rows.iter().map(cells).collect()
}

fn names(statement: &str) -> Vec<String> {
    columns(statement).into_iter().map(|column| column.name).collect()
}

#[test]
fn psql_lists_tables() {
    let list = r#"SELECT n.nspname as "Schema", c.relname as "Name",
        CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' END as "Type",
        pg_catalog.pg_get_userbyid(c.relowner) as "Owner"
        FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam
        WHERE c.relkind IN ('r','p','') AND n.nspname <> 'pg_catalog' AND n.nspname !~ '^pg_toast'
        AND n.nspname <> 'information_schema' AND pg_catalog.pg_table_is_visible(c.oid) ORDER BY 1,2;"#;
    assert_eq!(names(list), ["Schema", "Name", "Type", "Owner"]);
    assert_eq!(ask(list), ["public|history|table|AKIA1", "public|My store|table|AKIA1"]);
    assert!(ask(&list.replace("('r','p','')", "('v','')")).is_empty());
}

#[test]
fn psql_describes_one_table() {
    let find = "SELECT c.oid, n.nspname, c.relname FROM pg_catalog.pg_class c \
                LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                WHERE c.relname OPERATOR(pg_catalog.~) '^(history)$' COLLATE pg_catalog.default \
                AND pg_catalog.pg_table_is_visible(c.oid) ORDER BY 2, 3;";
    assert_eq!(ask(find), ["16384|public|history"]);
    assert_eq!(ask(&find.replace("^(history)$", "^(my.*)$")), ["20000|public|My store"]);
    assert!(ask(&find.replace("^(history)$", "^(his)$")).is_empty());
    let details = "SELECT c.relchecks, c.relkind, c.relhasindex, c.relhasrules, c.relhastriggers, c.relrowsecurity, \
                   c.relforcerowsecurity, false AS relhasoids, c.relispartition, '', c.reltablespace, \
                   CASE WHEN c.reloftype = 0 THEN '' ELSE c.reloftype::pg_catalog.regtype::pg_catalog.text END, \
                   c.relpersistence, c.relreplident, am.amname FROM pg_catalog.pg_class c \
                   LEFT JOIN pg_catalog.pg_class tc ON (c.reltoastrelid = tc.oid) \
                   LEFT JOIN pg_catalog.pg_am am ON (c.relam = am.oid) WHERE c.oid = '16384';";
    assert_eq!(ask(details), ["0|r|f|f|f|f|f|f|f||0||p|d|-"]);
    let columns = "SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), \
                   (SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid, true) FROM pg_catalog.pg_attrdef d \
                   WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.atthasdef), a.attnotnull, \
                   (SELECT c.collname FROM pg_catalog.pg_collation c) AS attcollation, a.attidentity, a.attgenerated \
                   FROM pg_catalog.pg_attribute a WHERE a.attrelid = '16384' AND a.attnum > 0 \
                   AND NOT a.attisdropped ORDER BY a.attnum;";
    assert_eq!(ask(columns), ["eventtime|timestamp with time zone|-|f|-||", "readonly|boolean|-|f|-||"]);
    let parents = "SELECT c.oid::pg_catalog.regclass FROM pg_catalog.pg_class c, pg_catalog.pg_inherits i \
                   WHERE c.oid = i.inhparent AND i.inhrelid = '16384'";
    assert!(ask(parents).is_empty());
}

#[test]
fn grafanas_editor_finds_tables_and_columns() {
    let tables = r#"select quote_ident(table_name) as "table" from information_schema.tables
        where quote_ident(table_schema) not in ('information_schema', 'pg_catalog', '_timescaledb_cache')
        and quote_ident(table_schema) IN (SELECT CASE WHEN trim(s[i]) = '"$user"' THEN user ELSE trim(s[i]) END
        FROM generate_series(array_lower(string_to_array(current_setting('search_path'),','),1),
        array_upper(string_to_array(current_setting('search_path'),','),1)) as i,
        string_to_array(current_setting('search_path'),',') s)"#;
    assert_eq!(names(tables), ["table"]);
    assert_eq!(ask(tables), ["history", "My store"]);
    let columns = r#"select quote_ident(column_name) as "column", data_type as "type"
        from information_schema.columns where quote_ident(table_name) = 'history';"#;
    assert_eq!(ask(columns), ["eventtime|timestamp with time zone", "readonly|boolean"]);
    let version = "SELECT current_setting('server_version_num')::int/100 as version";
    assert_eq!((ask(version), names(version)), (vec!["1500".to_owned()], vec!["version".to_owned()]));
    let timescale = "SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'";
    assert!(ask(timescale).is_empty());
    assert_eq!(names(timescale), ["extversion"]);
}

#[test]
fn the_server_says_who_it_is() {
    assert!(ask("SELECT version()")[0].starts_with("PostgreSQL 15"));
    assert_eq!(ask("select current_database(), current_user, 1"), ["us-east-1|AKIA1|1"]);
    assert_eq!(ask("SELECT pg_catalog.current_schema() AS s"), ["public"]);
    assert_eq!(ask("SELECT current_setting('server_encoding'), pg_backend_pid()"), ["UTF8|7"]);
    assert_eq!(names("SELECT pg_backend_pid(), 1, 'x'::text"), ["pg_backend_pid", "?column?", "?column?"]);
    for other in ["SELECT 1 + 1", "SELECT now()", "SELECT upper('x')"] {
        assert_eq!(asked(other), Asked::Events, "{other}");
    }
}

#[test]
fn the_schema_of_information_can_be_asked() {
    let tables = "SELECT table_schema, table_name, table_type FROM information_schema.tables WHERE table_schema = 'public'";
    assert_eq!(ask(tables), ["public|history|BASE TABLE", "public|My store|BASE TABLE"]);
    assert!(ask(&tables.replace("'public'", "'other'")).is_empty());
    assert!(ask("SELECT * FROM information_schema.table_constraints").is_empty());
    let columns = "SELECT column_name, ordinal_position, is_nullable, udt_name FROM information_schema.columns \
                   WHERE table_name IN ('history', 'other') ORDER BY 2";
    assert_eq!(ask(columns), ["eventtime|1|YES|timestamptz", "readonly|2|YES|bool"]);
    assert_eq!(ask("SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_'"), ["public"]);
    assert_eq!(ask("SELECT datname FROM pg_database WHERE NOT datistemplate"), ["us-east-1"]);
}

#[test]
fn nonsense_is_nothing_and_no_panic() {
    for statement in [
        "SELECT FROM pg_class",
        "SELECT , , FROM pg_class",
        "SELECT ) FROM pg_class",
        "SELECT ((( pg_class",
        "SELECT AS FROM pg_catalog.pg_class WHERE relname = ",
        "select pg_class as",
        "SELECT x.\"\" FROM pg_attribute WHERE 'a' 'b' = oid IN",
    ] {
        ask(statement);
    }
}
