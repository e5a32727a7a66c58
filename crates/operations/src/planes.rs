//! Which operations work on what is in a service's resources rather than on the resources themselves.

mod data;

use data::DATA;

/// How CloudTrail counts an operation's calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Plane {
    /// `eventCategory` is `Management`.
    Management,
    /// `eventCategory` is `Data`.
    Data {
        /// The `resources.type` that selectors name for it, if it has one.
        resource_type: Option<&'static str>,
    },
}

/// The plane of an operation, by the service's id and the model's name.
pub(crate) fn plane(service: &str, operation: &str) -> Plane {
    let first = DATA.partition_point(|row| row.service < service);
    DATA[first..]
        .iter()
        .take_while(|row| row.service == service)
        .find(|row| row.operations.contains(&operation) || row.operations.is_empty())
        .map_or(Plane::Management, |row| Plane::Data { resource_type: row.resource_type })
}

#[cfg(test)]
mod tests;
