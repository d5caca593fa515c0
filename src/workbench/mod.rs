//! The window.
//!
//! A view reads a snapshot and emits commands; it does no I/O and no computing that grows with the data. Every
//! word goes through [`text`], every colour and length comes from [`theme`], what is drawn more than once is in
//! [`widgets`]. Long work runs as [`jobs`]. Functions that draw end in `_ui`.
//!
//! To add a screen: one file with a [`Screen`], one line in the list given to [`run`], its name as `screen.ID` in
//! the string catalogue. To add a command: a variant of [`Command`], its words, and what it does in the
//! [`Project`].

pub mod command;
mod desk;
mod frame;
pub mod intake;
pub mod jobs;
pub mod notices;
mod open;
pub mod preferences;
mod screens;
pub mod screenshot;
pub mod snapshot;
mod start;
pub mod state;
pub mod text;
pub mod theme;
pub mod widgets;

pub use command::{Command, Outbox};
pub use frame::Window;
pub use jobs::{JobError, JobId, Jobs};
pub use notices::Notices;
pub use open::{OpenError, OpenRequest, open};
pub use preferences::Preferences;
pub use screens::all as all_screens;
pub use screenshot::{Shot, ShotError};
pub use start::{Options, WorkbenchError, run};
pub use state::{Arrival, ChipState, Project, Screen, Services, State, StatusLine};
