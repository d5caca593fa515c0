//! What the window has told people: shown shortly as a toast, and kept in a list.
//!
//! A notice holds keys and values, not words, so that it follows the language. Failures stay until they are
//! cleared; the list is bounded, the oldest that is no failure goes first.

use std::time::Instant;

use super::theme::durations;
use crate::base::Verdict;
use crate::base::explain::{Explain, Explanation};
use crate::base::language::Language;

/// Most notices that are kept.
const MOST: usize = 200;

/// A failure, freed of the error that it came from.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{line}")]
pub struct Told {
    key: &'static str,
    fields: Vec<(&'static str, String)>,
    line: String,
    /// The chain of causes, for "copy details".
    causes: Vec<String>,
}

impl Told {
    /// What `error` tells.
    #[must_use]
    pub fn of(error: &dyn Explain) -> Told {
        let mut causes = Vec::new();
        let mut cause = error.source();
        while let Some(error) = cause {
            causes.push(error.to_string());
            cause = error.source();
        }
        Told { key: error.key(), fields: error.fields(), line: error.to_string(), causes }
    }

    /// Everything about it, to be sent to someone who can help.
    #[must_use]
    pub fn details(&self, language: Language) -> String {
        let Explanation { happened, untouched, next } = Explanation::of(self, language);
        let mut lines = vec![happened, untouched, next, String::new(), format!("{}: {}", self.key, self.line)];
        lines.extend(self.causes.iter().map(|cause| format!("  {cause}")));
        lines.join("\n")
    }
}

impl Explain for Told {
    fn key(&self) -> &'static str {
        self.key
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        self.fields.clone()
    }
}

/// What a notice says.
#[derive(Clone, Debug)]
pub enum Content {
    /// A sentence of the string catalogue with its values.
    Sentence(&'static str, Vec<(&'static str, String)>),
    /// A failure.
    Failure(Told),
}

/// Something that was told.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Names it.
    pub id: u64,
    /// What it says.
    pub content: Content,
    /// `Pass` is good news, `Inconclusive` is something to mind, `Fail` is a failure; none is news.
    pub verdict: Option<Verdict>,
    /// When it was told.
    pub at: Instant,
}

impl Notice {
    /// Its first sentence.
    #[must_use]
    pub fn headline(&self, language: Language) -> String {
        match &self.content {
            Content::Sentence(key, values) => language.fill_owned(key, values),
            Content::Failure(told) => Explanation::of(told, language).happened,
        }
    }
}

/// Everything that was told.
#[derive(Debug, Default)]
pub struct Notices {
    kept: Vec<Notice>,
    unread: usize,
    next: u64,
    dismissed: u64,
}

impl Notices {
    /// News.
    pub fn say(&mut self, key: &'static str, values: Vec<(&'static str, String)>) {
        self.push(Content::Sentence(key, values), None);
    }

    /// Good news.
    pub fn done(&mut self, key: &'static str, values: Vec<(&'static str, String)>) {
        self.push(Content::Sentence(key, values), Some(Verdict::Pass));
    }

    /// Something to mind.
    pub fn warn(&mut self, key: &'static str, values: Vec<(&'static str, String)>) {
        self.push(Content::Sentence(key, values), Some(Verdict::Inconclusive));
    }

    /// A failure.
    pub fn fail(&mut self, error: &dyn Explain) {
        self.push(Content::Failure(Told::of(error)), Some(Verdict::Fail));
    }

    /// Newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = &Notice> {
        self.kept.iter().rev()
    }

    /// How many are kept.
    #[must_use]
    pub fn count(&self) -> usize {
        self.kept.len()
    }

    /// How many came since the list was last open.
    #[must_use]
    pub fn unread(&self) -> usize {
        self.unread
    }

    /// The newest one, while it is to be seen as a toast.
    #[must_use]
    pub fn toast(&self) -> Option<&Notice> {
        let newest = self.kept.last()?;
        (newest.id > self.dismissed && newest.at.elapsed() < durations::TOAST).then_some(newest)
    }

    /// The toast was closed by hand.
    pub fn dismiss_toast(&mut self) {
        self.dismissed = self.next;
    }

    /// The list was opened.
    pub fn read(&mut self) {
        self.unread = 0;
        self.dismiss_toast();
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.kept.clear();
        self.unread = 0;
    }

    fn push(&mut self, content: Content, verdict: Option<Verdict>) {
        self.next += 1;
        self.kept.push(Notice { id: self.next, content, verdict, at: Instant::now() });
        self.unread += 1;
        if self.kept.len() > MOST {
            let oldest = self.kept.iter().position(|notice| notice.verdict != Some(Verdict::Fail)).unwrap_or(0);
            self.kept.remove(oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workbench::jobs::JobBroke;

    #[test]
    fn failures_outlive_news_and_follow_the_language() {
        let mut notices = Notices::default();
        notices.fail(&JobBroke::Panicked { job: "Import".to_owned(), message: "x".to_owned() });
        for _ in 0..MOST + 50 {
            notices.say("notice.cancelled", vec![("job", "a".to_owned())]);
        }
        assert_eq!(notices.count(), MOST);
        let failure = notices.newest_first().last().unwrap();
        assert_eq!(failure.verdict, Some(Verdict::Fail));
        assert_ne!(failure.headline(Language::English), failure.headline(Language::Persian));
        let Content::Failure(told) = &failure.content else { panic!("not a failure") };
        assert!(told.details(Language::English).contains("job_panicked"));
    }

    #[test]
    fn a_toast_goes_when_it_is_closed_or_the_list_is_read() {
        let mut notices = Notices::default();
        notices.say("notice.cancelled", vec![("job", "a".to_owned())]);
        assert!(notices.toast().is_some());
        notices.read();
        assert!(notices.toast().is_none());
        assert_eq!((notices.unread(), notices.count()), (0, 1));
    }
}
