//! The parts of botocore's `service-2.json` that the table is made of.

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::fmt;
use std::io::{self, BufReader, Read};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// One service.
#[derive(Deserialize)]
pub(super) struct Model {
    pub(super) metadata: Metadata,
    pub(super) operations: BTreeMap<String, Operation>,
    pub(super) shapes: HashMap<String, Shape>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Metadata {
    pub(super) api_version: String,
    pub(super) endpoint_prefix: String,
    pub(super) signing_name: Option<String>,
    pub(super) target_prefix: Option<String>,
    json_version: Option<String>,
    pub(super) protocol: String,
    #[serde(default)]
    protocols: Vec<String>,
    aws_query_compatible: Option<IgnoredAny>,
}

/// One operation.
#[derive(Deserialize)]
pub(super) struct Operation {
    pub(super) http: Http,
    pub(super) input: Option<Reference>,
    pub(super) output: Option<Reference>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Http {
    pub(super) method: String,
    pub(super) request_uri: String,
}

/// A use of a shape.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Reference {
    pub(super) shape: String,
    pub(super) location: Option<String>,
    pub(super) location_name: Option<String>,
    pub(super) query_name: Option<String>,
    pub(super) flattened: bool,
    pub(super) streaming: bool,
    pub(super) host_label: bool,
    #[serde(rename = "jsonvalue")]
    pub(super) json_value: bool,
    pub(super) xml_attribute: bool,
}

/// One shape; which members are set depends on `kind`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Shape {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) members: Ordered<Reference>,
    #[serde(default)]
    pub(super) required: Vec<String>,
    pub(super) member: Option<Reference>,
    pub(super) key: Option<Reference>,
    pub(super) value: Option<Reference>,
    pub(super) payload: Option<String>,
    pub(super) location_name: Option<String>,
    pub(super) timestamp_format: Option<String>,
    #[serde(default)]
    pub(super) flattened: bool,
    #[serde(default)]
    pub(super) sensitive: bool,
    #[serde(default)]
    pub(super) streaming: bool,
    #[serde(default)]
    pub(super) eventstream: bool,
    #[serde(default)]
    pub(super) document: bool,
    #[serde(default)]
    pub(super) union: bool,
}

/// A JSON object's entries in its own order.
pub(super) struct Ordered<T>(pub(super) Vec<(String, T)>);

impl<T> Default for Ordered<T> {
    fn default() -> Ordered<T> {
        Ordered(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = Ordered<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Ordered<T>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = object.next_entry()? {
                    entries.push(entry);
                }
                Ok(Ordered(entries))
            }
        }
        deserializer.deserialize_map(Entries(PhantomData))
    }
}

impl Metadata {
    /// What stands for the protocols in the table, the one that SDKs choose first.
    pub(super) fn protocol_numbers(&self) -> Result<Vec<u8>, Box<dyn Error>> {
        let first = std::slice::from_ref(&self.protocol);
        let compatible = self.aws_query_compatible.map(|_| "query");
        let names = first.iter().chain(&self.protocols).map(String::as_str).chain(compatible);
        let mut numbers = Vec::new();
        for name in names {
            let number = match (name, self.json_version.as_deref()) {
                ("json", Some("1.0")) => 0,
                ("json", _) => 1,
                ("query", _) => 2,
                ("ec2", _) => 3,
                ("rest-json", _) => 4,
                ("rest-xml", _) => 5,
                ("smithy-rpc-v2-cbor", _) => 6,
                _ => return Err(format!("unknown protocol {name}").into()),
            };
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        Ok(numbers)
    }
}

/// The services that a botocore folder has models of, sorted.
pub(super) fn ids(botocore: &Path) -> io::Result<Vec<String>> {
    let mut ids = Vec::new();
    for entry in std::fs::read_dir(botocore.join("data"))? {
        let entry = entry?;
        if entry.file_type()?.is_dir() && newest(&entry.path())?.is_some() {
            ids.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    ids.sort();
    Ok(ids)
}

/// Reads the newest version of a service's model.
pub(super) fn load(botocore: &Path, id: &str) -> Result<Model, Box<dyn Error>> {
    let path = newest(&botocore.join("data").join(id))?.ok_or_else(|| format!("{id} has no model"))?;
    let file = std::fs::File::open(&path)?;
    let mut text = Vec::new();
    match path.extension() {
        Some(extension) if extension == "gz" => GzDecoder::new(file).read_to_end(&mut text)?,
        _ => BufReader::new(file).read_to_end(&mut text)?,
    };
    Ok(serde_json::from_slice(&text).map_err(|error| format!("{}: {error}", path.display()))?)
}

/// The model in the folder whose name, an API version, is the last.
fn newest(service: &Path) -> io::Result<Option<PathBuf>> {
    let mut versions = Vec::new();
    for version in std::fs::read_dir(service)? {
        let folder = version?.path();
        let files = ["service-2.json", "service-2.json.gz"].map(|name| folder.join(name));
        versions.extend(files.into_iter().find(|file| file.exists()));
    }
    Ok(versions.into_iter().max())
}
