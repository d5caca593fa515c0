//! The split as a picture: which days a training would learn from, and on which it would be tested.

use crate::analysis::evaluation::SplitPlan;
use crate::base::Digest;
use crate::base::calendar::{CivilDate, DateStyle};
use crate::base::language::Language;
use crate::workbench::snapshot::Profile;
use crate::workbench::state::State;
use crate::workbench::theme::{Ink, Look};
use crate::workbench::widgets::charts::{BandData, BandPart};
use crate::workflows::datasets::DatasetDocument;

/// What the picture depends on.
type Key = (Digest, [u64; 4], Language, bool);

/// The picture and what stands beside it.
#[derive(Debug)]
pub(super) struct Split {
    /// The stretches.
    pub data: BandData,
    /// Until when the data set goes.
    pub hint: String,
}

/// The picture, made anew only where what it shows has changed.
#[derive(Debug, Default)]
pub(super) struct SplitBand {
    key: Option<Key>,
    band: Option<Split>,
}

impl SplitBand {
    /// The picture for dividing the time of the data set that is looked at by `plan`.
    pub fn of(&mut self, look: &Look, state: &State, plan: SplitPlan) -> Option<&Split> {
        let digest = state.dataset?;
        let shares = [plan.test_share, plan.stop_share, plan.calibrate_share, f64::from(plan.gap_days)];
        let key = (digest, shares.map(f64::to_bits), look.language, state.profile.is_some());
        if self.key != Some(key) {
            let datasets =
                state.snapshot.as_ref().map(|snapshot| snapshot.datasets.as_slice()).unwrap_or_default();
            let (_, document) = datasets.iter().find(|(dataset, _)| dataset.digest == digest)?;
            self.band = band(look, document, state.profile.as_deref(), plan);
            self.key = Some(key);
        }
        self.band.as_ref()
    }
}

fn band(look: &Look, document: &DatasetDocument, profile: Option<&Profile>, plan: SplitPlan) -> Option<Split> {
    let mut clock = document.mapping.zone.clock();
    let last = clock.local(document.last).date();
    let dates = plan.dates(document.first, document.last, &mut clock)?;
    let style = DateStyle::usual(look.language);
    let label = |date: CivilDate| (f64::from(date.epoch_days()), style.long(date, look.language));
    let part = |key: &str, from: CivilDate, to: CivilDate, ink: Ink| {
        let inside = |date: CivilDate| date >= from && date < to;
        let visits = profile
            .map(|profile| profile.days.iter().filter(|day| inside(day.date)).map(|day| day.visits).sum::<u64>());
        let days = to.days_since(from);
        let days = look.language.integer(u64::from(days.unsigned_abs()));
        let detail = match visits {
            Some(visits) => {
                look.fill("train.part_visits", &[("days", &days), ("visits", &look.language.integer(visits))])
            }
            None => look.fill("train.part_days", &[("days", &days)]),
        };
        BandPart {
            label: look.fill("train.part", &[("part", look.text(key)), ("days", &days)]),
            detail,
            from: f64::from(from.epoch_days()),
            to: f64::from(to.epoch_days()),
            ink,
        }
    };
    let parts = [
        part("train.part_train", dates.train, dates.stop, Ink::Reference),
        part("train.part_stop", dates.stop, dates.calibrate, Ink::Warn),
        part("train.part_calibrate", dates.calibrate, dates.test, Ink::Current),
        part("train.part_test", dates.test, dates.end, Ink::Shifted),
    ];
    let data = BandData {
        name: look.text("train.split").to_owned(),
        parts: parts.into_iter().filter(|part| part.to > part.from).collect(),
        labels: vec![label(dates.train), label(dates.test)],
    };
    let hint = look.fill("train.split_hint", &[("date", &style.long(last, look.language))]);
    Some(Split { data, hint })
}
