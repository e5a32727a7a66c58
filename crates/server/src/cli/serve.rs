//! `cairn serve`.

use super::{Failure, output};
use crate::clock;
use crate::config::{Config, Kind, SETTINGS, Setting};
use crate::gateway::Gateway;
use crate::jobs::{Jobs, drop_segments};
use crate::listener::{self, Tls};
use crate::postgres;
use crate::setup::{self, GivenKey, Started};
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};
use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// How long a clean stop may take: what is not done by then is done at the next start.
const STOP_TIMEOUT: Duration = Duration::from_secs(9);
/// How long of it calls that were cut may take to get on the record: jobs and logs have to be closed too.
const RECORDED_TIMEOUT: Duration = Duration::from_secs(2);

/// Start the server.
#[derive(Args)]
#[command(after_help = "Example:\n  cairn serve --data ./cairn-data --deliver-every 5s --digest-every 1m")]
pub(super) struct Serve {
    /// The file of settings (default: cairn.toml in the working folder, if there is one)
    #[arg(long)]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: SettingFlags,
}

/// The settings given as flags, by key.
struct SettingFlags(BTreeMap<&'static str, String>);

impl FromArgMatches for SettingFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<SettingFlags, clap::Error> {
        let given = |setting: &Setting| Some((setting.key, matches.get_one::<String>(setting.key)?.clone()));
        Ok(SettingFlags(SETTINGS.iter().filter_map(given).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = SettingFlags::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for SettingFlags {
    fn augment_args(command: Command) -> Command {
        command.args(SETTINGS.iter().map(|setting| {
            let (shown, aliases) = setting.flags.split_first().expect("every setting has a flag");
            let variable = setting.variables.first().copied().unwrap_or_default();
            let help = match setting.default {
                "" => format!("{} [env: {variable}]", setting.help),
                default => format!("{} [default: {default}] [env: {variable}]", setting.help),
            };
            let arg = Arg::new(setting.key)
                .long(*shown)
                .aliases(aliases)
                .value_name("VALUE")
                .help(help)
                .hide(!setting.built);
            match setting.kind {
                Kind::Switch => arg.num_args(0..=1).require_equals(true).default_missing_value("true"),
                Kind::Value | Kind::List => arg,
            }
        }))
    }

    fn augment_args_for_update(command: Command) -> Command {
        SettingFlags::augment_args(command)
    }
}

impl Serve {
    pub(super) fn run(self) -> Result<(), Failure> {
        let variables = variables();
        let config = Config::load(self.config.as_deref(), &self.settings.0, &variables)
            .map_err(|error| Failure::Usage(error.to_string()))?;
        start_logging(config.log_json);
        let lock = setup::lock(&config.data).map_err(Failure::failed)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .thread_name("cairn")
            .build()
            .map_err(Failure::failed)?;
        let ended = runtime.block_on(serve(config));
        // What still runs on blocking threads is cut: nothing that was acknowledged hangs on it.
        runtime.shutdown_timeout(Duration::from_millis(500));
        drop(lock);
        ended
    }
}

/// Settings from the environment. Unknown `CAIRN_` variables are warned of, for they may be misspelt ones.
fn variables() -> BTreeMap<&'static str, String> {
    let mut found = BTreeMap::new();
    for setting in SETTINGS {
        let given = |variable| std::env::var(variable).ok().filter(|value| !value.is_empty());
        if let Some(value) = setting.variables.iter().find_map(given) {
            found.insert(setting.key, value);
        }
    }
    let others = ["CAIRN_ACCOUNT_ID", "CAIRN_ACCESS_KEY_ID", "CAIRN_SECRET_ACCESS_KEY", "CAIRN_LOG"];
    for (name, _) in std::env::vars_os() {
        let Some(name) = name.to_str().filter(|name| name.starts_with("CAIRN_")) else { continue };
        let known =
            others.contains(&name) || SETTINGS.iter().any(|setting| setting.variables.contains(&name));
        if !known {
            output::complain(&format!("warning: the variable {name} is none of Cairn's"));
        }
    }
    found
}

/// Log lines go to standard error. `CAIRN_LOG` says which, in tracing's filter language; default `info`. The S3
/// library is never asked: it would log whole requests, signatures and session tokens among them.
fn start_logging(json: bool) {
    let filter = std::env::var("CAIRN_LOG").unwrap_or_else(|_| {
        "info,aws_config=warn,deltalake=warn,delta_kernel=warn,buoyant_kernel=warn".to_owned()
    });
    let builder = tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::new(format!("{filter},s3s=off")))
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    if json { builder.json().init() } else { builder.init() }
}

fn given_key() -> GivenKey {
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    GivenKey {
        account: variable("CAIRN_ACCOUNT_ID"),
        access_key_id: variable("CAIRN_ACCESS_KEY_ID"),
        secret: variable("CAIRN_SECRET_ACCESS_KEY"),
    }
}

async fn serve(config: Config) -> Result<(), Failure> {
    let mut stopping = stop_signals()?;
    let began = clock::now();
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| Failure::Failed(format!("{}: {error}", config.listen)))?;
    let address = listener.local_addr().map_err(Failure::failed)?;
    let postgres_listener = postgres_listener(&config).await?;
    let tls = config.tls.clone().map(Tls::load).transpose().map_err(Failure::failed)?.map(Arc::new);
    let given = given_key();
    let started = tokio::select! {
        started = setup::start(config, &given) => started.map_err(Failure::failed)?,
        () = stopping.recv() => return Ok(()),
    };
    let app = started.app.clone();
    let scheme = if tls.is_some() { "https" } else { "http" };
    let endpoint = format!("{scheme}://{address}");
    announce(&app.config.data, "endpoint", &endpoint).map_err(Failure::failed)?;
    tell(&started, &endpoint);
    tracing::info!(%endpoint, took = ?clock::now().since(began), "Cairn is ready");

    let (stop, jobs_stop) = (CancellationToken::new(), CancellationToken::new());
    let mut jobs = Jobs::start(&app, &jobs_stop);
    let gateway = Gateway::start(&app, &jobs_stop);
    let postgres = match postgres_listener {
        None => None,
        Some((listener, endpoint)) => {
            announce(&app.config.data, "endpoint.postgres", &endpoint).map_err(Failure::failed)?;
            tracing::info!(%endpoint, "PostgreSQL's protocol is spoken");
            Some(tokio::spawn(postgres::serve(app.clone(), listener, tls.clone(), stop.clone())))
        }
    };
    let server = tokio::spawn(listener::serve(app.clone(), listener, tls, stop.clone()));
    let died = tokio::select! {
        () = stopping.recv() => false,
        () = app.fatal.cancelled() => true,
        () = jobs.one_ended() => true,
    };
    tracing::info!("stopping");
    let closed = tokio::time::timeout(STOP_TIMEOUT, async {
        stop.cancel();
        if let Err(error) = server.await {
            tracing::error!(%error, "the listener ended badly");
        }
        if let Some(postgres) = postgres
            && let Err(error) = postgres.await
        {
            tracing::error!(%error, "the listener of PostgreSQL's protocol ended badly");
        }
        if tokio::time::timeout(RECORDED_TIMEOUT, app.gateway.all_recorded()).await.is_err() {
            tracing::error!("some forwarded calls were not recorded before the stop");
        }
        jobs_stop.cancel();
        gateway.join_all().await;
        jobs.all_ended().await;
        // The next start applies what stands in the log beyond the catalog's position, and opens what segments there are.
        if !died && app.journal.checkpoint().await.is_ok() {
            drop_segments(&app);
        }
        let log = app.journal.log().clone();
        tokio::task::spawn_blocking(move || log.close()).await
    });
    let closed = closed.await;
    if died {
        return Err(Failure::Failed(
            "stopped after a fault that only a restart can mend; see the log".to_owned(),
        ));
    }
    match closed {
        Err(_elapsed) => {
            tracing::warn!("the stop took too long and was cut; the rest is done at the next start")
        }
        Ok(Ok(Err(error))) => return Err(Failure::failed(error)),
        Ok(_) => tracing::info!("stopped"),
    }
    Ok(())
}

/// SIGTERM and SIGINT.
struct StopSignals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

fn stop_signals() -> Result<StopSignals, Failure> {
    let listen = |kind| signal(kind).map_err(Failure::failed);
    Ok(StopSignals {
        terminate: listen(SignalKind::terminate())?,
        interrupt: listen(SignalKind::interrupt())?,
    })
}

impl StopSignals {
    async fn recv(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// The listener of PostgreSQL's protocol with its URL, if that is spoken.
async fn postgres_listener(config: &Config) -> Result<Option<(TcpListener, String)>, Failure> {
    let Some(address) = config.lake.postgres_listen else { return Ok(None) };
    let failed = |error| Failure::Failed(format!("lake.postgres_listen: {address}: {error}"));
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok(Some((listener, format!("postgresql://{bound}/{}", config.region))))
}

/// Writes a bound address to a file of the data folder, aside and renamed, so that nobody reads half of it.
fn announce(data: &Path, name: &str, endpoint: &str) -> std::io::Result<()> {
    let aside = data.join(format!("{name}.new"));
    std::fs::write(&aside, format!("{endpoint}\n"))?;
    std::fs::rename(aside, data.join(name))
}

/// The lines to export. The secret is shown at the first start, later only to a terminal: output that is
/// kept is no place for it.
fn tell(started: &Started, endpoint: &str) {
    let app = &started.app;
    let region = &app.config.region;
    let show_secret = started.first_start || std::io::stdout().is_terminal();
    let secret = match show_secret {
        true => format!("export AWS_SECRET_ACCESS_KEY={}\n", shell_quoted(&started.root_secret)),
        false => "# AWS_SECRET_ACCESS_KEY: as shown at the first start\n".to_owned(),
    };
    output::print(&format!(
        "export AWS_ENDPOINT_URL={endpoint}\nexport AWS_ACCESS_KEY_ID={}\n{secret}export AWS_REGION={region}\n\
         export AWS_DEFAULT_REGION={region}\n",
        shell_quoted(&app.operator.access_key_id)
    ));
}

/// A value as a shell reads it back.
fn shell_quoted(value: &str) -> String {
    let plain = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=_-.".contains(&byte));
    if plain { value.to_owned() } else { format!("'{}'", value.replace('\'', "'\\''")) }
}
