//! Long work beside the window: one thread a job, with progress, cancelling and a result.
//!
//! The window never waits for a job; it looks into a channel once a frame, and a finished job asks for that frame.
//! A job that panics is a failed job. A cancelled job says so and nothing else.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use egui::Context;

use super::state::Arrival;
use super::theme::durations;
use crate::base::explain::{Explain, Failure};
use crate::base::{CancelToken, Cancelled, Progress, Task};

/// Names a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct JobId(u64);

/// How a job ended that brought nothing.
#[derive(Debug)]
pub enum JobError {
    /// It was stopped by request.
    Cancelled,
    /// It did not work.
    Failed(Box<dyn Explain + Send>),
}

impl From<Cancelled> for JobError {
    fn from(_: Cancelled) -> JobError {
        JobError::Cancelled
    }
}

impl<E: Explain + Send + 'static> From<E> for JobError {
    fn from(error: E) -> JobError {
        if error.failure() == Failure::Cancelled { JobError::Cancelled } else { JobError::Failed(Box::new(error)) }
    }
}

/// A job panicked, or no thread could be had for it.
#[derive(Debug, thiserror::Error)]
pub enum JobBroke {
    /// A mistake in the program.
    #[error("the job \"{job}\" panicked: {message}")]
    Panicked {
        /// The job's name.
        job: String,
        /// What the panic said.
        message: String,
    },
    /// The system refused a thread.
    #[error("no thread for the job \"{job}\"")]
    NoThread {
        /// The job's name.
        job: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

impl Explain for JobBroke {
    fn key(&self) -> &'static str {
        match self {
            JobBroke::Panicked { .. } => "job_panicked",
            JobBroke::NoThread { .. } => "job_no_thread",
        }
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            JobBroke::Panicked { job, message } => vec![("job", job.clone()), ("detail", message.clone())],
            JobBroke::NoThread { job, source } => vec![("job", job.clone()), ("detail", source.to_string())],
        }
    }
}

/// A running job, as shown.
#[derive(Clone, Debug, PartialEq)]
pub struct JobStatus {
    /// Names it.
    pub id: JobId,
    /// What it is for, in words.
    pub name: String,
    /// What kind of work it is, so that a screen can tell that its own is running.
    pub kind: &'static str,
    /// How far it is.
    pub progress: Progress,
    /// Every stage that it came to, in order; the last is not always the present one.
    pub stages: Vec<&'static str>,
    /// Whether it was asked to stop.
    pub is_cancelled: bool,
}

/// A job that ended.
#[derive(Debug)]
pub struct Finished {
    /// What it was for, in words.
    pub name: String,
    /// How it ended.
    pub outcome: Result<Arrival, JobError>,
    /// How long it took.
    pub took: Duration,
}

struct Job {
    id: JobId,
    name: String,
    kind: &'static str,
    task: Task,
    cancel: CancelToken,
    /// Nobody waits any more for what it brings.
    is_abandoned: bool,
    started: Instant,
    thread: Option<JoinHandle<()>>,
}

/// The jobs of the window.
pub struct Jobs {
    context: Context,
    running: Vec<Job>,
    next: u64,
    sender: Sender<(JobId, Result<Arrival, JobError>)>,
    receiver: Receiver<(JobId, Result<Arrival, JobError>)>,
}

impl Jobs {
    /// No jobs; `context` is asked for a frame when one ends.
    #[must_use]
    pub fn new(context: Context) -> Jobs {
        let (sender, receiver) = channel();
        Jobs { context, running: Vec::new(), next: 1, sender, receiver }
    }

    /// Runs `work` on a thread of its own. `name` is what it is for, in words; `kind` is what screens know it by.
    pub fn start(
        &mut self,
        kind: &'static str,
        name: impl Into<String>,
        work: impl FnOnce(&Task) -> Result<Arrival, JobError> + Send + 'static,
    ) -> JobId {
        let id = JobId(self.next);
        self.next += 1;
        let name = name.into();
        let task = Task::default();
        let (sender, context) = (self.sender.clone(), self.context.clone());
        let (seen_by_work, job_name) = (task.clone(), name.clone());
        let run = move || {
            let outcome = catch_unwind(AssertUnwindSafe(|| work(&seen_by_work))).unwrap_or_else(|panic| {
                Err(JobBroke::Panicked { job: job_name, message: panic_message(panic.as_ref()) }.into())
            });
            // Nobody listens any more once the window is closed.
            let _ = sender.send((id, outcome));
            context.request_repaint();
        };
        let thread = std::thread::Builder::new().name(format!("job-{kind}")).spawn(run);
        let thread = thread
            .map_err(|source| {
                let broke = JobBroke::NoThread { job: name.clone(), source };
                let _ = self.sender.send((id, Err(broke.into())));
            })
            .ok();
        let cancel = task.cancel_token();
        self.running.push(Job {
            id,
            name,
            kind,
            task,
            cancel,
            started: Instant::now(),
            thread,
            is_abandoned: false,
        });
        self.context.request_repaint();
        id
    }

