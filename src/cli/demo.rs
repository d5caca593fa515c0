//! `nobat demo`

use crate::base::Verdict;
use crate::workflows::demo::run;
use crate::workflows::files::file_error;
use crate::workflows::{Home, WorkflowError};

use super::{Context, Ended};

/// Runs the whole loop on the sample in a fresh temporary home, or in `--home`, which then keeps it.
#[derive(Debug, clap::Args)]
pub struct Demo {
    /// Without a window.
    #[arg(long, required = true)]
    headless: bool,
}

impl Demo {
    pub fn run(&self, context: &Context, home_was_given: bool) -> Ended {
        let temporary = if home_was_given {
            None
        } else {
            let folder = std::env::temp_dir();
            Some(
                tempfile::Builder::new()
                    .prefix("nobat-demo-")
                    .tempdir()
                    .map_err(|cause| file_error(&folder, cause))?,
            )
        };
        let home = match &temporary {
            Some(folder) => Home::resolve(Some(folder.path()), None)?,
            None => context.home.clone(),
        };
        let program =
            std::env::current_exe().map_err(|error| WorkflowError::Service { reason: error.to_string() })?;
        let language = context.output.language;
        let report = run(&home, &program, &context.task, &mut |step| {
            let seconds = language.decimal(step.seconds, 2);
            context.output.line(&language.fill(
                "cli.demo.step",
                &[
                    ("name", language.text(&format!("demo.{}", step.name))),
                    ("seconds", &seconds),
                    ("note", &step.note),
                ],
            ));
        })?;
        context.output.print(&report, |language| {
            vec![language.fill(
                "cli.demo.end",
                &[
                    ("promote", &language.decimal(report.promote_to_answer_ms, 0)),
                    ("rollback", &language.decimal(report.rollback_to_answer_ms, 0)),
                ],
            )]
        })?;
        Ok(if report.ok { Verdict::Pass } else { report.gate.unwrap_or(Verdict::Inconclusive) })
    }
}
