//! The tables that a request is validated against.

use super::model::{ServiceModel, Shape};
use super::{naming, pattern};

/// The source of `shapes.rs`.
pub(super) fn render(services: &[ServiceModel]) -> Result<String, String> {
    let mut source = String::from(
        "//! One table a shape; structures list their members in the model's order.\n\n\
         use crate::shape::{Kind, Limits, Member, Pattern, Repeat, Shape};\n",
    );
    for service in services {
        for (name, shape) in service.reachable() {
            let kind = kind(service, shape).map_err(|why| format!("shape {name}: {why}"))?;
            source += &format!(
                "\npub static {}: Shape = Shape {{ name: {name:?}, kind: {kind} }};\n",
                constant(service, name),
            );
        }
    }
    Ok(source)
}

fn constant(service: &ServiceModel, shape: &str) -> String {
    naming::constant(&format!("{}{shape}", service.prefix))
}

fn kind(service: &ServiceModel, shape: &Shape) -> Result<String, String> {
    let limits = format!("Limits {{ min: {:?}, max: {:?} }}", shape.min, shape.max);
    let table = |reference: &Option<super::model::Reference>| {
        let reference = reference.as_ref().ok_or("refers to no shape")?;
        Ok::<_, String>(constant(service, &reference.shape))
    };
    Ok(match shape.kind.as_str() {
        "structure" => format!("Kind::Structure {{ members: &[{}] }}", members(service, shape)),
        "list" => format!("Kind::List {{ member: &{}, limits: {limits} }}", table(&shape.member)?),
        "map" => format!(
            "Kind::Map {{ key: &{}, value: &{}, limits: {limits} }}",
            table(&shape.key)?,
            table(&shape.value)?
        ),
        "string" => format!(
            "Kind::String {{ limits: {limits}, pattern: {}, values: &{:?} }}",
            string_pattern(shape)?,
            shape.values
        ),
        "integer" => format!("Kind::Integer {{ limits: {limits} }}"),
        "long" => format!("Kind::Long {{ limits: {limits} }}"),
        "float" => "Kind::Float".to_owned(),
        "double" => "Kind::Double".to_owned(),
        "boolean" => "Kind::Boolean".to_owned(),
        "timestamp" => "Kind::Timestamp".to_owned(),
        "blob" => "Kind::Blob".to_owned(),
        other => return Err(format!("unknown type {other}")),
    })
}

fn members(service: &ServiceModel, shape: &Shape) -> String {
    shape
        .members()
        .map(|(name, reference)| {
            let query = match reference.location.as_deref() {
                Some("querystring") => reference.location_name.as_deref().or(Some(name)),
                _ => None,
            };
            format!(
                "Member {{ name: {name:?}, shape: &{}, required: {}, query: {query:?} }},",
                constant(service, &reference.shape),
                shape.required.contains(name),
            )
        })
        .collect()
}

fn string_pattern(shape: &Shape) -> Result<String, String> {
    let Some(text) = &shape.pattern else {
        return Ok("None".to_owned());
    };
    let alternatives: String = pattern::parse(text)?
        .iter()
        .map(|alternative| {
            let repeats: String = alternative.iter().map(repeat).collect();
            format!("&[{repeats}],")
        })
        .collect();
    Ok(format!("Some(&Pattern {{ text: {text:?}, alternatives: &[{alternatives}] }})"))
}

fn repeat(repeat: &pattern::Repeat) -> String {
    format!("Repeat {{ class: &{:?}, min: {}, max: {:?} }},", repeat.class, repeat.min, repeat.max)
}
