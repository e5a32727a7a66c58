#![allow(clippy::unwrap_used, reason = "tests")]

mod aggregation;
mod backups;
mod bucket;
mod crashes;
mod digests;
mod faults;
mod gaps;
mod groups;
mod heads;
mod log_files;
mod log_groups;
mod notifications;
mod organizations;
mod uploads;
mod validator;
mod world;
