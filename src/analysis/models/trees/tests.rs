//! The predictor against a plain walk, explanations against every set of features, and documents that are none.

use proptest::prelude::*;

use super::*;
use crate::analysis::features::Column;
use crate::base::statistics::draws;

/// The catalogue's features that documents here are about: two numbers, two categories.
const NUMBERS: [&str; 3] = ["minute_of_day", "people_ahead", "work_ahead"];
const NAMES: [&str; 2] = ["site", "service"];

/// A document of random trees, each of at most `leaves` leaves.
fn random(seed: u64, trees: usize, leaves: usize, link: Link) -> Document {
    let mut draw = draws(seed);
    let input = |feature: &str, levels: Option<usize>| Input {
        feature: feature.to_owned(),
        levels: levels.map(|n| (0..n).map(|level| format!("{feature} {level}")).collect()),
        monotone: None,
    };
    let mut inputs: Vec<Input> = vec![input(NAMES[0], Some(70)), input(NAMES[1], Some(3))];
    inputs.extend(NUMBERS.iter().map(|feature| input(feature, None)));
    let trees = (0..trees).map(|_| random_tree(&mut draw, &inputs, leaves)).collect();
    Document { inputs, link, base: 1.5, longest: Minutes::new(500.0).unwrap(), trees }
}

fn random_tree(draw: &mut impl FnMut(usize) -> usize, inputs: &[Input], most: usize) -> Tree {
    let leaves = 1 + draw(most);
    let mut tree = Tree { leaf: vec![0.0], cover: vec![0.0], ..Tree::default() };
    // Where each leaf hangs: a split and a side.
    let mut hangs: Vec<Option<(usize, bool)>> = vec![None];
    while tree.leaf.len() < leaves {
        let (place, split) = (draw(tree.leaf.len()), tree.input.len());
        if let Some((parent, is_left)) = hangs[place] {
            let sides = if is_left { &mut tree.left } else { &mut tree.right };
            sides[parent] = Branch::Split(split).kept();
        }
        let input = draw(inputs.len());
        tree.input.push(u16::try_from(input).unwrap());
        tree.threshold.push(match &inputs[input].levels {
            None => draw(40) as f64 / 2.0,
            Some(levels) => {
                tree.sets.push((0..u16::try_from(levels.len()).unwrap()).filter(|_| draw(2) == 0).collect());
                (tree.sets.len() - 1) as f64
            }
        });
        tree.missing_left.push(u8::try_from(draw(2)).unwrap());
        tree.left.push(Branch::Leaf(place).kept());
        tree.right.push(Branch::Leaf(tree.leaf.len()).kept());
        tree.gain.push(1.0);
        hangs[place] = Some((split, true));
        hangs.push(Some((split, false)));
        tree.leaf.push(0.0);
        tree.cover.push(0.0);
    }
    tree.leaf.iter_mut().for_each(|leaf| *leaf = draw(2_000) as f64 / 1_000.0 - 0.9);
    tree.cover.iter_mut().for_each(|cover| *cover = 1.0 + draw(50) as f64);
    tree
}

/// Visits with missing values and names that no tree knows.
fn visits(seed: u64, rows: usize) -> FeatureTable {
    let mut draw = draws(seed);
    let mut columns = Vec::new();
    for feature in NAMES {
        let names: Vec<String> = (0..80).map(|level| format!("{feature} {level}")).collect();
        let codes = (0..rows).map(|_| Some(draw(90)).filter(|code| *code < 80).map(|code| code as u32)).collect();
        columns.push((feature.to_owned(), Column::Categories { names, codes }));
    }
    for feature in NUMBERS {
        let number = |at: usize| if at == 0 { f32::NAN } else { at as f32 / 4.0 - 1.0 };
        columns.push((feature.to_owned(), Column::Real((0..rows).map(|_| number(draw(100))).collect())));
    }
    FeatureTable::new(rows, columns)
}

