//! Long work that can be watched and stopped.
//!
//! A [`Task`] is handed to everything that takes longer than a frame. The work reports [`Progress`] and asks
//! [`Task::check`] often (at least every 100 ms); who started it reads the progress and may cancel. The work
//! leaves nothing half-written when it is cancelled.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

/// How far the work is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// Key of the present stage in the string catalogue, such as `stage.reading`.
    pub stage: &'static str,
    /// Units done in this stage.
    pub done: u64,
    /// Units in this stage; 0 where it cannot be known.
    pub total: u64,
    /// What the last round came to, where this stage fits a model in rounds.
    pub fitting: Option<Fitting>,
    /// Where the stage comes several times, which time this is.
    pub part: Option<Part>,
}

/// One of several times that a stage comes, each counted anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which one, from 1.
    pub place: u32,
    /// How many there are.
    pub of: u32,
}

impl Progress {
    /// How much of the stage, in all of its parts, is done: 0 to 1. `None` where that cannot be known.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "a share")]
        let of_part = (self.total > 0).then(|| (self.done as f64 / self.total as f64).clamp(0.0, 1.0))?;
        Some(match self.part {
            Some(Part { place, of }) if of > 0 => (f64::from(place.saturating_sub(1)) + of_part) / f64::from(of),
            _ => of_part,
        })
    }
}

/// A model that is being fitted in rounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fitting {
    /// Visits that it is fitted to.
    pub rows: u64,
    /// The round that ended last.
    pub point: CurvePoint,
    /// Key of the name of the loss in the string catalogue, which says its unit.
    pub loss: &'static str,
}

/// The losses after a round of a fit, in the unit of the fit's loss.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CurvePoint {
    /// The round, from 1.
    pub round: u32,
    /// The loss on the visits that the model is fitted to.
    pub train_loss: f64,
    /// The loss on the visits that decide when to stop, where some do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_loss: Option<f64>,
}

/// Asks work to stop. Clones share one flag.
#[derive(Clone, Debug, Default)]
pub struct CancelToken {
    asked: Arc<AtomicBool>,
    /// How often, and how far apart, the work asks.
    #[cfg(test)]
    asks: Arc<Mutex<asks::Asks>>,
}

/// The work was stopped by request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cancelled")]
pub struct Cancelled;

/// The work's side of being watched. Clones share progress and cancellation.
#[derive(Clone, Debug, Default)]
pub struct Task {
    cancel: CancelToken,
    told: Arc<Mutex<Told>>,
}

/// What the work said of itself.
#[derive(Debug, Default)]
struct Told {
    progress: Progress,
    /// Every stage that was begun, once, in the order in which it was begun first.
    stages: Vec<&'static str>,
    part: Option<Part>,
}

impl CancelToken {
    /// Asks the work to stop; it does so at its next [`Task::check`].
    pub fn cancel(&self) {
        self.asked.store(true, Ordering::Relaxed);
    }

    /// Whether the work was asked to stop.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        #[cfg(test)]
        self.asked_now();
        self.asked.load(Ordering::Relaxed)
    }
}

impl Task {
    /// A task that stops with `cancel`.
    #[must_use]
    pub fn with_cancel(cancel: CancelToken) -> Task {
        Task { cancel, told: Arc::default() }
    }

    /// The token that stops this task.
    #[must_use]
    pub fn cancel_token(&self) -> CancelToken {
        self.cancel.clone()
    }

    /// Says how far the work is, and stops it where it was asked to.
    ///
    /// # Errors
    /// [`Cancelled`] once the task was cancelled.
    pub fn report(&self, stage: &'static str, done: u64, total: u64) -> Result<(), Cancelled> {
        self.tell(Progress { stage, done, total, ..Progress::default() })
    }

    /// Says what a round of at most `rounds` of a fit came to, and stops the work where it was asked to.
    ///
    /// # Errors
    /// [`Cancelled`] once the task was cancelled.
    pub fn report_round(&self, fitting: Fitting, rounds: u32) -> Result<(), Cancelled> {
        self.tell(Progress {
            stage: "stage.fitting",
            done: u64::from(fitting.point.round),
            total: u64::from(rounds),
            fitting: Some(fitting),
            part: None,
        })
    }

    /// Says that what is reported from here on is this part of what it is part of; `None`: all of it.
    pub fn begin_part(&self, part: Option<Part>) {
        self.told().part = part;
    }

