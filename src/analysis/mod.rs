//! Data in, numbers out: history, simulation, features, models, answers, evaluation, insight, drift.
//!
//! Nothing here knows the store, a window or a socket. Everything is a function of its inputs and a seed: the
//! same data and parameters give the same bytes.

pub mod answer;
pub mod drift;
pub mod evaluation;
pub mod features;
pub mod history;
pub mod insight;
pub mod models;
pub mod simulation;
