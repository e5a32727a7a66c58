//! Values that are counted, each kept once a window.

use std::collections::HashMap;
use std::sync::Arc;

/// A name of [`Names`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct NameId(u32);

impl NameId {
    /// How many names came before it.
    pub(super) fn number(self) -> u32 {
        self.0
    }
}

/// Names, and their ids in the order in which they came. Only grows.
#[derive(Debug, Default)]
pub(super) struct Names {
    ids: HashMap<Arc<str>, NameId>,
    names: Vec<Arc<str>>,
    bytes: usize,
}

/// Memory of a name beside its text: its counters, and its places in the map and in the list.
const NAME_BYTES: usize = 80;

impl Names {
    /// The name's id; keeps the name if it is new.
    pub(super) fn id(&mut self, name: &str) -> NameId {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        let id = NameId(self.names.len() as u32);
        let name: Arc<str> = Arc::from(name);
        self.bytes += NAME_BYTES + name.len();
        self.names.push(Arc::clone(&name));
        self.ids.insert(name, id);
        id
    }

    /// The name; an id that was given by other names is one of nothing.
    pub(super) fn name(&self, id: NameId) -> Arc<str> {
        self.names.get(id.0 as usize).cloned().unwrap_or_default()
    }

    /// How long the name is.
    pub(super) fn name_bytes(&self, id: NameId) -> usize {
        self.names.get(id.0 as usize).map_or(0, |name| name.len())
    }

    /// All names, in the order of their ids.
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|name| &**name)
    }

    /// Memory that they take, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}
