use super::*;
use crate::stores::tests::{facts, id, store};
use cairn_model::EventDataStore;
use std::sync::Arc;

/// Store 1 is there, store 2 is pending deletion.
fn checked(statement: &str, parameters: usize) -> Result<(), QueryError> {
    let deleted = EventDataStore { deleted: Some(facts(&[], &[]).now), ..store(2, "Management") };
    let stores = [store(1, "Management"), deleted].map(Arc::new);
    let (one, two, three) = (id(1), id(2), id(3));
    let statement = statement.replace("$1", &one).replace("$2", &two).replace("$3", &three);
    check(&facts(&stores, &[]), &statement, parameters)
}

#[test]
fn queries_of_active_stores_pass() {
    for statement in [
        "SELECT eventName FROM $1",
        "select count(*) from $1 as a join $1 as b on a.eventId = b.eventId where a.eventTime > '?' and b.eventTime < '?'",
        "WITH x AS (SELECT 1 FROM $1) SELECT * FROM x;",
        "(SELECT 1 FROM $1) UNION (SELECT 2 FROM $1)",
        "-- why\nSELECT /* from $3 */ 1 FROM\n\t$1, $1",
        "SELECT 'it''s from $3' FROM $1",
        "SELECT größe FROM $1",
        "SELECT 1 /*/ FROM $3 */ FROM $1",
    ] {
        assert_eq!(checked(statement, 0), Ok(()), "{statement}");
    }
}

#[test]
fn what_is_no_query_is_refused() {
    for statement in ["", "DELETE FROM $1", "'SELECT' FROM $1", "-- SELECT 1 FROM $1", "selected FROM $1"] {
        assert_eq!(checked(statement, 0), Err(StatementError::NotSelect.into()), "{statement}");
    }
    for statement in ["SELECT 1", "SELECT 1 FROM events", "SELECT '$1' FROM \"$1\"", "SELECT $1 FROM x"] {
        assert_eq!(checked(statement, 0), Err(StatementError::NoStore.into()), "{statement}");
    }
}

#[test]
fn every_store_of_a_query_has_to_be_active() {
    let inactive = Err(StoreError::Inactive(store(2, "Management").arn).into());
    assert_eq!(checked("SELECT 1 FROM $1 JOIN $2 ON true", 0), inactive);
    assert_eq!(checked("SELECT 1 FROM $1, $3", 0), Err(StoreError::NotFound(id(3)).into()));
    let odd = "ABCDEFAB-0000-4000-8000-000000000000";
    let refused = checked(&format!("SELECT 1 FROM {odd}"), 0);
    assert!(matches!(refused, Err(QueryError::Store(StoreError::ArnInvalid(_)))), "{refused:?}");
}

#[test]
fn parameters_need_places() {
    assert_eq!(checked("SELECT 1 FROM $1 WHERE eventTime > '?'", 1), Ok(()));
    let refused = StatementError::TooManyParameters { places: 1, parameters: 2 };
    assert_eq!(checked("SELECT 1 FROM $1 WHERE eventTime > '?'", 2), Err(refused.into()));
}
