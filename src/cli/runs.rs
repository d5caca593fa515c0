//! `nobat runs`

use clap::{Subcommand, ValueEnum};

use crate::base::Verdict;
use crate::base::language::Language;
use crate::store::workspace::RunMark;
use crate::workflows::runs::{
    KeptRun, PruneRule, Pruned, Reproduction, RunEntry, RunFilter, RunOrder, RunsTable, TableRow, compare, list,
    mark, prune, reproduce, show,
};

use super::import_model::ImportModel;
use super::look::Look;
use super::{Context, Ended, train};

/// Trainings of the workspace.
#[derive(Debug, clap::Args)]
pub struct Runs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Every run, the newest first.
    List(List),
    /// One run.
    Show {
        /// Its number.
        run: i64,
    },
    /// Keep a model that LightGBM or XGBoost made as a run, tested on visits after its training.
    Import(ImportModel),
    #[command(flatten)]
    Look(Look),
    /// Several runs side by side: the settings that differ, and the errors.
    Compare {
        /// Their numbers.
        #[arg(required = true, num_args = 2..)]
        runs: Vec<i64>,
    },
    /// Fit a run again from what it remembers. Exit code 0 where every bit of the model is the same, 3 where it is not.
    Reproduce {
        /// Its number.
        run: i64,
    },
    /// Keep a run in front, and never prune it.
    Pin {
        /// Its number.
        run: i64,
    },
    /// No longer.
    Unpin {
        /// Its number.
        run: i64,
    },
    /// Write a note about a run, in the place of the one before; an empty one takes it away.
    Note {
        /// Its number.
        run: i64,
        /// The note.
        text: String,
    },
    /// Tag a run; a tagged run is never pruned.
    Tag {
        /// Its number.
        run: i64,
        /// The tag.
        tag: String,
    },
    /// Take a tag away.
    Untag {
        /// Its number.
        run: i64,
        /// The tag.
        tag: String,
    },
    /// Remove runs that nobody needs. Pinned, tagged and released ones stay. Without --yes they are only listed.
    Prune(Prune),
}

