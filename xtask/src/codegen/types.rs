//! One struct for each structure shape, with serde's derives.

use std::collections::BTreeMap;

use super::model::{ServiceModel, Shape};
use super::naming;

/// The source of `types.rs`. Structures of both services share one namespace; a clash is an
/// error here, not a silent overwrite.
pub(super) fn render(services: &[ServiceModel]) -> Result<String, String> {
    let mut structs: BTreeMap<&str, String> = BTreeMap::new();
    for service in services {
        for (name, shape) in service.reachable() {
            if shape.kind != "structure" {
                continue;
            }
            let source = structure(service, name, shape)?;
            if structs.insert(name, source).is_some() {
                return Err(format!("two services have a structure {name}"));
            }
        }
    }
    let body: String = structs.into_values().collect();
    Ok(format!(
        "//! Requests, responses and what they are made of. Required members are plain, the others\n\
         //! are `Option`s that are left out of the JSON when `None`.\n\n\
         use std::collections::BTreeMap;\n\nuse serde::{{Deserialize, Serialize}};\n\n\
         use crate::scalar::{{Blob, Epoch}};\n{body}"
    ))
}

fn structure(service: &ServiceModel, name: &str, shape: &Shape) -> Result<String, String> {
    let mut fields = String::new();
    for (member, reference) in shape.members() {
        let kind = rust_type(service, &reference.shape)?;
        let field = naming::field(member);
        if shape.required.contains(member) {
            fields += &format!("#[serde(rename = {member:?})]\npub {field}: {kind},\n");
        } else {
            fields += &format!(
                "#[serde(rename = {member:?}, skip_serializing_if = \"Option::is_none\")]\n\
                 pub {field}: Option<{kind}>,\n"
            );
        }
    }
    Ok(format!(
        "\n#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]\npub struct {name} {{\n{fields}}}\n"
    ))
}

fn rust_type(service: &ServiceModel, name: &str) -> Result<String, String> {
    let shape = &service.shapes[name];
    let of = |reference: &Option<super::model::Reference>| {
        let reference = reference.as_ref().ok_or(format!("{name} refers to no shape"))?;
        rust_type(service, &reference.shape)
    };
    Ok(match shape.kind.as_str() {
        "structure" => name.to_owned(),
        "list" => format!("Vec<{}>", of(&shape.member)?),
        "map" => format!("BTreeMap<{}, {}>", of(&shape.key)?, of(&shape.value)?),
        "string" => "String".to_owned(),
        "integer" => "i32".to_owned(),
        "long" => "i64".to_owned(),
        "float" => "f32".to_owned(),
        "double" => "f64".to_owned(),
        "boolean" => "bool".to_owned(),
        "timestamp" => "Epoch".to_owned(),
        "blob" => "Blob".to_owned(),
        other => return Err(format!("{name}: unknown type {other}")),
    })
}
