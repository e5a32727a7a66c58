#![allow(clippy::unwrap_used, reason = "tests")]

mod bucket;
mod crashes;
mod digests;
mod faults;
mod log_files;
mod uploads;
mod validator;
mod world;
