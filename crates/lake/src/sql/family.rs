//! The tables that statements see: one for each family of events, as expressions over the columns of the table on disk.
//!
//! An expression that a statement does not use is not computed, and its columns are not read.

use super::functions::{event_json, json_value, struct_of, texts::checksum};
use super::json::Path;
use super::types::{list, structure, text_map, time};
use crate::columns::OVERFLOW;
use datafusion::arrow::datatypes::DataType;
use datafusion::functions::core::expr_fn::coalesce;
use datafusion::logical_expr::{Expr, ident};

/// What kind of events an event data store takes; each has columns of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// Management, data and network activity events.
    Events,
    /// Insights events.
    Insights,
    /// What came through channels.
    ActivityAuditLog,
    /// Configuration items of AWS Config.
    ConfigurationItem,
    /// Evidence of AWS Audit Manager.
    Evidence,
}

type Columns = Vec<(&'static str, Expr)>;

impl Family {
    /// The columns of its tables, as expressions over those on disk.
    pub(super) fn columns(self) -> Vec<(&'static str, Expr)> {
        match self {
            Family::Events => events(),
            Family::Insights => insights(),
            Family::ActivityAuditLog => activity(),
            Family::ConfigurationItem => with_data(configuration()),
            Family::Evidence => with_data(evidence()),
        }
    }
}

/// Columns on disk that are columns of a table as they are.
fn plain(pairs: &[(&'static str, &str)]) -> Columns {
    pairs.iter().map(|(name, column)| (*name, ident(*column))).collect()
}

/// The value of a path in a column of JSON.
fn at(column: &str, path: &[&str], to: DataType) -> Expr {
    json_value(ident(column), Path::members(path), to)
}

fn text_at(column: &str, path: &[&str]) -> Expr {
    at(column, path, DataType::Utf8)
}

fn map_at(column: &str, path: &[&str]) -> Expr {
    at(column, path, text_map())
}

fn texts(names: &[&'static str]) -> DataType {
    structure(names.iter().map(|name| (*name, DataType::Utf8)))
}

fn events() -> Columns {
    let mut columns = plain(&[
        ("eventversion", "event_version"),
        ("eventtime", "event_time"),
        ("eventsource", "event_source"),
        ("eventname", "event_name"),
        ("awsregion", "region"),
        ("sourceipaddress", "source_ip"),
        ("useragent", "user_agent"),
        ("errorcode", "error_code"),
        ("errormessage", "error_message"),
        ("requestid", "request_id"),
        ("eventid", "event_id"),
        ("readonly", "read_only"),
        ("eventtype", "event_type"),
        ("apiversion", "api_version"),
        ("managementevent", "management_event"),
        ("recipientaccountid", "recipient_account_id"),
        ("sharedeventid", "shared_event_id"),
        ("annotation", "annotation"),
        ("vpcendpointid", "vpc_endpoint_id"),
        ("vpcendpointaccountid", "vpc_endpoint_account_id"),
        ("eventcategory", "event_category"),
        ("sessioncredentialfromconsole", "session_credential_from_console"),
    ]);
    let resource = texts(&["accountid", "type", "arn", "arnprefix"]);
    let maps = [
        ("requestparameters", "request_parameters"),
        ("responseelements", "response_elements"),
        ("additionaleventdata", "additional_event_data"),
        ("serviceeventdetails", "service_event_details"),
        ("addendum", "addendum"),
        ("edgedevicedetails", "edge_device_details"),
        ("insightdetails", "insight_details"),
    ];
    columns.insert(1, ("useridentity", user_identity()));
    columns.extend(maps.map(|(name, column)| (name, map_at(column, &[]))));
    columns.extend([
        ("resources", at("resources", &[], list(resource))),
        (
            "tlsdetails",
            at("tls_details", &[], texts(&["tlsversion", "ciphersuite", "clientprovidedhostheader"])),
        ),
        ("eventcontext", event_context()),
        ("eventjson", event_json()),
        ("eventjsonchecksum", checksum(event_json())),
    ]);
    columns
}

/// What has a column is that column; the rest is read from the JSON of the identity.
fn user_identity() -> Expr {
    const IDENTITY: &str = "user_identity";
    struct_of(
        ident(IDENTITY),
        vec![
            ("type", ident("user_type")),
            ("principalid", ident("user_principal_id")),
            ("arn", ident("user_arn")),
            ("accountid", ident("user_account_id")),
            ("accesskeyid", ident("access_key_id")),
            ("username", ident("user_name")),
            ("sessioncontext", session_context(IDENTITY)),
            ("invokedby", ident("invoked_by")),
            ("identityprovider", text_at(IDENTITY, &["identityprovider"])),
            ("onbehalfof", at(IDENTITY, &["onbehalfof"], texts(&["userid", "identitystorearn"]))),
            (
                "inscopeof",
                at(
                    IDENTITY,
                    &["inscopeof"],
                    texts(&["sourcearn", "sourceaccount", "issuertype", "credentialsissuedto"]),
                ),
            ),
        ],
    )
}

fn session_context(identity: &str) -> Expr {
    const CONTEXT: &str = "sessioncontext";
    const ISSUER: &str = "sessionissuer";
    let inner = |name| text_at(identity, &[CONTEXT, name]);
    let of_issuer = |name| text_at(identity, &[CONTEXT, ISSUER, name]);
    let issuer = struct_of(
        inner(ISSUER),
        vec![
            ("type", of_issuer("type")),
            ("principalid", ident("session_issuer_principal_id")),
            ("arn", ident("session_issuer_arn")),
            ("accountid", of_issuer("accountid")),
            ("username", ident("session_issuer_user_name")),
        ],
    );
    let attributes = structure([("creationdate", time()), ("mfaauthenticated", DataType::Utf8)]);
    let web = structure([("federatedprovider", DataType::Utf8), ("attributes", text_map())]);
    struct_of(
        text_at(identity, &[CONTEXT]),
        vec![
            ("attributes", at(identity, &[CONTEXT, "attributes"], attributes)),
            (ISSUER, issuer),
            ("webidfederationdata", at(identity, &[CONTEXT, "webidfederationdata"], web)),
            ("sourceidentity", inner("sourceidentity")),
            ("ec2roledelivery", inner("ec2roledelivery")),
            ("ec2issuedinvpc", inner("ec2issuedinvpc")),
        ],
    )
}

fn event_context() -> Expr {
    let resource = structure([("arn", DataType::Utf8), ("tags", text_map())]);
    let tags = structure([("principaltags", text_map()), ("resourcetags", list(resource))]);
    at("event_context", &[], structure([("requestcontext", text_map()), ("tagcontext", tags)]))
}

/// What all families but that of calls begin with.
fn common() -> Columns {
    plain(&[
        ("eventversion", "event_version"),
        ("eventcategory", "event_category"),
        ("eventtype", "event_type"),
        ("eventid", "event_id"),
        ("eventtime", "event_time"),
        ("awsregion", "region"),
        ("recipientaccountid", "recipient_account_id"),
    ])
}

/// An Insights event of a store is flat, one of a trail has its details in `insightDetails`; both are read.
fn insights() -> Columns {
    const DETAILS: &str = "insight_details";
    let flat_or = |flat, inner| coalesce(vec![text_at(OVERFLOW, &[flat]), text_at(DETAILS, &[inner])]);
    let mut columns = common();
    columns.push(("sharedeventid", ident("shared_event_id")));
    columns.extend([
        ("insightsource", flat_or("insightsource", "insightsource")),
        ("insightstate", flat_or("insightstate", "state")),
        ("insighteventsource", flat_or("insighteventsource", "eventsource")),
        ("insighteventname", flat_or("insighteventname", "eventname")),
        ("insighterrorcode", flat_or("insighterrorcode", "errorcode")),
        ("insighttype", flat_or("insighttype", "insighttype")),
        ("insightcontext", insight_context()),
        ("addendum", map_at("addendum", &[])),
        ("eventjson", event_json()),
    ]);
    columns
}

fn insight_context() -> Expr {
    const DETAILS: &str = "insight_details";
    const CONTEXT: &str = "insightcontext";
    const STATISTICS: &str = "statistics";
    let either = |flat, inner: &[&str], to: DataType| {
        let path: Vec<&str> = [&[CONTEXT], inner].concat();
        coalesce(vec![at(OVERFLOW, &[CONTEXT, flat], to.clone()), at(DETAILS, &path, to)])
    };
    let value = list(structure([("value", DataType::Utf8), ("average", DataType::Float64)]));
    let attribution = structure([
        ("attribute", DataType::Utf8),
        ("insightvalue", DataType::Utf8),
        ("insightaverage", DataType::Float64),
        ("baselinevalue", DataType::Utf8),
        ("baselineaverage", DataType::Float64),
        ("insight", value.clone()),
        ("baseline", value),
    ]);
    let double = DataType::Float64;
    let whole = DataType::Int32;
    struct_of(
        coalesce(vec![text_at(OVERFLOW, &[CONTEXT]), text_at(DETAILS, &[CONTEXT])]),
        vec![
            (
                "baselineaverage",
                either("baselineaverage", &[STATISTICS, "baseline", "average"], double.clone()),
            ),
            ("insightaverage", either("insightaverage", &[STATISTICS, "insight", "average"], double)),
            (
                "baselineduration",
                either("baselineduration", &[STATISTICS, "baselineduration"], whole.clone()),
            ),
            ("insightduration", either("insightduration", &[STATISTICS, "insightduration"], whole)),
            ("attributions", either("attributions", &["attributions"], list(attribution))),
        ],
    )
}

fn activity() -> Columns {
    let text = || DataType::Utf8;
    let identity = structure([("type", text()), ("principalid", text()), ("details", text_map())]);
    let data = structure([
        ("version", text()),
        ("useridentity", identity),
        ("useragent", text()),
        ("eventsource", text()),
        ("eventname", text()),
        ("eventtime", text()),
        ("uid", text()),
        ("requestparameters", text_map()),
        ("responseelements", text_map()),
        ("errorcode", text()),
        ("errormessage", text()),
        ("sourceipaddress", text()),
        ("recipientaccountid", text()),
        ("additionaleventdata", text_map()),
    ]);
    let addendum = texts(&["reason", "updatedfields", "originaluid", "originaleventid"]);
    let mut columns = common();
    columns.extend([
        ("addendum", at("addendum", &[], addendum)),
        ("metadata", at(OVERFLOW, &["metadata"], texts(&["ingestiontime", "channelarn"]))),
        ("eventdata", at(OVERFLOW, &["eventdata"], data)),
        ("eventjson", event_json()),
    ]);
    columns
}

/// The common columns and one struct of all else.
fn with_data(data: DataType) -> Columns {
    let mut columns = common();
    columns.extend([
        ("addendum", map_at("addendum", &[])),
        ("eventdata", at(OVERFLOW, &["eventdata"], data)),
        ("eventjson", event_json()),
    ]);
    columns
}

fn configuration() -> DataType {
    let names = [
        "configurationitemversion",
        "configurationitemcapturetime",
        "configurationitemstatus",
        "configurationitemstateid",
        "accountid",
        "resourcetype",
        "resourceid",
        "resourcename",
        "arn",
        "awsregion",
        "availabilityzone",
        "resourcecreationtime",
    ];
    let relationship = texts(&["name", "resourcetype", "resourceid", "resourcename"]);
    let others = [
        ("configuration", text_map()),
        ("supplementaryconfiguration", text_map()),
        ("relatedevents", DataType::Utf8),
        ("relationships", list(relationship)),
        ("tags", text_map()),
    ];
    structure(names.map(|name| (name, DataType::Utf8)).into_iter().chain(others))
}

fn evidence() -> DataType {
    let names = [
        "awsaccountid",
        "awsorganization",
        "compliancecheck",
        "datasource",
        "eventname",
        "eventsource",
        "evidenceawsaccountid",
        "evidencebytype",
        "iamid",
        "evidenceid",
        "assessmentid",
        "controlsetid",
        "controlid",
        "controlname",
        "controldomainname",
        "frameworkname",
        "frameworkid",
        "service",
        "servicecategory",
        "resourcearn",
        "resourcetype",
        "evidencefolderid",
        "description",
        "manualevidences3resourcepath",
        "evidencefoldername",
        "resourcecompliancecheck",
    ];
    let others = [("attributes", text_map()), ("time", time())];
    structure(names.map(|name| (name, DataType::Utf8)).into_iter().chain(others))
}
