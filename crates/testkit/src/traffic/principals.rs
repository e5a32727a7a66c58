//! Who calls.

use super::{ACCOUNT, put};
use crate::dice::{BASE32, Dice, HEX};
use cairn_model::Timestamp;

/// How many principals there are.
pub(super) const PRINCIPALS: usize = 10_000;
/// How many of them are sessions of a role; one is the account's root, the others are IAM users.
const SESSIONS: usize = 8_000;
/// How many addresses a principal calls from.
const ADDRESSES_EACH: usize = 5;
/// A session's credentials are renewed this often.
const SESSION_SECONDS: i64 = 3600;

const TEAMS: &[&str] = &[
    "payments", "search", "identity", "ledger", "catalog", "checkout", "shipping", "billing", "reports",
    "mail", "media", "partner", "pricing", "fraud", "mobile", "platform", "data", "network", "support",
    "growth",
];
const DUTIES: &[&str] = &[
    "deploy", "readonly", "worker", "api", "batch", "admin", "backup", "ci", "stream", "web", "cron", "etl",
    "monitor", "audit", "node", "proxy", "importer", "scaler", "tests", "notebook",
];

/// What kind of credentials a principal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Session,
    User,
    Root,
}

/// One principal.
#[derive(Clone, Debug)]
pub(super) struct Principal {
    kind: Kind,
    /// Its place among all.
    number: usize,
    /// The role's name, or the user's.
    name: String,
    /// The role's unique id, or the user's.
    id: String,
    /// The session's name; empty if it has none.
    session: String,
    /// Draws what belongs to the principal and its present session, the same each time.
    seed: u64,
}

/// All principals of one seed.
#[derive(Clone, Debug)]
pub(super) struct Principals(Vec<Principal>);

impl Principals {
    pub(super) fn new(dice: &mut Dice) -> Principals {
        Principals((0..PRINCIPALS).map(|number| Principal::new(number, dice)).collect())
    }

    /// Each of them.
    #[cfg(test)]
    pub(super) fn all(&self) -> impl Iterator<Item = &Principal> {
        self.0.iter()
    }

    /// A session of a role.
    pub(super) fn session(&self, dice: &mut Dice) -> &Principal {
        &self.0[dice.skewed_below(SESSIONS)]
    }

    /// An IAM user.
    pub(super) fn user(&self, dice: &mut Dice) -> &Principal {
        &self.0[SESSIONS + dice.skewed_below(PRINCIPALS - SESSIONS - 1)]
    }

    /// The account's root.
    pub(super) fn root(&self) -> &Principal {
        &self.0[PRINCIPALS - 1]
    }
}

impl Principal {
    fn new(number: usize, dice: &mut Dice) -> Principal {
        let team = TEAMS[number % TEAMS.len()];
        let duty = DUTIES[number / TEAMS.len() % DUTIES.len()];
        let (kind, name, id) = match number {
            0..SESSIONS => {
                (Kind::Session, format!("{team}-{duty}"), role_id(number % (TEAMS.len() * DUTIES.len())))
            }
            _ if number == PRINCIPALS - 1 => (Kind::Root, String::new(), ACCOUNT.to_owned()),
            _ => (Kind::User, format!("{team}.{duty}.{number}"), format!("AIDA{}", dice.digits(BASE32, 17))),
        };
        let session = match (kind, number % 4) {
            (Kind::Session, 0 | 1) => format!("i-0{}", dice.digits(HEX, 16)),
            (Kind::Session, 2) => format!("{duty}-{number}@example.com"),
            (Kind::Session, _) => format!("{team}-session-{number}"),
            (Kind::User | Kind::Root, _) => String::new(),
        };
        Principal { kind, number, name, id, session, seed: dice.bits() }
    }

    /// One of its addresses. They are of 198.18.0.0/15, which RFC 2544 sets aside for benchmarks.
    pub(super) fn address(&self, dice: &mut Dice) -> String {
        let address = self.number * ADDRESSES_EACH + dice.skewed_below(ADDRESSES_EACH);
        format!("198.{}.{}.{}", 18 + (address >> 16), address >> 8 & 255, address & 255)
    }

    /// A number that stays with the principal.
    pub(super) fn trait_below(&self, bound: usize) -> usize {
        Dice::new(self.seed).below(bound)
    }

    /// `arn:aws:sts::111122223333:assumed-role/payments-api/i-0...`
    pub(super) fn arn(&self) -> String {
        match self.kind {
            Kind::Session => format!("arn:aws:sts::{ACCOUNT}:assumed-role/{}/{}", self.name, self.session),
            Kind::User => format!("arn:aws:iam::{ACCOUNT}:user/{}", self.name),
            Kind::Root => format!("arn:aws:iam::{ACCOUNT}:root"),
        }
    }

    /// Writes `userIdentity` as it is at `time`.
    pub(super) fn write_identity(&self, out: &mut Vec<u8>, time: Timestamp, invoked_by: Option<&str>) {
        let (id, arn, name) = (&self.id, self.arn(), &self.name);
        match self.kind {
            Kind::Session => put!(
                out,
                r#"{{"type":"AssumedRole","principalId":"{id}:{}","arn":"{arn}","accountId":"{ACCOUNT}","accessKeyId":"{}","sessionContext":{{"sessionIssuer":{{"type":"Role","principalId":"{id}","arn":"arn:aws:iam::{ACCOUNT}:role/{name}","accountId":"{ACCOUNT}","userName":"{name}"}},"attributes":{{"creationDate":"{}","mfaAuthenticated":"false"}}}}"#,
                self.session,
                self.access_key("ASIA", self.session_start(time)),
                self.session_start(time),
            ),
            Kind::User => put!(
                out,
                r#"{{"type":"IAMUser","principalId":"{id}","arn":"{arn}","accountId":"{ACCOUNT}","accessKeyId":"{}","userName":"{name}""#,
                self.access_key("AKIA", Timestamp::MIN),
            ),
            Kind::Root => put!(
                out,
                r#"{{"type":"Root","principalId":"{id}","arn":"{arn}","accountId":"{ACCOUNT}","accessKeyId":"""#
            ),
        }
        if let Some(service) = invoked_by {
            put!(out, r#","invokedBy":"{service}""#);
        }
        out.push(b'}');
    }

    /// When the credentials in use at `time` were made: every principal renews its own at another minute.
    fn session_start(&self, time: Timestamp) -> Timestamp {
        let offset = (self.seed % SESSION_SECONDS as u64) as i64;
        let seconds = time.as_seconds() - offset;
        Timestamp::from_seconds(seconds - seconds.rem_euclid(SESSION_SECONDS) + offset)
    }

    fn access_key(&self, prefix: &str, made: Timestamp) -> String {
        let digits = Dice::new(self.seed ^ made.as_seconds() as u64).digits(BASE32, 16);
        format!("{prefix}{digits}")
    }
}

/// The unique id of a role, the same for all its sessions.
fn role_id(role: usize) -> String {
    format!("AROA{}", Dice::new(role as u64).digits(BASE32, 17))
}
