//! `nobat features`

use clap::Subcommand;

use crate::analysis::features::{AUDITED_ARRIVALS, LeakageAudit, Sampling, Unit};
use crate::base::calendar::{DateStyle, Zone};
use crate::base::language::Language;
use crate::base::{Moment, Verdict};
use crate::store::sqlite::Access;
use crate::workflows::SEED;
use crate::workflows::datasets::{find, prepare, workspace};
use crate::workflows::expressions::{add, remove};
use crate::workflows::features::{FeatureEntry, audit_catalogue, build_features, features, verdict};
use crate::workflows::online::{LONGEST_AGE_MS, OnlineSheet, PublishRequest, publish, published};

use super::{Context, Ended};

/// The feature catalogue: what there is, computing it for a data set, auditing it for leaks.
#[derive(Debug, clap::Args)]
pub struct Features {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Every feature with its group and unit.
    List,
    /// Compute every feature of a data set and keep them as a file, which training reads from then on.
    Build {
        /// The data set: its name, the beginning of its digest, or `latest`.
        #[arg(long, value_name = "D", default_value = "latest")]
        data: String,
    },
    /// Compute a sample of arrivals again from what was known then. Exit code 3 where a feature has seen the future, 4
    /// where nothing could be checked.
    Audit {
        /// The data set: its name, the beginning of its digest, or `latest`.
        #[arg(long, value_name = "D", default_value = "latest")]
        data: String,
        /// How many arrivals.
        #[arg(long, value_name = "N", default_value_t = AUDITED_ARRIVALS)]
        sample: usize,
        /// The seed of the sample.
        #[arg(long, default_value_t = SEED)]
        seed: u64,
    },
    /// Compute what the service cannot know from a request, and publish it for a time: with it, how far the intervals of the
    /// live version reach, where they follow what came true (`nobat train --adaptive-intervals`). Once a night is enough.
    Publish {
        /// The data set: its name, the beginning of its digest, or `latest`.
        #[arg(long, value_name = "D", default_value = "latest")]
        data: String,
        /// The moment that the values are of, as RFC 3339; the end of the history without it.
        #[arg(long, value_name = "T", value_parser = moment)]
        as_of: Option<Moment>,
        /// How old the values may become before they count as missing: 90m, 24h, 7d.
        #[arg(long, value_name = "AGE", default_value = "24h", value_parser = age)]
        max_age: i64,
    },
    /// The values that are published, with their age.
    Online,
    /// Add a feature as an expression over features of the catalogue; its id is x.NAME.
    Add {
        /// The name: lower-case letters, digits, underscores.
        name: String,
        /// The expression: `people_ahead / max(open_counters, 1)`.
        #[arg(long, value_name = "EXPRESSION")]
        expr: String,
        /// What it counts: minutes, signed_minutes, people, counters, yes_no, class.
        #[arg(long, value_parser = unit)]
        unit: Unit,
    },
    /// Remove an expression; models that use it keep it.
    Remove {
        /// The name.
        name: String,
    },
}

/// `90m`, `24h` or `7d`, in milliseconds.
fn age(text: &str) -> Result<i64, String> {
    let unit = |ending: &str, millis: i64| text.strip_suffix(ending)?.parse::<i64>().ok()?.checked_mul(millis);
    let millis = unit("m", 60_000).or_else(|| unit("h", 3_600_000)).or_else(|| unit("d", 86_400_000));
    millis.filter(|millis| (60_000..=LONGEST_AGE_MS).contains(millis)).ok_or_else(|| "1m..7d, 24h".to_owned())
}

pub(super) fn moment(text: &str) -> Result<Moment, String> {
    Moment::parse_rfc3339(text).ok_or_else(|| "2026-11-23T08:30:00+03:30".to_owned())
}

impl Features {
    pub fn run(&self, context: &Context) -> Ended {
        match &self.what {
            What::List => list(context),
            What::Build { data } => build(context, data),
            What::Audit { data, sample, seed } => {
                audit(context, data, Sampling { arrivals: *sample, seed: *seed })
            }
            What::Publish { data, as_of, max_age } => {
                publish_values(context, data, PublishRequest { as_of: *as_of, max_age_ms: Some(*max_age) })
            }
            What::Online => online(context),
            What::Add { name, expr, unit } => add_expression(context, name, expr, *unit),
            What::Remove { name } => {
                remove(&context.home, name)?;
                let entries = features(&context.home)?;
                context
                    .output
                    .print(&entries, |language| vec![language.fill("cli.features.removed", &[("name", name)])])?;
                Ok(Verdict::Pass)
            }
        }
    }
}

fn unit(text: &str) -> Result<Unit, String> {
    Unit::from_id(text).ok_or_else(|| "minutes, signed_minutes, people, counters, yes_no, class".to_owned())
}

fn add_expression(context: &Context, name: &str, text: &str, unit: Unit) -> Ended {
    let entry = add(&context.home, name, text, unit, &context.person)?;
    context.output.print(&entry, |language| {
        vec![language.fill("cli.features.added", &[("name", &entry.name), ("expression", &entry.expression)])]
    })?;
    Ok(Verdict::Pass)
}

