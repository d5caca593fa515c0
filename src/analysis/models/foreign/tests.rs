//! Files of LightGBM and XGBoost (`tests/golden/foreign.py`): their predictions are repeated, and what is broken, huge or
//! hostile is refused.

use proptest::prelude::*;
use serde::Deserialize;

use super::*;
use crate::analysis::features::{Column, Expression, Unit, Whole};
use crate::base::Task;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/foreign");
/// Of a minute, or of the prediction where that is longer.
const TOLERANCE: f64 = 1e-5;

#[derive(Deserialize)]
struct Golden {
    rows: Rows,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Rows {
    site: Vec<Option<String>>,
    minutes_after_booking: Vec<Option<f32>>,
    hour_of_day: Vec<Option<f32>>,
    people_ahead: Vec<Option<f32>>,
    work_ahead: Vec<Option<f32>>,
}

#[derive(Deserialize)]
struct Case {
    file: String,
    minutes: Vec<f64>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("../../../../tests/golden/foreign.json")).unwrap()
}

fn file(name: &str) -> Vec<u8> {
    std::fs::read(std::path::Path::new(FOLDER).join(name)).unwrap()
}

fn text(name: &str) -> String {
    String::from_utf8(file(name)).unwrap()
}

fn table(rows: &Rows) -> FeatureTable {
    let mut names: Vec<String> = rows.site.iter().flatten().cloned().collect();
    names.sort();
    names.dedup();
    let code = |name: &Option<String>| {
        let name = name.as_ref()?;
        names.iter().position(|known| known == name).and_then(|place| u32::try_from(place).ok())
    };
    let codes: Whole = rows.site.iter().map(code).collect();
    let real = |numbers: &[Option<f32>]| Column::Real(numbers.iter().map(|of| of.unwrap_or(f32::NAN)).collect());
    let columns = [
        ("site", Column::Categories { names: names.clone(), codes }),
        ("minutes_after_booking", real(&rows.minutes_after_booking)),
        ("hour_of_day", real(&rows.hour_of_day)),
        ("people_ahead", real(&rows.people_ahead)),
        ("work_ahead", real(&rows.work_ahead)),
    ];
    FeatureTable::new(rows.site.len(), columns.into_iter().map(|(id, column)| (id.to_owned(), column)).collect())
}

#[test]
fn what_the_other_program_predicts_is_repeated() {
    let golden = golden();
    let features = table(&golden.rows);
    assert!(golden.cases.len() >= 19);
    for case in &golden.cases {
        let imported = read(&file(&case.file), &features).unwrap_or_else(|error| panic!("{}: {error}", case.file));
        assert_eq!(imported.source.id(), case.file.split('_').next().unwrap());
        let predicted = imported.trees.predict_all(&features, &Task::default()).unwrap();
        let mut largest = 0.0_f64;
        for (row, (ours, theirs)) in predicted.iter().zip(&case.minutes).enumerate() {
            let theirs = theirs.clamp(0.0, LONGEST_STAY.get());
            let difference = (ours - theirs).abs() / theirs.max(1.0);
            assert!(difference < TOLERANCE, "{} row {row}: {ours} here, {theirs} there", case.file);
            largest = largest.max(difference);
        }
        let distinct: std::collections::BTreeSet<u64> =
            predicted.iter().map(|minutes| minutes.to_bits()).collect();
        assert!(distinct.len() > 20 || case.file.contains("stump"), "{}: {}", case.file, distinct.len());
        println!("{}: {} trees, differs by at most {largest:.1e}", case.file, imported.trees.len());
        // The order of a contract, whatever the order in the file.
        let contract = crate::analysis::models::Contract::of(&imported.trees.features(), []);
        assert!(contract.differences().is_empty() && contract.features().len() == imported.trees.features().len());
    }
}

#[test]
fn names_in_persian_are_kept() {
    let features = table(&golden().rows);
    let imported = read(&file("lightgbm_persian.txt"), &features).unwrap();
    let site = imported.trees.document().inputs.iter().find(|input| input.feature == "site").unwrap();
    assert_eq!(site.levels.as_ref().unwrap()[..2], ["تهران".to_owned(), "قم".to_owned()]);
}

