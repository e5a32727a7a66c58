//! The catalog's tables: the one list of them, and their SQL.

/// One table; each has a row a thing: its name and, as JSON, its value (FORMAT.md, "Catalog").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Table {
    Accounts,
    Keys,
    Trails,
    SigningKeys,
    Sessions,
    EventDataStores,
    Channels,
    Dashboards,
    ResourcePolicies,
    Users,
    Groups,
    Roles,
    Policies,
    Organizations,
    Stacks,
}

/// The format version that this Cairn writes.
pub(super) const VERSION: i64 = 4;

impl Table {
    /// In the order in which they are loaded.
    pub(super) const ALL: [Table; 15] = [
        Table::Accounts,
        Table::Keys,
        Table::Trails,
        Table::SigningKeys,
        Table::Sessions,
        Table::EventDataStores,
        Table::Channels,
        Table::Dashboards,
        Table::ResourcePolicies,
        Table::Users,
        Table::Groups,
        Table::Roles,
        Table::Policies,
        Table::Organizations,
        Table::Stacks,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Table::Accounts => "accounts",
            Table::Keys => "keys",
            Table::Trails => "trails",
            Table::SigningKeys => "signing_keys",
            Table::Sessions => "sessions",
            Table::EventDataStores => "event_data_stores",
            Table::Channels => "channels",
            Table::Dashboards => "dashboards",
            Table::ResourcePolicies => "resource_policies",
            Table::Users => "users",
            Table::Groups => "groups",
            Table::Roles => "roles",
            Table::Policies => "policies",
            Table::Organizations => "organizations",
            Table::Stacks => "stacks",
        }
    }

    /// The first format version that has it.
    pub(super) fn since(self) -> i64 {
        match self {
            Table::Accounts | Table::Keys | Table::Trails | Table::SigningKeys => 1,
            Table::Sessions => 2,
            Table::EventDataStores
            | Table::Channels
            | Table::Dashboards
            | Table::ResourcePolicies
            | Table::Users
            | Table::Groups
            | Table::Roles
            | Table::Policies
            | Table::Organizations => 3,
            Table::Stacks => 4,
        }
    }

    /// In the SQL of every engine, as are all statements that follow.
    pub(super) fn create(self) -> String {
        format!("CREATE TABLE {} (name TEXT PRIMARY KEY, json TEXT NOT NULL)", self.name())
    }

    pub(super) fn select(self) -> String {
        format!("SELECT json FROM {} ORDER BY name", self.name())
    }

    /// Binds name and JSON.
    pub(super) fn put(self) -> String {
        let conflict = "ON CONFLICT (name) DO UPDATE SET json = excluded.json";
        format!("INSERT INTO {} VALUES ($1, $2) {conflict}", self.name())
    }

    /// Binds the name.
    pub(super) fn delete(self) -> String {
        format!("DELETE FROM {} WHERE name = $1", self.name())
    }
}
