//! `nobat runs import`

use std::path::PathBuf;

use crate::analysis::evaluation::SplitPlan;
use crate::base::{Moment, Verdict};
use crate::store::sqlite::Access;
use crate::workflows::datasets::{find, prepare, workspace};
use crate::workflows::import_model::{ImportModelRequest, import_model};
use crate::workflows::train::TrainSummary;

use super::features::moment;
use super::train::{lines, share};
use super::{Context, Ended};

/// A model that was trained elsewhere.
#[derive(Debug, clap::Args)]
pub(super) struct ImportModel {
    /// A LightGBM text model or an XGBoost JSON model.
    file: PathBuf,
    /// The data set: its name, the beginning of its digest, or `latest`.
    #[arg(long, value_name = "D", default_value = "latest")]
    data: String,
    /// Every wait that the model learned from was known before this moment.
    #[arg(long, value_name = "RFC3339", value_parser = moment)]
    trained_until: Moment,
    /// The share of the time at the end that is tested on.
    #[arg(long, value_name = "SHARE", default_value_t = SplitPlan::default().test_share, value_parser = share)]
    test_share: f64,
}

impl ImportModel {
    pub fn run(&self, context: &Context) -> Ended {
        let workspace = workspace(&context.home, Access::Read)?;
        let prepared = prepare(&workspace, &find(&workspace, &self.data)?, &context.task)?;
        let request = ImportModelRequest {
            file: self.file.clone(),
            trained_until: self.trained_until,
            test_share: self.test_share,
        };
        let outcome = import_model(&context.home, &prepared, &request, &context.task)?;
        context.output.print(&TrainSummary::of(&outcome.run, &outcome.document), |language| {
            lines(&outcome.run, &outcome.document, language)
        })?;
        Ok(Verdict::Pass)
    }
}
