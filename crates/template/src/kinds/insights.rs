//! Insight selectors as trails and event data stores have them.

use super::{Call, Edit};
use crate::property::{Property, Shape, Standard, TEXTS};
use serde_json::{Value, json};

const INSIGHT: [Property; 2] = [
    Property::new("InsightType", Shape::Text).required(),
    Property::new("EventCategories", TEXTS).or(Standard::Management),
];

pub(super) const INSIGHT_SELECTORS: Shape = Shape::List(&Shape::Structure(&INSIGHT));

/// PutInsightSelectors, if they are to change. `by` names the resource.
pub(super) fn put(edit: &Edit<'_>, by: &str) -> Option<Call> {
    if !edit.concerns(&["InsightSelectors", "InsightsDestination"]) {
        return None;
    }
    let mut input = json!({ by: edit.target, "InsightSelectors": edit.value("InsightSelectors") });
    if let destination @ Value::String(_) = edit.value("InsightsDestination") {
        input["InsightsDestination"] = destination;
    }
    Some(Call { operation: "PutInsightSelectors", input })
}

/// Whether Insights are only turned off.
pub(super) fn is_off(edit: &Edit<'_>) -> bool {
    edit.value("InsightSelectors") == json!([])
}
