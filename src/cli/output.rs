//! Speaking to a person or to a script.

use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use serde::Serialize;

use crate::base::explain::Explanation;
use crate::base::language::Language;
use crate::base::{Explain, Task};
use crate::workflows::WorkflowError;

/// Where and how to speak.
#[derive(Clone, Debug)]
pub struct Output {
    json: bool,
    /// The language of texts.
    pub language: Language,
}

/// Shows progress until it is dropped.
pub struct Watching {
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Output {
    /// JSON or text in `language`.
    #[must_use]
    pub fn new(json: bool, language: Language) -> Output {
        Output { json, language }
    }

    /// Whether one JSON document is wanted.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Prints `document`, or the lines of `text`.
    ///
    /// # Errors
    /// [`WorkflowError::File`] where standard output is closed or full.
    pub fn print(
        &self,
        document: &impl Serialize,
        text: impl FnOnce(Language) -> Vec<String>,
    ) -> Result<(), WorkflowError> {
        let mut out = std::io::stdout().lock();
        let written = if self.json {
            serde_json::to_writer_pretty(&mut out, document)
                .map_err(std::io::Error::from)
                .and_then(|()| writeln!(out))
        } else {
            text(self.language).iter().try_for_each(|line| writeln!(out, "{line}"))
        };
        written.and_then(|()| out.flush()).map_err(|cause| WorkflowError::File { path: "stdout".into(), cause })
    }

    /// Prints a line at once; nothing where one JSON document is wanted.
    pub fn line(&self, line: &str) {
        if !self.json {
            let mut out = std::io::stdout().lock();
            // A closed pipe is noticed by the next `print`.
            let _ = writeln!(out, "{line}").and_then(|()| out.flush());
        }
    }

    /// Tells an error: what happened, what was left untouched, what to do next.
    pub fn error(&self, explanation: &Explanation, error: &dyn Explain) {
        let Explanation { happened, untouched, next } = explanation;
        // Standard error may be closed; there is nowhere else to say it.
        let mut out = std::io::stderr().lock();
        let _ = if self.json {
            let document = serde_json::json!({
                "error": { "key": error.key(), "happened": happened, "untouched": untouched, "next": next }
            });
            writeln!(out, "{document}")
        } else {
            writeln!(out, "{happened}\n{untouched}\n{next}")
        };
    }

    /// Shows the progress of `task` on a terminal.
    #[must_use]
    pub fn watch(&self, task: &Task) -> Watching {
        let over = Arc::new(AtomicBool::new(false));
        let thread = std::io::stderr().is_terminal().then(|| {
            let (over, task, language) = (over.clone(), task.clone(), self.language);
            std::thread::spawn(move || show_progress(&over, &task, language))
        });
        Watching { over, thread }
    }
}

fn show_progress(over: &AtomicBool, task: &Task, language: Language) {
    let mut shown = false;
    while !over.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(150));
        let progress = task.progress();
        if progress.stage.is_empty() {
            continue;
        }
        let share = progress.share().map_or_else(String::new, |share| language.percent(share, 0));
        eprint!("\r\x1b[2K{} {share}", language.text(progress.stage));
        shown = true;
    }
    if shown {
        eprint!("\r\x1b[2K");
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // It only prints; that it failed to is no news.
            let _ = thread.join();
        }
    }
}
