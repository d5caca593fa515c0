//! A model and data that do not fit each other.

use std::borrow::Cow;

use super::cancel_tests::{SMALL, home, request};
use super::models::features_for;
use super::train::train;
use crate::analysis::features::{Column, FeatureTable};
use crate::analysis::models::ArtifactError;
use crate::base::Task;
use crate::base::explain::Explanation;
use crate::base::language::Language;

/// The features without `id`, or with `instead` in its place.
fn altered(id: &str, instead: Option<Column>) -> FeatureTable {
    let features = &SMALL.prepared.features;
    let kept = features.columns().filter(|(other, _)| *other != id);
    let mut columns: Vec<(String, Column)> = kept.map(|(id, column)| (id.to_owned(), column.clone())).collect();
    columns.extend(instead.map(|column| (id.to_owned(), column)));
    FeatureTable::new(SMALL.prepared.waits.len(), columns)
}

#[test]
fn data_without_a_feature_of_the_model_or_with_another_kind_of_it_are_refused_by_its_name() {
    let home = home(&SMALL.folder);
    let trained = train(&home, &SMALL.prepared, &request("linear"), &Task::default()).unwrap();
    let artifact = trained.artifact;
    assert!(features_for(&artifact, Cow::Borrowed(&SMALL.prepared.features)).is_ok());
    let rows = SMALL.prepared.waits.len();
    let names = Column::Categories { names: vec!["many".to_owned()], codes: (0..rows).map(|_| Some(0)).collect() };
    for table in [altered("people_ahead", None), altered("people_ahead", Some(names))] {
        let error = features_for(&artifact, Cow::Owned(table)).map(|_| ()).unwrap_err();
        assert!(
            matches!(&error, ArtifactError::ContractDiffers { differences } if differences.len() == 1),
            "{error}"
        );
        for language in Language::ALL {
            let told = Explanation::of(&error, language);
            assert!(told.happened.contains("people_ahead"), "{told:?}");
            assert!(!told.untouched.is_empty() && !told.next.is_empty(), "{told:?}");
        }
    }
}
