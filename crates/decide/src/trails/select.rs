//! The event selectors of trails.

use super::Facts;
use super::error::TrailError;
use super::find::to_change;
use crate::insights::check_logged;
use crate::selectors::{SelectorError, check_advanced, check_basic, logged};
use cairn_model::{AdvancedEventSelector, EventSelector, Selectors, Trail};
use std::borrow::Cow;

/// PutEventSelectors: the trail with these selectors, which replace those of either kind that it had.
/// An empty list is as good as an absent one.
pub fn put_event_selectors(
    facts: &Facts<'_>,
    name_or_arn: &str,
    basic: Vec<EventSelector>,
    advanced: Vec<AdvancedEventSelector>,
) -> Result<Trail, TrailError> {
    let old = to_change(facts, name_or_arn)?;
    let selectors = match (basic.is_empty(), advanced.is_empty()) {
        (true, true) => return Err(SelectorError::NoSelectors.into()),
        (false, false) => return Err(SelectorError::BothKinds.into()),
        (false, true) => {
            check_basic(&basic)?;
            Selectors::Basic(basic)
        }
        (true, false) => {
            check_advanced(&advanced)?;
            Selectors::Advanced(advanced)
        }
    };
    let kept = logged(&selectors);
    let has_its_events = |insight| check_logged(insight, kept);
    old.insights.iter().try_for_each(has_its_events).map_err(SelectorError::from)?;
    Ok(Trail { selectors, ..old.clone() })
}

/// GetEventSelectors: the trail's selectors, the implicit one spelled out; never [`Selectors::Default`].
pub fn effective_selectors(trail: &Trail) -> Cow<'_, Selectors> {
    match &trail.selectors {
        Selectors::Default => Cow::Owned(Selectors::Basic(vec![EventSelector::default()])),
        selectors => Cow::Borrowed(selectors),
    }
}

/// `HasCustomEventSelectors`: whether the trail takes something else than all management events. Putting the
/// implicit selector explicitly is how clients (Terraform) take custom ones away, so that is none.
pub fn has_custom_selectors(trail: &Trail) -> bool {
    match &trail.selectors {
        Selectors::Default => false,
        Selectors::Basic(selectors) => *selectors != [EventSelector::default()],
        Selectors::Advanced(_) => true,
    }
}
