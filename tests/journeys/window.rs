//! The window, opened for real: without a display it says so, with one every screen is drawn in both languages and
//! themes. The display is Xvfb; where `xvfb-run` is missing, the pictures are skipped.

use std::path::Path;
use std::process::Command;

use crate::fixture::{Ended, Project, program, skipped, text};

#[test]
fn without_a_display_the_loop_that_needs_none_is_named() {
    let project = Project::empty();
    if !cfg!(all(unix, not(target_os = "macos"))) {
        return skipped(
            "without_a_display_the_loop_that_needs_none_is_named",
            "this system has no display variables",
        );
    }
    for language in ["en", "fa"] {
        project.nobat(["--lang", language]).refuses(1).says("nobat demo --headless");
    }
    assert_eq!(project.kept_files(), Vec::<String>::new());
}

#[test]
fn options_that_make_no_sense_are_wrong_usage() {
    let project = Project::empty();
    project.nobat(["--theme", "pink"]).refuses(2).says("pink");
    project.nobat(["--size", "big"]).refuses(2).says("big");
    project.nobat(["--screenshot", "overview"]).refuses(2).says("overview");
    project.nobat(["--screenshot", "cellar:a.png"]).refuses(2).says("cellar");
}

/// The screens that there are, as the program names them where it is asked for one that is not there.
fn screens(project: &Project) -> Vec<String> {
    let asked = project.nobat(["--json", "--screenshot", "no-such-screen:a.png"]).exits(2);
    let document: serde_json::Value = serde_json::from_str(&asked.err).unwrap();
    let all = ["happened", "untouched", "next"].map(|part| document["error"][part].as_str().unwrap().to_owned());
    let known =
        all.iter().find_map(|sentence| sentence.rsplit_once(": ").map(|(_, known)| known)).unwrap_or_default();
    known.trim_end_matches('.').split(", ").filter(|id| !id.is_empty()).map(str::to_owned).collect()
}

/// Runs the program on a display of its own.
fn on_a_display(project: &Project, words: &[&str]) -> Option<Ended> {
    let is_there = Command::new("xvfb-run").arg("--help").output().is_ok_and(|output| output.status.success());
    if !is_there {
        return None;
    }
    let nobat = project.command(words);
    let mut command = Command::new("xvfb-run");
    command.args(["-a", "-s", "-screen 0 1600x1000x24"]).arg(program().get_program()).args(nobat.get_args());
    command.env("LIBGL_ALWAYS_SOFTWARE", "1").env_remove("WAYLAND_DISPLAY");
    Some(Ended::of(command))
}

#[test]
fn every_screen_is_drawn_in_both_languages_and_themes() {
    let project = Project::released();
    let screens = screens(&project);
    assert!(!screens.is_empty(), "there is no screen in the rail");
    for language in ["en", "fa"] {
        for theme in ["light", "dark"] {
            let file = |screen: &str| project.path(format!("{}-{language}-{theme}.png", screen.replace('/', "-")));
            let shots: Vec<String> =
                screens.iter().map(|screen| format!("{screen}:{}", file(screen).display())).collect();
            let shots = shots.join(",");
            let words = ["--lang", language, "--theme", theme, "--size", "1280x800", "--screenshot", &shots];
            let Some(ended) = on_a_display(&project, &words) else {
                return skipped("every_screen_is_drawn_in_both_languages_and_themes", "there is no xvfb-run");
            };
            ended.exits(0);
            for screen in &screens {
                is_drawn(&file(screen));
            }
        }
    }
}

/// A PNG of the size that was asked for, in which something is to be seen.
fn is_drawn(file: &Path) {
    let picture = image::open(file).unwrap_or_else(|error| panic!("{}: {error}", text(file))).into_rgb8();
    assert_eq!(picture.dimensions(), (1280, 800), "{}", text(file));
    let colours: std::collections::HashSet<[u8; 3]> = picture.pixels().map(|pixel| pixel.0).collect();
    assert!(colours.len() > 20, "{} has {} colours only", text(file), colours.len());
}