fn list(context: &Context) -> Ended {
    let entries = features(&context.home)?;
    context.output.print(&entries, |language| entries.iter().map(|entry| line(entry, language)).collect())?;
    Ok(Verdict::Pass)
}

fn line(entry: &FeatureEntry, language: Language) -> String {
    let critical =
        if entry.critical { format!(" {}", language.text("cli.features.critical")) } else { String::new() };
    let name = format!("feature.{}", entry.id);
    let (group, unit) = (format!("feature_group.{}", entry.group), format!("unit.{}", entry.unit));
    let known = format!("feature_known.{}", entry.known);
    let missing = format!("feature_missing.{}", entry.missing_rule);
    let fields = [
        ("id", entry.id.as_str()),
        ("name", entry.expression.as_deref().unwrap_or_else(|| language.text(&name))),
        ("group", language.text(&group)),
        ("unit", language.text(&unit)),
        ("known", language.text(&known)),
        ("missing", language.text(&missing)),
        ("critical", critical.as_str()),
    ];
    language.fill("cli.features.line", &fields)
}

fn build(context: &Context, data: &str) -> Ended {
    let built = build_features(&context.home, data, &context.task)?;
    context.output.print(&built, |language| {
        let fields = [
            ("columns", language.integer(built.columns)),
            ("rows", language.integer(built.rows)),
            ("megabytes", language.decimal(built.bytes as f64 / 1e6, 1)),
            ("compute", language.decimal(built.seconds_to_compute, 2)),
            ("read", language.decimal(built.seconds_to_read, 2)),
            ("path", built.file.display().to_string()),
        ];
        vec![language.fill_owned("cli.features.built", &fields)]
    })?;
    Ok(Verdict::Pass)
}

fn audit(context: &Context, data: &str, sampling: Sampling) -> Ended {
    let workspace = workspace(&context.home, Access::Read)?;
    let prepared = prepare(&workspace, &find(&workspace, data)?, &context.task)?;
    let found = audit_catalogue(&prepared, sampling, &context.task)?;
    context.output.print(&found, |language| audit_lines(&found, language))?;
    Ok(verdict(&found))
}

fn audit_lines(found: &LeakageAudit, language: Language) -> Vec<String> {
    let count = |n: u64| language.integer(n);
    let head = match verdict(found) {
        Verdict::Pass => "cli.features.audit_pass",
        Verdict::Fail => "cli.features.audit_fail",
        Verdict::Inconclusive => "cli.features.audit_nothing",
    };
    let leaks = count(found.leaks.len() as u64);
    let mut lines = vec![language.fill(head, &[("checked", &count(found.checked)), ("leaks", &leaks)])];
    for leak in &found.leaks {
        let fields = [
            ("feature", leak.feature.clone()),
            ("visit", leak.visit_id.clone()),
            ("offline", leak.offline.to_string()),
            ("recomputed", leak.recomputed.to_string()),
        ];
        lines.push(language.fill_owned("cli.features.leak", &fields));
    }
    lines
}

fn publish_values(context: &Context, data: &str, request: PublishRequest) -> Ended {
    let workspace = workspace(&context.home, Access::Read)?;
    let prepared = prepare(&workspace, &find(&workspace, data)?, &context.task)?;
    let sheet = publish(&context.home, &prepared, request, &context.person, &context.task)?;
    context.output.print(&sheet, |language| vec![head(&sheet, language)])?;
    Ok(Verdict::Pass)
}

fn online(context: &Context) -> Ended {
    let sheet = published(&context.home)?;
    context.output.print(&sheet, |language| match &sheet {
        None => vec![language.text("cli.features.online_none").to_owned()],
        Some(sheet) => {
            let value = |value: &crate::store::registry::OnlineValue| {
                let fields = [
                    ("site", value.site.clone()),
                    ("service", value.service.clone()),
                    ("hour", language.integer(u64::from(value.hour))),
                    ("value", language.decimal(value.value, 1)),
                    ("n", language.integer(u64::from(value.n))),
                    ("feature", language.text(&format!("online.{}", value.feature)).to_owned()),
                ];
                language.fill_owned("cli.features.online_value", &fields)
            };
            std::iter::once(head(sheet, language)).chain(sheet.values.iter().map(value)).collect()
        }
    })?;
    Ok(Verdict::Pass)
}

/// What is published, of when, and whether it is used.
fn head(sheet: &OnlineSheet, language: Language) -> String {
    let as_of = Zone::default().clock().local(sheet.as_of);
    let hours = |minutes: f64| language.decimal(minutes / 60.0, 1);
    let fields = [
        ("n", language.integer(sheet.values.len() as u64)),
        ("as_of", DateStyle::usual(language).date_and_time(as_of, language)),
        ("person", sheet.person.clone()),
        ("age", hours(sheet.age_minutes)),
        ("max_age", hours(sheet.max_age_minutes)),
    ];
    let key = if sheet.fresh { "cli.features.online_fresh" } else { "cli.features.online_stale" };
    language.fill_owned(key, &fields)
}
