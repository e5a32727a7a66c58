//! What callers may write into insight selectors.

use crate::repeated::first_twice;
use crate::selectors::Logged;
use cairn_model::{EventDataStoreArn, InsightCategory, InsightSelector, InsightType};

/// An insight selector as callers give it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AskedSelector {
    /// `InsightType`.
    pub insight_type: Option<InsightType>,
    /// `EventCategories`; none is as good as management events.
    pub categories: Vec<InsightCategory>,
}

/// `InvalidInsightSelectorsException`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InsightSelectorError {
    /// A selector without a type.
    #[error("Every insight selector must have an InsightType.")]
    NoType,
    /// One type in two selectors.
    #[error("InsightType {} is given more than once.", .0.name())]
    TypeTwice(InsightType),
    /// One category twice in a selector.
    #[error("EventCategories of {} has {} more than once.", .0.name(), .1.name())]
    CategoryTwice(InsightType, InsightCategory),
    /// Insights about events that are not logged.
    #[error("{} on {} events needs {}, which the event selectors do not log.", insight_type.name(), category.name(), needed(*insight_type, *category))]
    NotLogged {
        /// What was to be looked for.
        insight_type: InsightType,
        /// Among which events.
        category: InsightCategory,
    },
    /// Insights about data events on an event data store.
    #[error("Insights on data events are for trails only.")]
    DataOnStore,
    /// A destination that takes other events.
    #[error("Event data store {0} does not take Insights events, so it cannot be the InsightsDestination.")]
    Destination(EventDataStoreArn),
}

fn needed(insight_type: InsightType, category: InsightCategory) -> &'static str {
    match (insight_type, category) {
        (_, InsightCategory::Data) => "data events",
        (InsightType::ApiCallRateInsight, InsightCategory::Management) => "write management events",
        (InsightType::ApiErrorRateInsight, InsightCategory::Management) => "management events",
    }
}

/// The selectors with all that is left out filled in.
pub(super) fn selectors(asked: &[AskedSelector]) -> Result<Vec<InsightSelector>, InsightSelectorError> {
    let mut selectors: Vec<InsightSelector> = Vec::with_capacity(asked.len());
    for AskedSelector { insight_type, categories } in asked {
        let insight_type = insight_type.ok_or(InsightSelectorError::NoType)?;
        if selectors.iter().any(|selector| selector.insight_type == insight_type) {
            return Err(InsightSelectorError::TypeTwice(insight_type));
        }
        if let Some(category) = first_twice(categories) {
            return Err(InsightSelectorError::CategoryTwice(insight_type, *category));
        }
        let categories = match categories.is_empty() {
            true => vec![InsightCategory::Management],
            false => categories.clone(),
        };
        selectors.push(InsightSelector { insight_type, categories });
    }
    Ok(selectors)
}

/// Insights need the events that they are about.
pub(crate) fn check_logged(selector: &InsightSelector, logged: Logged) -> Result<(), InsightSelectorError> {
    let insight_type = selector.insight_type;
    let is_logged = |category: &InsightCategory| match (insight_type, category) {
        (_, InsightCategory::Data) => logged.data,
        (InsightType::ApiCallRateInsight, InsightCategory::Management) => logged.management_writes,
        (InsightType::ApiErrorRateInsight, InsightCategory::Management) => logged.has_management(),
    };
    match selector.categories.iter().find(|category| !is_logged(category)) {
        None => Ok(()),
        Some(category) => Err(InsightSelectorError::NotLogged { insight_type, category: *category }),
    }
}

pub(super) fn refuse_data(selector: &InsightSelector) -> Result<(), InsightSelectorError> {
    match selector.categories.contains(&InsightCategory::Data) {
        true => Err(InsightSelectorError::DataOnStore),
        false => Ok(()),
    }
}