#[test]
fn what_cannot_be_kept_is_refused_by_its_name() {
    let features = table(&golden().rows);
    for (name, part) in [
        ("refused_linear_tree.txt", "linear_tree"),
        ("refused_sqrt.txt", "regression sqrt"),
        ("refused_forest.txt", "average_output"),
        ("refused_classes.txt", "multiclass"),
        ("refused_zero_as_missing.txt", "zero_as_missing ("),
        ("refused_quantiles.json", "num_target 2"),
        ("refused_linear_booster.json", "gblinear"),
        ("refused_softprob.json", "multi:softprob"),
        ("refused_leaf_vectors.json", "num_target 2"),
    ] {
        match read(&file(name), &features) {
            Err(ForeignError::Unsupported { part: told }) => assert!(told.contains(part), "{name}: {told}"),
            other => panic!("{name}: {other:?}"),
        }
    }
    let kind = ForeignError::Kind { feature: "hour_of_day".to_owned(), theirs: "category" };
    assert_eq!(read(&file("refused_number_as_category.txt"), &features).unwrap_err(), kind);
    let unknown = ForeignError::UnknownFeature { feature: "queue_length".to_owned() };
    assert_eq!(read(&file("refused_unknown_feature.txt"), &features).unwrap_err(), unknown);
    let unnamed = |reason| ForeignError::Unnamed { feature: "site".to_owned(), reason };
    assert_eq!(read(&file("refused_persian_names.json"), &features).unwrap_err(), unnamed("foreign_unnamed.cut"));
    let without = text("lightgbm_l1.txt").replace("pandas_categorical:[[", "pandas_categories:[[");
    assert_eq!(read(without.as_bytes(), &features).unwrap_err(), unnamed("foreign_unnamed.not_pandas"));
    let without = text("xgboost_squared.json").replace("\"cats\":", "\"dogs\":");
    assert_eq!(read(without.as_bytes(), &features).unwrap_err(), unnamed("foreign_unnamed.no_frame"));
    let numbers = text("lightgbm_l1.txt").replace("\"Tehran\"", "7");
    assert_eq!(read(numbers.as_bytes(), &features).unwrap_err(), unnamed("foreign_unnamed.no_texts"));
}

#[test]
fn an_expression_is_a_feature_like_any_other() {
    let features = table(&golden().rows);
    let renamed = text("lightgbm_l1.txt").replace("work_ahead", "x.load");
    assert!(matches!(read(renamed.as_bytes(), &features), Err(ForeignError::UnknownFeature { .. })));
    let load = Expression::new("load", "work_ahead", Unit::Minutes).unwrap();
    let features = features.with_expressions(&[std::sync::Arc::new(load)]);
    let imported = read(renamed.as_bytes(), &features).unwrap();
    assert_eq!(imported.trees.features().last(), Some(&"x.load"));
    let plain = read(&file("lightgbm_l1.txt"), &features).unwrap();
    let task = Task::default();
    assert_eq!(
        imported.trees.predict_all(&features, &task).unwrap(),
        plain.trees.predict_all(&features, &task).unwrap()
    );
}

#[test]
fn old_forms_of_the_base_and_of_flags_are_read() {
    let features = table(&golden().rows);
    let new = text("xgboost_base.json");
    let old = new.replace("\"[3.5E0]\"", "\"3.5E0\"");
    assert_ne!(old, new);
    let flags = |text: &str| {
        let at = text.find("\"default_left\":[").unwrap() + "\"default_left\":[".len();
        let end = at + text[at..].find(']').unwrap();
        let flags = text[at..end].replace('0', "false").replace('1', "true");
        format!("{}{flags}{}", &text[..at], &text[end..])
    };
    let expected = read(new.as_bytes(), &features).unwrap();
    assert_eq!(read(flags(&old).as_bytes(), &features).unwrap(), expected);
}

