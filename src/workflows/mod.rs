//! What a person sets out to do, one file each: import, train, compare, release, serve, demo.
//!
//! The command line and the window call the same functions, so that whatever a person can click can be scheduled. A
//! workflow joins `analysis` and `store`, which do not know each other; it is the one place that asks the clock.

mod error;
mod example;
mod home;

pub mod backtest;
#[cfg(test)]
mod cancel_tests;
pub mod card;
pub mod compare;
pub mod databases;
pub mod datasets;
pub mod demo;
pub mod evidence;
pub mod expect;
pub mod export;
pub mod expressions;
pub mod features;
pub mod files;
mod fitting;
pub mod gates;
pub mod import;
pub mod import_model;
pub mod insight;
pub mod mapping;
pub mod models;
#[cfg(test)]
mod models_tests;
pub mod online;
pub mod people;
pub mod personal;
pub mod profile;
pub mod release;
pub mod report;
pub mod runs;
pub mod search;
pub mod searches;
pub mod server;
pub mod simulate;
mod tested;
pub mod thresholds;
pub mod train;
pub mod verify;
pub mod watch;

pub use error::WorkflowError;
pub use home::Home;

use std::time::SystemTime;

use crate::base::Moment;

/// The seed of everything that is random and not told otherwise.
pub const SEED: u64 = 1404;

/// What the machine's clock says.
#[must_use]
#[expect(clippy::expect_used, reason = "the number is within the range, and the epoch always is")]
pub fn now() -> Moment {
    let millis = match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(Moment::RANGE_MILLIS),
        Err(before) => -i64::try_from(before.duration().as_millis()).unwrap_or(Moment::RANGE_MILLIS),
    };
    let bounded = millis.clamp(-Moment::RANGE_MILLIS, Moment::RANGE_MILLIS);
    Moment::from_millis(bounded).or_else(|| Moment::from_millis(0)).expect("the epoch is a moment")
}
