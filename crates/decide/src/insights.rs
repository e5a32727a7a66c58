//! Which Insights trails and event data stores look for.

mod check;
mod error;

pub(crate) use check::check_logged;
pub use check::{AskedSelector, InsightSelectorError};
pub use error::InsightError;

use crate::selectors::{Family, family, logged, logged_advanced};
use crate::stores::{self, Facts as StoreFacts};
use crate::trails::{self, Facts as TrailFacts};
use cairn_model::{EventDataStore, InsightSelector, StoreInsights, Trail};

/// PutInsightSelectors for a trail: the trail with these selectors; none turns Insights off.
pub fn put_on_trail(
    facts: &TrailFacts<'_>,
    name_or_arn: &str,
    asked: &[AskedSelector],
) -> Result<Trail, InsightError> {
    let trail = trails::to_change(facts, name_or_arn)?;
    let insights = check::selectors(asked)?;
    insights.iter().try_for_each(|selector| check_logged(selector, logged(&trail.selectors)))?;
    Ok(Trail { insights, ..trail.clone() })
}

/// PutInsightSelectors for an event data store: the store with these selectors, whose findings go to `destination`.
/// None turns Insights off, and needs no destination.
pub fn put_on_store(
    facts: &StoreFacts<'_>,
    arn_or_id: &str,
    destination: Option<&str>,
    asked: &[AskedSelector],
) -> Result<EventDataStore, InsightError> {
    let store = stores::active(facts, arn_or_id)?;
    let selectors = check::selectors(asked)?;
    let insights = match selectors.is_empty() {
        true => None,
        false => Some(store_insights(facts, store, destination, selectors)?),
    };
    Ok(EventDataStore { insights, updated: facts.now, ..store.clone() })
}

fn store_insights(
    facts: &StoreFacts<'_>,
    store: &EventDataStore,
    destination: Option<&str>,
    selectors: Vec<InsightSelector>,
) -> Result<StoreInsights, InsightError> {
    let destination = stores::active(facts, destination.ok_or(InsightError::NoDestination)?)?;
    if family(&destination.selectors) != Family::Insight {
        return Err(InsightSelectorError::Destination(destination.arn.clone()).into());
    }
    let logged = logged_advanced(&store.selectors);
    for selector in &selectors {
        check::refuse_data(selector)?;
        check_logged(selector, logged)?;
    }
    Ok(StoreInsights { selectors, destination: destination.arn.clone() })
}

/// GetInsightSelectors for a trail, which has some.
pub fn of_trail<'a>(facts: &TrailFacts<'a>, name_or_arn: &str) -> Result<&'a Trail, InsightError> {
    let trail = trails::get(facts, name_or_arn)?;
    match trail.insights.is_empty() {
        true => Err(InsightError::NotEnabledOnTrail(trail.arn.clone())),
        false => Ok(trail),
    }
}

/// GetInsightSelectors for an event data store: the store and its Insights.
pub fn of_store<'a>(
    facts: &StoreFacts<'a>,
    arn_or_id: &str,
) -> Result<(&'a EventDataStore, &'a StoreInsights), InsightError> {
    let store = stores::get(facts, arn_or_id)?;
    match &store.insights {
        None => Err(InsightError::NotEnabledOnStore(store.arn.clone())),
        Some(insights) => Ok((store, insights)),
    }
}

#[cfg(test)]
mod tests;
