//! `kill -9` at any moment of a promotion or rollback leaves the registry whole: before it or after it, never between.

use std::process::Stdio;
use std::time::{Duration, Instant};

use nobat::base::Version;
use nobat::store::registry::Registry;
use nobat::store::sqlite::Access;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};

use crate::fixture::{Project, Running};

const KILLS: usize = 200;

const OLD: Version = Version::new(1, 0, 0);
const NEW: Version = Version::new(2, 0, 0);

fn step(live: Version) -> [&'static str; 3] {
    if live == OLD { ["release", "promote", "2.0.0"] } else { ["release", "rollback", "--reason=again"] }
}

fn live(project: &Project) -> Version {
    Registry::open(&project.registry(), Access::Read).unwrap().live().unwrap().unwrap().version
}

/// How long an undisturbed step takes.
fn usual_time(project: &Project) -> Duration {
    let mut times: Vec<Duration> = Vec::new();
    for _ in 0..6 {
        let started = Instant::now();
        project.nobat(step(live(project))).exits(0);
        times.push(started.elapsed());
    }
    times.sort();
    times[times.len() / 2]
}

#[test]
fn two_hundred_kills_leave_the_registry_whole() {
    let project = Project::released();
    let usual = usual_time(&project);
    let mut random = ChaCha8Rng::seed_from_u64(200);
    let (mut before, mut after) = (0, 0);
    for kill in 0..KILLS {
        let was = live(&project);
        let mut command = project.command(step(was));
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut running = Running(child);
        // A little longer than usual, so that the end of the command is among the moments.
        let share = f64::from(random.next_u32()) / f64::from(u32::MAX);
        std::thread::sleep(usual.mul_f64(share * 1.2));
        // SIGKILL; it may have ended by itself.
        let _ = running.0.kill();
        let _ = running.0.wait();
        let is = live(&project);
        assert!([OLD, NEW].contains(&is), "{is} after kill {kill}");
        if is == was {
            before += 1
        } else {
            after += 1
        }
        let found = project.verification();
        assert_eq!(found.problems, [], "after kill {kill}");
    }
    println!(
        "{KILLS} kills within {:.1} ms: {before} before the change, {after} after it",
        usual.as_secs_f64() * 1_200.0
    );
    assert!(before > 0 && after > 0, "{before} before, {after} after: the delays miss the change");
    project.nobat(["verify"]).exits(0);
    project.nobat(step(live(&project))).exits(0);
    assert_eq!(project.verification().problems, []);
}
