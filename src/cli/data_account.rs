//! What is in a data set, in lines: findings, profile, expectations, quarantine, comparison.

use std::path::Path;

use serde::Serialize;

use crate::analysis::history::Finding;
use crate::analysis::history::difference::{Difference, Side};
use crate::analysis::history::expectations::Violation;
use crate::analysis::history::profile::{GroupProfile, NumberProfile, Profile};
use crate::base::calendar::{DateStyle, WallClock};
use crate::base::language::Language;
use crate::base::{Digest, Moment, Verdict};
use crate::store::sqlite::Access;
use crate::workflows::datasets::{document, find, workspace};
use crate::workflows::expect::{check_expectations, expectations_of, read_expectations, save_expectations};
use crate::workflows::profile as workflow;

use super::{Context, Ended};

/// The most sites, services or names in lines; JSON has all.
const MOST_LINES: usize = 20;

#[derive(Serialize)]
struct Findings {
    dataset: String,
    findings: Vec<Finding>,
}

#[derive(Serialize)]
struct Violations {
    dataset: String,
    violations: Vec<Violation>,
}

#[derive(Serialize)]
struct Profiled {
    dataset: String,
    digest: Digest,
    #[serde(flatten)]
    profile: Profile,
}

#[derive(Serialize)]
struct Compared {
    datasets: [String; 2],
    #[serde(flatten)]
    difference: Difference,
}

pub(super) fn findings(context: &Context, name: &str) -> Ended {
    let workspace = workspace(&context.home, Access::Read)?;
    let dataset = find(&workspace, name)?;
    let found = Findings { dataset: dataset.name.clone(), findings: document(&dataset)?.report.findings };
    context.output.print(&found, |language| {
        if found.findings.is_empty() {
            return vec![language.text("cli.data.no_findings").to_owned()];
        }
        found.findings.iter().flat_map(|finding| finding_lines(finding, language)).collect()
    })?;
    Ok(Verdict::Pass)
}

fn finding_lines(finding: &Finding, language: Language) -> Vec<String> {
    let id = finding.check.id();
    let values = [
        ("action", language.text(&format!("action.{}", finding.action.id())).to_owned()),
        ("n", language.integer(finding.count)),
        ("name", language.text(&format!("check.{id}")).to_owned()),
        ("why", language.text(&format!("check.{id}_why")).to_owned()),
    ];
    let head = language.fill_owned("cli.data.finding", &values);
    std::iter::once(head).chain(finding.examples.iter().map(|example| format!("  {example}"))).collect()
}

pub(super) fn check(context: &Context, name: &str, contract: &Path) -> Ended {
    let expectations = read_expectations(contract)?;
    let (dataset, profile) = workflow::profile(&context.home, name, &context.task)?;
    let off = Violations { dataset: dataset.name, violations: check_expectations(&expectations, &profile) };
    context.output.print(&off, |language| violation_lines(&off.violations, language))?;
    Ok(if off.violations.is_empty() { Verdict::Pass } else { Verdict::Fail })
}

/// What is off, in lines.
pub(super) fn violation_lines(violations: &[Violation], language: Language) -> Vec<String> {
    let line = |off: &Violation| {
        let values = [("field", off.field.as_str()), ("expected", &off.expected), ("found", &off.found)];
        language.fill("cli.data.violation", &values)
    };
    if violations.is_empty() {
        vec![language.text("cli.data.as_expected").to_owned()]
    } else {
        violations.iter().map(line).collect()
    }
}

pub(super) fn expect(context: &Context, name: &str, save: Option<&Path>) -> Ended {
    let expectations = expectations_of(&context.home, name, &context.task)?;
    let yaml = expectations.to_yaml()?;
    if let Some(path) = save {
        save_expectations(&expectations, path)?;
    }
    context.output.print(&expectations, |language| match save {
        Some(path) => {
            let path = path.display().to_string();
            vec![language.fill("cli.data.expect_saved", &[("name", name), ("path", &path)])]
        }
        None => yaml.lines().map(str::to_owned).collect(),
    })?;
    Ok(Verdict::Pass)
}

pub(super) fn quarantine(context: &Context, name: &str) -> Ended {
    let quarantine = workflow::quarantine(&context.home, name)?;
    context.output.print(&quarantine, |language| {
        if quarantine.rows == 0 {
            return vec![language.text("cli.data.quarantine_none").to_owned()];
        }
        let mut lines = vec![match &quarantine.path {
            Some(path) => {
                let values = [("n", language.integer(quarantine.rows)), ("path", path.display().to_string())];
                language.fill_owned("cli.data.quarantine", &values)
            }
            None => language.fill("cli.data.quarantine_gone", &[("n", &language.integer(quarantine.rows))]),
        }];
        lines.extend(quarantine.reasons.iter().flat_map(|finding| finding_lines(finding, language)));
        lines
    })?;
    Ok(Verdict::Pass)
}