/// The sum of the leaves, walked the plain way.
fn plainly(document: &Document, features: &FeatureTable, row: usize) -> f64 {
    let mut sum = document.base;
    for tree in &document.trees {
        let mut at = tree.root();
        let leaf = loop {
            match at {
                Branch::Leaf(leaf) => break leaf,
                Branch::Split(split) => {
                    let input = &document.inputs[usize::from(tree.input[split])];
                    let goes_left = match features.value(&input.feature, row) {
                        Value::Number(number) => number <= tree.threshold[split],
                        Value::Category(name) => {
                            let level = input.levels.as_ref().unwrap().iter().position(|level| level == name);
                            level.map_or(tree.missing_left[split] == 1, |level| {
                                tree.sets[tree.threshold[split] as usize]
                                    .iter()
                                    .any(|of| usize::from(*of) == level)
                            })
                        }
                        Value::Missing => tree.missing_left[split] == 1,
                    };
                    at = tree.branches(split)[usize::from(!goes_left)];
                }
            }
        };
        sum += tree.leaf[leaf];
    }
    document.minutes(sum).get()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    #[test]
    fn one_visit_and_many_are_predicted_as_a_plain_walk_does(
        seed in any::<u64>(), trees in 0..30_usize, leaves in 1..80_usize, rows in 1..5_000_usize, is_log in any::<bool>(),
    ) {
        let document = random(seed, trees, leaves, if is_log { Link::Log } else { Link::Identity });
        let features = visits(seed ^ 1, rows);
        let trees = Trees::try_from(document.clone()).unwrap();
        let all = trees.predict_all(&features, &Task::default()).unwrap();
        for (row, all) in all.into_iter().enumerate() {
            let expected = plainly(&document, &features, row);
            prop_assert_eq!(all.to_bits(), expected.to_bits(), "row {}", row);
            prop_assert_eq!(trees.predict(&|id| features.value(id, row)).get().to_bits(), expected.to_bits());
        }
        let kept = serde_json::to_string(&trees).unwrap();
        prop_assert_eq!(serde_json::from_str::<Trees>(&kept).unwrap(), trees);
    }

    #[test]
    fn explanations_are_the_shapley_values_of_the_trees(
        seed in any::<u64>(), leaves in 1..14_usize, row in 0..20_usize, is_log in any::<bool>(),
    ) {
        let document = random(seed, 4, leaves, if is_log { Link::Log } else { Link::Identity });
        let features = visits(seed ^ 2, 20);
        let explanation = Trees::try_from(document.clone()).unwrap().explain(&|id| features.value(id, row));
        prop_assert!((explanation.sum_minutes() - explanation.predicted.get()).abs() < 1e-6);
        // With every set of features known, each once.
        let n = document.inputs.len();
        let sums: Vec<f64> = (0..1_usize << n).map(|set| expected(&document, &features, row, set)).collect();
        let (nothing, everything) = (sums[0], sums[(1 << n) - 1]);
        let factor = match document.link {
            Link::Identity => 1.0,
            Link::Log if (everything - nothing).abs() < 1e-9 => nothing.exp(),
            Link::Log => (everything.exp() - nothing.exp()) / (everything - nothing),
        };
        for (place, contribution) in explanation.contributions.iter().enumerate() {
            let mut value = 0.0;
            for set in (0..1_usize << n).filter(|set| set >> place & 1 == 0) {
                let size = set.count_ones() as usize;
                let factorial = |n: usize| (1..=n).product::<usize>() as f64;
                let share = factorial(size) * factorial(n - size - 1) / factorial(n);
                value += share * (sums[set | 1 << place] - sums[set]);
            }
            let minutes = value * factor;
            let allowed = 1e-7 * (1.0 + minutes.abs());
            prop_assert!((contribution.minutes - minutes).abs() < allowed, "{contribution:?} {minutes}");
        }
    }
}

/// What the trees predict where only the features in `set` are known.
fn expected(document: &Document, features: &FeatureTable, row: usize, set: usize) -> f64 {
    fn below(document: &Document, tree: &Tree, at: Branch, row: (&FeatureTable, usize), set: usize) -> (f64, f64) {
        let split = match at {
            Branch::Leaf(leaf) => return (tree.leaf[leaf], tree.cover[leaf]),
            Branch::Split(split) => split,
        };
        let [left, right] = tree.branches(split).map(|side| below(document, tree, side, row, set));
        let cover = left.1 + right.1;
        if set >> tree.input[split] & 1 == 0 {
            return ((left.0 * left.1 + right.0 * right.1) / cover, cover);
        }
        let one = Tree {
            left: vec![-1],
            right: vec![-2],
            leaf: vec![left.0, right.0],
            cover: vec![left.1, right.1],
            input: vec![tree.input[split]],
            threshold: vec![if tree.sets.is_empty() {
                tree.threshold[split]
            } else {
                set_or(tree, split, document)
            }],
            missing_left: vec![tree.missing_left[split]],
            gain: vec![0.0],
            sets: tree
                .set_of(split)
                .filter(|_| is_name(document, tree, split))
                .map(|set| tree.sets[set].clone())
                .into_iter()
                .collect(),
        };
        let alone = Document {
            base: 0.0,
            link: Link::Identity,
            longest: Minutes::new(1e9).unwrap(),
            inputs: document.inputs.clone(),
            trees: vec![shifted(one)],
        };
        (plainly(&alone, row.0, row.1) - 1_000.0, cover)
    }
    /// Leaves are moved up, since predictions are not below zero.
    fn shifted(tree: Tree) -> Tree {
        Tree { leaf: tree.leaf.iter().map(|leaf| leaf + 1_000.0).collect(), ..tree }
    }
    fn is_name(document: &Document, tree: &Tree, split: usize) -> bool {
        document.inputs[usize::from(tree.input[split])].levels.is_some()
    }
    fn set_or(tree: &Tree, split: usize, document: &Document) -> f64 {
        if is_name(document, tree, split) { 0.0 } else { tree.threshold[split] }
    }
    let sum = |tree: &Tree| below(document, tree, tree.root(), (features, row), set).0;
    document.base + document.trees.iter().map(sum).sum::<f64>()
}