/// Which runs are listed.
#[derive(Debug, clap::Args)]
struct List {
    /// Only those of this family.
    #[arg(long, value_name = "F")]
    family: Option<String>,
    /// Only those with this tag.
    #[arg(long)]
    tag: Option<String>,
    /// In which order.
    #[arg(long, value_enum, default_value_t = Sort::Newest)]
    sort: Sort,
    /// At most this many.
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Sort {
    /// The newest first.
    Newest,
    /// The lowest mean absolute error first.
    Mae,
    /// The lowest error in relation to the rule's on the same visits first.
    Ratio,
    /// By family, then by error.
    Family,
    /// The longest training first.
    Seconds,
}

/// What is pruned.
#[derive(Debug, clap::Args)]
#[group(id = "rule", required = true, multiple = true, args = ["keep", "older_than"])]
struct Prune {
    /// The newest N runs stay.
    #[arg(long, value_name = "N")]
    keep: Option<usize>,
    /// Only runs that began this many days ago or earlier.
    #[arg(long, value_name = "DAYS")]
    older_than: Option<u32>,
    /// Remove them.
    #[arg(long)]
    yes: bool,
}

impl Runs {
    pub fn run(&self, context: &Context) -> Ended {
        match &self.what {
            What::List(filter) => print_runs(context, &list(&context.home, &filter.checked())?),
            What::Show { run } => print_runs(context, &[show(&context.home, *run)?]),
            What::Import(import) => import.run(context),
            What::Look(look) => look.run(context),
            What::Compare { runs } => {
                let table = compare(&context.home, runs)?;
                context.output.print(&table, |language| table_lines(&table, language))?;
                Ok(Verdict::Pass)
            }
            What::Reproduce { run } => {
                let made = reproduce(&context.home, *run, &context.task)?;
                context.output.print(&made, |language| reproduction_lines(&made, language))?;
                Ok(made.verdict())
            }
            What::Pin { run } => print_mark(context, *run, RunMark::Pinned(true)),
            What::Unpin { run } => print_mark(context, *run, RunMark::Pinned(false)),
            What::Note { run, text } => print_mark(context, *run, RunMark::Note(text.clone())),
            What::Tag { run, tag } => print_mark(context, *run, RunMark::Tag(tag.clone())),
            What::Untag { run, tag } => print_mark(context, *run, RunMark::Untag(tag.clone())),
            What::Prune(rule) => {
                let what = PruneRule { keep: rule.keep, older_than_days: rule.older_than };
                let pruned = prune(&context.home, what, rule.yes)?;
                context.output.print(&pruned, |language| prune_lines(&pruned, language))?;
                Ok(Verdict::Pass)
            }
        }
    }
}

impl List {
    fn checked(&self) -> RunFilter {
        let order = match self.sort {
            Sort::Newest => RunOrder::Newest,
            Sort::Mae => RunOrder::Mae,
            Sort::Ratio => RunOrder::Ratio,
            Sort::Family => RunOrder::Family,
            Sort::Seconds => RunOrder::Seconds,
        };
        RunFilter { family: self.family.clone(), tag: self.tag.clone(), order, limit: self.limit }
    }
}

fn print_mark(context: &Context, run: i64, change: RunMark) -> Ended {
    print_runs(context, &[mark(&context.home, run, &change)?])
}

fn print_runs(context: &Context, runs: &[KeptRun]) -> Ended {
    let entries: Vec<RunEntry> = runs.iter().map(RunEntry::of).collect();
    context.output.print(&entries, |language| {
        if runs.is_empty() {
            return vec![language.text("cli.runs.none").to_owned()];
        }
        let told = |kept: &KeptRun| {
            let mut lines = train::lines(&kept.0, &kept.1, language);
            lines.extend(mark_line(kept, language));
            lines
        };
        runs.iter().flat_map(told).collect()
    })?;
    Ok(Verdict::Pass)
}

/// What a person said of a run; nothing where they said nothing.
fn mark_line((run, _): &KeptRun, language: Language) -> Option<String> {
    let mut said = Vec::new();
    if run.pinned {
        said.push(language.text("cli.runs.pinned").to_owned());
    }
    if !run.tags.is_empty() {
        let comma = |a: String, b: &String| language.fill("list.comma", &[("a", &a), ("b", b)]);
        let mut tags = run.tags.iter();
        let first = tags.next().cloned().unwrap_or_default();
        said.push(language.fill("cli.runs.tags", &[("tags", &tags.fold(first, comma))]));
    }
    if !run.note.is_empty() {
        said.push(language.fill("cli.runs.note", &[("note", &run.note)]));
    }
    if said.is_empty() { None } else { Some(format!("  {}", said.join(" · "))) }
}

fn table_lines(table: &RunsTable, language: Language) -> Vec<String> {
    let runs: Vec<String> = table.runs.iter().map(|run| language.integer(run.unsigned_abs())).collect();
    let mut lines = vec![language.fill("cli.runs.compared", &[("runs", &runs.join(" | "))])];
    if table.settings.is_empty() {
        lines.push(language.text("cli.runs.same_settings").to_owned());
    }
    lines.extend(table.settings.iter().chain(&table.metrics).map(|row| {
        let values: Vec<String> = row.values.iter().map(|value| value_words(row, value, language)).collect();
        language.fill("cli.runs.row", &[("name", &row_name(row, language)), ("values", &values.join(" | "))])
    }));
    if !table.same_test {
        lines.push(language.text("runs.other_test").to_owned());
    }
    lines
}

fn row_name(row: &TableRow, language: Language) -> String {
    if row.is_parameter { row.id.clone() } else { language.text(&format!("runs.{}", row.id)).to_owned() }
}

fn value_words(row: &TableRow, value: &serde_json::Value, language: Language) -> String {
    match value {
        serde_json::Value::Null => language.decimal(f64::NAN, 0),
        serde_json::Value::String(text) if row.id == "family" => {
            language.text(&format!("family.{text}")).to_owned()
        }
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Number(number) if !row.is_parameter && number.is_f64() => {
            let number = number.as_f64().unwrap_or(f64::NAN);
            let is_share = matches!(row.id.as_str(), "within_20" | "too_low");
            if is_share { language.percent(number, 1) } else { language.decimal(number, 3) }
        }
        // As in a file of parameters.
        other => other.to_string(),
    }
}

fn reproduction_lines(made: &Reproduction, language: Language) -> Vec<String> {
    let number = |value: Option<f64>| language.decimal(value.unwrap_or(f64::NAN), 4);
    let values = [
        ("run", language.integer(made.run.unsigned_abs())),
        ("family", language.text(&format!("family.{}", made.family)).to_owned()),
        ("sha256", made.artifact_sha256.to_string()),
        ("made", made.made_sha256.to_string()),
        ("mae", number(made.mae)),
        ("made_mae", number(made.made_mae)),
        ("places", language.integer(made.differing as u64)),
        ("seconds", language.decimal(made.seconds, 1)),
        ("program", made.program.clone()),
        ("made_by", made.made_by.clone()),
    ];
    let key = if made.equal { "cli.runs.reproduced" } else { "cli.runs.not_reproduced" };
    let mut lines = vec![language.fill_owned(key, &values)];
    if made.is_of_another_program() {
        lines.push(language.fill_owned("cli.runs.other_program", &values));
    }
    lines.extend(made.differs.iter().map(|place| {
        let (kept, made) = (place.kept.to_string(), place.made.to_string());
        language.fill("cli.runs.differs", &[("path", &place.path), ("kept", &kept), ("made", &made)])
    }));
    lines
}

fn prune_lines(pruned: &Pruned, language: Language) -> Vec<String> {
    let count = |n: usize| language.integer(n as u64);
    let mut lines: Vec<String> = pruned
        .runs
        .iter()
        .map(|run| {
            let values = [
                ("run", language.integer(run.run.unsigned_abs())),
                ("family", language.text(&format!("family.{}", run.family)).to_owned()),
                ("status", language.text(&format!("run_status.{}", run.status.id())).to_owned()),
                ("at", run.created_at.to_string()),
            ];
            language.fill_owned("cli.runs.prune_line", &values)
        })
        .collect();
    let values = [
        ("count", count(pruned.runs.len())),
        ("protected", count(pruned.protected.len())),
        ("left", count(pruned.left)),
    ];
    let key = match (pruned.removed, pruned.runs.is_empty()) {
        (_, true) => "cli.runs.prune_nothing",
        (true, false) => "cli.runs.pruned",
        (false, false) => "cli.runs.would_prune",
    };
    lines.push(language.fill_owned(key, &values));
    lines
}
