//! Journeys through the whole program: what a person does with the binary, and what must then be true.
//!
//! One file a journey, all in one binary, since linking costs more than running. What a journey needs beyond the
//! program itself (a display, other people's data, the right to mount) is looked for; where it is missing the journey
//! is skipped and says so by name.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a journey that cannot go on fails")]

mod append;
mod architecture;
mod bad_input;
mod compare;
mod data_sets;
#[cfg(target_os = "linux")]
mod disk;
mod drift;
mod features;
mod fixture;
mod following;
mod foreign;
mod formats;
mod gates;
mod insight;
#[cfg(unix)]
mod interrupt;
#[cfg(unix)]
mod kill;
mod r#loop;
mod onnx;
mod real_data;
mod report;
#[cfg(unix)]
mod runs;
mod sample;
#[cfg(unix)]
mod search;
#[cfg(feature = "serve")]
mod service;
#[cfg(feature = "serve")]
mod tampering;
mod thin;
mod training;
mod untrainable;
#[cfg(feature = "workbench")]
mod window;
