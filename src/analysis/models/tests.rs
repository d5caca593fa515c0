//! Every family: fitted twice it is the same, kept and read back it predicts the same. The solvers against
//! scikit-learn.

use std::collections::{BTreeMap, HashSet};

use ndarray::{Array1, Array2};
use serde::Deserialize;

use super::*;
use crate::analysis::features::{CATALOGUE, build};
use crate::analysis::history::{History, Visit, Visits};
use crate::base::{Digest, Moment};

/// A month of one site where the wait is two minutes for each person ahead and half a minute more in the afternoon.
fn history() -> History {
    let start = Moment::parse_rfc3339("2026-01-03T05:00:00Z").unwrap();
    let mut visits = Visits::default();
    for day in 0..28_i64 {
        for index in 0..60_i64 {
            let arrived = start.plus_millis((day * 1_440 + index * 5) * 60_000).unwrap();
            let ahead = (index * 7 + day * 3) % 12;
            let wait = ahead * 120 + if index > 30 { 30 } else { 0 };
            let called = arrived.plus_millis(wait * 1_000).unwrap();
            visits.push(&Visit {
                visit_id: format!("{day}-{index}"),
                site: ["a", "b"][usize::try_from(index % 2).unwrap()].to_owned(),
                service: "x".to_owned(),
                arrived,
                called: Some(called),
                finished: called.plus_millis(240_000),
                left: None,
                priority: None,
                channel: None,
                booked_for: None,
                open_counters: Some(2),
                people_ahead: u32::try_from(ahead).ok(),
            });
        }
    }
    visits.sort();
    History { visits, ..History::default() }
}

fn training(history: &History) -> (FeatureTable, Vec<f64>) {
    let waits = (0..history.visits.len()).map(|row| history.visits.wait(row).unwrap().get()).collect();
    (build(history, &Task::default()).unwrap(), waits)
}

fn artifact(model: Fitted, features: &FeatureTable) -> Artifact {
    let origin = Origin {
        dataset: Digest::of(b"data"),
        zone: crate::base::calendar::Zone::default(),
        zones: std::collections::BTreeMap::new(),
        trained_from: Moment::from_millis(0).unwrap(),
        trained_until: Moment::from_millis(1).unwrap(),
        train_n: features.len() as u64,
        seed: 1,
        parameters: BTreeMap::new(),
        program: "0".to_owned(),
    };
    Artifact::new(model, None, origin, features)
}

#[test]
fn every_family_is_reproducible_and_keeps_its_predictions() {
    let history = history();
    let (features, waits) = training(&history);
    let training = Training::new(&features, &waits, 1);
    let task = Task::default();
    let mut ids = HashSet::new();
    for family in FAMILIES {
        assert!(ids.insert(family.id()), "{} stands twice", family.id());
        let parameters = Parameters::defaults(family.parameters());
        let model = family.fit(&training, &parameters, &task).unwrap().model;
        let again = family.fit(&training, &parameters, &task).unwrap().model;
        let kept = artifact(model.clone(), &features);
        assert_eq!(kept.to_bytes(), artifact(again, &features).to_bytes(), "{}", family.id());
        assert_eq!(model.family(), family.id());

        let read = Artifact::from_bytes(&kept.to_bytes()).unwrap();
        assert_eq!(read, kept);
        assert!(read.golden_rows() > 0);
        let predicted = model.predict_all(&features, &task).unwrap();
        assert_eq!(read.model.predict_all(&features, &task).unwrap(), predicted, "{}", family.id());
        assert!(predicted.iter().all(|minutes| minutes.is_finite() && *minutes >= 0.0));
        // Nothing known at all is answered, too.
        assert!(model.predict(&|_| Value::Missing).get() >= 0.0);

        let few = features.take(&[0, 1, 2]);
        let too_few = family.fit(&Training::new(&few, &waits[..3], 1), &parameters, &task);
        assert_eq!(too_few, Err(FitError::TooFewVisits { n: 3, needed: FEWEST_VISITS }));
    }
}

#[test]
fn linear_families_find_what_is_there_and_beat_the_constant() {
    let history = history();
    let (features, waits) = training(&history);
    let training = Training::new(&features, &waits, 1);
    let error = |id: &str| {
        let family = family(id).unwrap();
        let model =
            family.fit(&training, &Parameters::defaults(family.parameters()), &Task::default()).unwrap().model;
        let predicted = model.predict_all(&features, &Task::default()).unwrap();
        predicted.iter().zip(&waits).map(|(a, b)| (a - b).abs()).sum::<f64>() / waits.len() as f64
    };
    assert!(error("constant") > 5.0);
    for id in ["linear", "elastic-net", "q-lasso", "tweedie"] {
        assert!(error(id) < 0.5, "{id}: {}", error(id));
    }
}

