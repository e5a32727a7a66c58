use super::*;
use crate::queries::StatementError;

pub(super) fn table(query: &str) -> Widget {
    view(query, &[("View", "Table")])
}

fn view(query: &str, properties: &[(&str, &str)]) -> Widget {
    let property = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Widget {
        query: query.replace("$1", &id(1)).replace("$2", &id(2)).replace("$9", &id(9)),
        parameters: Vec::new(),
        view: properties.iter().map(property).collect(),
    }
}

/// Store 1 is there, store 2 is pending deletion.
fn stores() -> [Arc<EventDataStore>; 2] {
    let deleted = Some(Timestamp::from_seconds(1_772_352_000));
    [store(1, "Management"), EventDataStore { deleted, ..store(2, "Management") }].map(Arc::new)
}

fn made(widgets: Vec<Widget>) -> Result<Dashboard, DashboardError> {
    let settings = Settings { widgets: Some(widgets), ..Settings::default() };
    create(&facts(&[], &stores()), "dash", settings, &[])
}

fn shown(properties: &[(&str, &str)]) -> Result<(), DashboardError> {
    made(vec![view("SELECT 1 FROM $1", properties)]).map(drop)
}

#[track_caller]
fn refused_view(properties: &[(&str, &str)], reason: ViewError) {
    refused(shown(properties), SettingError::View { widget: 1, reason });
}

#[test]
fn a_dashboard_has_up_to_ten_widgets() {
    let widgets = |count| vec![table("SELECT 1 FROM $1"); count];
    assert_eq!(made(widgets(10)).unwrap().widgets.len(), 10);
    refused(made(widgets(11)), DashboardError::TooManyWidgets(11));
    let there = [Arc::new(made(widgets(2)).unwrap())];
    let (stores, settings) = (stores(), Settings { widgets: Some(Vec::new()), ..Settings::default() });
    assert!(update(&facts(&there, &stores), "dash", settings).unwrap().widgets.is_empty());
}

#[test]
fn widgets_ask_active_stores() {
    refused(made(vec![table("SELECT 1 FROM $2")]), StoreError::Inactive(stores()[1].arn.clone()));
    refused(made(vec![table("SELECT 1 FROM $9")]), StoreError::NotFound(id(9)));
    let second = made(vec![table("SELECT 1 FROM $1"), table("SELECT 1")]);
    refused(second, DashboardError::Statement { widget: 2, reason: StatementError::NoStore });
}

#[test]
fn parameters_are_times_and_the_period() {
    let query = "SELECT DATE_TRUNC('?', eventTime) FROM $1 WHERE eventTime > '?' AND eventTime < '?'";
    let with = |parameters: &[&str]| {
        let parameters = parameters.iter().map(|given| (*given).to_owned()).collect();
        made(vec![Widget { parameters, ..table(query) }])
    };
    assert!(with(&["$Period$", "$StartTime$", "$EndTime$"]).is_ok());
    refused(with(&["$Now$"]), SettingError::Parameter("$Now$".to_owned()));
    let reason = StatementError::TooManyParameters { places: 3, parameters: 4 };
    refused(with(&["$Period$"; 4]), DashboardError::Statement { widget: 1, reason });
}

#[test]
fn views_have_what_they_need_and_nothing_else() {
    let (line, bar) =
        ([("View", "LineChart"), ("XAxisColumn", "a")], [("View", "BarChart"), ("LabelColumn", "a")]);
    let sized = [("View", "Table"), ("Title", "Top errors"), ("Height", "2"), ("Width", "4")];
    for properties in [
        &sized[..],
        &[line[0], line[1], ("YAxisColumn", "b"), ("FilterColumn", "c")],
        &[("View", "PieChart"), ("LabelColumn", "a"), ("ValueColumn", "b")],
        &[bar[0], bar[1], ("ValueColumn", "b"), ("Orientation", "Vertical")],
    ] {
        assert_eq!(shown(properties), Ok(()), "{properties:?}");
    }
    refused_view(&[("Title", "x")], ViewError::View);
    refused_view(&[("View", "table")], ViewError::View);
    refused_view(&line, ViewError::Missing { view: "LineChart", property: "YAxisColumn" });
    refused_view(&bar, ViewError::Missing { view: "BarChart", property: "ValueColumn" });
    let unknown = ViewError::Unknown { view: "Table", property: "Orientation".to_owned() };
    refused_view(&[("View", "Table"), ("Orientation", "Vertical")], unknown);
    refused_view(&[bar[0], bar[1], ("ValueColumn", "b"), ("Orientation", "Up")], ViewError::Orientation);
    for size in ["0", "-1", "wide", "1.5"] {
        refused_view(&[("View", "Table"), ("Height", size)], ViewError::Size("Height"));
    }
}

#[test]
fn a_refresh_needs_the_stores_that_are_shown() {
    let (widget, stores) = (table("SELECT 1 FROM $1"), stores());
    let there = [Arc::new(made(vec![widget]).unwrap()), highlights()];
    let with = |stores, name, values: &[(&str, &str)]| {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        refresh(&facts(&there, stores), name, &values.collect()).map(drop)
    };
    assert_eq!(with(&stores, "dash", &[("$StartTime$", "2026-01-01")]), Ok(()));
    let store = ("$EventDataStoreId$", id(1));
    refused(with(&stores, "dash", &[(store.0, &store.1)]), SettingError::Parameter(store.0.to_owned()));
    refused(with(&[], "dash", &[]), StoreError::NotFound(id(1)));
    refused(with(&stores, "other", &[]), DashboardError::NotFound("other".to_owned()));
    assert_eq!(with(&stores, HIGHLIGHTS, &[(store.0, &store.1)]), Ok(()));
    refused(with(&stores, HIGHLIGHTS, &[]), SettingError::NoStore);
    refused(with(&stores, HIGHLIGHTS, &[(store.0, &id(2))]), StoreError::Inactive(stores[1].arn.clone()));
}
