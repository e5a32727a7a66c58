//! Writes `crates/operations/table.bin`: all services' operations and shapes, for recognising and recording
//! calls. The format is described where it is read, in `crates/operations/src/table.rs`.

mod columns;
mod dictionary;
mod frame;
mod model;
mod shapes;

use std::error::Error;
use std::path::Path;

use columns::Columns;
use model::Model;

/// First in the file; the last byte is the format's version.
const MAGIC: &[u8; 8] = b"CairnOp\x01";

/// The strongest level that needs no more memory to unpack.
const LEVEL: i32 = 19;

/// The file, from a botocore folder.
pub(super) fn render(botocore: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut services = Vec::new();
    for id in model::ids(botocore)? {
        let model = model::load(botocore, &id)?;
        let unpacked = frame::render(&model).map_err(|error| format!("{id}: {error}"))?;
        services.push(Packed { id, model, unpacked });
    }
    let dictionary = dictionary::common_names(services.iter().map(|service| &service.unpacked.names));
    let mut compressor = zstd::bulk::Compressor::with_dictionary(LEVEL, &dictionary)?;
    let mut index = Columns::default();
    let mut frames = Vec::new();
    index.number(services.len())?;
    for service in &services {
        let frame = compressor.compress(&service.unpacked.bytes)?;
        service.describe(&mut index, frame.len())?;
        frames.extend(frame);
    }
    let mut file = Columns::default();
    file.bytes(MAGIC);
    file.long(index.as_slice().len())?;
    file.long(dictionary.len())?;
    file.bytes(index.as_slice());
    file.bytes(&dictionary);
    file.bytes(&frames);
    Ok(file.into_bytes())
}

/// A service before its frame is compressed.
struct Packed {
    id: String,
    model: Model,
    unpacked: frame::Frame,
}

impl Packed {
    /// Appends the service's entry in the index.
    fn describe(&self, index: &mut Columns, packed_bytes: usize) -> Result<(), Box<dyn Error>> {
        let metadata = &self.model.metadata;
        let signing_name = metadata.signing_name.as_deref().unwrap_or(&metadata.endpoint_prefix);
        let target_prefix = metadata.target_prefix.as_deref().unwrap_or("");
        let texts = [&self.id, signing_name, &metadata.endpoint_prefix, target_prefix, &metadata.api_version];
        for text in texts {
            index.text(text)?;
        }
        let protocols = metadata.protocol_numbers()?;
        index.number(protocols.len())?;
        index.bytes(&protocols);
        index.number(self.model.operations.len())?;
        index.long(packed_bytes)?;
        index.long(self.unpacked.bytes.len())
    }
}
