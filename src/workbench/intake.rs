//! Files before they are imported: some of their rows, what the columns seem to mean, and what the mapping that is being
//! tried makes of them.
//!
//! Reading the rows is work for a job; trying another mapping on the few thousand rows at hand is not.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::analysis::history::personal::PersonalColumn;
use crate::analysis::history::{Guess, Mapping, MappingError, Preview, SampleRows, open};
use crate::base::Task;
use crate::workflows::databases::source_options;
use crate::workflows::files::stem;
use crate::workflows::import::read_mapping;
use crate::workflows::mapping::mapping_for;
use crate::workflows::{Home, WorkflowError, now};

/// Rows that are shown as visits.
pub const PREVIEWED: usize = 60;

/// Files of one shape before they are imported as one history.
#[derive(Clone, Debug)]
pub struct Intake {
    /// What was named: files, and folders of files.
    pub paths: Vec<PathBuf>,
    /// The files behind that, by name, and their size in bytes.
    pub files: Arc<Vec<(String, u64)>>,
    /// Some of their rows.
    pub sample: Arc<SampleRows>,
    /// What their columns seem to mean.
    pub guess: Arc<Guess>,
    /// The mapping that is tried; none while no column is known to be the arrival.
    pub mapping: Option<Mapping>,
    /// What it makes of the rows at hand.
    pub preview: Preview,
    /// Why it cannot be used.
    pub problem: Option<MappingError>,
}

impl Intake {
    /// Reads some rows of `paths`. The mapping is the one of the file `given`, else the one that an import would take,
    /// else the guess.
    ///
    /// # Errors
    /// [`WorkflowError`] where the files are no tables of one shape, or `given` is no mapping.
    pub fn read(
        home: &Home,
        paths: &[PathBuf],
        given: Option<&Path>,
        task: &Task,
    ) -> Result<Intake, WorkflowError> {
        task.report("stage.reading", 0, 0)?;
        let given = given.map(read_mapping).transpose()?;
        let options = source_options(given.as_ref());
        let source = open(paths, &options)?;
        let files: Vec<(String, u64)> =
            source.files().iter().map(|file| (name_of(&file.path), file.bytes)).collect();
        let sample = SampleRows::read(source, task)?;
        let name = paths.first().map(|path| stem(path)).unwrap_or_default();
        let guess = sample.guess(&name, now());
        let mapping = given.or_else(|| mapping_for(home, paths, task).ok()).or_else(|| guess.mapping.clone());
        let intake = Intake {
            paths: paths.to_vec(),
            files: Arc::new(files),
            sample: Arc::new(sample),
            guess: Arc::new(guess),
            mapping: None,
            preview: Preview::default(),
            problem: None,
        };
        Ok(match mapping {
            Some(mapping) => intake.with(mapping),
            None => intake,
        })
    }

    /// The same files, read by `mapping`.
    #[must_use]
    pub fn with(&self, mapping: Mapping) -> Intake {
        let (preview, problem) = match self.sample.preview(&mapping, PREVIEWED) {
            Ok(preview) => (preview, None),
            Err(problem) => (Preview::default(), Some(problem)),
        };
        Intake { mapping: Some(mapping), preview, problem, ..self.clone() }
    }

    /// The rows at hand of which the mapping makes visits, and all of them.
    #[must_use]
    pub fn readable(&self) -> (u64, u64) {
        let report = &self.preview.report;
        (report.read.saturating_sub(report.quarantined), report.read)
    }

    /// The columns that hold personal data, and why they are taken for it.
    #[must_use]
    pub fn personal(&self) -> &[PersonalColumn] {
        self.sample.personal()
    }

    /// What something of these files is called that has no name of its own: the first of them without its ending.
    #[must_use]
    pub fn name(&self) -> String {
        self.paths.first().map(|path| stem(path)).unwrap_or_default()
    }

    /// What the data set is called where nobody names it, as an import names it.
    #[must_use]
    pub fn dataset_name(&self) -> String {
        self.files.first().map(|(name, _)| stem(Path::new(name))).unwrap_or_default()
    }

    /// The size of the files together, in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|(_, bytes)| bytes).sum()
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
