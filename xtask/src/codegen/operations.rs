//! The `Operation` enum and its table.

use super::model::{Operation, ServiceModel};
use super::naming;

/// The source of `operations.rs`.
pub(super) fn render(services: &[ServiceModel]) -> String {
    let mut operations: Vec<(&str, &ServiceModel, &Operation)> = services
        .iter()
        .flat_map(|service| {
            let of = move |(name, operation)| (String::as_str(name), service, operation);
            service.operations.iter().map(of)
        })
        .collect();
    operations.sort_by_key(|(name, ..)| *name);

    let variants: String = operations.iter().map(|(name, ..)| format!("{name},\n")).collect();
    let rows: String =
        operations.iter().map(|(name, service, operation)| row(name, service, operation)).collect();
    format!(
        "use super::{{ErrorCode, shapes}};\nuse crate::operation::{{OperationModel, Service}};\n\n\
         /// Every operation of the two services.\n\
         #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]\n\
         pub enum Operation {{\n{variants}}}\n\n\
         impl Operation {{\n\
         /// All operations, in the order of their names.\n\
         pub const ALL: [Operation; {count}] = [\n{all}];\n}}\n\n\
         /// One row for each operation, in the order of the enum.\n\
         pub(crate) static OPERATIONS: [OperationModel; {count}] = [\n{rows}];\n",
        count = operations.len(),
        all = operations.iter().map(|(name, ..)| format!("Operation::{name},\n")).collect::<String>(),
    )
}

fn row(name: &str, service: &ServiceModel, operation: &Operation) -> String {
    let shape = |name: &str| naming::constant(&format!("{}{name}", service.prefix));
    let errors: String =
        operation.errors.iter().map(|error| format!("ErrorCode::{},", error.shape)).collect();
    let variant = match service.name.as_str() {
        "cloudtrail" => "CloudTrail",
        _ => "CloudTrailData",
    };
    format!(
        "OperationModel {{ name: {name:?}, service: Service::{variant}, input: &shapes::{}, \
         output: &shapes::{}, errors: &[{errors}], idempotent: {} }},\n",
        shape(&operation.input.shape),
        shape(&operation.output.shape),
        operation.idempotent,
    )
}
