//! Imports as answers show them.

use super::super::shapes::epoch;
use cairn_store::imports::{Definition, Failure, Import, Statistics};
use cairn_wire::generated::{
    GetImportResponse, ImportFailureListItem, ImportSource, ImportStatistics, ImportsListItem,
    S3ImportSource, StartImportResponse, StopImportResponse,
};

pub(super) fn start(import: &Import) -> StartImportResponse {
    let Definition { destination, since, until, .. } = &import.definition;
    StartImportResponse {
        import_id: Some(import.id.clone()),
        destinations: Some(vec![destination.to_string()]),
        import_source: Some(source(&import.definition)),
        start_event_time: since.map(epoch),
        end_event_time: until.map(epoch),
        import_status: Some(import.status.name().to_owned()),
        created_timestamp: Some(epoch(import.created)),
        updated_timestamp: Some(epoch(import.updated)),
    }
}

pub(super) fn get(import: &Import) -> GetImportResponse {
    let started = start(import);
    GetImportResponse {
        import_id: started.import_id,
        destinations: started.destinations,
        import_source: started.import_source,
        start_event_time: started.start_event_time,
        end_event_time: started.end_event_time,
        import_status: started.import_status,
        created_timestamp: started.created_timestamp,
        updated_timestamp: started.updated_timestamp,
        import_statistics: Some(statistics(&import.statistics)),
    }
}

pub(super) fn stop(import: &Import) -> StopImportResponse {
    let started = start(import);
    StopImportResponse {
        import_id: started.import_id,
        destinations: started.destinations,
        import_source: started.import_source,
        start_event_time: started.start_event_time,
        end_event_time: started.end_event_time,
        import_status: started.import_status,
        created_timestamp: started.created_timestamp,
        updated_timestamp: started.updated_timestamp,
        import_statistics: Some(statistics(&import.statistics)),
    }
}

pub(super) fn item(import: &Import) -> ImportsListItem {
    ImportsListItem {
        import_id: Some(import.id.clone()),
        import_status: Some(import.status.name().to_owned()),
        destinations: Some(vec![import.definition.destination.to_string()]),
        created_timestamp: Some(epoch(import.created)),
        updated_timestamp: Some(epoch(import.updated)),
    }
}

pub(super) fn failure(failure: &Failure) -> ImportFailureListItem {
    ImportFailureListItem {
        location: Some(failure.location.clone()),
        status: Some(failure.status.name().to_owned()),
        error_type: Some(failure.error_type.clone()),
        error_message: Some(failure.error_message.clone()),
        last_updated_time: Some(epoch(failure.updated)),
    }
}

fn source(definition: &Definition) -> ImportSource {
    let s3 = S3ImportSource {
        s3_location_uri: definition.location.clone(),
        s3_bucket_region: definition.bucket_region.clone(),
        s3_bucket_access_role_arn: definition.role.clone(),
    };
    ImportSource { s3 }
}

fn statistics(statistics: &Statistics) -> ImportStatistics {
    let count = |count: u64| Some(count.cast_signed());
    ImportStatistics {
        prefixes_found: count(statistics.prefixes_found),
        prefixes_completed: count(statistics.prefixes_completed),
        files_completed: count(statistics.files_completed),
        events_completed: count(statistics.events_completed),
        failed_entries: count(statistics.failed_entries),
    }
}