    fn tell(&self, progress: Progress) -> Result<(), Cancelled> {
        let stage = progress.stage;
        let mut told = self.told();
        told.progress = Progress { part: told.part, ..progress };
        if !told.stages.contains(&stage) {
            told.stages.push(stage);
        }
        drop(told);
        self.check()
    }

    /// Stops the work where it was asked to.
    ///
    /// # Errors
    /// [`Cancelled`] once the task was cancelled.
    pub fn check(&self) -> Result<(), Cancelled> {
        if self.cancel.is_cancelled() { Err(Cancelled) } else { Ok(()) }
    }

    /// What was reported last.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.told().progress.clone()
    }

    /// Every stage that was reported, the present one among them, in the order in which each was begun first.
    #[must_use]
    pub fn stages(&self) -> Vec<&'static str> {
        self.told().stages.clone()
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What tests ask of the work's asking.
#[cfg(test)]
mod asks {
    use std::time::{Duration, Instant};

    use super::{CancelToken, Ordering, PoisonError};

    /// The asks of a task until now.
    #[derive(Debug, Default)]
    pub struct Asks {
        seen: u64,
        stop_at: Option<u64>,
        last: Option<Instant>,
        longest: Duration,
    }

    impl CancelToken {
        /// A token that is cancelled when the work asks for the `ask`-th time, from 1.
        pub fn cancelling_at(ask: u64) -> CancelToken {
            let token = CancelToken::default();
            token.asks.lock().unwrap_or_else(PoisonError::into_inner).stop_at = Some(ask);
            token
        }

        /// How often the work has asked, and the longest time between two asks.
        pub fn asks(&self) -> (u64, Duration) {
            let asks = self.asks.lock().unwrap_or_else(PoisonError::into_inner);
            (asks.seen, asks.longest)
        }

        pub(super) fn asked_now(&self) {
            let mut asks = self.asks.lock().unwrap_or_else(PoisonError::into_inner);
            asks.seen += 1;
            let now = Instant::now();
            if let Some(last) = asks.last.replace(now) {
                asks.longest = asks.longest.max(now - last);
            }
            if asks.stop_at == Some(asks.seen) {
                self.asked.store(true, Ordering::Relaxed);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cancelling_reaches_every_clone_and_progress_stays_readable() {
        let task = Task::default();
        let seen_by_worker = task.clone();
        assert_eq!(seen_by_worker.report("stage.reading", 3, 10), Ok(()));
        task.cancel_token().cancel();
        assert_eq!(seen_by_worker.report("stage.reading", 4, 10), Err(Cancelled));
        let reading = Progress { stage: "stage.reading", done: 4, total: 10, ..Progress::default() };
        assert_eq!(task.progress(), reading);
    }

    #[test]
    fn a_round_is_told_with_its_losses() {
        let task = Task::default();
        let point = CurvePoint { round: 3, train_loss: 2.5, stop_loss: Some(2.75) };
        let fitting = Fitting { rows: 1_000, point, loss: "curve_loss.pinball" };
        task.report_round(fitting, 12).unwrap();
        let progress = task.progress();
        assert_eq!((progress.stage, progress.done, progress.total), ("stage.fitting", 3, 12));
        assert_eq!((progress.fitting, progress.share()), (Some(fitting), Some(0.25)));
        task.begin_part(Some(Part { place: 2, of: 5 }));
        task.report_round(fitting, 12).unwrap();
        assert_eq!(task.progress().share(), Some(0.25));
        task.begin_part(Some(Part { place: 5, of: 5 }));
        task.report("stage.fitting", 10, 10).unwrap();
        assert_eq!(task.progress().share(), Some(1.0));
        task.begin_part(None);
        task.report("stage.fitting", 1, 0).unwrap();
        assert_eq!(task.progress().share(), None);
        // What is not a fit says nothing of one.
        task.report("stage.predicting", 0, 1).unwrap();
        assert_eq!(task.progress().fitting, None);
    }

    #[test]
    fn stages_are_remembered_once_in_the_order_of_their_beginnings() {
        let task = Task::default();
        for stage in ["stage.reading", "stage.sorting", "stage.reading"] {
            task.report(stage, 0, 0).unwrap();
        }
        assert_eq!(task.stages(), ["stage.reading", "stage.sorting"]);
    }
}
