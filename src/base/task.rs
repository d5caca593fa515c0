//! Long work that can be watched and stopped.
//!
//! A [`Task`] is handed to everything that takes longer than a frame. The work reports [`Progress`] and asks
//! [`Task::check`] often (at least every 100 ms); who started it reads the progress and may cancel. The work
//! leaves nothing half-written when it is cancelled.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

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
    progress: Arc<Mutex<Progress>>,
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
        Task { cancel, progress: Arc::default() }
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
        *self.progress.lock().unwrap_or_else(PoisonError::into_inner) = Progress { stage, done, total };
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
        self.progress.lock().unwrap_or_else(PoisonError::into_inner).clone()
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
}
