//! Deleting, restoring, starting, stopping, federating.

use super::*;
use cairn_model::event_data_store::PENDING_DELETION;

const ROLE: &str = "arn:aws:iam::111122223333:role/service/lake";

fn arn_of(number: usize) -> EventDataStoreArn {
    store(number, "Management").arn
}

/// What an operation makes of a store.
fn done(
    operation: fn(&Facts<'_>, &str) -> Result<EventDataStore, StoreError>,
    store: &EventDataStore,
) -> Result<EventDataStore, StoreError> {
    operation(&facts(&[Arc::new(store.clone())], &[]), &store.arn.id)
}

#[test]
fn a_deleted_store_can_be_restored_for_seven_days() {
    let old = store(1, "Management");
    let deleted = done(delete, &old).unwrap();
    assert_eq!(Status::of(&deleted), Status::PendingDeletion);
    assert_eq!(done(restore, &deleted).unwrap(), old);
    refused(done(delete, &deleted), StoreError::Inactive(arn_of(1)));
    refused(
        done(restore, &old),
        StoreError::InvalidStatus {
            arn: arn_of(1),
            status: Status::Enabled,
            wanted: Status::PendingDeletion,
        },
    );

    let stores = [Arc::new(deleted)];
    let before = facts(&stores, &[]);
    let restored_after = |duration| {
        let facts = Facts { now: before.now.plus(duration), ..before };
        restore(&facts, &id(1)).is_ok()
    };
    assert!(restored_after(PENDING_DELETION - std::time::Duration::from_micros(1)));
    assert!(!restored_after(PENDING_DELETION));
    let later = Facts { now: before.now.plus(PENDING_DELETION), ..before };
    refused(get(&later, &id(1)), StoreError::NotFound(id(1)));
}

#[test]
fn a_stopped_store_is_restored_as_a_stopped_one() {
    let stopped = done(stop_ingestion, &store(1, "Management")).unwrap();
    let restored = done(restore, &done(delete, &stopped).unwrap()).unwrap();
    assert_eq!(Status::of(&restored), Status::StoppedIngestion);
}

#[test]
fn what_protects_a_store_is_named() {
    let protected = EventDataStore { termination_protection: true, ..store(1, "Management") };
    refused(done(delete, &protected), StoreError::TerminationProtected(arn_of(1)));
    let federated = EventDataStore { federation_role: Some(ROLE.to_owned()), ..store(1, "Management") };
    refused(done(delete, &federated), StoreError::FederationEnabled(arn_of(1)));

    let stores = [Arc::new(store(1, "ActivityAuditLog"))];
    let channel = Channel {
        arn: ChannelArn { region: HOME.to_owned(), account: stores[0].arn.account, id: id(9) },
        name: "channel".to_owned(),
        source: "Custom".to_owned(),
        destinations: vec![arn_of(1)],
        tags: BTreeMap::new(),
        created: Timestamp::from_seconds(0),
    };
    refused(delete(&facts(&stores, &[Arc::new(channel)]), &id(1)), StoreError::ChannelExists(arn_of(1)));
}

#[test]
fn restoring_does_not_get_around_the_quota() {
    let deleted = done(delete, &store(1, "Management")).unwrap();
    let mut stores: Vec<Arc<EventDataStore>> = vec![Arc::new(deleted)];
    stores.extend((2..4).map(|number| Arc::new(store(number, "Management"))));
    assert!(restore(&facts(&stores, &[]), &id(1)).is_ok(), "it counted all the time");
    stores.push(Arc::new(store(4, "Management")));
    refused(
        restore(&facts(&stores, &[]), &id(1)),
        StoreError::MaxLimitExceeded { count: 3, region: HOME.to_owned() },
    );
}

#[test]
fn ingestion_starts_and_stops() {
    let running = store(1, "ConfigurationItem");
    let stopped = done(stop_ingestion, &running).unwrap();
    assert_eq!(Status::of(&stopped), Status::StoppedIngestion);
    assert_eq!(done(start_ingestion, &stopped).unwrap(), running);
    let wrong = |status, wanted| StoreError::InvalidStatus { arn: arn_of(1), status, wanted };
    refused(done(start_ingestion, &running), wrong(Status::Enabled, Status::StoppedIngestion));
    refused(done(stop_ingestion, &stopped), wrong(Status::StoppedIngestion, Status::Enabled));
    let deleted = done(delete, &running).unwrap();
    refused(done(stop_ingestion, &deleted), wrong(Status::PendingDeletion, Status::Enabled));
    let message = format!(
        "Event data store {} has the status PENDING_DELETION; the operation needs ENABLED.",
        deleted.arn
    );
    assert_eq!(done(stop_ingestion, &deleted).unwrap_err().to_string(), message);
}

#[test]
fn only_what_cairn_takes_in_by_itself_starts_and_stops() {
    for category in ["Management", "Data", "NetworkActivity", "ConfigurationItem"] {
        let store = EventDataStore { selectors: super::category(category), ..store(1, "Management") };
        assert!(done(stop_ingestion, &store).is_ok(), "{category}");
    }
    for category in ["Insight", "Evidence", "ActivityAuditLog"] {
        refused(done(stop_ingestion, &store(1, category)), StoreError::InvalidCategory(arn_of(1)));
    }
}

#[test]
fn federation_is_enabled_once_by_a_role_of_the_account() {
    let stores = [Arc::new(store(1, "Management"))];
    let enable = |role: &str| enable_federation(&facts(&stores, &[]), &id(1), role);
    let federated = enable(ROLE).unwrap();
    assert_eq!(federated.federation_role.as_deref(), Some(ROLE));
    for role in [
        "lake-role",
        "arn:aws:iam::111122223333:user/lake",
        "arn:aws:iam::111122223333:role/",
        "arn:aws:iam::999999999999:role/lake",
    ] {
        refused(enable(role), ParameterError::FederationRole(role.to_owned()).into());
    }
    let again = enable_federation(&facts(&[Arc::new(federated.clone())], &[]), &id(1), ROLE);
    refused(again, StoreError::FederationEnabled(arn_of(1)));
    assert_eq!(done(disable_federation, &federated).unwrap(), *stores[0]);
    assert_eq!(done(disable_federation, &stores[0]).unwrap(), *stores[0]);
    let deleted = done(delete, &stores[0]).unwrap();
    refused(done(disable_federation, &deleted), StoreError::Inactive(arn_of(1)));
}

#[test]
fn a_store_is_found_by_its_arn_or_its_id() {
    let stores = [Arc::new(store(1, "Management"))];
    let facts = facts(&stores, &[]);
    assert_eq!(get(&facts, &id(1)).unwrap(), &*stores[0]);
    assert_eq!(get(&facts, &arn_of(1).to_string()).unwrap(), &*stores[0]);
    refused(get(&facts, &id(2)), StoreError::NotFound(id(2)));
    let error = get(&facts, "store1").unwrap_err().to_string();
    assert_eq!(error, "Event data store ARN store1 is not valid.");
    let foreign = Facts { account: "999999999999".parse().unwrap(), ..facts };
    assert!(matches!(get(&foreign, &arn_of(1).to_string()), Err(StoreError::ArnInvalid(_))));
}
