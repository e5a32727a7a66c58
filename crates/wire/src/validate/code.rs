//! Which exception a broken constraint is.

use crate::generated::{ErrorCode, Operation};

/// For a member of a request, the exceptions that speak about it. The first that the operation
/// models is used, so one row serves operations that differ.
const EXCEPTIONS: &[(&str, &[ErrorCode])] = &[
    ("AdvancedEventSelectors", &[ErrorCode::InvalidEventSelectorsException]),
    ("Channel", &[ErrorCode::ChannelARNInvalidException]),
    ("Destination", &[ErrorCode::EventDataStoreARNInvalidException]),
    ("Destinations", &[ErrorCode::EventDataStoreARNInvalidException]),
    ("EventCategory", &[ErrorCode::InvalidEventCategoryException]),
    ("EventDataStore", &[ErrorCode::EventDataStoreARNInvalidException]),
    ("EventDataStores", &[ErrorCode::EventDataStoreARNInvalidException]),
    ("EventSelectors", &[ErrorCode::InvalidEventSelectorsException]),
    ("ImportSource", &[ErrorCode::InvalidImportSourceException]),
    ("InsightSelectors", &[ErrorCode::InvalidInsightSelectorsException]),
    ("InsightsDestination", &[ErrorCode::InvalidInsightSelectorsException]),
    ("KmsKeyId", &[ErrorCode::InvalidKmsKeyIdException]),
    ("LookupAttributes", &[ErrorCode::InvalidLookupAttributesException]),
    ("MaxQueryResults", &[ErrorCode::InvalidMaxResultsException]),
    ("MaxResults", &[ErrorCode::InvalidMaxResultsException]),
    ("Name", &[ErrorCode::TrailNotProvidedException, ErrorCode::InvalidTrailNameException]),
    ("NextToken", &[ErrorCode::InvalidNextTokenException, ErrorCode::InvalidTokenException]),
    ("QueryStatement", &[ErrorCode::InvalidQueryStatementException]),
    ("QueryStatus", &[ErrorCode::InvalidQueryStatusException]),
    ("ResourceArn", &[ErrorCode::ResourceARNNotValidException]),
    ("ResourceId", &[ErrorCode::CloudTrailARNInvalidException]),
    ("ResourceIdList", &[ErrorCode::CloudTrailARNInvalidException]),
    ("ResourcePolicy", &[ErrorCode::ResourcePolicyNotValidException]),
    ("S3BucketName", &[ErrorCode::InvalidS3BucketNameException]),
    ("Source", &[ErrorCode::InvalidSourceException]),
    ("Tags", &[ErrorCode::InvalidTagParameterException]),
    ("TagsList", &[ErrorCode::InvalidTagParameterException]),
    ("TrailName", &[ErrorCode::InvalidTrailNameException]),
    ("channelArn", &[ErrorCode::InvalidChannelARN]),
    ("trailNameList", &[ErrorCode::InvalidTrailNameException]),
];

/// The exception for a constraint that `member` of `operation`'s request breaks, itself or
/// somewhere inside.
pub(super) fn for_member(operation: Operation, member: &str) -> ErrorCode {
    let speaking = EXCEPTIONS.iter().find(|(name, _)| *name == member).map_or(&[][..], |(_, codes)| codes);
    let modelled = |code: &ErrorCode| operation.models(*code);
    speaking
        .iter()
        .copied()
        .chain([ErrorCode::InvalidParameterException])
        .find(modelled)
        .unwrap_or(ErrorCode::ValidationException)
}
