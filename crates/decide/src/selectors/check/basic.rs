//! Basic event selectors.

use super::{SelectorError, invalid};
use cairn_model::{DataResource, EventSelector, ReadWriteType};

const SELECTORS_MAX: usize = 5;
const DATA_RESOURCES_MAX: usize = 250;
/// The sources whose management events may be left out.
const EXCLUDABLE_SOURCES: [&str; 2] = ["kms.amazonaws.com", "rdsdata.amazonaws.com"];

/// Reads `ReadWriteType`.
pub fn read_write_type(text: &str) -> Result<ReadWriteType, SelectorError> {
    match text {
        "ReadOnly" => Ok(ReadWriteType::ReadOnly),
        "WriteOnly" => Ok(ReadWriteType::WriteOnly),
        "All" => Ok(ReadWriteType::All),
        _ => Err(invalid("ReadWriteType", text)),
    }
}

/// Whether a trail may have these basic selectors.
pub fn check_basic(selectors: &[EventSelector]) -> Result<(), SelectorError> {
    if !(1..=SELECTORS_MAX).contains(&selectors.len()) {
        return Err(SelectorError::SelectorCount(selectors.len()));
    }
    for selector in selectors {
        for source in &selector.exclude_management_event_sources {
            if !EXCLUDABLE_SOURCES.contains(&source.as_str()) {
                return Err(invalid("ExcludeManagementEventSources", source));
            }
        }
    }
    let mut counted = 0;
    for resource in selectors.iter().flat_map(|s| &s.data_resources) {
        counted += counted_values(resource)?;
    }
    if counted > DATA_RESOURCES_MAX {
        return Err(SelectorError::TooManyDataResources(counted));
    }
    Ok(())
}

/// Checks one data resource; returns how many of its values count to the limit.
fn counted_values(resource: &DataResource) -> Result<usize, SelectorError> {
    let shape = match resource.resource_type.as_str() {
        "AWS::S3::Object" => is_object_value,
        "AWS::Lambda::Function" => is_function_value,
        "AWS::DynamoDB::Table" => is_table_value,
        other => return Err(invalid("DataResources.Type", other)),
    };
    let mut counted = 0;
    for value in &resource.values {
        match shape(value) {
            None => return Err(invalid("DataResources.Values", value)),
            Some(Scope::All) => {}
            Some(Scope::Some) => counted += 1,
        }
    }
    Ok(counted)
}

/// What a value stands for.
enum Scope {
    /// All resources of its type.
    All,
    /// One resource, or those with a prefix.
    Some,
}

/// `arn:aws:s3` and `arn:aws:s3:::` for all objects, `arn:aws:s3:::bucket/` and `arn:aws:s3:::bucket/prefix`.
/// A `*` at the end is refused: it would be taken as a character of the key and match nothing.
fn is_object_value(value: &str) -> Option<Scope> {
    let rest = service_rest(value, "s3")?;
    if rest.is_empty() || rest == ":::" {
        return Some(Scope::All);
    }
    let (bucket, prefix) = rest.strip_prefix(":::")?.split_once('/')?;
    let is_plain = !bucket.is_empty() && !bucket.contains(['*', ':']) && !prefix.ends_with('*');
    is_plain.then_some(Scope::Some)
}

/// `arn:aws:lambda` for all functions, else a function's ARN.
fn is_function_value(value: &str) -> Option<Scope> {
    is_resource_value(value, "lambda", "function:")
}

/// `arn:aws:dynamodb` for all tables, else a table's ARN.
fn is_table_value(value: &str) -> Option<Scope> {
    is_resource_value(value, "dynamodb", "table/")
}

fn is_resource_value(value: &str, service: &str, kind: &str) -> Option<Scope> {
    let rest = service_rest(value, service)?;
    if rest.is_empty() {
        return Some(Scope::All);
    }
    let [region, account, resource] = rest.strip_prefix(':')?.splitn(3, ':').collect::<Vec<_>>()[..] else {
        return None;
    };
    let name = resource.strip_prefix(kind)?;
    let is_whole = !region.is_empty() && !account.is_empty() && !name.is_empty();
    (is_whole && !value.contains('*')).then_some(Scope::Some)
}

/// What stands behind `arn:<partition>:<service>`.
fn service_rest<'a>(value: &'a str, service: &str) -> Option<&'a str> {
    let (partition, rest) = value.strip_prefix("arn:")?.split_once(':')?;
    let is_known = matches!(partition, "aws" | "aws-cn" | "aws-us-gov");
    rest.strip_prefix(service).filter(|_| is_known)
}
