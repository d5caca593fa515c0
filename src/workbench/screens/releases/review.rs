//! The review of a version: what it was compared with, its gates, the sites that lose, and what it is made of.

use egui::Ui;

use super::fields::{code, fact_ui, heading_ui};
use super::page::Page;
use crate::analysis::evaluation::gates::GateResult;
use crate::analysis::evaluation::{Comparison, Difference, SiteSlice};
use crate::base::Verdict;
use crate::base::language::NO_VALUE;
use crate::store::registry::{Approval, Decision, VersionEntry};
use crate::workbench::screens::gate_row::gate_row_ui;
use crate::workbench::text::{Text, isolate};
use crate::workbench::theme::{Ink, sizes};
use crate::workbench::widgets::{Card, Cell, Column, Notice, Pill, Table};
use crate::workflows::compare::{difference_places, ratio_places};
use crate::workflows::evidence::Evidence;
use crate::workflows::gates::{gate_reason, gate_value};

/// Sites that are listed; the others are counted.
const MOST_SITES: usize = 5;

/// The review of `entry`.
pub(super) fn card_ui(ui: &mut Ui, page: &Page<'_>, entry: &VersionEntry, height: f32) {
    let look = page.look;
    let evidence = page.snapshot.evidence.get(&entry.version);
    let title = look.fill("releases.review", &[("version", &entry.version.to_string())]);
    let pill = evidence.map(|evidence| Pill::verdict(evidence.verdict(), &look));
    let actions = |ui: &mut Ui| {
        if let Some(pill) = pill {
            pill.hint(look.text("releases.review.pill")).ui(ui);
        }
    };
    Card::titled(title).height(height).with_actions_ui(ui, actions, |ui| {
        match evidence {
            Some(evidence) => evidence_ui(ui, page, evidence),
            None => Notice::failure(look.text("releases.review.altered")).ui(ui),
        }
        heading_ui(ui, look.text("releases.facts"));
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            facts_ui(ui, page, entry, evidence);
            if let Some(approval) = page.snapshot.approvals.get(&entry.version) {
                approval_ui(ui, page, approval);
            }
        });
    });
}

fn evidence_ui(ui: &mut Ui, page: &Page<'_>, evidence: &Evidence) {
    Text::new(comparison_sentence(page, &evidence.comparison)).wrap().copyable().ui(ui);
    heading_ui(ui, page.look.text("releases.gates"));
    for gate in &evidence.gates {
        gate_row_ui(ui, gate, &gate_figures(page, gate));
    }
    sites_ui(ui, page, &evidence.comparison);
}

/// The virtual A/B in one sentence.
fn comparison_sentence(page: &Page<'_>, comparison: &Comparison) -> String {
    let look = page.look;
    // Which side is better is said in words; the numbers are its size.
    let (low, high) = (comparison.delta_low, comparison.delta_high);
    let (key, (delta, low, high)) = match comparison.found() {
        Difference::Better => ("releases.ab.better", (-comparison.delta, -high, -low)),
        Difference::Worse => ("releases.ab.worse", (comparison.delta, low, high)),
        Difference::Alike => ("releases.ab.equal", (comparison.delta, low, high)),
    };
    let (places, ratio_places) = (difference_places(comparison, 1), ratio_places(comparison, 2));
    let signed = |value: f64| match comparison.found() {
        Difference::Alike => look.language.signed_decimal(value, places),
        Difference::Better | Difference::Worse => page.number(value, places),
    };
    look.language.fill_owned(
        key,
        &[
            ("current", page.model(&comparison.current.name)),
            ("delta", signed(delta)),
            ("low", signed(low)),
            ("high", signed(high)),
            ("ratio", page.number(comparison.ratio, ratio_places)),
            ("ratio_low", page.number(comparison.ratio_low, ratio_places)),
            ("ratio_high", page.number(comparison.ratio_high, ratio_places)),
            ("n", look.language.integer(comparison.n)),
            ("days", look.language.integer(comparison.days)),
            ("from", page.day(comparison.from)),
            ("until", page.day(comparison.until)),
        ],
    )
}

/// The figures of a gate in words; of one that this program does not know, as they stand.
fn gate_figures(page: &Page<'_>, gate: &GateResult) -> String {
    let look = page.look;
    let number = |name: &str, places| {
        let value = gate.figures.get(name).and_then(serde_json::Value::as_f64);
        value.map_or_else(|| NO_VALUE.to_owned(), |value| page.number(value, places))
    };
    match gate.id.as_str() {
        "error" => look.language.fill_owned(
            "releases.gate.error",
            &[
                ("ratio", number("ratio", 2)),
                ("upper", number("upper_bound", 2)),
                ("margin", number("margin", 2)),
                ("n", number("n", 0)),
            ],
        ),
        "critical_features" => {
            let removed = gate.figures.get("removed").and_then(|removed| removed.as_array());
            let removed: Vec<String> =
                removed.into_iter().flatten().filter_map(|name| name.as_str()).map(isolate).collect();
            let had_any = gate.figures.get("critical").is_some_and(|critical| *critical != 0);
            let key = if !removed.is_empty() {
                "releases.gate.removed"
            } else if had_any {
                "releases.gate.kept"
            } else {
                "releases.gate.none_before"
            };
            let values =
                [("critical", number("critical", 0)), ("removed", removed.join(look.text("releases.comma")))];
            look.language.fill_owned(key, &values)
        }
        "reproduction" => look.fill("releases.gate.reproduction", &[("rows", &number("golden_rows", 0))]),
        _ => match [gate_value(look.language, gate), gate_reason(look.language, gate)] {
            [Some(value), Some(reason)] => {
                look.fill("compare.sentences", &[("first", &value), ("second", &reason)])
            }
            [Some(said), None] | [None, Some(said)] => said,
            [None, None] => {
                gate.figures.iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(" · ")
            }
        },
    }
}

