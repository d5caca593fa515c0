//! Data: which visits there are, what became of each row of their file, and what they look like.
//!
//! The charts come from the profile that a job summed up; of the visits themselves only the rows that are seen are
//! read, from the data set that is at hand.

mod account;
mod calendar;
mod columns;
mod contract;
mod difference;
mod findings;
mod mapping;
mod pictures;
mod sets;
mod visits;

use egui::Ui;
use egui_material_icons::{MaterialIcon, icons};

use super::file_form::FileForm;
use super::import_job::{import_job, import_job_ui};
use crate::base::calendar::DateStyle;
use crate::base::{Digest, Moment};
use crate::workbench::command::{Command, Outbox};
use crate::workbench::snapshot::{Profile, Snapshot};
use crate::workbench::state::{Screen, State};
use crate::workbench::theme::Look;
use crate::workbench::widgets::{Card, Headline, Segmented, empty_ui, grid_ui, loading_ui};
use crate::workflows::datasets::DatasetDocument;

/// What of a data set is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    /// What became of the rows of its files.
    #[default]
    Account,
    /// What the visits are like.
    Profile,
    /// What each column holds.
    Columns,
    /// The visits.
    Visits,
    /// How it differs from another data set.
    Difference,
    /// What the next one is expected to look like, and whether it is itself as expected.
    Contract,
}

/// The parts, their ids on the command line, and the keys of their names.
const PARTS: [(Part, &str, &str); 6] = [
    (Part::Account, "report", "data.part_account"),
    (Part::Profile, "profile", "data.part_profile"),
    (Part::Columns, "columns", "data.part_columns"),
    (Part::Visits, "visits", "data.part_visits"),
    (Part::Difference, "compare", "data.part_difference"),
    (Part::Contract, "contract", "data.part_contract"),
];

/// The screen.
#[derive(Debug, Default)]
pub(super) struct Data {
    form: FileForm,
    pictures: pictures::Pictures,
    visits: visits::VisitTable,
    findings: findings::Findings,
    columns: columns::Columns,
    against: difference::Against,
    contract: contract::ContractPart,
    mapping: mapping::MappingPage,
    part: Part,
}

impl Screen for Data {
    fn id(&self) -> &'static str {
        "data"
    }

    fn icon(&self) -> MaterialIcon {
        icons::ICON_DATASET
    }

    fn parts(&self) -> Vec<&'static str> {
        PARTS.iter().map(|(_, id, _)| *id).collect()
    }

    fn show_part(&mut self, part: &str) {
        if let Some((part, _, _)) = PARTS.iter().find(|(_, id, _)| *id == part) {
            self.part = *part;
        }
    }

    fn ui(&mut self, ui: &mut Ui, state: &State, outbox: &mut Outbox) {
        self.form.take_dropped(ui, state, outbox);
        let look = Look::of(ui);
        if let Some(intake) = &state.intake {
            return self.mapping.ui(ui, state, intake, outbox);
        }
        let Some(snapshot) = state.snapshot.clone() else {
            return waiting_ui(ui, state, "refresh", "overview.not_read", Command::Refresh, outbox);
        };
        let selected = state.dataset.and_then(|digest| find(&snapshot, digest));
        match selected {
            Some((_, document)) => {
                Headline::new(headline(document, &look)).sentence(sentence(state, &look)).ui(ui);
            }
            None => Headline::new(look.text("data.none")).sentence(look.text("data.none_line")).ui(ui),
        }
        if snapshot.datasets.is_empty() {
            self.form_ui(ui, state, 0.0, outbox);
            return;
        }
        grid_ui(ui, "sets", &[1.45, 1.0], |ui, cell, height| match cell {
            0 => sets::sets_ui(ui, &snapshot, state.dataset, height, outbox),
            _ => self.form_ui(ui, state, height, outbox),
        });
        let Some((digest, document)) = selected else { return };
        self.parts_ui(ui);
        match self.part {
            Part::Account => {
                contract::held_ui(ui, state, digest, &mut self.part);
                account::account_ui(ui, &snapshot, digest, document);
                return self.findings.ui(ui, &document.report);
            }
            Part::Difference => return self.against.ui(ui, state, &snapshot, digest, outbox),
            Part::Contract => return self.contract.ui(ui, state, digest, outbox),
            Part::Profile | Part::Columns | Part::Visits => {}
        }
        let (Some(profile), Some(prepared)) = (&state.profile, &state.prepared) else {
            let again = Command::SelectDataset(digest);
            return waiting_ui(ui, state, "prepare", "data.not_prepared", again, outbox);
        };
        match self.part {
            Part::Account | Part::Difference | Part::Contract => {}
            Part::Columns => self.columns.ui(ui, &profile.columns, &document.mapping.zone),
            Part::Profile => {
                contract::make_ui(ui, state, outbox);
                self.pictures.ui(ui, profile, &look);
            }
            Part::Visits => self.visits.ui(ui, prepared),
        }
    }
}

