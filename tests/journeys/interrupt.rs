//! An interrupt from the keyboard stops long work soon, with exit code 130, and leaves nothing half-written.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::fixture::{Ended, Project, Running, text};

/// Starts the program, interrupts it while it works, and says how it ended.
fn interrupted(project: &Project, words: &[&str]) -> Ended {
    let mut command = project.command(words);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut running = Running(child);
    std::thread::sleep(Duration::from_millis(60));
    assert!(running.0.try_wait().unwrap().is_none(), "it was over before it could be interrupted");
    let id = running.0.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let asked = Instant::now();
    let code = running.0.wait().unwrap().code();
    assert!(asked.elapsed() < Duration::from_secs(5), "it took {:?} to stop", asked.elapsed());
    let read = |pipe: &mut dyn std::io::Read| {
        let mut text = String::new();
        pipe.read_to_string(&mut text).unwrap();
        text
    };
    let out = read(&mut running.0.stdout.take().unwrap());
    let err = read(&mut running.0.stderr.take().unwrap());
    Ended { words: words.join(" "), code, out, err }
}

#[test]
fn an_interrupted_simulation_leaves_no_file() {
    let project = Project::empty();
    let recipe = crate::fixture::SMALL_RECIPE
        .replace("days: 45", "days: 800")
        .replace("visits_a_day: 80", "visits_a_day: 4000");
    let recipe = project.write("recipe.yaml", recipe);
    let out = project.path("out.parquet");
    interrupted(&project, &["simulate", "--recipe", text(&recipe), "--out", text(&out)])
        .refuses(130)
        .says("Stopped");
    let names: Vec<_> =
        std::fs::read_dir(project.path("")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["recipe.yaml"], "nothing was written");
}

#[test]
fn an_interrupted_import_keeps_nothing() {
    let project = Project::empty();
    let mut history = String::from("visit_id,site,service,arrived_at\n");
    for n in 0..800_000_u32 {
        let (day, hour, minute) = (n / 30_000 + 1, n / 3_600 % 8 + 8, n / 60 % 60);
        history.push_str(&format!("v{n},Tehran,Reception,2025-10-{day:02}T{hour:02}:{minute:02}:{:02}\n", n % 60));
    }
    let file = project.write("big.csv", history);
    interrupted(&project, &["import", text(&file)]).refuses(130);
    assert_eq!(project.kept_files(), Vec::<String>::new());
    project.nobat(["data", "list"]).refuses(2);
}
