//! Resources as they are, read by questions to the API.

use crate::kind::Kind;
use crate::kinds::{Call, Question, Seen};
use crate::properties::{Properties, settled};
use crate::scope::{Attributes, Environment};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A resource as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Present {
    /// Its type.
    pub kind: Kind,
    /// Its name, or the ARN of the resource whose policy it is.
    pub id: String,
    /// Its ARN, or that of the resource whose policy it is.
    pub arn: String,
    /// Its properties.
    pub properties: Properties,
    /// What templates can say of it.
    pub attributes: Attributes,
}

/// What to ask about a resource, one after the other. `arn` is its own, or that of the resource whose policy it is.
pub fn questions(kind: Kind, arn: &str) -> Vec<Question> {
    kind.handler().questions(arn)
}

impl Present {
    /// What the answers to [`questions`] say, in their order. `None` if there is no such resource.
    pub fn of(kind: Kind, answers: &[Value], environment: &Environment) -> Option<Present> {
        let Seen { arn, properties, reference, attributes } = kind.handler().seen(answers)?;
        let properties = settled(kind, &properties, environment);
        let id = properties.get(kind.name_property())?.as_str()?.to_owned();
        Some(Present {
            kind,
            id,
            arn,
            properties,
            attributes: Attributes::Made { reference, values: attributes },
        })
    }

    /// Whether deleting it is refused as long as it is protected.
    pub(crate) fn is_protected(&self) -> bool {
        let protection = self.kind.property("TerminationProtectionEnabled");
        let standard = protection.map(|property| property.standard()).unwrap_or_default();
        self.properties.get("TerminationProtectionEnabled").unwrap_or(&standard) == true
    }
}

/// The resources of an account and region by name, and where they are. Resource policies are not listed anywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    arns: BTreeMap<(Kind, String), String>,
}

/// A list of resources.
struct Listing {
    kind: Kind,
    operation: &'static str,
    /// Where in the answer it stands.
    member: &'static str,
    arn: &'static str,
}

const LISTINGS: [Listing; 4] = [
    Listing { kind: Kind::Trail, operation: "ListTrails", member: "Trails", arn: "TrailARN" },
    Listing {
        kind: Kind::EventDataStore,
        operation: "ListEventDataStores",
        member: "EventDataStores",
        arn: "EventDataStoreArn",
    },
    Listing { kind: Kind::Channel, operation: "ListChannels", member: "Channels", arn: "ChannelArn" },
    Listing { kind: Kind::Dashboard, operation: "ListDashboards", member: "Dashboards", arn: "DashboardArn" },
];

impl Directory {
    /// The first page of the list of each of these types.
    pub fn questions(kinds: &[Kind]) -> Vec<Call> {
        let asked = LISTINGS.iter().filter(|listing| kinds.contains(&listing.kind));
        asked.map(|listing| Call { operation: listing.operation, input: json!({}) }).collect()
    }

    /// Takes in a page of a list, and says what the next page is asked by.
    pub fn add(&mut self, call: &Call, answer: &Value, environment: &Environment) -> Option<Call> {
        let listing = LISTINGS.iter().find(|listing| listing.operation == call.operation)?;
        for item in answer[listing.member].as_array().into_iter().flatten() {
            let Some(arn) = item[listing.arn].as_str() else { continue };
            // Trails of all regions are listed, stores of the management account, and dashboards of CloudTrail's own.
            let is_here = item.get("HomeRegion").is_none_or(|home| *home == environment.region.as_str());
            let is_own = arn.split(':').nth(4).is_none_or(|account| account == environment.account);
            if is_here && is_own && item["Type"] != "MANAGED" {
                let of_arn = || arn.rsplit('/').next().unwrap_or_default();
                self.put(listing.kind, item["Name"].as_str().unwrap_or_else(of_arn), arn);
            }
        }
        let next = answer["NextToken"].as_str()?;
        Some(Call { operation: call.operation, input: json!({ "NextToken": next }) })
    }

    /// Takes in a resource that was made or got another name.
    pub fn put(&mut self, kind: Kind, id: &str, arn: &str) {
        if kind == Kind::ResourcePolicy {
            return;
        }
        self.arns.retain(|(other, _), known| *other != kind || known != arn);
        self.arns.insert((kind, id.to_owned()), arn.to_owned());
    }

    /// Where a resource is, if it is there; a resource policy is where its resource is.
    pub fn arn<'d>(&'d self, kind: Kind, id: &'d str) -> Option<&'d str> {
        match kind {
            Kind::ResourcePolicy => Some(id),
            _ => self.arns.get(&(kind, id.to_owned())).map(String::as_str),
        }
    }

    /// All of them: type, name and ARN, by type and then by name. Each that can have a policy stands there as one too.
    pub fn all(&self) -> Vec<(Kind, &str, &str)> {
        let listed = self.arns.iter().map(|((kind, id), arn)| (*kind, id.as_str(), arn.as_str()));
        let policed = self.arns.iter().filter(|((kind, _), _)| *kind != Kind::Trail);
        listed.chain(policed.map(|(_, arn)| (Kind::ResourcePolicy, arn.as_str(), arn.as_str()))).collect()
    }
}

/// The ARN of a resource that was just made, from the answer of the call that made it.
pub fn made(kind: Kind, answer: &Value) -> Option<&str> {
    let listing = LISTINGS.iter().find(|listing| listing.kind == kind);
    answer[listing.map_or("ResourceArn", |listing| listing.arn)].as_str()
}

#[cfg(test)]
mod tests;
