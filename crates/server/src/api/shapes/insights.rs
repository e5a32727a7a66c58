//! Insight selectors and event configurations as the API shows them.

use cairn_decide::insights::AskedSelector;
use cairn_model::{
    Aggregation, AggregationTemplate, ContextKeySelector, ContextKind, InsightCategory, InsightSelector,
    InsightType,
};
use cairn_wire::generated as wire;

/// Insight selectors, all that was left out filled in.
pub(in crate::api) fn insight_selectors(selectors: &[InsightSelector]) -> Vec<wire::InsightSelector> {
    let names = |categories: &[InsightCategory]| categories.iter().map(|c| c.name().to_owned()).collect();
    let selector = |selector: &InsightSelector| wire::InsightSelector {
        insight_type: Some(selector.insight_type.name().to_owned()),
        event_categories: Some(names(&selector.categories)),
    };
    selectors.iter().map(selector).collect()
}

/// Insight selectors as callers give them. The model lets no other names through than those that are known.
pub(in crate::api) fn insight_selectors_from(selectors: Vec<wire::InsightSelector>) -> Vec<AskedSelector> {
    let categories =
        |names: Vec<String>| names.iter().filter_map(|name| InsightCategory::from_name(name)).collect();
    let selector = |given: wire::InsightSelector| AskedSelector {
        insight_type: given.insight_type.as_deref().and_then(InsightType::from_name),
        categories: categories(given.event_categories.unwrap_or_default()),
    };
    selectors.into_iter().map(selector).collect()
}

/// Context keys that events are enriched with.
pub(in crate::api) fn context_keys(selectors: &[ContextKeySelector]) -> Vec<wire::ContextKeySelector> {
    let selector = |selector: &ContextKeySelector| wire::ContextKeySelector {
        r#type: selector.kind.name().to_owned(),
        equals: selector.keys.clone(),
    };
    selectors.iter().map(selector).collect()
}

/// Context keys as callers give them, of the kinds that the model lets through.
pub(in crate::api) fn context_keys_from(selectors: Vec<wire::ContextKeySelector>) -> Vec<ContextKeySelector> {
    let selector = |given: wire::ContextKeySelector| {
        let kind = ContextKind::from_name(&given.r#type)?;
        Some(ContextKeySelector { kind, keys: given.equals })
    };
    selectors.into_iter().filter_map(selector).collect()
}

/// How a trail's data events are aggregated.
pub(in crate::api) fn aggregations(aggregation: Option<&Aggregation>) -> Vec<wire::AggregationConfiguration> {
    let names = |templates: &[AggregationTemplate]| templates.iter().map(|t| t.name().to_owned()).collect();
    let configuration = |aggregation: &Aggregation| wire::AggregationConfiguration {
        templates: names(&aggregation.templates),
        event_category: "Data".to_owned(),
    };
    aggregation.map(configuration).into_iter().collect()
}

/// The templates of aggregations as callers give them: the model allows one aggregation, of data events.
pub(in crate::api) fn templates_from(
    configurations: &[wire::AggregationConfiguration],
) -> Vec<AggregationTemplate> {
    let names = configurations.iter().flat_map(|configuration| &configuration.templates);
    names.filter_map(|name| AggregationTemplate::from_name(name)).collect()
}
