//! What can be said of the live version: since when, how good its evaluation found it, and what to do next.

use crate::analysis::evaluation::{Comparison, Contender};
use crate::base::calendar::{DateStyle, LocalTime, WallClock, Zone};
use crate::base::language::Language;
use crate::base::{Moment, Verdict, Version};
use crate::store::registry::{Rollout, Stage};
use crate::workbench::snapshot::Snapshot;
use crate::workbench::text::Text;
use crate::workbench::theme::Look;

/// The plan's target for the mean absolute error, minutes; above it, alert level 2.
pub(super) const MAE_TARGET: f64 = 20.0;
/// Above it, alert level 1.
pub(super) const MAE_ALARM: f64 = 30.0;
/// The plan's target for the share of predictions within ±20 minutes.
pub(super) const WITHIN_TARGET: f64 = 0.5;

/// A step that is to be taken, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// What it is, as a key.
    pub sentence: &'static str,
    /// What a button says that leads there, as a key.
    pub action: &'static str,
    /// Where it is taken.
    pub screen: &'static str,
}

/// What the screen says about what is live.
#[derive(Clone, Debug)]
pub(super) struct Facts<'a> {
    /// What is kept.
    pub snapshot: &'a Snapshot,
    /// What is live.
    pub live: Option<&'a Rollout>,
    /// The comparison in its evidence; it is the candidate there.
    pub comparison: Option<&'a Comparison>,
    /// What a rollback would make live again.
    pub returns_to: Option<Version>,
    style: DateStyle,
    zone: Zone,
}

impl<'a> Facts<'a> {
    /// The facts of `snapshot`.
    pub fn of(snapshot: &'a Snapshot, look: &Look) -> Facts<'a> {
        let live = snapshot.live.as_ref();
        let evidence = live.and_then(|live| snapshot.evidence.get(&live.version));
        let target = live.and_then(|live| live.returns_to);
        let returns_to = target.and_then(|generation| {
            let found = snapshot.rollouts.iter().find(|rollout| rollout.generation == generation);
            found.map(|rollout| rollout.version)
        });
        let zone = snapshot.datasets.first().map(|(_, document)| document.mapping.zone.clone());
        Facts {
            snapshot,
            comparison: evidence.map(|evidence| &evidence.comparison),
            live,
            returns_to,
            style: DateStyle::usual(look.language),
            zone: zone.unwrap_or_default(),
        }
    }

    /// How the live version did in its evaluation.
    pub fn own(&self) -> Option<&'a Contender> {
        self.comparison.map(|comparison| &comparison.candidate)
    }

    /// The clock at the sites.
    pub fn clock(&self) -> WallClock {
        self.zone.clock()
    }

    fn local(&self, moment: Moment) -> LocalTime {
        self.clock().local(moment)
    }

    /// `moment` as a day.
    pub fn day(&self, moment: Moment, look: &Look) -> String {
        self.style.long(self.local(moment).date(), look.language)
    }

    /// `moment` as day and time.
    pub fn time(&self, moment: Moment, look: &Look) -> String {
        self.style.date_and_time(self.local(moment), look.language)
    }

    /// Whether the error is below its target, by its whole interval.
    pub fn error_verdict(&self) -> Option<Verdict> {
        self.own().map(|own| match (own.errors.mae_low, own.errors.mae_high) {
            (_, Some(high)) if high < MAE_TARGET => Verdict::Pass,
            (Some(low), _) if low >= MAE_TARGET => Verdict::Fail,
            _ => Verdict::Inconclusive,
        })
    }

    /// Whether enough predictions are close. On a single day that cannot be told.
    pub fn within_verdict(&self) -> Option<Verdict> {
        self.own().map(|own| match own.errors.within_20 > WITHIN_TARGET {
            _ if own.errors.days < 2 => Verdict::Inconclusive,
            true => Verdict::Pass,
            false => Verdict::Fail,
        })
    }

    /// The sentence at the top.
    pub fn headline(&self, look: &Look) -> String {
        let Some(live) = self.live else { return look.text("overview.nothing_live").to_owned() };
        let verdicts: Vec<Verdict> = self.error_verdict().into_iter().chain(self.within_verdict()).collect();
        let key = match Verdict::all(verdicts.iter().copied()) {
            _ if verdicts.is_empty() => "overview.live",
            Verdict::Pass => "overview.live_pass",
            Verdict::Fail => "overview.live_fail",
            Verdict::Inconclusive => "overview.live_inconclusive",
        };
        look.fill(key, &[("version", &live.version.to_string())])
    }

    /// The sentence below it.
    pub fn sentence(&self, look: &Look) -> Text {
        let language = look.language;
        let Some(live) = self.live else {
            let step = self.next_step().map_or("overview.look_at_releases", |step| step.sentence);
            return Text::new(look.text(step));
        };
        let generation = language.integer(live.generation.unsigned_abs());
        let since =
            look.fill("overview.since", &[("time", &self.time(live.at, look)), ("generation", &generation)]);
        let (Some(own), Some(comparison)) = (self.own(), self.comparison) else {
            return Text::new(since).span(" ").span(look.text("overview.no_evaluation_line"));
        };
        let number = |value: f64| language.decimal(value, 1);
        let bound = |value: Option<f64>| number(value.unwrap_or(f64::NAN));
        let judged = look.fill(
            "overview.judged",
            &[
                ("n", &language.integer(own.errors.n)),
                ("days", &language.integer(own.errors.days)),
                ("from", &self.day(comparison.from, look)),
                ("until", &self.day(comparison.until, look)),
            ],
        );
        let result = match own.errors.mae_low {
            Some(_) => look.fill(
                "overview.error",
                &[
                    ("mae", &number(own.errors.mae)),
                    ("low", &bound(own.errors.mae_low)),
                    ("high", &bound(own.errors.mae_high)),
                ],
            ),
            None => look.fill("overview.error_alone", &[("mae", &number(own.errors.mae))]),
        };
        let other = look.fill(
            "overview.compared",
            &[
                ("other", &contender_name(&comparison.current, language)),
                ("mae", &number(comparison.current.errors.mae)),
            ],
        );
        Text::new(since).span(" ").span(judged).span(" ").bold(result).span(" ").span(other)
    }

    /// What leads to a live version from here; none where one is live.
    pub fn next_step(&self) -> Option<Step> {
        let snapshot = self.snapshot;
        let has = |stage: Stage| snapshot.versions.iter().any(|entry| entry.stage == stage);
        let step = |sentence, action, screen| Some(Step { sentence, action, screen });
        match () {
            () if self.live.is_some() => None,
            () if has(Stage::Approved) => step("overview.next_promote", "overview.go_releases", "releases"),
            () if has(Stage::Proposed) => step("overview.next_review", "overview.go_releases", "releases"),
            () if snapshot.datasets.is_empty() => step("overview.next_import", "overview.go_data", "data"),
            () if snapshot.runs.is_empty() => step("overview.next_train", "overview.go_train", "train"),
            () => step("overview.next_compare", "overview.go_compare", "compare"),
        }
    }
}

/// What people call a side of a comparison: baselines in words, versions and runs as they are.
pub(super) fn contender_name(contender: &Contender, language: Language) -> String {
    match contender.name.as_str() {
        "rule" => language.text("family.rule").to_owned(),
        "constant" => language.text("family.constant").to_owned(),
        other => other.to_owned(),
    }
}