    /// Asks `id` to stop.
    pub fn cancel(&self, id: JobId) {
        self.running.iter().filter(|job| job.id == id).for_each(|job| job.cancel.cancel());
    }

    /// Asks every job to stop.
    pub fn cancel_all(&self) {
        self.running.iter().for_each(|job| job.cancel.cancel());
    }

    /// Asks `id` to stop and forgets what it would bring: something newer has taken its place. Nobody is told.
    pub fn abandon(&mut self, id: JobId) {
        for job in self.running.iter_mut().filter(|job| job.id == id) {
            job.cancel.cancel();
            job.is_abandoned = true;
        }
    }

    /// Whether `id` has not ended yet.
    #[must_use]
    pub fn is_running(&self, id: JobId) -> bool {
        self.running.iter().any(|job| job.id == id)
    }

    /// Whether none is running.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.running.is_empty()
    }

    /// The running ones, oldest first.
    #[must_use]
    pub fn statuses(&self) -> Vec<JobStatus> {
        let status = |job: &Job| JobStatus {
            id: job.id,
            name: job.name.clone(),
            kind: job.kind,
            progress: job.task.progress(),
            stages: job.task.stages(),
            is_cancelled: job.cancel.is_cancelled(),
        };
        self.running.iter().map(status).collect()
    }

    /// Those that ended since the last call; asks for another frame soon while some are running.
    pub fn poll(&mut self) -> Vec<Finished> {
        let mut finished = Vec::new();
        while let Ok((id, outcome)) = self.receiver.try_recv() {
            let Some(index) = self.running.iter().position(|job| job.id == id) else { continue };
            let job = self.running.remove(index);
            let outcome = if job.is_abandoned { Ok(Arrival::Nothing) } else { outcome };
            finished.push(Finished { name: job.name, outcome, took: job.started.elapsed() });
        }
        if !self.running.is_empty() {
            self.context.request_repaint_after(durations::PROGRESS);
        }
        finished
    }

    /// Asks every job to stop and gives them `patience` to do so, so that none is cut off in the middle of a step.
    pub fn shut_down(&mut self, patience: Duration) {
        self.cancel_all();
        let deadline = Instant::now() + patience;
        let is_done = |job: &Job| job.thread.as_ref().is_none_or(JoinHandle::is_finished);
        while !self.running.iter().all(is_done) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(5));
        }
        self.running.clear();
    }
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait_for(jobs: &mut Jobs) -> Finished {
        let deadline = Instant::now() + Duration::from_secs(10);
        while Instant::now() < deadline {
            if let Some(finished) = jobs.poll().pop() {
                return finished;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        panic!("the job did not end");
    }

    #[test]
    fn a_job_reports_its_progress_and_stops_when_asked() {
        let mut jobs = Jobs::new(Context::default());
        let id = jobs.start("count", "Counting", |task| {
            for done in 0.. {
                task.report("stage.reading", done, 10)?;
                std::thread::sleep(Duration::from_millis(1));
            }
            Ok(Arrival::Nothing)
        });
        while jobs.statuses()[0].progress.done < 3 {
            std::thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(jobs.statuses()[0].kind, "count");
        jobs.cancel(id);
        let finished = wait_for(&mut jobs);
        assert!(matches!(finished.outcome, Err(JobError::Cancelled)));
        assert!(jobs.is_idle());
    }

    #[test]
    fn a_panic_is_a_failure_that_can_be_told() {
        let mut jobs = Jobs::new(Context::default());
        jobs.start("break", "Breaking", |_| panic!("on purpose"));
        let finished = wait_for(&mut jobs);
        let Err(JobError::Failed(error)) = finished.outcome else { panic!("{finished:?}") };
        assert_eq!(error.key(), "job_panicked");
        assert!(error.to_string().contains("on purpose"));
    }

    #[test]
    fn shutting_down_waits_for_a_step_to_end() {
        let mut jobs = Jobs::new(Context::default());
        let (sender, receiver) = channel();
        jobs.start("step", "Step", move |task| {
            while task.check().is_ok() {
                std::thread::sleep(Duration::from_millis(1));
            }
            sender.send(()).unwrap();
            Err(JobError::Cancelled)
        });
        jobs.shut_down(Duration::from_secs(10));
        assert!(receiver.try_recv().is_ok());
    }
}