#[test]
fn documents_that_are_none_are_refused_with_the_place() {
    let good = random(5, 3, 9, Link::Identity);
    assert!(Trees::try_from(good.clone()).is_ok());
    let refused = |change: &dyn Fn(&mut Document)| {
        let mut bad = good.clone();
        change(&mut bad);
        Trees::try_from(bad).unwrap_err()
    };
    let tree = |change: &dyn Fn(&mut Tree)| {
        let error = refused(&|document| change(&mut document.trees[1]));
        let TreeError::Tree { tree: 2, what } = error else { panic!("{error}") };
        what
    };
    assert!(good.trees[1].input.len() > 2, "a tree with something to break");
    assert_eq!(tree(&|tree| tree.left[0] = 0), "a branch leads back");
    assert_eq!(tree(&|tree| tree.left[0] = 9_999), "a branch leads nowhere");
    assert_eq!(tree(&|tree| tree.right[0] = i32::MIN), "a branch leads nowhere");
    assert_eq!(tree(&|tree| tree.right = tree.left.clone()), "two branches lead to one place");
    assert_eq!(tree(&|tree| tree.leaf[0] = f64::NAN), "a leaf is not a number, or a huge one");
    assert_eq!(tree(&|tree| tree.leaf.push(1.0)), "a tree has one leaf more than splits");
    assert_eq!(tree(&|tree| tree.input[0] = 99), "a split on an input that there is not");
    assert_eq!(tree(&|tree| tree.missing_left[0] = 2), "where missing values go is neither 0 nor 1");
    assert_eq!(tree(&|tree| tree.sets.push(vec![0])), "a set without a split");
    assert_eq!(tree(&|tree| tree.cover[0] = -1.0), "the weight of a leaf is not a number, or below zero");
    assert_eq!(tree(&|tree| tree.gain[0] = f64::INFINITY), "a gain is not a number");
    assert_eq!(tree(&|tree| tree.threshold.truncate(1)), "the columns of its splits have different lengths");
    assert_eq!(refused(&|document| document.base = f64::NAN), TreeError::Base);
    assert_eq!(
        refused(&|document| document.inputs[1].feature = "site".to_owned()),
        TreeError::InputName { place: 2 }
    );
    let twice = |document: &mut Document| document.inputs[0].levels = Some(vec!["a".to_owned(); 70]);
    assert_eq!(refused(&twice), TreeError::InputName { place: 1 });
    let many = |document: &mut Document| document.trees = vec![document.trees[0].clone(); 20_001];
    assert_eq!(refused(&many), TreeError::TooMany { what: "trees", n: 20_001, most: 20_000 });
    let text = serde_json::to_string(&Trees::try_from(good.clone()).unwrap()).unwrap();
    for hostile in [text.replace("\"base\":1.5", "\"base\":1e999"), text.replace("\"trees\"", "\"tress\"")] {
        assert!(serde_json::from_str::<Trees>(&hostile).is_err());
    }
}

#[test]
fn shares_of_the_gains_add_up_to_one() {
    let trees = Trees::try_from(random(5, 6, 20, Link::Identity)).unwrap();
    let shares = trees.gain_shares();
    assert!((shares.iter().map(|(_, share)| share).sum::<f64>() - 1.0).abs() < 1e-12);
    assert!(shares.is_sorted_by(|a, b| a.1 >= b.1));
    let stump = Trees::try_from(random(5, 0, 1, Link::Identity)).unwrap();
    assert!(stump.gain_shares().is_empty() && stump.is_empty() && stump.leaves() == 0);
}
