//! Which kinds of events selectors take at all.

use super::store::category;
use cairn_model::{AdvancedEventSelector, EventSelector, ReadWriteType, Selectors};

/// The kinds of events of which selectors take some.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Logged {
    /// Management events of reading calls.
    pub management_reads: bool,
    /// Management events of writing calls.
    pub management_writes: bool,
    /// Data events.
    pub data: bool,
}

impl Logged {
    /// Management events of any kind.
    pub fn has_management(self) -> bool {
        self.management_reads || self.management_writes
    }

    fn or(self, other: Logged) -> Logged {
        Logged {
            management_reads: self.management_reads || other.management_reads,
            management_writes: self.management_writes || other.management_writes,
            data: self.data || other.data,
        }
    }
}

/// What a trail's selectors take.
pub fn logged(selectors: &Selectors) -> Logged {
    match selectors {
        Selectors::Default => of_basic(&EventSelector::default()),
        Selectors::Basic(basic) => basic.iter().map(of_basic).fold(Logged::default(), Logged::or),
        Selectors::Advanced(advanced) => logged_advanced(advanced),
    }
}

/// What advanced selectors take.
pub fn logged_advanced(selectors: &[AdvancedEventSelector]) -> Logged {
    selectors.iter().map(of_advanced).fold(Logged::default(), Logged::or)
}

fn of_basic(selector: &EventSelector) -> Logged {
    let management = selector.include_management_events;
    Logged {
        management_reads: management && selector.read_write_type != ReadWriteType::WriteOnly,
        management_writes: management && selector.read_write_type != ReadWriteType::ReadOnly,
        data: !selector.data_resources.is_empty(),
    }
}

fn of_advanced(selector: &AdvancedEventSelector) -> Logged {
    let is_management = category(selector) == Some("Management");
    let read_only = selector.field_selectors.iter().filter(|field| field.field == "readOnly");
    let allows = |value: &str| read_only.clone().all(|field| field.equals.iter().any(|v| v == value));
    Logged {
        management_reads: is_management && allows("true"),
        management_writes: is_management && allows("false"),
        data: category(selector) == Some("Data"),
    }
}
