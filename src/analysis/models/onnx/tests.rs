//! What is written is read back as a graph that holds together. That it predicts the same is a journey with onnxruntime.

use std::collections::{BTreeMap, BTreeSet};

use prost::Message;

use super::proto::{AttributeProto, NodeProto};
use super::*;
use crate::analysis::features::{Column, FeatureTable, Whole};
use crate::analysis::models::{EdgeValues, Edges, FAMILIES, Intervals, Origin, Parameters, Queues, Training};
use crate::base::{Moment, Task};

const ROWS: usize = 600;

fn names(names: &[&str], step: usize) -> Column {
    let codes: Whole = (0..ROWS).map(|row| u32::try_from(row / step % (names.len() + 1)).ok()).collect();
    Column::Categories { names: names.iter().map(|name| (*name).to_owned()).collect(), codes }
}

/// Visits of two sites with gaps.
fn table() -> (FeatureTable, Vec<f64>) {
    let real = |of: &dyn Fn(usize) -> f32| Column::Real((0..ROWS).map(of).collect());
    let columns = [
        ("site", names(&["a", "b"], 1)),
        ("channel", names(&["booked", "walk_in"], 3)),
        ("hour_of_day", Column::Whole((0..ROWS).map(|row| u32::try_from(row / 7 % 12 + 7).ok()).collect())),
        ("weekday", names(&["monday", "sunday"], 5)),
        ("people_ahead", Column::Whole((0..ROWS).map(|row| u32::try_from(row * 7 % 13).ok()).collect())),
        ("head_of_line_wait", real(&|row| if row % 4 == 0 { f32::NAN } else { (row * 11 % 29) as f32 })),
        ("last_to_enter_service_wait", real(&|row| if row % 9 == 0 { f32::NAN } else { (row * 5 % 31) as f32 })),
        ("work_ahead", real(&|row| if row % 5 == 0 { f32::NAN } else { (row * 7 % 13) as f32 * 2.5 })),
    ];
    let waits = (0..ROWS).map(|row| (row * 7 % 13) as f64 * 2.0 + (row % 3) as f64 * 5.0).collect();
    (FeatureTable::new(ROWS, columns.into_iter().map(|(id, column)| (id.to_owned(), column)).collect()), waits)
}

fn artifact(model: Fitted, features: &FeatureTable) -> Artifact {
    with_intervals(model, None, features)
}

fn with_intervals(model: Fitted, intervals: Option<Intervals>, features: &FeatureTable) -> Artifact {
    let origin = Origin {
        dataset: Digest::of(b"data"),
        zone: crate::base::calendar::Zone::default(),
        zones: BTreeMap::new(),
        trained_from: Moment::from_millis(0).unwrap(),
        trained_until: Moment::from_millis(1).unwrap(),
        train_n: features.len() as u64,
        seed: 1,
        parameters: BTreeMap::new(),
        program: "0".to_owned(),
    };
    Artifact::new(model, intervals, origin, features)
}

fn attribute<'n>(node: &'n NodeProto, name: &str) -> &'n AttributeProto {
    node.attribute.iter().find(|attribute| attribute.name() == name).unwrap()
}

