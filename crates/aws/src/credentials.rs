//! What requests are signed with, and where it comes from.

mod cache;
mod chain;

use crate::error::AwsError;
use crate::transport::whole_story;
pub use aws_credential_types::Credentials as Keys;
use cache::Cache;
use chain::Chain;
use futures::FutureExt as _;
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

/// What requests are signed with. Clones share the keys that were loaded.
#[derive(Clone)]
pub struct Credentials(Arc<Source>);

enum Source {
    Anonymous,
    Fixed(Keys),
    Chain { chain: Arc<Chain>, cache: Cache },
}

impl Credentials {
    /// Requests are not signed: for buckets that are open to everyone.
    pub fn anonymous() -> Credentials {
        Credentials(Arc::new(Source::Anonymous))
    }

    /// These keys.
    pub fn fixed(access_key_id: &str, secret_access_key: &str, session_token: Option<String>) -> Credentials {
        let keys = Keys::new(access_key_id, secret_access_key, session_token, None, "given");
        Credentials(Arc::new(Source::Fixed(keys)))
    }

    /// Those of a profile in `~/.aws/config` and `~/.aws/credentials`: keys, `credential_process`, SSO, roles. STS is
    /// asked in `region` if the profile names none.
    pub fn profile(name: &str, region: &str) -> Credentials {
        Credentials::chain(Chain::Profile { name: name.to_owned(), region: region.to_owned() })
    }

    /// Those that the AWS CLI would find: the environment's, those of profiles, of containers and of instances.
    pub fn ambient(region: &str) -> Credentials {
        Credentials::chain(Chain::Ambient { region: region.to_owned() })
    }

    fn chain(chain: Chain) -> Credentials {
        let chain = Arc::new(chain);
        let asked = Arc::clone(&chain);
        let cache = Cache::new(move || load(Arc::clone(&asked)).boxed());
        Credentials(Arc::new(Source::Chain { chain, cache }))
    }

    /// The keys to sign with at `now`, loaded or renewed if need be; `None` means that requests are not signed. Needs a
    /// tokio runtime, which loads on when the caller stops waiting. Answers within 20 seconds.
    ///
    /// Errors: [`AwsError::NoCredentials`] with what the chain says, or said some seconds ago.
    pub async fn current(&self, now: SystemTime) -> Result<Option<Keys>, AwsError> {
        match &*self.0 {
            Source::Anonymous => Ok(None),
            Source::Fixed(keys) => Ok(Some(keys.clone())),
            Source::Chain { cache, .. } => cache.current(now).await.map(Some),
        }
    }

    /// Lets go of keys that a service called expired, so that the next call loads new ones.
    pub(crate) fn forget(&self) {
        if let Source::Chain { cache, .. } = &*self.0 {
            cache.forget();
        }
    }
}

/// Shows no secret.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Source::Anonymous => f.write_str("Credentials(anonymous)"),
            Source::Fixed(keys) => write!(f, "Credentials({})", keys.access_key_id()),
            Source::Chain { chain, .. } => write!(f, "Credentials({chain:?})"),
        }
    }
}

async fn load(chain: Arc<Chain>) -> Result<Keys, AwsError> {
    chain.load().await.map_err(|error| AwsError::NoCredentials { why: whole_story(&error) })
}

#[cfg(test)]
mod tests;
