//! Models by what a person calls them.

use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use crate::analysis::features::{Expression, FeatureTable};
use crate::analysis::models::{Artifact, ArtifactError};
use crate::base::Version;
use crate::base::language::{Language, isolate};
use crate::store::registry::Registry;
use crate::store::sqlite::Access;
use crate::store::workspace::Workspace;

use super::{Home, WorkflowError};

/// A model as a person names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelName {
    /// `rule` or `constant`: fitted on the spot, on what the other model learned from.
    Baseline(&'static str),
    /// `run:3`.
    Run(i64),
    /// `1.2.0`.
    Version(Version),
    /// `live`: the version that is live now.
    Live,
    /// `predictions:FILE`: what a file says of each visit, wherever it comes from.
    Predictions(PathBuf),
}

/// The families that need no run of their own.
const BASELINES: [&str; 2] = ["rule", "constant"];

impl FromStr for ModelName {
    type Err = WorkflowError;

    fn from_str(text: &str) -> Result<ModelName, WorkflowError> {
        let unknown = || WorkflowError::UnknownModel { name: text.to_owned() };
        if text == "live" {
            return Ok(ModelName::Live);
        }
        if let Some(baseline) = BASELINES.into_iter().find(|baseline| *baseline == text) {
            return Ok(ModelName::Baseline(baseline));
        }
        if let Some(path) = text.strip_prefix("predictions:") {
            let path = Some(path).filter(|path| !path.is_empty()).ok_or_else(unknown)?;
            return Ok(ModelName::Predictions(PathBuf::from(path)));
        }
        match text.strip_prefix("run:") {
            Some(id) => id.parse().ok().filter(|id| *id > 0).map(ModelName::Run).ok_or_else(unknown),
            None => text.parse().map(ModelName::Version).map_err(|_| unknown()),
        }
    }
}

impl fmt::Display for ModelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ModelName::Baseline(family) => f.write_str(family),
            ModelName::Run(id) => write!(f, "run:{id}"),
            ModelName::Version(version) => write!(f, "{version}"),
            ModelName::Live => f.write_str("live"),
            ModelName::Predictions(path) => write!(f, "predictions:{}", path.display()),
        }
    }
}

/// `features` as a kept model needs them: with the expressions of its own contract.
///
/// # Errors
/// [`ArtifactError::ContractDiffers`] where something is still different.
pub fn features_for<'f>(
    artifact: &Artifact,
    features: Cow<'f, FeatureTable>,
) -> Result<Cow<'f, FeatureTable>, ArtifactError> {
    let own: Vec<Arc<Expression>> = artifact.contract.expressions().into_iter().map(Arc::new).collect();
    let features = match own.as_slice() {
        [] => features,
        own => Cow::Owned(features.into_owned().with_expressions(own)),
    };
    match artifact.contract.differences_from_table(&features) {
        differences if differences.is_empty() => Ok(features),
        differences => Err(ArtifactError::ContractDiffers { differences }),
    }
}

/// The artifact of a kept model; `None` for a baseline and for predictions from a file. A name that means the live version is replaced by the version.
///
/// # Errors
/// [`WorkflowError`] where there is no such model, or its bytes are not what they were.
pub fn load(home: &Home, name: &mut ModelName) -> Result<Option<Artifact>, WorkflowError> {
    if *name == ModelName::Live {
        let live = Registry::open(home.registry(), Access::Read)?.live()?.ok_or(WorkflowError::NothingLive)?;
        *name = ModelName::Version(live.version);
    }
    let bytes = match name {
        ModelName::Baseline(_) | ModelName::Live | ModelName::Predictions(_) => return Ok(None),
        ModelName::Run(id) => {
            let workspace = Workspace::open(home.folder(), Access::Read)?;
            if workspace.run(*id)?.artifact_sha256.is_none() {
                return Err(WorkflowError::RunWithoutModel { run: *id });
            }
            workspace.artifact(*id)?
        }
        ModelName::Version(version) => Registry::open(home.registry(), Access::Read)?.artifact(*version)?,
    };
    Ok(Some(Artifact::from_bytes(&bytes)?))
}

/// `run:2` as "Run 2", a baseline by its family, a version by its number.
#[must_use]
pub fn model_words(language: Language, name: &ModelName) -> String {
    match name {
        ModelName::Baseline(family) => language.text(&format!("family.{family}")).to_owned(),
        ModelName::Run(id) => language.fill("model.run", &[("run", &language.integer(id.unsigned_abs()))]),
        ModelName::Version(version) => language.fill("model.version", &[("version", &version.to_string())]),
        ModelName::Live => language.text("model.live").to_owned(),
        ModelName::Predictions(path) => {
            let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            language.fill("model.predictions", &[("file", &isolate(&file))])
        }
    }
}

/// "Run 2 (elastic net)"; a baseline is its own family, a file has none.
#[must_use]
pub fn with_family(language: Language, name: &ModelName, family: &str) -> String {
    let words = model_words(language, name);
    if matches!(name, ModelName::Baseline(_) | ModelName::Predictions(_)) {
        return words;
    }
    language
        .fill("model.with_family", &[("model", &words), ("family", language.text(&format!("family.{family}")))])
}

/// A side of a comparison by its name for people.
#[must_use]
pub fn contender_words(language: Language, name: &str, family: &str) -> String {
    name.parse().map_or_else(|_| name.to_owned(), |name| with_family(language, &name, family))
}

/// As it stands at the beginning of a sentence.
#[must_use]
pub fn at_start(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