/// Every wire is written once, before it is read; the output is what is asked for.
fn holds_together(id: &str, model: &ModelProto, contract: &crate::analysis::models::Contract) {
    let graph = model.graph.as_ref().unwrap();
    let named: Vec<&str> = graph.input.iter().map(|input| input.name()).collect();
    let wanted: Vec<&str> = contract.features().iter().map(|feature| feature.id.as_str()).collect();
    assert_eq!(named, wanted, "{id}");
    let mut written: BTreeSet<&str> = named.into_iter().collect();
    for constant in &graph.initializer {
        assert!(written.insert(constant.name()), "{id}: {} stands twice", constant.name());
        let values: i64 = constant.dims.iter().product();
        assert_eq!(i64::try_from(constant.raw_data().len()).unwrap(), values * 8, "{id}: {}", constant.name());
    }
    for node in &graph.node {
        for wire in &node.input {
            assert!(written.contains(wire.as_str()), "{id}: {wire} is read before it is written");
        }
        assert!(node.output.iter().all(|wire| written.insert(wire)), "{id}: {node:?}");
    }
    assert_eq!(graph.output.first().map(|output| output.name()), Some("minutes"), "{id}");
    assert!(written.contains("minutes"), "{id}");
    for node in graph.node.iter().filter(|node| node.op_type() == "TreeEnsembleRegressor") {
        let nodes = attribute(node, "nodes_nodeids").ints.len();
        for column in ["nodes_treeids", "nodes_featureids", "nodes_truenodeids", "nodes_falsenodeids"] {
            assert_eq!(attribute(node, column).ints.len(), nodes, "{id}: {column}");
        }
        assert_eq!(attribute(node, "nodes_modes").strings.len(), nodes);
        let leaves = attribute(node, "nodes_modes").strings.iter().filter(|mode| *mode == b"LEAF").count();
        assert_eq!(attribute(node, "target_nodeids").ints.len(), leaves, "{id}");
    }
}

#[test]
fn every_family_becomes_a_graph_that_says_what_it_is() {
    let (features, waits) = table();
    let training = Training::new(&features, &waits, 1);
    for family in FAMILIES {
        let parameters = Parameters::defaults(family.parameters());
        let model = family.fit(&training, &parameters, &Task::default()).unwrap().model;
        let artifact = artifact(model, &features);
        let sha256 = Digest::of(&artifact.to_bytes());
        let bytes = export(&artifact, sha256).unwrap();
        assert_eq!(export(&artifact, sha256).unwrap(), bytes, "{}", family.id());
        let read = ModelProto::decode(bytes.as_slice()).unwrap();
        holds_together(family.id(), &read, &artifact.contract);
        let said: BTreeMap<&str, &str> =
            read.metadata_props.iter().map(|entry| (entry.key(), entry.value())).collect();
        assert_eq!(said["nobat.family"], family.id());
        assert_eq!(said["nobat.artifact_sha256"], sha256.to_string());
        let contract: crate::analysis::models::Contract = serde_json::from_str(said["nobat.contract"]).unwrap();
        assert_eq!(contract, artifact.contract);
    }
}

#[test]
fn a_model_that_is_not_that_of_its_contract_is_refused() {
    let (features, waits) = table();
    let training = Training::new(&features, &waits, 1);
    for id in ["rule", "linear", "boosted"] {
        let family = crate::analysis::models::family(id).unwrap();
        let parameters = Parameters::defaults(family.parameters());
        let model = family.fit(&training, &parameters, &Task::default()).unwrap().model;
        let mut artifact = artifact(model, &features);
        artifact.contract = crate::analysis::models::Contract::default();
        let refused = export(&artifact, Digest::of(b"")).unwrap_err();
        assert!(matches!(refused, OnnxError::Unfit { .. }), "{id}: {refused}");
    }
}

#[test]
fn a_graph_that_is_read_back_predicts_what_its_model_does() {
    let (features, waits) = table();
    let training = Training::new(&features, &waits, 1);
    for family in FAMILIES {
        let parameters = Parameters::defaults(family.parameters());
        let model = family.fit(&training, &parameters, &Task::default()).unwrap().model;
        let expected = model.predict_all(&features, &Task::default()).unwrap();
        let artifact = artifact(model, &features);
        let bytes = export(&artifact, Digest::of(b"")).unwrap();
        let graph = OnnxGraph::read(&bytes).unwrap();
        let found = graph.predict(ROWS, &|row, id| features.value(id, row)).unwrap();
        for (row, (found, expected)) in found.iter().zip(&expected).enumerate() {
            let difference = (found - expected).abs() / expected.abs().max(1.0);
            assert!(difference < 1e-5, "{}, row {row}: {found} for {expected}", family.id());
        }
    }
}

