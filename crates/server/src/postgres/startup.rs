//! How a connection begins: who it is, proved by SCRAM.

use super::cancelling::random_text;
use super::faults::fatal;
use super::scram::{MECHANISM, Scram, ScramError};
use super::session::{Login, Session};
use super::settings::TOLD;
use super::{ledger, statement};
use crate::auth::{Caller, secret_of};
use async_trait::async_trait;
use bytes::{Buf, Bytes};
use cairn_model::{AccessKey, KeyStatus};
use cairn_wire::sigv4::AuthError;
use futures::{Sink, SinkExt};
use pgwire::api::auth::{StartupHandler, protocol_negotiation, save_startup_parameters_to_metadata};
use pgwire::api::{ClientInfo, PgWireConnectionState};
use pgwire::error::{PgWireError, PgWireResult};
use pgwire::messages::response::{ReadyForQuery, TransactionStatus};
use pgwire::messages::startup::{
    Authentication, BackendKeyData, ParameterStatus, PasswordMessageFamily, Startup,
};
use pgwire::messages::{PgWireBackendMessage, PgWireFrontendMessage};
use std::fmt::Debug;
use std::sync::Arc;

/// The bytes of a salt.
const SALT_BYTES: usize = 16;

#[async_trait]
impl StartupHandler for Session {
    async fn on_startup<C>(&self, client: &mut C, message: PgWireFrontendMessage) -> PgWireResult<()>
    where
        C: ClientInfo + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        match message {
            PgWireFrontendMessage::Startup(startup) => {
                protocol_negotiation(client, &startup).await?;
                save_startup_parameters_to_metadata(client, &startup);
                self.greet(&startup)?;
                client.set_state(PgWireConnectionState::AuthenticationInProgress);
                let mechanisms = Authentication::SASL(vec![MECHANISM.to_owned()]);
                client.send(PgWireBackendMessage::Authentication(mechanisms)).await?;
            }
            PgWireFrontendMessage::PasswordMessageFamily(PasswordMessageFamily::Raw(message)) => {
                match self.prove(message.freeze()).await? {
                    Proof::Goes(message) => {
                        let message = Authentication::SASLContinue(message);
                        client.send(PgWireBackendMessage::Authentication(message)).await?;
                    }
                    Proof::Holds(message) => {
                        let message = Authentication::SASLFinal(message);
                        client.feed(PgWireBackendMessage::Authentication(message)).await?;
                        welcome(self, client).await?;
                    }
                }
            }
            _ => return Err(fatal("08P01", "this message is out of place")),
        }
        Ok(())
    }
}

/// How far a proof is.
enum Proof {
    Goes(Bytes),
    Holds(Bytes),
}

impl Session {
    /// Takes what the client says of itself.
    fn greet(&self, startup: &Startup) -> PgWireResult<()> {
        if !self.has_room {
            return Err(fatal("53300", "too many connections"));
        }
        let parameters = &startup.parameters;
        let user = parameters.get("user").cloned().ok_or_else(|| fatal("28000", "no user is given"))?;
        let database = parameters.get("database").cloned().unwrap_or_else(|| user.clone());
        let passed = ["user", "database", "options", "replication"];
        for (name, value) in parameters.iter().filter(|(name, _)| !passed.contains(&name.as_str())) {
            self.settings().put(name, value)?;
        }
        for (name, value) in
            parameters.get("options").map(|text| statement::options(text)).unwrap_or_default()
        {
            self.settings().put(&name, &value)?;
        }
        *self.login() = Login::Greeted { user, database };
        Ok(())
    }

    /// Takes the next message of the proof.
    async fn prove(&self, message: Bytes) -> PgWireResult<Proof> {
        let login = std::mem::replace(&mut *self.login(), Login::Failed);
        match login {
            Login::Greeted { user, database } => {
                let first = initial(message)?;
                let key = self.key(&user);
                let salt = random_text(SALT_BYTES);
                let secret = key.as_ref().and_then(|key| secret_of(&self.shared.app.seal, key));
                let begun = tokio::task::block_in_place(|| {
                    Scram::begin(&first, secret.as_deref(), salt.as_bytes(), &random_text(24))
                });
                let (scram, answer) = begun.map_err(malformed)?;
                *self.login() = Login::Proving { user, database, key, scram };
                Ok(Proof::Goes(Bytes::from(answer)))
            }
            Login::Proving { user, database, key, scram } => {
                let last = std::str::from_utf8(&message).map_err(|_| malformed(ScramError::Malformed))?;
                let proved = scram.finish(last);
                let answer = match (proved, key) {
                    (Err(ScramError::Wrong), key) => {
                        let cause = match key {
                            Some(_) => AuthError::SignatureMismatch,
                            None => AuthError::UnknownKey,
                        };
                        return Err(self.turned_away(&user, key, cause).await);
                    }
                    (Err(cause), _) => return Err(malformed(cause)),
                    (Ok(answer), Some(key)) if key.status == KeyStatus::Active => {
                        self.admit(key, &database);
                        answer
                    }
                    (Ok(_), key) => {
                        return Err(self.turned_away(&user, key, AuthError::DisabledKey).await);
                    }
                };
                Ok(Proof::Holds(Bytes::from(answer)))
            }
            Login::Failed | Login::Done(_) => Err(fatal("08P01", "this message is out of place")),
        }
    }

