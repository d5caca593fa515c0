//! A training that goes on: the loss of each round as it comes, and how much longer it will take.
//!
//! A frame sees the round that ended last; those between two frames are passed over, as a curve of a few hundred points can
//! do without them. Where a further model is fitted (that of the intervals), its rounds begin anew, and so does the curve.

use std::time::Instant;

use egui::Ui;

use super::insight::loss_lines;
use crate::base::{CurvePoint, Part};
use crate::workbench::jobs::{JobId, JobStatus};
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::charts::Chart;

/// Height of the picture.
const PICTURE: f32 = 130.0;
/// Points that are kept; beyond, every second one is dropped.
const MOST_POINTS: usize = 400;

/// What was seen of the rounds.
#[derive(Clone, Debug, Default)]
pub(super) struct Live {
    job: Option<JobId>,
    points: Vec<CurvePoint>,
    /// The first round that was seen, and when.
    since: Option<(u32, Instant)>,
}

impl Live {
    /// Takes in how far `job` is.
    fn see(&mut self, job: &JobStatus) {
        let Some(fitting) = job.progress.fitting else { return };
        let point = fitting.point;
        let last = self.points.last().map(|point| point.round);
        if self.job != Some(job.id) || last.is_some_and(|last| point.round < last) {
            *self = Live { job: Some(job.id), points: Vec::new(), since: Some((point.round, Instant::now())) };
        } else if last == Some(point.round) {
            return;
        }
        self.points.push(point);
        if self.points.len() > MOST_POINTS {
            let mut place = 0_usize;
            self.points.retain(|_| {
                place += 1;
                !place.is_multiple_of(2)
            });
        }
    }

    /// Seconds until the last of `rounds` of the last part, by the pace so far.
    fn seconds_left(&self, rounds: u64, part: Part) -> Option<f64> {
        let (first, since) = self.since?;
        let last = self.points.last()?.round;
        let done = last.checked_sub(first).filter(|done| *done > 0)?;
        let pace = since.elapsed().as_secs_f64() / f64::from(done);
        let parts = u64::from(part.of.saturating_sub(part.place));
        let to_come = rounds.saturating_sub(u64::from(last)) + parts * rounds;
        #[expect(clippy::cast_precision_loss, reason = "a few thousand rounds")]
        let left = pace * to_come as f64;
        Some(left)
    }

    /// The round, the losses, the visits and the time left in one line; the curve below.
    pub fn ui(&mut self, ui: &mut Ui, job: &JobStatus) {
        self.see(job);
        let look = Look::of(ui);
        let Some(fitting) = job.progress.fitting else { return };
        let loss = |loss: f64| look.language.decimal(loss, 3);
        let number = |n: u64| look.language.integer(n);
        let part = job.progress.part.unwrap_or(Part { place: 1, of: 1 });
        let left = self.seconds_left(job.progress.total, part).map(|left| look.language.decimal(left, 0));
        let values = [
            ("fit", number(u64::from(part.place))),
            ("fits", number(u64::from(part.of))),
            ("round", number(u64::from(fitting.point.round))),
            ("rounds", number(job.progress.total)),
            ("rows", number(fitting.rows)),
            ("loss", loss(fitting.point.stop_loss.unwrap_or(fitting.point.train_loss))),
            ("left", left.clone().unwrap_or_default()),
        ];
        let key = if left.is_some() { "train.round_left" } else { "train.round" };
        Text::new(look.language.fill_owned(key, &values)).ink(Ink::Soft).wrap().ui(ui);
        if self.points.len() > 1 {
            let lines = loss_lines(&look, fitting.loss, &self.points);
            Text::new(lines.unit.as_str()).size(sizes::SMALL).ink(Ink::Faint).ui(ui);
            lines.ui(ui, PICTURE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Fitting, Progress};
    use crate::workbench::jobs::Jobs;
    use crate::workbench::state::Arrival;

    #[test]
    fn rounds_are_kept_in_order_and_begin_anew_with_a_further_fit() {
        let id = Jobs::new(egui::Context::default()).start("train", "", |_| Ok(Arrival::Nothing));
        let at = |round: u32| {
            let point = CurvePoint { round, train_loss: 1.0 / f64::from(round), stop_loss: None };
            let fitting = Some(Fitting { rows: 10, point, loss: "curve_loss.absolute_error" });
            let progress =
                Progress { stage: "stage.fitting", done: u64::from(round), total: 2_000, fitting, part: None };
            let (name, stages) = (String::new(), Vec::new());
            JobStatus { id, name, kind: "train", progress, stages, is_cancelled: false }
        };
        let mut live = Live::default();
        for round in 1..=1_500 {
            live.see(&at(round));
            live.see(&at(round));
        }
        assert!(live.points.len() <= MOST_POINTS && live.points.is_sorted_by(|a, b| a.round < b.round));
        assert_eq!(live.points.last().map(|point| point.round), Some(1_500));
        let left = |live: &Live, place: u32| live.seconds_left(2_000, Part { place, of: 6 });
        assert!(left(&live, 6).is_some_and(|left| left.is_finite() && left >= 0.0));
        assert!(left(&live, 1) > left(&live, 6));
        live.see(&at(1));
        assert_eq!((live.points.len(), left(&live, 1)), (1, None));
    }
}