#[test]
fn intervals_in_the_file_are_those_of_the_model() {
    let (features, waits) = table();
    let training = Training::new(&features, &waits, 1);
    let task = Task::default();
    let fit = |id: &str, parameters: &Parameters| {
        crate::analysis::models::family(id).unwrap().fit(&training, parameters, &task).unwrap().model
    };
    for family in FAMILIES {
        let id = family.id();
        let parameters = Parameters::defaults(family.parameters());
        let model = fit(id, &parameters);
        let mut quantiles = [0.1, 0.9].map(|level| family.quantile(&parameters, level)).into_iter().flatten();
        let edges = match (quantiles.next(), quantiles.next()) {
            (Some(low), Some(high)) => Edges::Quantiles { low: fit(id, &low).into(), high: fit(id, &high).into() },
            _ => Edges::Prediction,
        };
        let predicted = model.predict_all(&features, &task).unwrap();
        let values = EdgeValues::of(predicted, &edges, &features, &task).unwrap();
        let known = Queues::of(&features);
        // A queue without a name has no distances of its own, as in a history.
        let nowhere = Queues(vec![("elsewhere", "x"); ROWS]);
        let between = (Moment::from_millis(0).unwrap(), Moment::from_millis(1).unwrap());
        for queues in [&known, &nowhere] {
            let intervals = Intervals::calibrated(between, edges.clone(), &values, &waits, queues).unwrap();
            let expected = intervals.of_all(&values, &known);
            let artifact = with_intervals(model.clone(), Some(intervals), &features);
            let bytes = export(&artifact, Digest::of(b"")).unwrap();
            let read = ModelProto::decode(bytes.as_slice()).unwrap();
            holds_together(id, &read, &artifact.contract);
            assert!(read.metadata_props.iter().any(|entry| entry.key() == "nobat.intervals"), "{id}");
            let graph = OnnxGraph::read(&bytes).unwrap();
            let found = graph.outputs(ROWS, &|row, id| features.value(id, row)).unwrap();
            let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(names, ["minutes", "low_80", "high_80", "low_90", "high_90"], "{id}");
            for (place, (name, found)) in found.iter().skip(1).enumerate() {
                for (row, found) in found.iter().enumerate() {
                    let interval = expected[place / 2][row];
                    let expected = if place % 2 == 0 { interval.low } else { interval.high };
                    let difference = (found - expected).abs() / expected.abs().max(1.0);
                    assert!(difference < 1e-5, "{id} {name}, row {row}: {found} for {expected}");
                }
            }
        }
    }
}

#[test]
fn what_is_no_whole_graph_is_an_error() {
    let (features, waits) = table();
    let training = Training::new(&features, &waits, 1);
    for id in ["boosted", "linear"] {
        let family = crate::analysis::models::family(id).unwrap();
        let model =
            family.fit(&training, &Parameters::defaults(family.parameters()), &Task::default()).unwrap().model;
        let bytes = export(&artifact(model, &features), Digest::of(b"")).unwrap();
        let ask = |bytes: &[u8]| {
            OnnxGraph::read(bytes).and_then(|graph| graph.predict(3, &|row, id| features.value(id, row)))
        };
        assert!(ask(&bytes).is_ok());
        assert!(ask(&bytes[..bytes.len() / 2]).is_err());
        // Without any of its nodes, constants or with another operator, it is not run.
        let whole = ModelProto::decode(bytes.as_slice()).unwrap();
        let changed = |change: &dyn Fn(&mut GraphProto)| {
            let mut model = whole.clone();
            change(model.graph.as_mut().unwrap());
            ask(&model.encode_to_vec())
        };
        assert!(matches!(changed(&|graph| drop(graph.node.remove(0))), Err(RunError::Wire { .. })));
        assert!(matches!(changed(&|graph| graph.initializer.clear()), Err(RunError::Wire { .. })));
        let other = changed(&|graph| graph.node[0].op_type = Some("Conv".to_owned()));
        assert!(matches!(other, Err(RunError::Operator { .. })), "{other:?}");
        assert!(changed(&|graph| graph.initializer[0].dims = vec![-1]).is_err());
        assert!(changed(&|graph| graph.initializer[0].raw_data = Some(vec![0; 3])).is_err());
        assert!(changed(&|graph| graph.output.clear()).is_err());
    }
}
