//! The sample history follows from its recipe, bit for bit, and is of the size that was promised.

use std::path::Path;

use crate::fixture::{Project, text};

#[test]
fn the_recipe_gives_the_sample_bit_for_bit() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data");
    let project = Project::empty();
    let out = project.path("again.parquet");
    let ended = project
        .nobat(["simulate", "--recipe", text(&folder.join("recipe.yaml")), "--out", text(&out), "--json"])
        .exits(0);
    let kept = std::fs::read(folder.join("visits.parquet")).unwrap();
    let again = std::fs::read(&out).unwrap();
    assert!(kept == again, "sample-data/visits.parquet is not what its recipe gives:\n{ended}");
    assert!(kept.len() < 6_000_000, "{} bytes", kept.len());
    let summary = ended.json();
    let visits = summary["visits"].as_u64().unwrap();
    assert!((150_000..=250_000).contains(&visits), "{summary}");
    assert_eq!(summary["sites"], 12);
    let parts = ["served", "abandoned", "unfinished"].map(|part| summary[part].as_u64().unwrap());
    assert_eq!(parts.iter().sum::<u64>(), visits, "{summary}");
}

#[test]
fn another_seed_gives_another_history_and_an_unknown_scenario_is_refused() {
    let project = Project::empty();
    let recipe = project.write("recipe.yaml", crate::fixture::SMALL_RECIPE);
    let simulate = |name: &str, seed: &str| {
        let out = project.path(name);
        project
            .nobat(["simulate", "--json", "--recipe", text(&recipe), "--out", text(&out), "--seed", seed])
            .exits(0)
            .json()["sha256"]
            .clone()
    };
    assert_eq!(simulate("a.parquet", "1"), simulate("b.parquet", "1"));
    assert_ne!(simulate("a.parquet", "1"), simulate("c.parquet", "2"));
    let refused =
        project.nobat(["simulate", "--out", text(&project.path("d.parquet")), "--scenario", "flood"]).exits(2);
    assert!(refused.err.contains("staff-shortage"), "{refused}");
    assert!(!project.path("d.parquet").exists());
}
