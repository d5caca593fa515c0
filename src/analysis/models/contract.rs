//! The features that a model was fitted with and must be given, as a document with a digest.
//!
//! A contract says everything that is needed to compute its features: of the catalogue's the id, kind and unit, of an
//! expression's the text as well. Where a program, a model or a table of features does not match one, the difference is
//! spelled out feature by feature ([`Difference`]).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::analysis::features::{CATALOGUE, Expression, Feature, FeatureTable, Kind, Unit, feature};
use crate::base::Digest;

/// One feature of a contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractFeature {
    /// The feature's id: in the catalogue, or `x.` and the name of an expression.
    pub id: String,
    /// `number` or `category`.
    pub kind: String,
    /// The unit of a number.
    pub unit: String,
    /// Whether it may not be dropped without a new MAJOR.
    pub critical: bool,
    /// How it is computed, of an expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
}

/// The features of a model: those of the catalogue in its order, then expressions by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Contract(Vec<ContractFeature>);

/// Why a contract does not match what stands against it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The feature's id.
    pub feature: String,
    /// What is different about it.
    pub what: Mismatch,
}

/// What can be different about a feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// It is not there.
    Absent,
    /// It is of another kind.
    Kind {
        /// In the contract.
        contract: String,
        /// Here.
        here: String,
    },
    /// It counts something else.
    Unit {
        /// In the contract.
        contract: String,
        /// Here.
        here: String,
    },
    /// It is marked critical on one side only.
    Critical,
    /// It stands in another order.
    Order,
    /// It stands there twice.
    Twice,
    /// Its expression cannot be computed.
    Expression {
        /// Why.
        reason: String,
    },
    /// The model needs it, and the contract does not name it.
    NotNamed,
    /// The contract names it, and the model does not use it.
    NotUsed,
}

/// Differences that are spelled out; more are counted.
const MOST_TOLD: usize = 8;
/// Characters of an id that are repeated.
const LONGEST_ID: usize = 80;

impl Contract {
    /// The contract of a model that uses the features with these ids; an id that is neither in the catalogue nor one of
    /// `expressions` is left out.
    pub(super) fn of<'e>(ids: &[&str], expressions: impl IntoIterator<Item = &'e Expression>) -> Contract {
        let mut features: Vec<ContractFeature> = ids.iter().filter_map(|id| feature(id)).map(entry).collect();
        let mut own: Vec<&Expression> =
            expressions.into_iter().filter(|expression| ids.contains(&expression.id())).collect();
        own.sort_by_key(|expression| expression.id());
        features.extend(own.into_iter().map(|expression| ContractFeature {
            id: expression.id().to_owned(),
            kind: Kind::Number.id().to_owned(),
            unit: expression.unit().id().to_owned(),
            critical: false,
            expression: Some(expression.text().to_owned()),
        }));
        Contract(features)
    }

    /// The features.
    #[must_use]
    pub fn features(&self) -> &[ContractFeature] {
        &self.0
    }

    /// The expressions that it names and that can be computed.
    #[must_use]
    pub fn expressions(&self) -> Vec<Expression> {
        self.0.iter().filter_map(|feature| feature.parsed()?.ok()).collect()
    }

    /// The SHA-256 of the contract's JSON.
    #[must_use]
    pub fn digest(&self) -> Digest {
        // A list of strings and booleans always has a JSON form.
        Digest::of(&serde_json::to_vec(self).unwrap_or_default())
    }

    /// The ids of critical features of `before` that this contract no longer has.
    #[must_use]
    pub fn critical_missing_from(&self, before: &Contract) -> Vec<String> {
        let kept = |id: &str| self.0.iter().any(|feature| feature.id == id);
        before
            .0
            .iter()
            .filter(|feature| feature.critical && !kept(&feature.id))
            .map(|feature| feature.id.clone())
            .collect()
    }

    /// Why this program cannot compute the contract: what its catalogue lacks, defines otherwise or orders otherwise.
    #[must_use]
    pub fn differences(&self) -> Vec<Difference> {
        let mut found = Vec::new();
        let mut before = None;
        for (index, theirs) in self.0.iter().enumerate() {
            let mut add = |what| found.push(Difference { feature: theirs.id.clone(), what });
            if self.0[..index].iter().any(|earlier| earlier.id == theirs.id) {
                add(Mismatch::Twice);
                continue;
            }
            match (theirs.parsed(), feature(&theirs.id)) {
                (Some(Err(reason)), _) => add(Mismatch::Expression { reason }),
                (Some(Ok(_)), _) => {}
                (None, None) => {
                    add(Mismatch::Absent);
                    continue;
                }
                (None, Some(ours)) => theirs.compare(&entry(ours), &mut add),
            }
            let place = theirs.place();
            if before.as_ref().is_some_and(|before| *before > place) {
                add(Mismatch::Order);
            }
            before = before.max(Some(place));
        }
        found
    }

    /// Why this is not the contract of a model that uses the features with these ids.
    #[must_use]
    pub fn differences_from_model(&self, used: &[&str]) -> Vec<Difference> {
        let named = |id: &&&str| self.0.iter().any(|feature| feature.id == **id);
        let not_named = used.iter().filter(|id| !named(id));
        let not_used = self.0.iter().filter(|feature| !used.contains(&feature.id.as_str()));
        not_named
            .map(|id| Difference { feature: (*id).to_owned(), what: Mismatch::NotNamed })
            .chain(not_used.map(|unused| Difference { feature: unused.id.clone(), what: Mismatch::NotUsed }))
            .collect()
    }

    /// Why the model cannot be given the rows of `table`: what it lacks, has in another kind, or computes by another
    /// expression.
    #[must_use]
    pub fn differences_from_table(&self, table: &FeatureTable) -> Vec<Difference> {
        let mut found = Vec::new();
        for theirs in &self.0 {
            let mut add = |what| found.push(Difference { feature: theirs.id.clone(), what });
            let Some(column) = table.column(&theirs.id) else {
                add(Mismatch::Absent);
                continue;
            };
            if column.kind().id() != theirs.kind {
                add(Mismatch::Kind { contract: theirs.kind.clone(), here: column.kind().id().to_owned() });
            }
            let here = table.expressions().find(|expression| expression.id() == theirs.id);
            if here.map(Expression::text) != theirs.expression.as_deref() {
                let reason = here.map_or_else(String::new, |here| here.text().to_owned());
                add(Mismatch::Expression { reason });
            }
        }
        found
    }
}

