//! The types of resources that templates may have.

use crate::fault::{Fault, Problem};
use crate::kinds::{CHANNEL, DASHBOARD, EVENT_DATA_STORE, Handler, RESOURCE_POLICY, TRAIL};
use crate::property::Property;

/// A type of resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `AWS::CloudTrail::Trail`.
    Trail,
    /// `AWS::CloudTrail::EventDataStore`.
    EventDataStore,
    /// `AWS::CloudTrail::Channel`.
    Channel,
    /// `AWS::CloudTrail::Dashboard`.
    Dashboard,
    /// `AWS::CloudTrail::ResourcePolicy`.
    ResourcePolicy,
}

impl Kind {
    /// All of them, in the order in which they would need one another.
    pub const ALL: [Kind; 5] =
        [Kind::Trail, Kind::EventDataStore, Kind::Channel, Kind::Dashboard, Kind::ResourcePolicy];

    /// CloudFormation's name.
    pub fn type_name(self) -> &'static str {
        match self {
            Kind::Trail => "AWS::CloudTrail::Trail",
            Kind::EventDataStore => "AWS::CloudTrail::EventDataStore",
            Kind::Channel => "AWS::CloudTrail::Channel",
            Kind::Dashboard => "AWS::CloudTrail::Dashboard",
            Kind::ResourcePolicy => "AWS::CloudTrail::ResourcePolicy",
        }
    }

    /// The type of that name.
    pub fn from_type_name(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.type_name() == name)
    }

    /// The property that names a resource of this type; a resource policy goes by its resource.
    pub(crate) fn name_property(self) -> &'static str {
        match self {
            Kind::Trail => "TrailName",
            Kind::EventDataStore | Kind::Channel | Kind::Dashboard => "Name",
            Kind::ResourcePolicy => "ResourceArn",
        }
    }

    /// Whether a resource of this type can get another name and stay the same.
    pub(crate) fn is_renamable(self) -> bool {
        matches!(self, Kind::EventDataStore | Kind::Channel)
    }

    /// Properties beside the name that only a new resource can have otherwise.
    pub(crate) fn fixed_properties(self) -> &'static [&'static str] {
        match self {
            Kind::Channel => &["Source"],
            Kind::Trail | Kind::EventDataStore | Kind::Dashboard | Kind::ResourcePolicy => &[],
        }
    }

    pub(crate) fn handler(self) -> &'static dyn Handler {
        match self {
            Kind::Trail => &TRAIL,
            Kind::EventDataStore => &EVENT_DATA_STORE,
            Kind::Channel => &CHANNEL,
            Kind::Dashboard => &DASHBOARD,
            Kind::ResourcePolicy => &RESOURCE_POLICY,
        }
    }

    pub(crate) fn attributes(self) -> &'static [&'static str] {
        self.handler().attributes()
    }

    /// The property of that name.
    pub(crate) fn property(self, name: &str) -> Option<&'static Property> {
        self.handler().properties().iter().find(|property| property.name == name)
    }

    pub(crate) fn unknown_property(self, property: &str, mark: crate::fault::Mark) -> Fault {
        let known: Vec<&str> = self.handler().properties().iter().map(|property| property.name).collect();
        mark.fault(Problem::UnknownProperty {
            type_name: self.type_name(),
            property: property.to_owned(),
            known: known.join(", "),
        })
    }
}

pub(crate) fn type_names() -> String {
    Kind::ALL.map(Kind::type_name).join(", ")
}
