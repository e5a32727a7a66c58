#![allow(clippy::unwrap_used, reason = "tests")]

mod backups;
mod bucket;
mod crashes;
mod digests;
mod faults;
mod gaps;
mod groups;
mod heads;
mod log_files;
mod notifications;
mod uploads;
mod validator;
mod world;
