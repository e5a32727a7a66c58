//! `AWS::CloudTrail::EventDataStore`.

use super::selectors::ADVANCED_SELECTORS;
use super::{Call, Edit, Handler, Question, Seen, attributes_of, insights, renamed, tags, text};
use crate::properties::Properties;
use crate::property::{Property, Shape, Standard, TEXTS};
use crate::scope::Environment;
use serde_json::{Map, Value, json};

pub(crate) const EVENT_DATA_STORE: EventDataStore = EventDataStore;

pub(crate) struct EventDataStore;

const CONTEXT_KEYS: [Property; 2] =
    [Property::new("Type", Shape::Text).required(), Property::new("Equals", TEXTS).required()];

const PROPERTIES: [Property; 16] = [
    Property::new("Name", Shape::Text),
    Property::new("AdvancedEventSelectors", ADVANCED_SELECTORS).or(Standard::StoreSelectors),
    Property::new("BillingMode", Shape::Text).or(Standard::Text("EXTENDABLE_RETENTION_PRICING")),
    Property::new("RetentionPeriod", Shape::Number),
    Property::new("MultiRegionEnabled", Shape::Flag).or(Standard::Flag(true)),
    Property::new("OrganizationEnabled", Shape::Flag).or(Standard::Flag(false)),
    Property::new("TerminationProtectionEnabled", Shape::Flag).or(Standard::Flag(true)),
    Property::new("IngestionEnabled", Shape::Flag).or(Standard::Flag(true)),
    Property::new("KmsKeyId", Shape::Key),
    Property::new("FederationEnabled", Shape::Flag).or(Standard::Flag(false)),
    Property::new("FederationRoleArn", Shape::Text),
    Property::new("InsightSelectors", insights::INSIGHT_SELECTORS).or(Standard::EmptyList),
    Property::new("InsightsDestination", Shape::Text),
    Property::new("MaxEventSize", Shape::Text).or(Standard::Text("Standard")),
    Property::new("ContextKeySelectors", Shape::List(&Shape::Structure(&CONTEXT_KEYS)))
        .or(Standard::EmptyList),
    Property::new("Tags", Shape::Tags).or(Standard::EmptyList),
];

/// Properties that CreateEventDataStore and UpdateEventDataStore take, by the same names.
const SETTINGS: [&str; 8] = [
    "Name",
    "AdvancedEventSelectors",
    "BillingMode",
    "RetentionPeriod",
    "MultiRegionEnabled",
    "OrganizationEnabled",
    "TerminationProtectionEnabled",
    "KmsKeyId",
];

/// What CreateEventDataStore settles.
const CREATED: [&str; 10] = [
    "Name",
    "AdvancedEventSelectors",
    "BillingMode",
    "RetentionPeriod",
    "MultiRegionEnabled",
    "OrganizationEnabled",
    "TerminationProtectionEnabled",
    "KmsKeyId",
    "IngestionEnabled",
    "Tags",
];

/// Days of retention if nobody says how many. Source: AWS CloudTrail API Reference, CreateEventDataStore.
fn retention_standard(properties: &Map<String, Value>) -> Value {
    match properties.get("BillingMode").and_then(Value::as_str) {
        Some("FIXED_RETENTION_PRICING") => json!(2557),
        _ => json!(366),
    }
}

