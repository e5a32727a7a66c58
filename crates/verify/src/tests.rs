#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod completeness;
mod heads;
mod integrity;
mod layouts;
mod world;