#[test]
fn a_cancelled_fit_says_so() {
    let history = history();
    let (features, waits) = training(&history);
    let task = Task::default();
    task.cancel_token().cancel();
    for family in FAMILIES.iter().filter(|family| family.id() != "constant") {
        let fitted =
            family.fit(&Training::new(&features, &waits, 1), &Parameters::defaults(family.parameters()), &task);
        assert_eq!(fitted, Err(FitError::Cancelled(Cancelled)), "{}", family.id());
    }
}

#[test]
fn an_artifact_that_is_not_what_it_was_is_refused() {
    let history = history();
    let (features, waits) = training(&history);
    let family = family("elastic-net").unwrap();
    let parameters = Parameters::defaults(family.parameters());
    let training = Training::new(&features, &waits, 1);
    let model = family.fit(&training, &parameters, &Task::default()).unwrap().model;
    let kept = String::from_utf8(artifact(model, &features).to_bytes()).unwrap();
    let refused = |text: &str| Artifact::from_bytes(text.as_bytes()).unwrap_err();
    assert!(matches!(refused(""), ArtifactError::Unreadable { .. }));
    assert!(matches!(refused(&kept[..kept.len() / 2]), ArtifactError::Unreadable { .. }));
    assert!(matches!(
        refused(&kept.replace("\"format_version\":1", "\"format_version\":4")),
        ArtifactError::Newer { found: 4 }
    ));
    assert!(matches!(
        refused(&kept.replace("people_ahead", "people_behind")),
        ArtifactError::ContractDiffers { .. }
    ));
    assert!(matches!(
        refused(&kept.replace("\"format\"", "\"surprise\":1,\"format\"")),
        ArtifactError::Unreadable { .. }
    ));
    let mut document: serde_json::Value = serde_json::from_str(&kept).unwrap();
    let intercept = document["model"]["intercept"].as_f64().unwrap();
    document["model"]["intercept"] = (intercept + 0.01).into();
    assert!(matches!(refused(&document.to_string()), ArtifactError::GoldenMismatch { .. }));
}

#[test]
fn parameters_are_named_and_bounded() {
    let declared = family("elastic-net").unwrap().parameters();
    let read = |yaml: &str| Parameters::from_yaml(declared, yaml);
    assert_eq!(read("").unwrap(), Parameters::defaults(declared));
    assert_eq!(read("penalty: 0.5\nestimate: mean\n").unwrap().number("penalty"), 0.5);
    assert_eq!(read("penalty: 1\n").unwrap().number("penalty"), 1.0);
    assert!(matches!(read("penalty: -1"), Err(ParameterError::NotAllowed { name: "penalty", .. })));
    assert!(read("penalty: .nan").is_err());
    assert!(matches!(read("l1_ratio: much"), Err(ParameterError::NotAllowed { name: "l1_ratio", .. })));
    assert!(matches!(read("estimate: mode"), Err(ParameterError::NotAllowed { name: "estimate", .. })));
    assert!(matches!(read("penality: 1"), Err(ParameterError::Unknown { name, .. }) if name == "penality"));
    assert!(matches!(read("- 1"), Err(ParameterError::Unreadable { .. })));
}

#[test]
fn features_have_ids_of_their_own() {
    let ids: HashSet<&str> = CATALOGUE.iter().map(|feature| feature.id).collect();
    assert_eq!(ids.len(), CATALOGUE.len());
}

#[derive(Deserialize)]
struct Golden {
    columns: Vec<Vec<f64>>,
    target: Vec<f64>,
    elastic_net: Vec<GoldenCase>,
    least_squares: Vec<f64>,
}

#[derive(Deserialize)]
struct GoldenCase {
    penalty: f64,
    l1_ratio: f64,
    coefficients: Vec<f64>,
}

/// The reduced problem has the coefficients of the whole one, as scikit-learn finds them.
#[test]
fn solvers_agree_with_scikit_learn() {
    let golden: Golden = serde_json::from_str(include_str!("../../../tests/golden/elastic_net.json")).unwrap();
    let (width, rows) = (golden.columns.len(), golden.target.len());
    let x = Array2::from_shape_vec((width, rows), golden.columns.concat()).unwrap();
    let y = Array1::from(golden.target);
    let gram = gram::Gram::from_parts(x.dot(&x.t()), x.dot(&y), rows);
    let close = |ours: &Array1<f64>, theirs: &[f64], tolerance: f64| {
        assert!(ours.iter().zip(theirs).all(|(a, b)| (a - b).abs() < tolerance), "{ours} {theirs:?}");
    };
    close(&linear::solve(&gram).unwrap(), &golden.least_squares, 1e-6);
    for case in golden.elastic_net {
        let yaml = format!("penalty: {}\nl1_ratio: {}", case.penalty, case.l1_ratio);
        let parameters = Parameters::from_yaml(family("elastic-net").unwrap().parameters(), &yaml).unwrap();
        // linfa stops at a duality gap of 1e-6 of the target's sum of squares.
        close(&elastic_net::solve(&gram, &parameters).unwrap(), &case.coefficients, 2e-3);
    }
}
