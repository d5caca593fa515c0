//! What the desk does with a run that is looked at.

use std::sync::Arc;

use super::{Desk, words, work};
use crate::base::Task;
use crate::workbench::jobs::JobError;
use crate::workbench::state::{Arrival, RunInsight, Services};
use crate::workbench::theme::Look;
use crate::workflows::card::{card, card_file, save_card};
use crate::workflows::insight::{TestPart, test_part};

impl Desk {
    pub(super) fn look_at(&self, run: i64, services: &mut Services<'_>) {
        self.with_test_part(services, ("insight", "job.insight"), run, |test, task| {
            let residuals = test.residuals(task)?;
            Ok(Arrival::Looked(Box::new(RunInsight { test, residuals })))
        });
    }

    pub(super) fn weigh(&self, run: i64, services: &mut Services<'_>) {
        self.with_test_part(services, ("importance", "job.importance"), run, move |test, task| {
            Ok(Arrival::Weighed(run, Box::new(test.importance(task)?)))
        });
    }

    pub(super) fn move_feature(&self, run: i64, feature: String, services: &mut Services<'_>) {
        self.with_test_part(services, ("effects", "job.effects"), run, move |test, task| {
            Ok(Arrival::Moved(run, Box::new(test.effects(&feature, task)?)))
        });
    }

    /// Saves the card in the language of the window.
    pub(super) fn save_card(&self, run: i64, services: &mut Services<'_>) {
        let language = Look::language(services.context);
        self.with_visits(services, "card", "job.card", move |visits, task| {
            let text = card(&visits.home, visits.ready(task)?.as_ref(), run, language, task)?;
            let path = card_file(&visits.home, run, language);
            save_card(&text, &path)?;
            Ok(Arrival::Written("notice.card_saved", vec![("path", path.display().to_string())]))
        });
    }

    /// Starts `work` on the test part of `run`: the one that is at hand, or it is read.
    fn with_test_part(
        &self,
        services: &mut Services<'_>,
        (kind, name): (&'static str, &str),
        run: i64,
        work: impl FnOnce(Arc<TestPart>, &Task) -> Result<Arrival, JobError> + Send + 'static,
    ) {
        let known = self.state.insight.as_ref().map(|insight| insight.test.clone());
        let known = known.filter(|test| test.run.id == run);
        let Some(digest) = self.state.dataset else { return };
        let visits = work::Visits { home: self.home.clone(), digest, prepared: self.state.prepared.clone() };
        let name = words(services, name);
        services.jobs.start(kind, name, move |task| {
            let test = match known {
                Some(test) => test,
                None => Arc::new(test_part(&visits.home, visits.ready(task)?.as_ref(), run, task)?),
            };
            work(test, task)
        });
    }
}