#[test]
fn broken_files_are_refused_where_they_break() {
    let features = table(&golden().rows);
    let refused = |text: &str| match read(text.as_bytes(), &features) {
        Ok(imported) => panic!("it was read: {} trees", imported.trees.len()),
        Err(error) => error.to_string(),
    };
    for nothing in ["", "{", "{}", "tree", "tree\n", "[]", "hello\nworld", "{\"learner\": 1}"] {
        refused(nothing);
    }
    assert!(matches!(read(&[0xFF, 0xFE, 0, 1], &features), Err(ForeignError::Unreadable { .. })));
    let whole = text("lightgbm_l1.txt");
    let with = |from: &str, to: &str| {
        let text = whole.replacen(from, to, 1);
        assert_ne!(text, whole, "{from}");
        refused(&text)
    };
    assert!(with("end of trees", "").contains("should begin"));
    // Cut off there, it also lacks what comes last: the names of the categories.
    assert!(!refused(&whole[..whole.find("end of trees").unwrap()]).is_empty());
    assert!(with("Tree=3\n", "").contains("tree 4 should begin"));
    assert!(with("num_leaves=8", "num_leaves=0").contains("without leaves"));
    assert!(with("num_leaves=8", "num_leaves=7").contains("split_feature"));
    assert!(with("num_leaves=8", "num_leaves=-1").contains("no number"));
    assert!(with("num_leaves=8", "num_leaves=99999999").contains("leaves of a tree"));
    assert!(with("num_class=1", "num_class=2").contains("num_class"));
    assert!(with("left_child=", "left_child=7 ").contains("left_child"));
    assert!(with("objective=regression_l1", "objective=lambdarank").contains("lambdarank"));
    assert!(with("decision_type=", "decision_type=300 ").contains("no number"));
    assert!(with("feature_names=site ", "feature_names=").contains("lengths"));
    assert!(with("cat_boundaries=0 ", "cat_boundaries=9 ").contains("a set that there is not"));
    assert!(with("pandas_categorical:[[", "pandas_categorical:[").contains("pandas_categorical"));
    // A branch that leads back, leaves that are no numbers.
    let at = whole.find("left_child=").unwrap() + "left_child=".len();
    let end = at + whole[at..].find('\n').unwrap();
    let back = format!("{}0{}{}", &whole[..at], " 0".repeat(6), &whole[end..]);
    assert!(refused(&back).contains("leads back"), "{}", refused(&back));
    let at = whole.find("leaf_value=").unwrap() + "leaf_value=".len();
    let end = at + whole[at..].find(' ').unwrap();
    for leaf in ["nan", "inf", "1e300"] {
        assert!(refused(&format!("{}{leaf}{}", &whole[..at], &whole[end..])).contains("leaf"));
    }

    let whole = text("xgboost_squared.json");
    let with = |from: &str, to: &str| {
        let text = whole.replacen(from, to, 1);
        assert_ne!(text, whole, "{from}");
        refused(&text)
    };
    assert!(with("\"left_children\":[1,", "\"left_children\":[0,").contains("one node"));
    assert!(with("\"left_children\":[1,", "\"left_children\":[99,").contains("nowhere"));
    assert!(with("\"left_children\":[1,", "\"left_children\":[-7,").contains("nowhere"));
    assert!(with("\"left_children\":[1,", "\"left_children\":[").contains("lengths"));
    assert!(with("\"split_type\":[0,", "\"split_type\":[1,").contains("without its set"));
    assert!(
        with("\"categories_segments\":[0", "\"categories_segments\":[99999").contains("a set that there is not")
    );
    assert!(with("\"base_score\":\"[", "\"base_score\":\"[x").contains("base_score"));
    assert!(with("\"name\":\"gbtree\"", "\"name\":\"gbforest\"").contains("gbforest"));
    // As deep as it goes: refused by the parser, not by the stack.
    refused(&format!("{{\"learner\":{}{}", "[".repeat(200_000), "]".repeat(200_000)));
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    let features = table(&golden().rows);
    let huge = vec![b' '; MOST_BYTES + 1];
    assert_eq!(read(&huge, &features), Err(ForeignError::TooLarge { most: MOST_BYTES }));
    // More lines, and more numbers in one, than are kept while reading.
    let lines: String = (0..10_000).map(|line| format!("key{line}=1\n")).collect();
    let refused = read(format!("tree\n{lines}").as_bytes(), &features).unwrap_err();
    assert!(refused.to_string().contains("different lines"), "{refused}");
    let longer =
        text("lightgbm_l1.txt").replacen("leaf_value=", &format!("leaf_value={}", "1 ".repeat(100_000)), 1);
    let refused = read(longer.as_bytes(), &features).unwrap_err();
    assert!(refused.to_string().contains("leaf_value has more than 8 numbers"), "{refused}");
    // More trees than there may be, each of one leaf.
    let one = text("lightgbm_stump.txt");
    let (start, end) =
        (one.find("Tree=0").unwrap(), one.find("Tree=1").or_else(|| one.find("end of trees")).unwrap());
    let many = format!("{}{}end of trees\n", &one[..start], one[start..end].repeat(20_001));
    assert!(matches!(read(many.as_bytes(), &features), Err(ForeignError::Trees(TreeError::TooMany { .. }))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever bytes are changed or cut off, the answer is a model or an error.
    #[test]
    fn no_change_of_a_file_does_harm(
        is_light in any::<bool>(), cut in 0.0..1.0_f64, changes in prop::collection::vec((0.0..1.0_f64, any::<u8>()), 0..6),
    ) {
        let mut bytes = file(if is_light { "lightgbm_l1.txt" } else { "xgboost_base.json" });
        let n = bytes.len() as f64;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a small file")]
        let at = |share: f64| (share * n) as usize;
        for (place, byte) in changes {
            // Digits and signs make files that are nearly right.
            bytes[at(place)] = b"0123456789-. e,[]\"=\n"[usize::from(byte) % 20];
        }
        if cut > 0.5 {
            bytes.truncate(at(cut));
        }
        let features = table(&golden().rows);
        if let Ok(imported) = read(&bytes, &features) {
            let predicted = imported.trees.predict_all(&features, &Task::default()).unwrap();
            prop_assert!(predicted.iter().all(|minutes| (0.0..=LONGEST_STAY.get()).contains(minutes)));
        }
    }
}
