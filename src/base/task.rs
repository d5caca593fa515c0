//! Long work that can be watched and stopped.
//!
//! A [`Task`] is handed to everything that takes longer than a frame. The work reports [`Progress`] and asks
//! [`Task::check`] often (at least every 100 ms); who started it reads the progress and may cancel. The work
//! leaves nothing half-written when it is cancelled.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How far the work is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// Key of the present stage in the string catalogue, such as `stage.reading`.
    pub stage: &'static str,
    /// Units done in this stage.
    pub done: u64,
    /// Units in this stage; 0 where it cannot be known.
    pub total: u64,
}

/// Asks work to stop. Clones share one flag.
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<AtomicBool>);

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
}

impl CancelToken {
    /// Asks the work to stop; it does so at its next [`Task::check`].
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the work was asked to stop.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
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
        let mut told = self.told();
        told.progress = Progress { stage, done, total };
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
        assert_eq!(task.progress(), Progress { stage: "stage.reading", done: 4, total: 10 });
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
