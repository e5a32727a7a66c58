//! The widgets of the Highlights dashboard. AWS has its own, which it does not publish.

use cairn_model::Widget;
use std::collections::BTreeMap;

/// What a widget shows.
struct Shown {
    title: &'static str,
    /// `View`, with what its columns are for.
    view: &'static [(&'static str, &'static str)],
    /// What is selected, of events in the time that is shown, and how it is grouped.
    select: &'static str,
    condition: &'static str,
    rest: &'static str,
}

const TABLE: &[(&str, &str)] = &[("View", "Table")];
const BARS: &[(&str, &str)] = &[
    ("View", "BarChart"),
    ("LabelColumn", "label"),
    ("ValueColumn", "events"),
    ("Orientation", "Horizontal"),
];
const LINE: &[(&str, &str)] = &[("View", "LineChart"), ("XAxisColumn", "period"), ("YAxisColumn", "events")];

const WIDGETS: [Shown; 10] = [
    Shown {
        title: "Events over time",
        view: LINE,
        select: "date_trunc('?', eventTime) AS period, count(*) AS events",
        condition: "",
        rest: "GROUP BY 1 ORDER BY 1",
    },
    Shown {
        title: "Busiest services",
        view: BARS,
        select: "eventSource AS label, count(*) AS events",
        condition: "",
        rest: "GROUP BY 1 ORDER BY events DESC LIMIT 10",
    },
    Shown {
        title: "Busiest callers",
        view: BARS,
        select: "coalesce(userIdentity.sessionContext.sessionIssuer.arn, userIdentity.arn, userIdentity.invokedBy) AS label, count(*) AS events",
        condition: "",
        rest: "GROUP BY 1 ORDER BY events DESC LIMIT 10",
    },
    Shown {
        title: "Most frequent errors",
        view: BARS,
        select: "errorCode AS label, count(*) AS events",
        condition: "AND errorCode IS NOT NULL",
        rest: "GROUP BY 1 ORDER BY events DESC LIMIT 10",
    },
    Shown {
        title: "Denied access",
        view: TABLE,
        select: "userIdentity.arn, eventSource, eventName, count(*) AS events",
        condition: "AND errorCode IN ('AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'Client.UnauthorizedOperation')",
        rest: "GROUP BY 1, 2, 3 ORDER BY events DESC LIMIT 20",
    },
    Shown {
        title: "Console sign-ins",
        view: TABLE,
        select: "eventTime, userIdentity.type, userIdentity.userName, sourceIPAddress, element_at(responseElements, 'ConsoleLogin') AS outcome, element_at(additionalEventData, 'MFAUsed') AS mfa",
        condition: "AND eventName = 'ConsoleLogin'",
        rest: "ORDER BY eventTime DESC LIMIT 20",
    },
    Shown {
        title: "Root users",
        view: TABLE,
        select: "eventTime, recipientAccountId, eventSource, eventName, sourceIPAddress",
        condition: "AND userIdentity.type = 'Root' AND userIdentity.invokedBy IS NULL",
        rest: "ORDER BY eventTime DESC LIMIT 20",
    },
    Shown {
        title: "Changes of identities and permissions",
        view: TABLE,
        select: "eventTime, eventName, userIdentity.arn, errorCode",
        condition: "AND eventSource = 'iam.amazonaws.com' AND readOnly = false",
        rest: "ORDER BY eventTime DESC LIMIT 20",
    },
    Shown {
        title: "Deletions",
        view: BARS,
        select: "eventName AS label, count(*) AS events",
        condition: "AND eventName LIKE 'Delete%' AND managementEvent = true",
        rest: "GROUP BY 1 ORDER BY events DESC LIMIT 10",
    },
    Shown {
        title: "Regions",
        view: &[("View", "PieChart"), ("LabelColumn", "label"), ("ValueColumn", "events")],
        select: "awsRegion AS label, count(*) AS events",
        condition: "",
        rest: "GROUP BY 1 ORDER BY events DESC",
    },
];

/// All of them.
pub(super) fn widgets() -> Vec<Widget> {
    WIDGETS.iter().map(Shown::widget).collect()
}

impl Shown {
    fn widget(&self) -> Widget {
        let Shown { title, view, select, condition, rest } = self;
        let query =
            format!("SELECT {select} FROM ? WHERE eventTime >= '?' AND eventTime <= '?' {condition} {rest}");
        let period = select.contains("'?'").then_some("$Period$");
        let parameters = period.into_iter().chain(["$EventDataStoreId$", "$StartTime$", "$EndTime$"]);
        let view = view.iter().copied().chain([("Title", *title)]);
        Widget {
            query,
            parameters: parameters.map(str::to_owned).collect(),
            view: view.map(|(key, value)| (key.to_owned(), value.to_owned())).collect::<BTreeMap<_, _>>(),
        }
    }
}
