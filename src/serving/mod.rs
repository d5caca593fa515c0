//! The HTTP service: answers with the live version, and follows promotions, rollbacks and online values by itself.
//!
//! A watcher thread asks the registry every 100 ms and keeps the live version in place, loaded and trusted; the routes
//! only ever read what is in place. Features come from the one catalogue, artifacts from the registry, trust from the
//! keys named at the start, never from the registry. The invariants: what is not approved, signed by a trusted key and
//! reproducing its golden rows never answers; a version that is refused or a registry that cannot be read leaves the
//! one before answering; no request can make the service panic or wait for a disk.

mod clock;
mod deployment;
mod error;
mod online;
mod predict;
mod problem;
mod routes;
mod service;
mod status;
mod watcher;

#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

pub use crate::analysis::answer::{
    FeatureReader, LARGEST_BODY_BYTES, LONGEST_NAME, LONGEST_REQUEST_ID, MOST_PEOPLE,
};
pub use error::{LoadError, ServeError};
pub use service::run;

/// How often the registry is asked for changes, unless said otherwise.
pub const POLL: Duration = Duration::from_millis(100);

/// What the service is started with.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The registry, which must be there.
    pub registry: PathBuf,
    /// The prediction log, which is made where there is none.
    pub predictions: PathBuf,
    /// A `.pub` file, or a folder of them: whose signatures are trusted.
    pub trust: PathBuf,
    /// How often the registry is asked for changes; [`POLL`].
    pub poll: Duration,
}
