//! What commands carry that is more than one value, and where they are put.

use std::fmt;
use std::path::PathBuf;

use super::Command;
use crate::analysis::drift::LabelBounds;
use crate::base::calendar::{CivilDate, DateStyle};
use crate::base::{Digest, Version};
use crate::workflows::SEED;
use crate::workflows::compare::CompareRequest;
use crate::workflows::watch::{Span, WatchRequest};

/// What of an import is not in its mapping.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportChoices {
    /// What to call the data set; where it is none, the name of the data set that it continues, or of the first file.
    pub name: Option<String>,
    /// The data set that the files continue.
    pub append_to: Option<Digest>,
    /// The contract that it is held against.
    pub contract: Option<PathBuf>,
}

/// Where drift is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum DriftSource {
    /// In the visits of the data set.
    #[default]
    Visits,
    /// In the log of predictions of a service; the data set has the outcomes. Without a path the log of the home.
    Log(Option<PathBuf>),
}

/// A look for drift: the newest whole week and month against those before, unless something else is said.
#[derive(Clone, Debug, PartialEq)]
pub struct DriftAsk {
    /// Where.
    pub source: DriftSource,
    /// The data set that comes before; none where a data set is compared with its own past.
    pub against: Option<Digest>,
    /// Which model, which days.
    pub request: WatchRequest,
}

/// A replay of the alert rules.
#[derive(Clone, Debug, PartialEq)]
pub struct ReplayAsk {
    /// Which model, whose months.
    pub request: WatchRequest,
    /// The first day of a change that is known.
    pub planted: Option<CivilDate>,
}

impl Default for DriftAsk {
    fn default() -> DriftAsk {
        let request = WatchRequest {
            model: None,
            span: Span::Newest,
            months: DateStyle::Jalali,
            like_with_like: false,
            against_training: false,
            bounds: LabelBounds::default(),
            seed: SEED,
        };
        DriftAsk { source: DriftSource::default(), against: None, request }
    }
}

impl Default for ReplayAsk {
    fn default() -> ReplayAsk {
        ReplayAsk { request: DriftAsk::default().request, planted: None }
    }
}

/// A comparison other than the usual one.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparing {
    /// What is compared.
    pub request: CompareRequest,
    /// At so many past dates, with both trained anew.
    pub origins: Option<u32>,
}

/// An approval that is to be signed.
#[derive(Clone, PartialEq, Eq)]
pub struct Approval {
    /// The version.
    pub version: Version,
    /// Why; needed where not every gate passes.
    pub reason: String,
    /// The passphrase of the person's key; empty where it is not locked.
    pub passphrase: String,
}

/// Somebody who is to own the models.
#[derive(Clone, PartialEq, Eq)]
pub struct NewOwner {
    /// The name.
    pub name: String,
    /// What locks the key; empty leaves it open.
    pub passphrase: String,
}

/// What a gate is to hold a figure against from now on.
#[derive(Clone, Debug, PartialEq)]
pub struct NewThreshold {
    /// Its name.
    pub name: String,
    /// What it is to be.
    pub value: f64,
    /// Why.
    pub reason: String,
}

impl fmt::Debug for Approval {
    /// Without the passphrase.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Approval({}, {:?})", self.version, self.reason)
    }
}

impl fmt::Debug for NewOwner {
    /// Without the passphrase.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewOwner({})", self.name)
    }
}

/// Where views put what a person asked for.
#[derive(Debug, Default)]
pub struct Outbox(Vec<Command>);

impl Outbox {
    /// Asks for `command`; it is run after the frame is drawn.
    pub fn send(&mut self, command: Command) {
        self.0.push(command);
    }

    /// What was asked for, in order.
    pub fn take(&mut self) -> Vec<Command> {
        std::mem::take(&mut self.0)
    }
}
