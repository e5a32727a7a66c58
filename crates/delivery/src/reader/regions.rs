//! The regions that an account's events name.

use cairn_model::{Event, Field};
use std::borrow::Cow;
use std::collections::HashMap;

/// Regions that one trail delivers under, and that one account's events are told apart by. Whoever posts
/// events makes up their regions; beyond this many, further ones go to the home region's folder, so that
/// nobody can make files and digests without end.
pub(super) const REGIONS_MAX: usize = 256;

/// The longest region that is taken as part of a key.
const REGION_BYTES_MAX: usize = 32;

/// A region of [`Regions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RegionId(u32);

/// Stands for all regions beyond the bound: whatever a trail's home region is.
const HOME: RegionId = RegionId(u32::MAX);

/// The regions that an account's events have named.
#[derive(Debug, Default)]
pub(super) struct Regions {
    ids: HashMap<String, RegionId>,
    names: Vec<String>,
}

impl Regions {
    /// Adds regions that trails deliver under already.
    pub(super) fn add_known<'a>(&mut self, names: impl IntoIterator<Item = &'a str>) {
        for name in names {
            if !self.ids.contains_key(name) {
                self.add(name);
            }
        }
    }

    fn add(&mut self, name: &str) -> RegionId {
        let id = RegionId(self.names.len() as u32);
        self.names.push(name.to_owned());
        self.ids.insert(name.to_owned(), id);
        id
    }

    /// The id of an event's region.
    pub(super) fn id(&mut self, name: &str) -> RegionId {
        match self.ids.get(name) {
            Some(id) => *id,
            None if self.names.len() < REGIONS_MAX => self.add(name),
            None => HOME,
        }
    }

    /// The region's name; `None` for those beyond the bound.
    pub(super) fn name(&self, id: RegionId) -> Option<&str> {
        self.names.get(id.0 as usize).map(String::as_str)
    }
}

/// The region whose folder an event goes to. Whoever posts events chooses this text, so only what can stand
/// in a key is taken.
pub(super) fn region_of<'a>(event: &Event<'a>, home: &'a str) -> Cow<'a, str> {
    let is_region = |text: &str| {
        let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        (1..=REGION_BYTES_MAX).contains(&text.len()) && text.bytes().all(allowed)
    };
    match event.string(Field::AwsRegion) {
        Some(region) if is_region(&region) => region,
        _ => Cow::Borrowed(home),
    }
}
