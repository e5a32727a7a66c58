//! AWS's chain of credentials.

use super::Keys;
use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::profile::{ProfileFileCredentialsProvider, ProfileSet};
use aws_config::provider_config::ProviderConfig;
use aws_config::{BehaviorVersion, Region};
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;

/// Profiles that may stand behind one another.
const SOURCES_MAX: usize = 10;

/// Where credentials are looked for.
#[derive(Debug)]
pub(super) enum Chain {
    /// One profile.
    Profile { name: String, region: String },
    /// Everywhere.
    Ambient { region: String },
}

/// Why the chain gives no credentials.
#[derive(Debug, thiserror::Error)]
pub(super) enum ChainError {
    #[error(transparent)]
    Provider(#[from] CredentialsError),
    #[error("profile {profile} asks AWS for a role, but {variable} would send that elsewhere: unset it")]
    SentElsewhere { profile: String, variable: &'static str },
}

impl Chain {
    pub(super) async fn load(&self) -> Result<Keys, ChainError> {
        let (Chain::Profile { region, .. } | Chain::Ambient { region }) = self;
        let config = ProviderConfig::without_region()
            .with_region(Some(Region::new(region.clone())))
            .with_behavior_version(Some(BehaviorVersion::latest()));
        match self {
            Chain::Profile { name, .. } => {
                refuse_detour(Some(name)).await?;
                let provider =
                    ProfileFileCredentialsProvider::builder().configure(&config).profile_name(name);
                Ok(provider.build().provide_credentials().await?)
            }
            Chain::Ambient { .. } => {
                refuse_detour(None).await?;
                let chain = DefaultCredentialsChain::builder().region(Region::new(region.clone()));
                Ok(chain.configure(config).build().await.provide_credentials().await?)
            }
        }
    }
}

/// A profile's role is asked for at STS or SSO. `AWS_ENDPOINT_URL`, which points clients at Cairn, would send that to
/// Cairn too.
async fn refuse_detour(name: Option<&str>) -> Result<(), ChainError> {
    let variables =
        ["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL_SSO_OIDC", "AWS_ENDPOINT_URL"];
    let Some(variable) = variables.into_iter().find(|name| std::env::var_os(name).is_some()) else {
        return Ok(());
    };
    // The environment's keys come first, and need nobody.
    if name.is_none() && std::env::var_os("AWS_ACCESS_KEY_ID").is_some() {
        return Ok(());
    }
    let (files, environment, name) = (Default::default(), Default::default(), name.map(str::to_owned));
    let name = name.map(Into::into);
    let loaded = aws_config::profile::load(&Default::default(), &environment, &files, name).await;
    match loaded {
        Ok(profiles) if asks_a_service(&profiles) => {
            Err(ChainError::SentElsewhere { profile: profiles.selected_profile().to_owned(), variable })
        }
        // What cannot be read, the chain tells of.
        Ok(_) | Err(_) => Ok(()),
    }
}

fn asks_a_service(profiles: &ProfileSet) -> bool {
    let mut name = profiles.selected_profile();
    for _ in 0..SOURCES_MAX {
        let Some(profile) = profiles.get_profile(name) else { return false };
        let asks = ["role_arn", "sso_session", "sso_start_url", "login_session"];
        if asks.into_iter().any(|key| profile.get(key).is_some()) {
            return true;
        }
        let Some(source) = profile.get("source_profile") else { return false };
        name = source;
    }
    false
}
