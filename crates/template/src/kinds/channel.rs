//! `AWS::CloudTrail::Channel`.

use super::{Call, Edit, Handler, Question, Seen, renamed, tags, text};
use crate::properties::Properties;
use crate::property::{Property, Shape, Standard};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(crate) const CHANNEL: Channel = Channel;

pub(crate) struct Channel;

const DESTINATION: [Property; 2] =
    [Property::new("Type", Shape::Text).required(), Property::new("Location", Shape::Text).required()];

const PROPERTIES: [Property; 4] = [
    Property::new("Name", Shape::Text),
    Property::new("Source", Shape::Text).required(),
    Property::new("Destinations", Shape::List(&Shape::Structure(&DESTINATION))).required(),
    Property::new("Tags", Shape::Tags).or(Standard::EmptyList),
];

impl Handler for Channel {
    fn properties(&self) -> &'static [Property] {
        &PROPERTIES
    }

    fn attributes(&self) -> &'static [&'static str] {
        &["ChannelArn"]
    }

    fn questions(&self, target: &str) -> Vec<Question> {
        let input = json!({ "Channel": target });
        let channel = Call { operation: "GetChannel", input };
        vec![Question { call: channel, absent: &["ChannelNotFoundException"] }, tags::question(target)]
    }

    fn seen(&self, answers: &[Value]) -> Option<Seen> {
        let [channel, listed] = answers else { return None };
        let arn = channel["ChannelArn"].as_str()?.to_owned();
        let names = ["Name", "Source", "Destinations"];
        let mut properties = renamed(channel, &names.map(|name| (name, name)));
        properties.insert("Tags".to_owned(), tags::seen(listed));
        let attributes = BTreeMap::from([("ChannelArn", text(channel, "ChannelArn"))]);
        Some(Seen { reference: arn.clone(), arn, properties, attributes })
    }

    fn create(&self, wanted: &Properties) -> (Call, &'static [&'static str]) {
        let mut input = json!({
            "Name": wanted.get("Name"),
            "Source": wanted.get("Source"),
            "Destinations": wanted.get("Destinations"),
        });
        if let Some(tags) = wanted.get("Tags") {
            input["Tags"] = tags::list(tags);
        }
        (Call { operation: "CreateChannel", input }, &["Name", "Source", "Destinations", "Tags"])
    }

    fn update(&self, edit: &Edit<'_>) -> Vec<Call> {
        let mut calls = Vec::new();
        if edit.concerns(&["Name", "Destinations"]) {
            let mut input = json!({ "Channel": edit.target });
            for name in ["Name", "Destinations"].into_iter().filter(|name| edit.concerns(&[name])) {
                input[name] = edit.value(name);
            }
            calls.push(Call { operation: "UpdateChannel", input });
        }
        if edit.concerns(&["Tags"]) {
            calls.extend(tags::put(edit, edit.target));
        }
        calls
    }

    fn delete(&self, target: &str, _present: &Properties) -> Vec<Call> {
        vec![Call { operation: "DeleteChannel", input: json!({ "Channel": target }) }]
    }
}
