//! The `ErrorCode` enum and its table.

use std::collections::BTreeMap;

use super::model::ServiceModel;

/// Errors that no operation models because every AWS service answers them: name and HTTP status
/// (the API reference's "Common Errors", with the JSON protocol's names).
const COMMON: [(&str, u16); 15] = [
    ("AccessDeniedException", 403),
    ("ExpiredTokenException", 403),
    ("IncompleteSignatureException", 403),
    ("InternalFailure", 500),
    ("InvalidSignatureException", 403),
    ("MissingAuthenticationTokenException", 403),
    ("OptInRequired", 403),
    ("RequestEntityTooLargeException", 413),
    ("SerializationException", 400),
    ("ServiceUnavailable", 503),
    ("ThrottlingException", 400),
    ("UnknownOperationException", 404),
    ("UnrecognizedClientException", 403),
    ("ValidationError", 400),
    ("ValidationException", 400),
];

/// Exceptions of the operations of Organizations that Cairn answers, and which CloudTrail's model does not have.
const ORGANIZATIONS: [(&str, u16); 2] =
    [("AWSOrganizationsNotInUseException", 400), ("InvalidInputException", 400)];

/// The status of every modelled exception.
const MODELLED_STATUS: u16 = 400;

/// The source of `error_codes.rs`.
pub(super) fn render(services: &[ServiceModel]) -> String {
    let modelled = services
        .iter()
        .flat_map(|service| &service.shapes)
        .filter(|(_, shape)| shape.exception)
        .map(|(name, _)| (name.as_str(), MODELLED_STATUS));
    let codes: BTreeMap<&str, u16> = COMMON.into_iter().chain(ORGANIZATIONS).chain(modelled).collect();

    let variants: String = codes.keys().map(|name| format!("{name},\n")).collect();
    let rows: String = codes.iter().map(|(name, status)| format!("({name:?}, {status}),\n")).collect();
    format!(
        "/// Every error code of the two services, and the codes common to all of AWS.\n\
         #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]\n\
         pub enum ErrorCode {{\n{variants}}}\n\n\
         /// Wire name and HTTP status, in the order of the enum, which is that of the names.\n\
         pub(crate) static ERROR_CODES: [(&str, u16); {}] = [\n{rows}];\n",
        codes.len()
    )
}
