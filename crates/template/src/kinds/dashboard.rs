//! `AWS::CloudTrail::Dashboard`.

use super::{Call, Edit, Handler, Question, Seen, attributes_of, renamed, tags, text};
use crate::properties::Properties;
use crate::property::{Property, Shape, Standard, TEXTS};
use crate::scope::Environment;
use serde_json::{Map, Value, json};

pub(crate) const DASHBOARD: Dashboard = Dashboard;

pub(crate) struct Dashboard;

const FREQUENCY: [Property; 2] =
    [Property::new("Unit", Shape::Text).required(), Property::new("Value", Shape::Number).required()];

const SCHEDULE: [Property; 3] = [
    Property::new("Frequency", Shape::Structure(&FREQUENCY)),
    Property::new("Status", Shape::Text).or(Standard::Text("ENABLED")),
    Property::new("TimeOfDay", Shape::Text).or(Standard::Text("00:00")),
];

const WIDGET: [Property; 3] = [
    Property::new("QueryStatement", Shape::Text).required(),
    Property::new("QueryParameters", TEXTS),
    Property::new("ViewProperties", Shape::Texts).or(Standard::EmptyMap),
];

const PROPERTIES: [Property; 5] = [
    Property::new("Name", Shape::Text),
    Property::new("Widgets", Shape::List(&Shape::Structure(&WIDGET))).or(Standard::EmptyList),
    Property::new("RefreshSchedule", Shape::Structure(&SCHEDULE)),
    Property::new("TerminationProtectionEnabled", Shape::Flag).or(Standard::Flag(false)),
    Property::new("Tags", Shape::Tags).or(Standard::EmptyList),
];

const SETTINGS: [&str; 3] = ["Widgets", "RefreshSchedule", "TerminationProtectionEnabled"];

/// The widgets as a template writes them: without the aliases that the API gives them, and none of a managed dashboard, whose
/// widgets are not the account's.
fn written(dashboard: &Value) -> Value {
    let all = dashboard["Widgets"].as_array().filter(|_| dashboard["Type"] != "MANAGED");
    let mut widgets = all.cloned().unwrap_or_default();
    for widget in widgets.iter_mut().filter_map(Value::as_object_mut) {
        widget.remove("QueryAlias");
    }
    Value::Array(widgets)
}

impl Handler for Dashboard {
    fn properties(&self) -> &'static [Property] {
        &PROPERTIES
    }

    fn attributes(&self) -> &'static [&'static str] {
        &["DashboardArn", "CreatedTimestamp", "UpdatedTimestamp", "Status", "Type"]
    }

    /// A schedule that is disabled is as good as none: the API can take none away.
    fn settle(&self, properties: &mut Map<String, Value>, _environment: &Environment) {
        if properties.get("RefreshSchedule").is_some_and(|schedule| schedule["Status"] == "DISABLED") {
            properties.remove("RefreshSchedule");
        }
    }

    fn questions(&self, target: &str) -> Vec<Question> {
        let dashboard = Call { operation: "GetDashboard", input: json!({ "DashboardId": target }) };
        let question = Question { call: dashboard, absent: &["ResourceNotFoundException"] };
        vec![question, tags::question(target)]
    }

    fn seen(&self, answers: &[Value]) -> Option<Seen> {
        let [dashboard, listed] = answers else { return None };
        let arn = dashboard["DashboardArn"].as_str()?.to_owned();
        let mut properties = renamed(dashboard, &SETTINGS.map(|name| (name, name)));
        properties.insert("Widgets".to_owned(), written(dashboard));
        let name = arn.rsplit('/').next().unwrap_or_default();
        properties.insert("Name".to_owned(), json!(name));
        properties.insert("Tags".to_owned(), tags::seen(listed));
        let names = self.attributes().iter().map(|name| (*name, *name));
        let attributes = attributes_of(dashboard, &names.collect::<Vec<_>>());
        Some(Seen { reference: text(dashboard, "DashboardArn"), arn, properties, attributes })
    }

    fn create(&self, wanted: &Properties) -> (Call, &'static [&'static str]) {
        let mut input = json!({ "Name": wanted.get("Name") });
        for name in SETTINGS {
            if let Some(value) = wanted.get(name) {
                input[name] = value.clone();
            }
        }
        if let Some(tags) = wanted.get("Tags") {
            input["TagsList"] = tags::list(tags);
        }
        let settled = &["Name", "Widgets", "RefreshSchedule", "TerminationProtectionEnabled", "Tags"];
        (Call { operation: "CreateDashboard", input }, settled)
    }

    fn update(&self, edit: &Edit<'_>) -> Vec<Call> {
        let mut calls = Vec::new();
        if edit.concerns(&SETTINGS) {
            let mut input = json!({ "DashboardId": edit.target });
            for name in SETTINGS.into_iter().filter(|name| edit.concerns(&[name])) {
                input[name] = match edit.value(name) {
                    Value::Null => json!({ "Status": "DISABLED" }),
                    value => value,
                };
            }
            calls.push(Call { operation: "UpdateDashboard", input });
        }
        if edit.concerns(&["Tags"]) {
            calls.extend(tags::put(edit, edit.target));
        }
        calls
    }

    fn delete(&self, target: &str, _present: &Properties) -> Vec<Call> {
        vec![Call { operation: "DeleteDashboard", input: json!({ "DashboardId": target }) }]
    }
}
