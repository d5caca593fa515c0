//! `nobat export`

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

use crate::analysis::drift::LabelBounds;
use crate::analysis::evaluation::CostWeights;
use crate::base::Verdict;
use crate::base::calendar::DateStyle;
use crate::base::language::Language;
use crate::store::sqlite::Access;
use crate::workflows::compare::CompareRequest;
use crate::workflows::datasets::{find, prepare, workspace};
use crate::workflows::models::ModelName;
use crate::workflows::report::{ExportedReport, ReportTarget, export_comparison, export_drift};
use crate::workflows::watch::{Span, WatchRequest, watch};
use crate::workflows::{SEED, WorkflowError};

use super::{Context, Ended};

/// Write a result for other people or programs.
#[derive(Debug, clap::Args)]
pub struct Export {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// One HTML file that explains a comparison, or without a candidate what the drift monitors find in the newest week and
    /// month, in both languages and without a network. Exit code 0 where it was written, whatever was found.
    Report(Report),
}

#[derive(Debug, clap::Args)]
struct Report {
    /// The current model: `rule`, `constant`, `run:3`, `1.2.0` or `live`. Without it the rule is what a candidate is compared
    /// with; drift is looked for with the live version.
    #[arg(long, value_name = "X")]
    current: Option<String>,
    /// The candidate, named likewise. Without it the report is about drift; `nobat drift --report` takes everything that drift
    /// can be asked.
    #[arg(long, value_name = "Y")]
    candidate: Option<String>,
    /// The data set: its name, the beginning of its digest, or `latest`.
    #[arg(long, value_name = "D", default_value = "latest")]
    data: String,
    /// The HTML file, which must not be there yet. The language of `--lang` is shown first in it.
    #[arg(long, value_name = "FILE.html")]
    out: PathBuf,
    /// Write the result as JSON beside it, too: FILE.json.
    #[arg(long)]
    with_json: bool,
    /// In which calendar days are told; without it Jalali in Persian and Gregorian in English.
    #[arg(long, value_enum)]
    calendar: Option<Calendar>,
    /// What a minute costs that was predicted and not waited: it was kept free for nothing.
    #[arg(long, value_name = "COST", default_value_t = CostWeights::default().per_minute_needless, allow_negative_numbers = true)]
    cost_minute: f64,
    /// What a turn missed costs: a wait more than ten minutes longer than predicted.
    #[arg(long, value_name = "COST", default_value_t = CostWeights::default().per_turn_missed, allow_negative_numbers = true)]
    cost_turn: f64,
    /// The seed of the bootstrap.
    #[arg(long, default_value_t = SEED)]
    seed: u64,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Calendar {
    /// 1405/09/05
    Jalali,
    /// 2026-11-26
    Gregorian,
}

impl Calendar {
    fn style(self) -> DateStyle {
        match self {
            Calendar::Jalali => DateStyle::Jalali,
            Calendar::Gregorian => DateStyle::Gregorian,
        }
    }
}

impl Export {
    pub fn run(&self, context: &Context) -> Ended {
        let What::Report(report) = &self.what;
        let written = report.write(context)?;
        context.output.print(&written, |language| lines(&written, language))?;
        Ok(Verdict::Pass)
    }
}

impl Report {
    fn write(&self, context: &Context) -> Result<ExportedReport, WorkflowError> {
        let target = ReportTarget {
            file: self.out.clone(),
            with_json: self.with_json,
            language: context.output.language,
            calendar: self.calendar.map(Calendar::style),
        };
        target.check()?;
        let weights = CostWeights { per_minute_needless: self.cost_minute, per_turn_missed: self.cost_turn };
        let current: Option<ModelName> = self.current.as_deref().map(str::parse).transpose()?;
        let candidate: Option<ModelName> = self.candidate.as_deref().map(str::parse).transpose()?;
        let workspace = workspace(&context.home, Access::Read)?;
        let prepared = prepare(&workspace, &find(&workspace, &self.data)?, &context.task)?;
        let Some(candidate) = candidate else {
            let request = self.watch_request(current);
            let found = watch(&context.home, &prepared, None, &request, &context.task)?;
            return export_drift(&context.home, &found, &prepared.history.zone, &target);
        };
        let request = CompareRequest {
            weights,
            seed: self.seed,
            ..CompareRequest::of(current.unwrap_or(ModelName::Baseline("rule")), candidate)
        };
        export_comparison(&context.home, &prepared, &request, &target, &context.task)
    }

    /// The newest whole week and month; Jalali months unless another calendar is asked for.
    fn watch_request(&self, model: Option<ModelName>) -> WatchRequest {
        WatchRequest {
            model,
            span: Span::Newest,
            months: self.calendar.map_or(DateStyle::Jalali, Calendar::style),
            like_with_like: false,
            against_training: false,
            bounds: LabelBounds::default(),
            seed: self.seed,
        }
    }
}

/// Where it is, and what it says.
pub(super) fn lines(written: &ExportedReport, language: Language) -> Vec<String> {
    let path = |path: &PathBuf| path.display().to_string();
    let values = [
        ("path", path(&written.file)),
        ("kilobytes", language.integer(written.bytes.div_ceil(1024))),
        ("verdict", language.text(&format!("verdict.{}", written.verdict.id())).to_owned()),
    ];
    let mut lines = vec![language.fill_owned("report.written", &values)];
    lines.extend(written.json.as_ref().map(|json| language.fill("report.written_json", &[("path", &path(json))])));
    lines
}