impl Data {
    fn parts_ui(&mut self, ui: &mut Ui) {
        let look = Look::of(ui);
        let parts = PARTS.map(|(part, _, key)| (part, look.text(key).to_owned()));
        Segmented::new(look.text("data.part"), parts).ui(ui, &mut self.part);
    }

    fn form_ui(&mut self, ui: &mut Ui, state: &State, height: f32, outbox: &mut Outbox) {
        let look = Look::of(ui);
        Card::titled(look.text("data.open")).height(height).ui(ui, |ui| match import_job(state) {
            Some(job) => import_job_ui(ui, job, outbox),
            None => self.form.ui(ui, state, true, outbox),
        });
    }
}

/// The job of this kind while it runs; once it ended without a result, what can be done.
fn waiting_ui(ui: &mut Ui, state: &State, kind: &str, failed: &str, again: Command, outbox: &mut Outbox) {
    let look = Look::of(ui);
    Card::new().ui(ui, |ui| match state.jobs.iter().find(|job| job.kind == kind) {
        Some(job) => {
            if loading_ui(ui, &job.name, &job.progress) {
                outbox.send(Command::CancelJob(job.id));
            }
        }
        None => {
            let next = Some(look.text("try_again"));
            if empty_ui(ui, icons::ICON_ERROR, look.text(failed), look.text("overview.not_read_line"), next) {
                outbox.send(again);
            }
        }
    });
}

fn find(snapshot: &Snapshot, digest: Digest) -> Option<(Digest, &DatasetDocument)> {
    let found = snapshot.datasets.iter().find(|(dataset, _)| dataset.digest == digest);
    found.map(|(dataset, document)| (dataset.digest, document))
}

/// The first and the last day of a data set, as people of the language write them.
fn period(document: &DatasetDocument, look: &Look) -> (String, String) {
    let mut clock = document.mapping.zone.clock();
    let mut day = |moment: Moment| DateStyle::usual(look.language).long(clock.local(moment).date(), look.language);
    (day(document.first), day(document.last))
}

fn visits_of(document: &DatasetDocument) -> u64 {
    document.outcomes().visits
}

fn headline(document: &DatasetDocument, look: &Look) -> String {
    let (first, last) = period(document, look);
    let (visits, outcomes) = (visits_of(document), document.outcomes());
    let share = |part: u64| {
        let share = if visits == 0 { f64::NAN } else { part as f64 / visits as f64 };
        look.language.percent(share, 0)
    };
    look.fill(
        "data.headline",
        &[
            ("visits", &look.language.integer(visits)),
            ("sites", &look.language.sites(document.sites)),
            ("first", &first),
            ("last", &last),
            ("served", &share(outcomes.served)),
            ("abandoned", &share(outcomes.abandoned)),
        ],
    )
}

fn sentence(state: &State, look: &Look) -> String {
    let waits = state.profile.as_ref().and_then(|profile: &std::sync::Arc<Profile>| profile.waits);
    let Some(waits) = waits else { return look.text("data.no_waits").to_owned() };
    look.fill(
        "data.waits",
        &[
            ("median", &look.language.decimal(waits.median, 1)),
            ("p90", &look.language.decimal(waits.p90, 1)),
            ("n", &look.language.integer(waits.n)),
        ],
    )
}
