//! Expressions: the features that an analyst adds to the catalogue in a workspace.
//!
//! They are a document of the workspace. Data sets that are prepared there have a column for each, families learn from
//! them, and a model that uses one carries its text in its contract: who serves or compares it needs no workspace.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::analysis::features::{Expression, Unit};
use crate::base::Moment;
use crate::store::workspace::Workspace;

use super::{Home, WorkflowError, now};

/// Expressions that a workspace may hold.
pub const MOST_EXPRESSIONS: usize = 64;
const DOCUMENT: &str = "expressions";

/// An expression as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpressionEntry {
    /// The name, without `x.`.
    pub name: String,
    /// The text.
    pub expression: String,
    /// The id of its unit.
    pub unit: String,
    /// Who added it.
    pub person: String,
    /// When.
    pub added_at: Moment,
}

/// An expression as a run remembers it: what it was, not who added it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpressionText {
    /// The name, without `x.`.
    pub name: String,
    /// The text.
    pub expression: String,
    /// The id of its unit.
    pub unit: String,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    expressions: Vec<ExpressionEntry>,
}

/// The expressions of `workspace`, by name.
///
/// # Errors
/// [`WorkflowError::Document`] where the document is not what this program writes.
pub fn entries(workspace: &Workspace) -> Result<Vec<ExpressionEntry>, WorkflowError> {
    let Some(bytes) = workspace.document(DOCUMENT)? else { return Ok(Vec::new()) };
    let document: Document = serde_json::from_slice(&bytes)
        .map_err(|error| WorkflowError::Document { reason: format!("expressions: {error}") })?;
    Ok(document.expressions)
}

/// As [`entries`], ready to be computed.
///
/// # Errors
/// [`WorkflowError::Document`], also where one can no longer be computed, such as after a change of the catalogue.
pub fn expressions(workspace: &Workspace) -> Result<Vec<Arc<Expression>>, WorkflowError> {
    entries(workspace)?.into_iter().map(|entry| ready(&entry.name, &entry.expression, &entry.unit)).collect()
}

/// The expressions that a run remembers, ready to be computed.
///
/// # Errors
/// [`WorkflowError::Document`] where one can no longer be computed.
pub fn remembered(texts: &[ExpressionText]) -> Result<Vec<Arc<Expression>>, WorkflowError> {
    texts.iter().map(|text| ready(&text.name, &text.expression, &text.unit)).collect()
}

fn ready(name: &str, text: &str, unit: &str) -> Result<Arc<Expression>, WorkflowError> {
    let named = |reason: String| WorkflowError::Document { reason: format!("x.{name}: {reason}") };
    let unit = Unit::from_id(unit).ok_or_else(|| named(unit.to_owned()))?;
    Expression::new(name, text, unit).map(Arc::new).map_err(|error| named(error.to_string()))
}

impl ExpressionText {
    /// What a run remembers of `expression`.
    #[must_use]
    pub fn of(expression: &Expression) -> ExpressionText {
        let id = expression.id();
        ExpressionText {
            name: id.strip_prefix(Expression::PREFIX).unwrap_or(id).to_owned(),
            expression: expression.text().to_owned(),
            unit: expression.unit().id().to_owned(),
        }
    }
}

/// Adds `text` as the feature `x.NAME`.
///
/// # Errors
/// [`WorkflowError::Expression`] where it is none, [`WorkflowError::ExpressionExists`] where there is one of that name.
pub fn add(
    home: &Home,
    name: &str,
    text: &str,
    unit: Unit,
    person: &str,
) -> Result<ExpressionEntry, WorkflowError> {
    let expression = Expression::new(name, text, unit)?;
    let workspace = Workspace::open_or_create(home.folder())?;
    let mut kept = entries(&workspace)?;
    if kept.iter().any(|entry| entry.name == name) || kept.len() >= MOST_EXPRESSIONS {
        return Err(WorkflowError::ExpressionExists { name: name.to_owned(), most: MOST_EXPRESSIONS });
    }
    let entry = ExpressionEntry {
        name: name.to_owned(),
        expression: expression.text().to_owned(),
        unit: unit.id().to_owned(),
        person: person.to_owned(),
        added_at: now(),
    };
    kept.push(entry.clone());
    kept.sort_by(|a, b| a.name.cmp(&b.name));
    keep(&workspace, kept)?;
    Ok(entry)
}

/// Removes the expression of this name. Models that use it keep it.
///
/// # Errors
/// [`WorkflowError::UnknownExpression`].
pub fn remove(home: &Home, name: &str) -> Result<(), WorkflowError> {
    let workspace = Workspace::open_or_create(home.folder())?;
    let name = name.strip_prefix(Expression::PREFIX).unwrap_or(name);
    let mut kept = entries(&workspace)?;
    let before = kept.len();
    kept.retain(|entry| entry.name != name);
    if kept.len() == before {
        return Err(WorkflowError::UnknownExpression { name: name.to_owned() });
    }
    keep(&workspace, kept)
}

fn keep(workspace: &Workspace, expressions: Vec<ExpressionEntry>) -> Result<(), WorkflowError> {
    let bytes = serde_json::to_vec_pretty(&Document { expressions })
        .map_err(|error| WorkflowError::Document { reason: error.to_string() })?;
    Ok(workspace.keep_document(DOCUMENT, &bytes)?)
}