impl Handler for EventDataStore {
    fn properties(&self) -> &'static [Property] {
        &PROPERTIES
    }

    fn attributes(&self) -> &'static [&'static str] {
        &["EventDataStoreArn", "CreatedTimestamp", "UpdatedTimestamp", "Status"]
    }

    fn settle(&self, properties: &mut Map<String, Value>, _environment: &Environment) {
        // Said always: what it is when nobody says changes with the billing mode.
        let retention = retention_standard(properties);
        properties.entry("RetentionPeriod").or_insert(retention);
        let is_federated = properties.get("FederationEnabled") == Some(&json!(true));
        let has_insights = properties.get("InsightSelectors").is_some_and(|list| *list != json!([]));
        properties.retain(|name, value| match name.as_str() {
            "FederationRoleArn" => is_federated,
            "InsightsDestination" => has_insights,
            "AdvancedEventSelectors" => *value != json!([]),
            _ => true,
        });
    }

    fn questions(&self, target: &str) -> Vec<Question> {
        let input = json!({ "EventDataStore": target });
        let ask = |operation, absent| Question { call: Call { operation, input: input.clone() }, absent };
        vec![
            ask("GetEventDataStore", &["EventDataStoreNotFoundException"]),
            ask("GetInsightSelectors", &["InsightNotEnabledException"]),
            // Stores that take no events of CloudTrail's have none, nor have those that are to be deleted.
            ask(
                "GetEventConfiguration",
                &["InvalidEventDataStoreCategoryException", "InvalidEventDataStoreStatusException"],
            ),
            tags::question(target),
        ]
    }

    fn seen(&self, answers: &[Value]) -> Option<Seen> {
        let [store, insights, configuration, listed] = answers else { return None };
        let status = store["Status"].as_str().filter(|status| *status != "PENDING_DELETION")?;
        let mut properties = renamed(store, &SETTINGS.map(|name| (name, name)));
        let mut add = |name: &str, value: Value| properties.insert(name.to_owned(), value);
        add("IngestionEnabled", json!(!matches!(status, "STOPPED_INGESTION" | "STOPPING_INGESTION")));
        let federation = store["FederationStatus"].as_str().unwrap_or_default();
        add("FederationEnabled", json!(federation.starts_with("ENABL")));
        add("FederationRoleArn", store["FederationRoleArn"].clone());
        add("InsightSelectors", insights["InsightSelectors"].clone());
        add("InsightsDestination", insights["InsightsDestination"].clone());
        add("MaxEventSize", configuration["MaxEventSize"].clone());
        add("ContextKeySelectors", configuration["ContextKeySelectors"].clone());
        add("Tags", tags::seen(listed));
        let arn = text(store, "EventDataStoreArn");
        let attributes =
            attributes_of(store, &self.attributes().iter().map(|name| (*name, *name)).collect::<Vec<_>>());
        Some(Seen { reference: arn.clone(), arn, properties, attributes })
    }

    fn create(&self, wanted: &Properties) -> (Call, &'static [&'static str]) {
        let mut input = json!({});
        for name in SETTINGS {
            if let Some(value) = wanted.get(name) {
                input[name] = value.clone();
            }
        }
        if wanted.get("IngestionEnabled") == Some(&json!(false)) {
            input["StartIngestion"] = json!(false);
        }
        if let Some(tags) = wanted.get("Tags") {
            input["TagsList"] = tags::list(tags);
        }
        (Call { operation: "CreateEventDataStore", input }, &CREATED)
    }

    fn update(&self, edit: &Edit<'_>) -> Vec<Call> {
        let mut calls = Vec::new();
        let insights = insights::put(edit, "EventDataStore");
        // Insights need the management events that the selectors log: off before they change, on after.
        let (off, on) = if insights::is_off(edit) { (insights, None) } else { (None, insights) };
        calls.extend(off);
        calls.extend(update_settings(edit));
        calls.extend(on);
        calls.extend(put_configuration(edit));
        calls.extend(federate(edit));
        if edit.concerns(&["Tags"]) {
            calls.extend(tags::put(edit, edit.target));
        }
        if edit.concerns(&["IngestionEnabled"]) {
            let operation = match edit.value("IngestionEnabled") == true {
                true => "StartEventDataStoreIngestion",
                false => "StopEventDataStoreIngestion",
            };
            calls.push(Call { operation, input: json!({ "EventDataStore": edit.target }) });
        }
        calls
    }

    fn delete(&self, target: &str, present: &Properties) -> Vec<Call> {
        let input = json!({ "EventDataStore": target });
        let call = |operation| Call { operation, input: input.clone() };
        let is_federated = present.contains_key("FederationEnabled");
        let disable = is_federated.then(|| call("DisableFederation"));
        disable.into_iter().chain([call("DeleteEventDataStore")]).collect()
    }
}

fn update_settings(edit: &Edit<'_>) -> Option<Call> {
    let mut input = json!({ "EventDataStore": edit.target });
    for name in SETTINGS.into_iter().filter(|name| edit.concerns(&[name])) {
        input[name] = edit.value(name);
    }
    let is_something = input.as_object().is_some_and(|members| members.len() > 1);
    is_something.then_some(Call { operation: "UpdateEventDataStore", input })
}

fn put_configuration(edit: &Edit<'_>) -> Option<Call> {
    let input = || {
        json!({
            "EventDataStore": edit.target,
            "MaxEventSize": edit.value("MaxEventSize"),
            "ContextKeySelectors": edit.value("ContextKeySelectors"),
        })
    };
    edit.concerns(&["MaxEventSize", "ContextKeySelectors"])
        .then(|| Call { operation: "PutEventConfiguration", input: input() })
}

/// Another role takes turning it off and on.
fn federate(edit: &Edit<'_>) -> Vec<Call> {
    if !edit.concerns(&["FederationEnabled", "FederationRoleArn"]) {
        return Vec::new();
    }
    let mut calls = Vec::new();
    if edit.present.contains_key("FederationEnabled") {
        let input = json!({ "EventDataStore": edit.target });
        calls.push(Call { operation: "DisableFederation", input });
    }
    if edit.wanted.contains_key("FederationEnabled") {
        let role = edit.value("FederationRoleArn");
        let mut input = json!({ "EventDataStore": edit.target });
        if !role.is_null() {
            input["FederationRoleArn"] = role;
        }
        calls.push(Call { operation: "EnableFederation", input });
    }
    calls
}
