//! What widgets ask, and how they are shown.
//!
//! Source: AWS CloudTrail User Guide, "View properties for widgets".

use super::error::{DashboardError, SettingError, ViewError};
use super::{Facts, WIDGETS_MAX};
use crate::queries;
use cairn_model::{DashboardKind, Widget};
use std::collections::BTreeMap;

/// What a widget's parameters may be.
pub(super) const PARAMETERS: [&str; 3] = ["$StartTime$", "$EndTime$", "$Period$"];

/// What every view may have.
const OF_ALL: [&str; 4] = ["View", "Title", "Height", "Width"];

/// A way to show a result.
struct View {
    name: &'static str,
    needed: &'static [&'static str],
    possible: &'static [&'static str],
}

const VIEWS: [View; 4] = [
    View { name: "Table", needed: &[], possible: &[] },
    View { name: "LineChart", needed: &["XAxisColumn", "YAxisColumn"], possible: &["FilterColumn"] },
    View { name: "PieChart", needed: &["LabelColumn", "ValueColumn"], possible: &["FilterColumn"] },
    View {
        name: "BarChart",
        needed: &["LabelColumn", "ValueColumn"],
        possible: &["FilterColumn", "Orientation"],
    },
];

/// Refuses widgets that the dashboard cannot have.
pub(super) fn check(
    facts: &Facts<'_>,
    kind: DashboardKind,
    widgets: &[Widget],
) -> Result<(), DashboardError> {
    if kind == DashboardKind::Managed && !widgets.is_empty() {
        return Err(SettingError::HighlightsWidgets.into());
    }
    if widgets.len() > WIDGETS_MAX {
        return Err(DashboardError::TooManyWidgets(widgets.len()));
    }
    for (number, widget) in (1..).zip(widgets) {
        check_view(&widget.view).map_err(|reason| SettingError::View { widget: number, reason })?;
        if let Some(odd) = widget.parameters.iter().find(|given| !PARAMETERS.contains(&given.as_str())) {
            return Err(SettingError::Parameter(odd.clone()).into());
        }
        let checked = queries::check(&facts.stores, &widget.query, widget.parameters.len());
        checked.map_err(|error| DashboardError::of_query(number, error))?;
    }
    Ok(())
}

fn check_view(properties: &BTreeMap<String, String>) -> Result<(), ViewError> {
    let name = properties.get("View").ok_or(ViewError::View)?;
    let view = VIEWS.iter().find(|view| view.name == name).ok_or(ViewError::View)?;
    if let Some(property) = view.needed.iter().find(|needed| !properties.contains_key(**needed)) {
        return Err(ViewError::Missing { view: view.name, property });
    }
    let known = [&OF_ALL, view.needed, view.possible].concat();
    if let Some(odd) = properties.keys().find(|property| !known.contains(&property.as_str())) {
        return Err(ViewError::Unknown { view: view.name, property: odd.clone() });
    }
    let is_odd = |orientation: &String| !matches!(orientation.as_str(), "Horizontal" | "Vertical");
    if properties.get("Orientation").is_some_and(is_odd) {
        return Err(ViewError::Orientation);
    }
    let is_size = |text: &String| text.parse().is_ok_and(|size: u16| size > 0);
    let odd = ["Height", "Width"].into_iter().find(|side| !properties.get(*side).is_none_or(is_size));
    odd.map_or(Ok(()), |side| Err(ViewError::Size(side)))
}
