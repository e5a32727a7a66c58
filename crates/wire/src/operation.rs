//! The operations of the two services and what the model says about each.

use crate::error::ApiError;
use crate::generated::{ErrorCode, OPERATIONS, Operation};
use crate::shape::Shape;

/// The last part of `X-Amz-Target` before the operation's name. SDKs put the dotted package
/// `com.amazonaws.cloudtrail.v20131101.` before it, older tools nothing.
const TARGET_PREFIX: &str = "CloudTrail_20131101.";

/// A service, by the name in the credential scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Service {
    /// `cloudtrail`: AWS JSON 1.1.
    CloudTrail,
    /// `cloudtrail-data`: rest-json, the one operation PutAuditEvents.
    CloudTrailData,
}

impl Service {
    /// The name in the credential scope and at the front of the endpoint's host.
    pub fn name(self) -> &'static str {
        match self {
            Service::CloudTrail => "cloudtrail",
            Service::CloudTrailData => "cloudtrail-data",
        }
    }
}

/// One row of the generated table.
#[derive(Debug)]
pub(crate) struct OperationModel {
    pub(crate) name: &'static str,
    pub(crate) service: Service,
    pub(crate) input: &'static Shape,
    pub(crate) output: &'static Shape,
    pub(crate) errors: &'static [ErrorCode],
    pub(crate) idempotent: bool,
}

impl Operation {
    fn model(self) -> &'static OperationModel {
        &OPERATIONS[self as usize]
    }

    /// The name, as in `X-Amz-Target` and in an event's `eventName`.
    pub fn name(self) -> &'static str {
        self.model().name
    }

    /// The operation of that exact name, in either service.
    pub fn from_name(name: &str) -> Option<Operation> {
        let found = OPERATIONS.binary_search_by_key(&name, |model| model.name);
        found.ok().map(|index| Operation::ALL[index])
    }

    /// Reads an `X-Amz-Target` header: any prefix that ends in `CloudTrail_20131101.`, then the name
    /// of an operation of that service. Anything else is `UnknownOperationException`, 404.
    pub fn from_target(target: &str) -> Result<Operation, ApiError> {
        let name = target.rsplit_once('.').map(|(prefix, name)| (prefix.len() + 1, name));
        name.filter(|(end, _)| target[..*end].ends_with(TARGET_PREFIX))
            .and_then(|(_, name)| Operation::from_name(name))
            .filter(|operation| operation.service() == Service::CloudTrail)
            .ok_or_else(|| ApiError::new(ErrorCode::UnknownOperationException, "The operation is unknown."))
    }

    /// The service it belongs to.
    pub fn service(self) -> Service {
        self.model().service
    }

    /// The table its request is validated against.
    pub fn input(self) -> &'static Shape {
        self.model().input
    }

    /// The table of its response.
    pub fn output(self) -> &'static Shape {
        self.model().output
    }

    /// The exceptions that the model lists for it. SDKs have a type for these and no other.
    pub fn errors(self) -> &'static [ErrorCode] {
        self.model().errors
    }

    /// Whether the model lists `code` for it.
    pub fn models(self, code: ErrorCode) -> bool {
        self.errors().contains(&code)
    }

    /// Whether the model promises that doing it twice is doing it once.
    pub fn idempotent(self) -> bool {
        self.model().idempotent
    }
}

#[cfg(test)]
mod tests;