fn entry(feature: &Feature) -> ContractFeature {
    ContractFeature {
        id: feature.id.to_owned(),
        kind: feature.kind().id().to_owned(),
        unit: feature.unit.id().to_owned(),
        critical: feature.critical,
        expression: None,
    }
}

impl ContractFeature {
    /// The expression, where it is one; why it cannot be computed, where that is so.
    fn parsed(&self) -> Option<Result<Expression, String>> {
        let text = self.expression.as_deref()?;
        let unit = Unit::from_id(&self.unit).ok_or_else(|| format!("unit \"{}\"", shown(&self.unit)));
        let named = self.id.strip_prefix(Expression::PREFIX).ok_or_else(|| "no x.".to_owned());
        Some(unit.and_then(|unit| Expression::new(named?, text, unit).map_err(|error| error.to_string())))
    }

    /// Where it stands: the catalogue's features in its order, then the rest by name.
    fn place(&self) -> (usize, &str) {
        let place = CATALOGUE.iter().position(|feature| feature.id == self.id);
        (place.unwrap_or(CATALOGUE.len()), if place.is_some() { "" } else { &self.id })
    }

    fn compare(&self, here: &ContractFeature, add: &mut impl FnMut(Mismatch)) {
        if self.kind != here.kind {
            add(Mismatch::Kind { contract: self.kind.clone(), here: here.kind.clone() });
        }
        if self.unit != here.unit {
            add(Mismatch::Unit { contract: self.unit.clone(), here: here.unit.clone() });
        }
        if self.critical != here.critical {
            add(Mismatch::Critical);
        }
    }
}

impl Difference {
    /// Some differences as the value of a placeholder: see [`crate::base::explain::in_words`].
    #[must_use]
    pub fn told(differences: &[Difference]) -> String {
        let mut lines: Vec<String> = differences.iter().take(MOST_TOLD).map(Difference::line).collect();
        if let Some(more) = differences.len().checked_sub(MOST_TOLD).filter(|more| *more > 0) {
            lines.push(format!("@{}\tn={more}", Mismatch::key("more")));
        }
        lines.join("\n")
    }

    fn line(&self) -> String {
        let (id, values) = match &self.what {
            Mismatch::Kind { contract, here } => ("kind", vec![("contract", contract), ("here", here)]),
            Mismatch::Unit { contract, here } => ("unit", vec![("contract", contract), ("here", here)]),
            Mismatch::Expression { reason } => ("expression", vec![("reason", reason)]),
            Mismatch::Absent => ("absent", Vec::new()),
            Mismatch::Critical => ("critical", Vec::new()),
            Mismatch::Order => ("order", Vec::new()),
            Mismatch::Twice => ("twice", Vec::new()),
            Mismatch::NotNamed => ("not_named", Vec::new()),
            Mismatch::NotUsed => ("not_used", Vec::new()),
        };
        let mut line = format!("@{}\tfeature={}", Mismatch::key(id), shown(&self.feature));
        for (name, value) in values {
            line.push_str(&format!("\t{name}={}", shown(value)));
        }
        line
    }
}