    fn key(&self, user: &str) -> Option<Arc<AccessKey>> {
        self.shared.app.journal.catalog().state().keys.get(user).cloned()
    }

    fn admit(&self, key: Arc<AccessKey>, database: &str) {
        let home = &self.shared.app.config.region;
        let region = if is_region(database) { database.to_owned() } else { home.clone() };
        *self.login() = Login::Done(Caller { key, region, session: None });
    }

    /// The same words for whoever is not let in; the record tells them apart.
    async fn turned_away(&self, user: &str, key: Option<Arc<AccessKey>>, cause: AuthError) -> PgWireError {
        ledger::login(self, user, key, cause).await;
        fatal("28P01", format!("password authentication failed for user \"{user}\""))
    }
}

/// Whether a database is a region: most have other names.
fn is_region(database: &str) -> bool {
    let has_number = database.ends_with(|last: char| last.is_ascii_digit());
    has_number && database.matches('-').count() >= 2 && crate::auth::is_region(database)
}

/// The client's first message behind the name of the mechanism. What is malformed is not read.
fn initial(mut message: Bytes) -> PgWireResult<String> {
    let end = message.iter().position(|byte| *byte == 0).ok_or_else(|| malformed(ScramError::Malformed))?;
    if &message[..end] != MECHANISM.as_bytes() {
        return Err(fatal("28000", format!("only {MECHANISM} is taken")));
    }
    message.advance(end + 1);
    if message.len() < 4 {
        return Err(malformed(ScramError::Malformed));
    }
    message.advance(4);
    String::from_utf8(message.to_vec()).map_err(|_| malformed(ScramError::Malformed))
}

fn malformed(cause: ScramError) -> PgWireError {
    fatal("28000", cause.to_string())
}

/// Tells the client what it has to know, and that it may ask.
async fn welcome<C>(session: &Session, client: &mut C) -> PgWireResult<()>
where
    C: ClientInfo + Sink<PgWireBackendMessage> + Unpin + Send,
    PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
{
    client.feed(PgWireBackendMessage::Authentication(Authentication::Ok)).await?;
    let told: Vec<(String, String)> = {
        let settings = session.settings();
        let value = |name: &str| settings.get(name).unwrap_or_default().to_owned();
        TOLD.iter().map(|(name, shown)| ((*shown).to_owned(), value(name))).collect()
    };
    for (name, value) in told {
        client.feed(PgWireBackendMessage::ParameterStatus(ParameterStatus::new(name, value))).await?;
    }
    let process = &session.known.process;
    client.set_pid_and_secret_key(process.number, process.secret.clone());
    let key = BackendKeyData::new(process.number, process.secret.clone());
    client.feed(PgWireBackendMessage::BackendKeyData(key)).await?;
    client.send(PgWireBackendMessage::ReadyForQuery(ReadyForQuery::new(TransactionStatus::Idle))).await?;
    client.set_state(PgWireConnectionState::ReadyForQuery);
    Ok(())
}

impl Session {
    /// Who asks, as long as its key is good.
    pub(super) fn caller(&self) -> PgWireResult<Caller> {
        let caller = match &*self.login() {
            Login::Done(caller) => caller.clone(),
            _ => return Err(fatal("28000", "this connection is of nobody known")),
        };
        let state = self.shared.app.journal.catalog().state();
        let key = state.keys.get(&caller.key.access_key_id);
        match key.filter(|key| key.status == KeyStatus::Active) {
            Some(key) => Ok(Caller { key: Arc::clone(key), ..caller }),
            None => Err(fatal("28000", "the key was disabled or deleted")),
        }
    }

    /// What the client says that it is.
    pub(super) fn client(&self) -> String {
        let settings = self.settings();
        match settings.get("application_name") {
            None | Some("") => "PostgreSQL".to_owned(),
            Some(name) => format!("PostgreSQL {name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_database_is_a_region_only_if_it_looks_like_one() {
        for (database, expected) in [
            ("us-east-1", true),
            ("ap-southeast-2", true),
            ("postgres", false),
            ("cairn", false),
            ("AKIA1", false),
            ("a-b-c", false),
        ] {
            assert_eq!(is_region(database), expected, "{database}");
        }
    }

    #[test]
    fn a_first_message_is_read_behind_its_mechanism() {
        let message = b"SCRAM-SHA-256\0\0\0\0\x05n,,r=";
        assert_eq!(initial(Bytes::from_static(message)).unwrap(), "n,,r=");
        for wrong in [
            &b"SCRAM-SHA-256"[..],
            b"SCRAM-SHA-256\0\0",
            b"MD5\0\0\0\0\0",
            b"",
            b"SCRAM-SHA-256\0\0\0\0\x01\xff",
        ] {
            assert!(initial(Bytes::copy_from_slice(wrong)).is_err(), "{wrong:?}");
        }
    }
}
