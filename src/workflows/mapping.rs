//! Which mapping a file is imported with: the given one, the one kept for its shape, or a guess that leaves no question.

use std::path::{Path, PathBuf};

use crate::analysis::history::{Guess, Mapping, MappingError, Preview, Question, SampleRows, open};
use crate::base::Task;
use crate::base::language::Language;

use super::databases::source_options;
use super::files::{file_error, read_text, stem, write_text};
use super::{Home, WorkflowError, now};

/// Guesses the mapping of `paths` from its first rows and some later ones.
///
/// # Errors
/// [`WorkflowError`] where the file is no table.
pub fn guess_files(paths: &[PathBuf], task: &Task) -> Result<Guess, WorkflowError> {
    let sample = SampleRows::read(open(paths, &source_options(None))?, task)?;
    Ok(sample.guess(&name_of(paths), now()))
}

/// What `mapping` makes of some rows of `paths`, the first `rows` in full. Nothing is imported.
///
/// # Errors
/// [`WorkflowError`] where the file is no table or the mapping does not fit it.
pub fn preview(paths: &[PathBuf], mapping: &Mapping, rows: usize, task: &Task) -> Result<Preview, WorkflowError> {
    Ok(SampleRows::read(open(paths, &source_options(Some(mapping)))?, task)?.preview(mapping, rows)?)
}

/// The mapping for files for which none was given: the canonical one, the one kept for files of its shape, or the
/// guessed one.
///
/// # Errors
/// [`MappingError::Unsure`] where the guess leaves a question open.
pub fn mapping_for(home: &Home, paths: &[PathBuf], task: &Task) -> Result<Mapping, WorkflowError> {
    let source = open(paths, &source_options(None))?;
    if let Ok(canonical) = Mapping::canonical(source.columns()) {
        return Ok(canonical);
    }
    let kept = kept_file(home, source.columns());
    if kept.exists() {
        return Ok(Mapping::from_yaml(&read_text(&kept, Mapping::MAX_BYTES)?)?);
    }
    let sample = SampleRows::read(source, task)?;
    let guess = sample.guess(&name_of(paths), now());
    match (guess.mapping, guess.questions.first()) {
        (Some(mapping), None) => Ok(mapping),
        (_, Some(question)) => Err(unsure(question, &sample.columns).into()),
        (None, None) => Err(MappingError::Needed { present: sample.columns }.into()),
    }
}

/// Keeps `mapping` for the next file whose columns are `columns`.
///
/// # Errors
/// [`WorkflowError`] where the file cannot be written; what was kept before is as it was.
pub fn keep_mapping(home: &Home, columns: &[String], mapping: &Mapping) -> Result<PathBuf, WorkflowError> {
    let path = kept_file(home, columns);
    let folder = path.parent().unwrap_or(&path);
    std::fs::create_dir_all(folder).map_err(|cause| file_error(folder, cause))?;
    write_text(&path, &mapping.to_yaml()?)?;
    Ok(path)
}

/// Writes the guessed mapping to `path` as YAML, with what has to be answered in comments above it.
///
/// # Errors
/// [`WorkflowError`] where there is no mapping or the file cannot be written.
pub fn save_guess(guess: &Guess, path: &Path, language: Language) -> Result<(), WorkflowError> {
    let Some(mapping) = &guess.mapping else {
        return Err(unsure(&Question::NoArrival, &guess.left_out).into());
    };
    let questions = guess.questions.iter().map(|question| format!("# {}\n", ask(question, language)));
    write_text(path, &(questions.collect::<String>() + &mapping.to_yaml()?))
}

/// A question in the words of `language`.
#[must_use]
pub fn ask(question: &Question, language: Language) -> String {
    let in_words = |(name, value): (&'static str, String)| match value.strip_prefix('@') {
        Some(key) => (name, language.text(key).to_owned()),
        None => (name, value),
    };
    let fields: Vec<(&'static str, String)> = question.fields().into_iter().map(in_words).collect();
    language.fill_owned(&format!("guess.question_{}", question.id()), &fields)
}

fn unsure(question: &Question, columns: &[String]) -> MappingError {
    let about = Some(question.columns()).filter(|about| !about.is_empty());
    MappingError::Unsure { question: question.id(), columns: about.unwrap_or_else(|| columns.join(", ")) }
}

fn kept_file(home: &Home, columns: &[String]) -> PathBuf {
    home.folder().join("mappings").join(format!("{}.yaml", Mapping::shape_digest(columns).short()))
}

/// What files are called together: as the first of them.
fn name_of(paths: &[PathBuf]) -> String {
    paths.first().map(|path| stem(path)).unwrap_or_default()
}