pub(super) fn profile(context: &Context, name: &str) -> Ended {
    let (dataset, profile) = workflow::profile(&context.home, name, &context.task)?;
    let mut clock = document(&dataset)?.mapping.zone.clock();
    let profiled = Profiled { dataset: dataset.name, digest: dataset.digest, profile };
    context.output.print(&profiled, |language| profile_lines(&profiled.profile, &mut clock, language))?;
    Ok(Verdict::Pass)
}

fn date(moment: Option<Moment>, clock: &mut WallClock, language: Language) -> String {
    let text = |moment| DateStyle::usual(language).short(clock.local(moment).date(), language);
    moment.map_or_else(|| "—".to_owned(), text)
}

fn profile_lines(profile: &Profile, clock: &mut WallClock, language: Language) -> Vec<String> {
    let count = |n: u64| language.integer(n);
    let head = [
        ("visits", count(profile.visits)),
        ("sites", language.sites(profile.sites.len() as u64)),
        ("first", date(profile.first, clock, language)),
        ("last", date(profile.last, clock, language)),
        ("served", count(profile.served)),
        ("abandoned", count(profile.abandoned)),
        ("unfinished", count(profile.unfinished)),
    ];
    let mut lines = vec![language.fill_owned("cli.data.profile_head", &head)];
    lines.extend(profile.waits.as_ref().map(|waits| wait_line(waits, language)));
    for column in &profile.columns {
        let n = count(column.distinct.n);
        let values = [
            ("name", column.name.clone()),
            ("kind", language.text(&format!("profile.kind_{}", column.kind.id())).to_owned()),
            ("filled", count(column.filled)),
            ("missing", count(column.missing)),
            ("distinct", if column.distinct.is_exact { n } else { format!("≥ {n}") }),
        ];
        lines.push(language.fill_owned("cli.data.profile_column", &values));
    }
    for groups in [&profile.sites, &profile.services] {
        lines.extend(groups.iter().take(MOST_LINES).map(|group| group_line(group, language)));
    }
    lines
}

fn wait_line(waits: &NumberProfile, language: Language) -> String {
    let minutes = |value: f64| language.decimal(value, 1);
    let values = [
        ("n", language.integer(waits.n)),
        ("median", minutes(waits.median)),
        ("mean", minutes(waits.mean)),
        ("p90", minutes(waits.p90)),
        ("p99", minutes(waits.p99)),
    ];
    language.fill_owned("cli.data.profile_waits", &values)
}

fn group_line(group: &GroupProfile, language: Language) -> String {
    let visitors = &group.visitors;
    let minutes = |value: Option<f64>| language.decimal(value.unwrap_or(f64::NAN), 1);
    let values = [
        ("name", group.name.clone()),
        ("visits", language.integer(visitors.visits)),
        ("served", language.integer(visitors.served)),
        ("median", minutes(visitors.waits.map(|waits| waits.median))),
        ("p90", minutes(visitors.waits.map(|waits| waits.p90))),
    ];
    language.fill_owned("cli.data.profile_group", &values)
}

pub(super) fn compare(context: &Context, names: (&str, &str)) -> Ended {
    let (a, b, difference) = workflow::compare_datasets(&context.home, names, &context.task)?;
    let mut clocks = [document(&a)?.mapping.zone.clock(), document(&b)?.mapping.zone.clock()];
    let compared = Compared { datasets: [a.name, b.name], difference };
    context.output.print(&compared, |language| {
        let difference = &compared.difference;
        let mut lines = Vec::new();
        for ((name, side), clock) in compared.datasets.iter().zip([&difference.a, &difference.b]).zip(&mut clocks)
        {
            lines.extend(side_lines(name, side, clock, language));
        }
        for (key, only) in [("sites", &difference.sites), ("services", &difference.services)] {
            for (dataset, names) in compared.datasets.iter().zip([&only.a, &only.b]) {
                if !names.is_empty() {
                    let key = format!("cli.data.only_{key}");
                    let named = names.iter().take(MOST_LINES).cloned().collect::<Vec<_>>().join(" · ");
                    let n = names.len() as u64;
                    let n = if key.ends_with("sites") { language.sites(n) } else { language.integer(n) };
                    lines.push(language.fill(&key, &[("dataset", dataset), ("n", &n), ("names", &named)]));
                }
            }
        }
        let by_id = difference.shared.by_id.map_or_else(|| "—".to_owned(), |n| language.integer(n));
        let values = [("by_id", by_id), ("by_content", language.integer(difference.shared.by_content))];
        lines.push(language.fill_owned("cli.data.shared", &values));
        lines
    })?;
    Ok(Verdict::Pass)
}

fn side_lines(name: &str, side: &Side, clock: &mut WallClock, language: Language) -> Vec<String> {
    let values = [
        ("name", name.to_owned()),
        ("visits", language.integer(side.visits)),
        ("sites", language.sites(side.sites)),
        ("days", language.integer(side.days)),
        ("first", date(side.first, clock, language)),
        ("last", date(side.last, clock, language)),
        ("served", language.integer(side.served)),
        ("abandoned", language.integer(side.abandoned)),
    ];
    let head = language.fill_owned("cli.data.side", &values);
    std::iter::once(head).chain(side.waits.as_ref().map(|waits| wait_line(waits, language))).collect()
}
