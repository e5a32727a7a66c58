//! Whole exchanges over real sockets: client, gateway in a server, upstream.

mod bodies;
mod bounds;
mod cutting;
mod endings;
mod expect;
mod heads;
mod holding;
mod http2;
mod resigning;
mod stage;
mod switching;
mod wire;
