//! The parts of botocore's `service-2.json` that the generator reads.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::io::Read as _;
use std::path::Path;

use serde::Deserialize;

/// One service: its operations and the shapes that they reach.
pub(super) struct ServiceModel {
    /// botocore's folder name, which is also the name in the credential scope.
    pub(super) name: String,
    /// Put before the names of shapes, see `SERVICES`.
    pub(super) prefix: String,
    pub(super) operations: BTreeMap<String, Operation>,
    pub(super) shapes: BTreeMap<String, Shape>,
}

#[derive(Deserialize)]
struct File {
    operations: BTreeMap<String, Operation>,
    shapes: BTreeMap<String, Shape>,
}

/// One operation.
#[derive(Deserialize)]
pub(super) struct Operation {
    pub(super) input: Reference,
    pub(super) output: Reference,
    #[serde(default)]
    pub(super) errors: Vec<Reference>,
    #[serde(default)]
    pub(super) idempotent: bool,
}

/// A use of a shape.
#[derive(Deserialize)]
pub(super) struct Reference {
    pub(super) shape: String,
    #[serde(default)]
    pub(super) location: Option<String>,
    #[serde(default, rename = "locationName")]
    pub(super) location_name: Option<String>,
}

/// One shape; which members are set depends on `kind`.
#[derive(Deserialize)]
pub(super) struct Shape {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    members: serde_json::Map<String, serde_json::Value>,
    #[serde(default)]
    pub(super) required: BTreeSet<String>,
    pub(super) member: Option<Reference>,
    pub(super) key: Option<Reference>,
    pub(super) value: Option<Reference>,
    pub(super) min: Option<u32>,
    pub(super) max: Option<u32>,
    pub(super) pattern: Option<String>,
    #[serde(default, rename = "enum")]
    pub(super) values: Vec<String>,
    #[serde(default)]
    pub(super) exception: bool,
}

impl Shape {
    /// A structure's members in the model's order.
    pub(super) fn members(&self) -> impl Iterator<Item = (&str, Reference)> {
        self.members.iter().map(|(name, value)| {
            let reference = Reference::deserialize(value).expect("a member refers to a shape");
            (name.as_str(), reference)
        })
    }

    /// The names of all shapes that this one refers to.
    fn references(&self) -> Vec<String> {
        let single = [&self.member, &self.key, &self.value];
        single
            .into_iter()
            .flatten()
            .map(|reference| reference.shape.clone())
            .chain(self.members().map(|(_, reference)| reference.shape))
            .collect()
    }
}

impl ServiceModel {
    /// The structures and scalars that inputs and outputs reach, by name. Exceptions are not
    /// among them: on the wire they are a code and a message.
    pub(super) fn reachable(&self) -> BTreeMap<&str, &Shape> {
        let mut found = BTreeMap::new();
        let mut open: Vec<String> = self
            .operations
            .values()
            .flat_map(|operation| [operation.input.shape.clone(), operation.output.shape.clone()])
            .collect();
        while let Some(name) = open.pop() {
            let (name, shape) = self.shapes.get_key_value(&name).expect("every used shape is in the model");
            if found.insert(name.as_str(), shape).is_none() {
                open.extend(shape.references());
            }
        }
        found
    }
}

/// Reads one service's model, plain or gzipped, from a botocore folder.
pub(super) fn load(
    botocore: &Path,
    name: &str,
    version: &str,
    prefix: &str,
) -> Result<ServiceModel, Box<dyn Error>> {
    let folder = botocore.join("data").join(name).join(version);
    let plain = folder.join("service-2.json");
    let text = if plain.exists() {
        std::fs::read_to_string(plain)?
    } else {
        let path = folder.join("service-2.json.gz");
        let packed = std::fs::File::open(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let mut text = String::new();
        flate2::read::GzDecoder::new(packed).read_to_string(&mut text)?;
        text
    };
    let File { operations, shapes } = serde_json::from_str(&text)?;
    Ok(ServiceModel { name: name.to_owned(), prefix: prefix.to_owned(), operations, shapes })
}