/// Whether a site is worse than the margin: it is, where all of its interval is.
fn site_verdict(site: &SiteSlice, margin: f64) -> Option<Verdict> {
    let (low, high) = (site.ratio_low?, site.ratio_high?);
    Some(if low > margin {
        Verdict::Fail
    } else if high <= margin {
        Verdict::Pass
    } else {
        Verdict::Inconclusive
    })
}

/// Sites whose error grows by more than the margin, or may.
fn sites_ui(ui: &mut Ui, page: &Page<'_>, comparison: &Comparison) {
    let look = page.look;
    let judged =
        || comparison.sites.iter().filter_map(|site| Some((site, site_verdict(site, comparison.margin)?)));
    let worse: Vec<_> = judged()
        .filter(|(site, verdict)| {
            *verdict == Verdict::Fail || site.ratio.is_some_and(|ratio| ratio > comparison.margin)
        })
        .collect();
    heading_ui(ui, look.text("releases.sites"));
    let values = [
        ("margin", look.language.percent(comparison.margin - 1.0, 0)),
        ("judged", look.language.integer(judged().count() as u64)),
        ("sites", look.language.integer(comparison.sites.len() as u64)),
        ("worse", look.language.integer(worse.len() as u64)),
    ];
    let key = if worse.is_empty() { "releases.sites.none" } else { "releases.sites.some" };
    Text::new(look.language.fill_owned(key, &values)).size(sizes::SMALL).ink(Ink::Soft).wrap().ui(ui);
    if worse.is_empty() {
        return;
    }
    let columns = [
        Column::words(look.text("releases.column.site")),
        Column::number(look.text("releases.column.ratio")),
        Column::number(look.text("releases.column.visits")),
        Column::fit(""),
    ];
    let rows = worse.len().min(MOST_SITES);
    Table::new("sites", columns).ui(ui, rows, |row, column| match (worse.get(row), column) {
        (Some((site, _)), 0) => Cell::text(&site.site),
        (Some((site, _)), 1) => Cell::text(site.ratio.map_or_else(
            || NO_VALUE.to_owned(),
            |ratio| page.interval(ratio, site.ratio_low.zip(site.ratio_high), 2),
        )),
        (Some((site, _)), 2) => Cell::text(look.language.integer(site.n)),
        (Some((_, verdict)), _) => {
            let key = if *verdict == Verdict::Fail { "releases.site.worse" } else { "releases.site.maybe" };
            Cell::pill(Pill::saying(*verdict, look.text(key)), look.text(key))
        }
        (None, _) => Cell::text(NO_VALUE),
    });
}

fn facts_ui(ui: &mut Ui, page: &Page<'_>, entry: &VersionEntry, evidence: Option<&Evidence>) {
    let look = page.look;
    let proposed = look.fill(
        "releases.by_at",
        &[("person", &isolate(&entry.proposed_by)), ("when", &page.when(entry.proposed_at))],
    );
    fact_ui(ui, look.text("releases.fact.proposed"), Text::new(proposed));
    fact_ui(ui, look.text("releases.column.family"), Text::new(page.model(&entry.family)));
    let notes = if entry.notes.trim().is_empty() { NO_VALUE } else { &entry.notes };
    fact_ui(ui, look.text("releases.fact.notes"), Text::new(notes).value());
    if let Some(evidence) = evidence {
        let dataset = page.snapshot.datasets.iter().find(|(dataset, _)| dataset.digest == evidence.dataset);
        if let Some((dataset, _)) = dataset {
            fact_ui(ui, look.text("releases.fact.dataset"), Text::new(&dataset.name).value());
        }
        let run = look.fill("releases.run", &[("run", &page.count(evidence.run))]);
        fact_ui(ui, look.text("releases.fact.run"), Text::new(run));
        fact_ui(ui, look.text("releases.fact.data"), code(evidence.dataset.to_string()));
    }
    fact_ui(ui, look.text("releases.fact.contract"), code(entry.contract_sha256.to_string()));
    fact_ui(ui, look.text("releases.fact.artifact"), code(entry.artifact_sha256.to_string()));
    fact_ui(ui, look.text("releases.fact.evidence"), code(entry.evidence_sha256.to_string()));
}

fn approval_ui(ui: &mut Ui, page: &Page<'_>, approval: &Approval) {
    let look = page.look;
    let name = match approval.decision {
        Decision::Approve => "releases.fact.approved",
        Decision::Reject => "releases.fact.rejected",
    };
    let who = [("person", isolate(&approval.person)), ("when", page.when(approval.at))];
    fact_ui(ui, look.text(name), Text::new(look.language.fill_owned("releases.by_at", &who)));
    let reason = if approval.reason.trim().is_empty() { NO_VALUE } else { &approval.reason };
    fact_ui(ui, look.text("releases.fact.reason"), Text::new(reason).value());
    if let Some(key) = approval.key_id {
        fact_ui(ui, look.text("releases.fact.key"), code(key.to_string()));
    }
}
