//! `nobat data guess`

use std::path::PathBuf;

use crate::analysis::history::Guess;
use crate::base::Verdict;
use crate::base::language::Language;
use crate::workflows::mapping::{ask, guess_files, save_guess};

use super::{Context, Ended};

/// Guesses which columns of a file mean what, and says how sure that is and why.
#[derive(Debug, clap::Args)]
pub struct GuessMapping {
    /// The files, or folders of files, of one shape.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Writes the guessed mapping, to be mended and given to `import --map`.
    #[arg(long, value_name = "M.yaml")]
    save: Option<PathBuf>,
}

impl GuessMapping {
    pub fn run(&self, context: &Context) -> Ended {
        let guess = guess_files(&self.files, &context.task)?;
        if let Some(path) = &self.save {
            save_guess(&guess, path, context.output.language)?;
        }
        context.output.print(&guess, |language| {
            let mut lines = lines(&guess, language);
            if let Some(path) = &self.save {
                lines.push(language.fill("guess.saved", &[("path", &path.display().to_string())]));
            }
            lines
        })?;
        Ok(Verdict::Pass)
    }
}

fn lines(guess: &Guess, language: Language) -> Vec<String> {
    let mut lines = Vec::new();
    let and = format!("{} ", language.text("guess.and"));
    for field in &guess.fields {
        let why: Vec<String> =
            field.why.iter().map(|why| language.text(&format!("guess.why_{}", why.id())).to_owned()).collect();
        let columns = if field.columns.is_empty() { "—".to_owned() } else { field.columns.join(" + ") };
        lines.push(language.fill(
            "guess.field",
            &[
                ("field", field.field),
                ("columns", &columns),
                ("sure", &language.percent(field.confidence, 0)),
                ("why", &why.join(&and)),
            ],
        ));
        let shown = field.samples.iter().find(|sample| sample.read.is_some());
        if let Some(sample) = shown
            && let Some(read) = &sample.read
            && !field.columns.is_empty()
        {
            lines.push(format!("    {}", language.fill("guess.sample", &[("raw", &sample.raw), ("read", read)])));
        }
    }
    if !guess.left_out.is_empty() {
        lines.push(language.fill("guess.left_out", &[("columns", &guess.left_out.join(", "))]));
    }
    lines.extend(
        guess
            .questions
            .iter()
            .map(|question| language.fill("guess.open", &[("question", &ask(question, language))])),
    );
    if guess.is_sure() {
        lines.push(language.text("guess.sure").to_owned());
    }
    lines
}
