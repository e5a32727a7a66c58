//! What StartDashboardRefresh needs.

use super::error::{DashboardError, SettingError};
use super::widgets::PARAMETERS;
use super::{Facts, get};
use crate::queries;
use crate::stores;
use cairn_model::{Dashboard, DashboardKind};
use std::collections::BTreeMap;

/// The parameter that says which store a managed dashboard shows.
const STORE: &str = "$EventDataStoreId$";

/// The dashboard that can be refreshed with these values of its parameters: the stores that it asks are still there.
pub fn refresh<'a>(
    facts: &Facts<'a>,
    name_or_arn: &str,
    values: &BTreeMap<String, String>,
) -> Result<&'a Dashboard, DashboardError> {
    let dashboard = get(facts, name_or_arn)?;
    let is_managed = dashboard.kind == DashboardKind::Managed;
    let is_known = |name: &str| PARAMETERS.contains(&name) || (is_managed && name == STORE);
    if let Some(odd) = values.keys().find(|name| !is_known(name)) {
        return Err(SettingError::Parameter(odd.clone()).into());
    }
    if is_managed {
        let store = values.get(STORE).ok_or(SettingError::NoStore)?;
        stores::active(&facts.stores, store)?;
    }
    for (number, widget) in (1..).zip(&dashboard.widgets) {
        let checked = queries::check(&facts.stores, &widget.query, widget.parameters.len());
        checked.map_err(|error| DashboardError::of_query(number, error))?;
    }
    Ok(dashboard)
}
