//! The services, and how they are found.
//!
//! The index of `table.bin`: their number (16 bits), and of each, sorted by id: id, signing name, endpoint
//! prefix, target prefix, API version (each behind its length of 16 bits); the number of protocols (16) and
//! theirs (8 each); how many operations it has (16); the length of its frame and of what is in it (32 each).

use crate::cursor::Cursor;
use crate::operation::Operation;
use crate::protocol::Protocol;
use crate::sources;
use crate::table::Table;
use std::fmt;
use std::sync::{LazyLock, OnceLock};

static FILE: &[u8] = include_bytes!("../table.bin");
const MAGIC: &[u8; 8] = b"CairnOp\x01";

static INDEX: LazyLock<Index> = LazyLock::new(Index::read);

/// All services, and their numbers by what requests say of them.
struct Index {
    services: Box<[Service]>,
    dictionary: &'static [u8],
    by_signing_name: Names,
    by_endpoint_prefix: Names,
    by_target_prefix: Names,
}

/// Names and the services that have them, sorted.
type Names = Box<[(&'static str, u16)]>;

/// An AWS service with an API of its own. Several may share a signing name and an event source.
pub struct Service {
    id: &'static str,
    signing_name: &'static str,
    endpoint_prefix: &'static str,
    target_prefix: &'static str,
    api_version: &'static str,
    protocols: &'static [u8],
    operation_count: u16,
    event_source: Box<str>,
    frame: &'static [u8],
    unpacked_bytes: usize,
    table: OnceLock<Table>,
}

/// All services, in the order of their ids.
pub fn services() -> &'static [Service] {
    &INDEX.services
}

/// The services whose credentials' scope names this.
pub(crate) fn by_signing_name(name: &str) -> Vec<&'static Service> {
    named(&INDEX.by_signing_name, name)
}

/// The services whose hosts' names start with this.
pub(crate) fn by_endpoint_prefix(name: &str) -> Vec<&'static Service> {
    named(&INDEX.by_endpoint_prefix, name)
}

/// The services whose targets start with this.
pub(crate) fn by_target_prefix(name: &str) -> Vec<&'static Service> {
    named(&INDEX.by_target_prefix, name)
}

/// The service of this id.
pub fn service(id: &str) -> Option<&'static Service> {
    let found = INDEX.services.binary_search_by(|service| service.id.cmp(id));
    found.ok().map(|number| &INDEX.services[number])
}

fn named(names: &Names, wanted: &str) -> Vec<&'static Service> {
    let start = names.partition_point(|(name, _)| *name < wanted);
    let same = names[start..].iter().take_while(|(name, _)| *name == wanted);
    same.map(|(_, number)| &INDEX.services[usize::from(*number)]).collect()
}

impl Service {
    /// The folder of its model in botocore, such as `dynamodbstreams`.
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// What stands for it in a credential's scope.
    pub fn signing_name(&self) -> &'static str {
        self.signing_name
    }

    /// The start of its hosts' names, such as `streams.dynamodb`.
    pub fn endpoint_prefix(&self) -> &'static str {
        self.endpoint_prefix
    }

    /// What stands before the dot in `X-Amz-Target` and in the paths of rpc-v2-cbor; empty if it has neither.
    pub fn target_prefix(&self) -> &'static str {
        self.target_prefix
    }

    /// Such as `2011-06-15`.
    pub fn api_version(&self) -> &'static str {
        self.api_version
    }

    /// The protocols that it speaks, the one that SDKs choose first.
    pub fn protocols(&self) -> impl Iterator<Item = Protocol> + use<> {
        self.protocols.iter().map(|number| Protocol::BY_NUMBER[usize::from(*number)])
    }

    /// The protocol that SDKs choose.
    pub fn protocol(&self) -> Protocol {
        Protocol::BY_NUMBER[usize::from(self.protocols[0])]
    }

    /// `eventSource`, such as `s3.amazonaws.com`.
    pub fn event_source(&'static self) -> &'static str {
        &self.event_source
    }

    /// How many operations it has; does not unpack them.
    pub fn operation_count(&self) -> usize {
        usize::from(self.operation_count)
    }

    /// Its operations, sorted by name.
    pub fn operations(&'static self) -> impl Iterator<Item = Operation> {
        self.table().operation_numbers().map(move |number| Operation::new(self, number))
    }

    /// Its operation of this name, if it has one.
    pub fn operation(&'static self, name: &str) -> Option<Operation> {
        let number = self.table().operation_named(name)?;
        Some(Operation::new(self, number))
    }

    /// Its part of the table, unpacked now if it never was.
    pub(crate) fn table(&'static self) -> &'static Table {
        self.table.get_or_init(|| {
            let frame = zstd::bulk::Decompressor::with_dictionary(INDEX.dictionary)
                .and_then(|mut decompressor| decompressor.decompress(self.frame, self.unpacked_bytes))
                .expect("the frame is as the generator wrote it");
            Table::read(self.id, &frame)
        })
    }

    fn read(cursor: &mut Cursor<'static>, frames: &mut Cursor<'static>) -> Service {
        let [id, signing_name, endpoint_prefix, target_prefix, api_version] = [(); 5].map(|()| cursor.text());
        let protocol_count = usize::from(cursor.number());
        let protocols = cursor.bytes(protocol_count);
        let operation_count = cursor.number();
        let frame = frames.bytes(cursor.long());
        let unpacked_bytes = cursor.long();
        let event_source = sources::event_source(id, signing_name, endpoint_prefix).into();
        Service {
            id,
            signing_name,
            endpoint_prefix,
            target_prefix,
            api_version,
            protocols,
            operation_count,
            event_source,
            frame,
            unpacked_bytes,
            table: OnceLock::new(),
        }
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.id)
    }
}

impl Index {
    fn read() -> Index {
        let mut file = Cursor::new(FILE);
        assert_eq!(file.bytes(MAGIC.len()), MAGIC, "table.bin is of this version");
        let (index_bytes, dictionary_bytes) = (file.long(), file.long());
        let mut index = Cursor::new(file.bytes(index_bytes));
        let dictionary = file.bytes(dictionary_bytes);
        let count = index.number();
        let services: Box<[Service]> = (0..count).map(|_| Service::read(&mut index, &mut file)).collect();
        let names = |name: fn(&Service) -> &'static str| sorted(&services, name);
        Index {
            dictionary,
            by_signing_name: names(|service| service.signing_name),
            by_endpoint_prefix: names(|service| service.endpoint_prefix),
            by_target_prefix: names(|service| service.target_prefix),
            services,
        }
    }
}

/// Sorted by name; of services that share one, the one that is called so comes first, and what has a successor
/// comes last.
fn sorted(services: &[Service], name: fn(&Service) -> &'static str) -> Names {
    let mut names: Vec<_> = services.iter().map(name).zip(0_u16..).collect();
    names.retain(|(name, _)| !name.is_empty());
    names.sort_by_key(|(name, number)| {
        let id = services[usize::from(*number)].id;
        (*name, sources::HAVE_SUCCESSORS.contains(&id), id != *name, *number)
    });
    names.into()
}

#[cfg(test)]
mod tests;