impl Mismatch {
    fn key(id: &str) -> String {
        format!("mismatch.{id}")
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let feature = shown(&self.feature);
        match &self.what {
            Mismatch::Absent => write!(f, "{feature} is not there"),
            Mismatch::Kind { contract, here } => write!(f, "{feature} is a {contract} there, a {here} here"),
            Mismatch::Unit { contract, here } => write!(f, "{feature} counts {contract} there, {here} here"),
            Mismatch::Critical => write!(f, "{feature} is critical on one side only"),
            Mismatch::Order => write!(f, "{feature} stands in another order"),
            Mismatch::Twice => write!(f, "{feature} stands there twice"),
            Mismatch::Expression { reason } => write!(f, "{feature} is computed otherwise: {}", shown(reason)),
            Mismatch::NotNamed => write!(f, "{feature} is needed and not named"),
            Mismatch::NotUsed => write!(f, "{feature} is named and not used"),
        }
    }
}

/// What an artifact says, without what would break a line.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(LONGEST_ID).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::explain::in_words;
    use crate::base::language::Language;

    fn contract() -> Contract {
        let load = Expression::new("load", "people_ahead / max(open_counters, 1)", Unit::People).unwrap();
        Contract::of(&["site", "people_ahead", "x.load"], [&load])
    }

    fn changed(change: impl FnOnce(&mut Vec<ContractFeature>)) -> Vec<String> {
        let mut contract = contract();
        change(&mut contract.0);
        contract.differences().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_this_program_made_matches_and_reads_back() {
        let contract = contract();
        assert_eq!(contract.differences(), []);
        assert_eq!(contract.differences_from_model(&["site", "people_ahead", "x.load"]), []);
        let text = serde_json::to_string(&contract).unwrap();
        assert_eq!(serde_json::from_str::<Contract>(&text).unwrap(), contract);
        assert_eq!(contract.expressions().len(), 1);
        // A contract without expressions keeps the form, and so the digest, that it always had.
        assert!(!serde_json::to_string(&Contract::of(&["site"], [])).unwrap().contains("expression"));
    }

    #[test]
    fn every_difference_is_spelled_out() {
        assert_eq!(
            changed(|features| features[1].id = "people_behind".to_owned()),
            ["people_behind is not there"]
        );
        assert_eq!(
            changed(|features| features[1].unit = "minutes".to_owned()),
            ["people_ahead counts minutes there, people here"]
        );
        assert_eq!(
            changed(|features| features[0].kind = "number".to_owned()),
            ["site is a number there, a category here"]
        );
        assert_eq!(changed(|features| features.swap(0, 1)), ["site stands in another order"]);
        assert_eq!(changed(|features| features[0].critical = false), ["site is critical on one side only"]);
        assert_eq!(changed(|features| features.push(features[0].clone())), ["site stands there twice"]);
        let broken = changed(|features| features[2].expression = Some("people_behind + 1".to_owned()));
        assert!(broken[0].starts_with("x.load is computed otherwise: "), "{broken:?}");
        let named = contract().differences_from_model(&["site", "in_service", "x.load"]);
        let named: Vec<String> = named.iter().map(ToString::to_string).collect();
        assert_eq!(named, ["in_service is needed and not named", "people_ahead is named and not used"]);
    }

    #[test]
    fn every_difference_is_told_in_both_languages() {
        let text = || "minutes".to_owned();
        let kinds = [
            Mismatch::Absent,
            Mismatch::Kind { contract: text(), here: text() },
            Mismatch::Unit { contract: text(), here: text() },
            Mismatch::Critical,
            Mismatch::Order,
            Mismatch::Twice,
            Mismatch::Expression { reason: text() },
            Mismatch::NotNamed,
            Mismatch::NotUsed,
        ];
        let all: Vec<Difference> =
            kinds.into_iter().map(|what| Difference { feature: "people\n\tahead".to_owned(), what }).collect();
        for language in Language::ALL {
            let told = in_words(&Difference::told(&all), language);
            assert!(!told.contains('{') && !told.contains('@') && !told.contains("mismatch"), "{told}");
            assert_eq!(told.matches("peopleahead").count(), MOST_TOLD, "{told}");
            let last = in_words(&Difference::told(&all[8..]), language);
            assert!(last.contains("peopleahead") && !last.contains("mismatch"), "{last}");
        }
    }
}
