//! Nobat, a workbench for the waiting-time predictions of an appointment and queue service.
//!
//! The layers, from the ground up; an arrow of use goes down only, and `tests/journeys/architecture.rs` holds
//! the sources to it:
//!
//! ```text
//!            cli            workbench           serving
//!              \                |              /  |
//!               └────────  workflows  ──────┘     |
//!                           /       \             |
//!                     analysis      store  <──────┘
//!                           \       /
//!                             base
//! ```
//!
//! `analysis` and `store` do not know each other: the store keeps bytes, digests and documents, and the
//! workflows join them. Nothing below `workbench` knows egui, nothing below `serving` knows axum, Polars stays
//! inside `analysis::history` and `analysis::features`, SQL stays inside `store`.

pub mod analysis;
pub mod base;
pub mod cli;
#[cfg(feature = "serve")]
pub mod serving;
pub mod store;
#[cfg(feature = "workbench")]
pub mod workbench;
pub mod workflows;
