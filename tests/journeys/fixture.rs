//! A project in a folder of its own, and the program run on it as a person would.
//!
//! Nothing of the machine reaches the program: no home, no language, no name, no display. What a journey expects is
//! said on [`Ended`], which shows everything the program said where it is not so.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use nobat::store::registry::{Registry, Verification};
use nobat::store::sqlite::Access;
use serde_json::Value;

/// The person of every prepared project: the model owner, whose key is not locked.
pub const OWNER: &str = "owner";

/// A service of one site and two queues for a month: enough to learn from, simulated in a moment.
pub const SMALL_RECIPE: &str = "\
seed: 7
start: 2025-09-20
days: 45
services:
  - {id: rec, name: Reception, median_minutes: 6.0}
  - {id: doc, name: Doctor, median_minutes: 11.0}
sites:
  - id: one
    name: Tehran
    queues:
      - {service: rec, visits_a_day: 80, counters: 1, peak_counters: 1}
      - {service: doc, visits_a_day: 50, counters: 2}
";

/// How long anything may take before a journey is given up.
const PATIENCE: Duration = Duration::from_secs(60);

/// A folder with a home in it. Both go when this does.
pub struct Project {
    folder: tempfile::TempDir,
}

/// How a run of the program ended.
pub struct Ended {
    pub words: String,
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// The three sentences of an error.
pub struct Told {
    pub happened: String,
    pub untouched: String,
    pub next: String,
}

/// The program, with nothing of this machine in its surroundings.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nobat"));
    for (name, _) in std::env::vars_os() {
        let is_ours = name.to_str().is_some_and(|name| name.starts_with("NOBAT_"));
        let is_surroundings = ["LANG", "LC_ALL", "LC_MESSAGES", "DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"];
        if is_ours || is_surroundings.iter().any(|known| name == *known) {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null());
    command
}

impl Project {
    /// Nothing at all.
    pub fn empty() -> Project {
        Project { folder: tempfile::Builder::new().prefix("nobat-journey-").tempdir().unwrap() }
    }

    /// A small simulated history, imported.
    pub fn with_history() -> Project {
        let project = Project::empty();
        let recipe = project.write("recipe.yaml", SMALL_RECIPE);
        let visits = project.path("visits.parquet");
        project.nobat(["simulate", "--recipe", text(&recipe), "--out", text(&visits)]).exits(0);
        project.nobat(["import", text(&visits), "--name", "small"]).exits(0);
        project
    }

    /// As [`Project::with_history`], with two approved versions: 1.0.0, the rule, is live; 2.0.0 is not yet.
    pub fn released() -> Project {
        static PREPARED: OnceLock<Project> = OnceLock::new();
        PREPARED.get_or_init(Project::release).copy()
    }

    fn release() -> Project {
        let project = Project::with_history();
        let public = project.home().join("keys").join("owner.pub");
        project.nobat(["key", "new", OWNER, "--no-passphrase"]).exits(0);
        project.nobat(["key", "trust", text(&public)]).exits(0);
        project.nobat(["people", "add", OWNER, "--role", "model_owner", "--key", text(&public)]).exits(0);
        for (family, run, version) in [("rule", "1", "1.0.0"), ("linear", "2", "2.0.0")] {
            project.nobat(["train", "--family", family]).exits(0);
            project.nobat(["release", "propose", "--run", run, "--version", version]).exits(0);
            project.nobat(["release", "approve", version, "--reason", "for a journey"]).exits(0);
        }
        project.nobat(["release", "promote", "1.0.0"]).exits(0);
        project
    }

    /// The same project in another folder.
    pub fn copy(&self) -> Project {
        let copy = Project::empty();
        copy_folder(self.folder.path(), copy.folder.path());
        copy
    }

    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn home(&self) -> PathBuf {
        self.path("home")
    }

    pub fn registry(&self) -> PathBuf {
        self.home().join("registry.db")
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// The program on this home, ready to start.
    pub fn command<S: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = S>) -> Command {
        command_at(&self.home(), words)
    }

    /// Runs the program to its end.
    pub fn nobat<S: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = S>) -> Ended {
        Ended::of(self.command(words))
    }

    /// What checking the registry from inside finds.
    pub fn verification(&self) -> Verification {
        Registry::open(&self.registry(), Access::Read).unwrap().verify().unwrap()
    }

    /// Whether nothing was kept: no data set, no run, no half of a file.
    pub fn kept_files(&self) -> Vec<String> {
        let mut files = Vec::new();
        if self.home().exists() {
            list(&self.home(), &mut files);
        }
        files.sort();
        files
    }
}

/// The program on another home, ready to start.
pub fn command_at<S: AsRef<OsStr>>(home: &Path, words: impl IntoIterator<Item = S>) -> Command {
    let mut command = program();
    command.arg("--home").arg(home).env("NOBAT_AS", OWNER).args(words);
    command
}

fn list(folder: &Path, files: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        match entry.file_type().unwrap().is_dir() {
            true => list(&entry.path(), files),
            false => files.push(entry.path().display().to_string()),
        }
    }
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy_folder(&entry.path(), &target),
            false => drop(std::fs::copy(entry.path(), target).unwrap()),
        }
    }
}

/// A path that the journeys made, which is always UTF-8.
pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

impl Ended {
    pub fn of(mut command: Command) -> Ended {
        let words =
            command.get_args().map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ");
        Ended::new(words, command.output().unwrap())
    }

    pub fn new(words: String, output: Output) -> Ended {
        let said = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the program speaks UTF-8");
        Ended { words, code: output.status.code(), out: said(output.stdout), err: said(output.stderr) }
    }

    #[track_caller]
    pub fn exits(self, code: i32) -> Ended {
        assert_eq!(self.code, Some(code), "{self}");
        assert!(!self.err.contains("panicked"), "{self}");
        self
    }

    /// The document on standard output.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("not one JSON document: {error}\n{self}"))
    }

    /// Exit code `code` and an error for people: three sentences, no trace of the program's insides.
    #[track_caller]
    pub fn refuses(self, code: i32) -> Told {
        let ended = self.exits(code);
        assert_eq!(ended.out, "", "an error is told on standard error only\n{ended}");
        let lines: Vec<&str> = ended.err.lines().collect();
        let [happened, untouched, next] = lines.as_slice() else { panic!("not three sentences\n{ended}") };
        for line in [happened, untouched, next] {
            assert!(!line.trim().is_empty(), "{ended}");
            let insides = ["Error {", "Some(", "Err(", "Os {", "ErrorKind", "::", "RUST_BACKTRACE"];
            for inside in insides {
                assert!(!line.contains(inside), "\"{inside}\" is for programmers\n{ended}");
            }
            assert!(!line.contains('{'), "a placeholder was not filled\n{ended}");
            assert!(line.contains(' ') || line.ends_with('.'), "a key instead of a sentence\n{ended}");
        }
        Told { happened: (*happened).to_owned(), untouched: (*untouched).to_owned(), next: (*next).to_owned() }
    }
}

impl std::fmt::Display for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "nobat {}\nexit code {:?}\n{}\n{}", self.words, self.code, self.out, self.err)
    }
}

impl Told {
    #[track_caller]
    pub fn says(self, part: &str) -> Told {
        let all = format!("{}\n{}\n{}", self.happened, self.untouched, self.next);
        assert!(all.contains(part), "\"{part}\" is not said in\n{all}");
        self
    }
}

/// Waits until `is_so`, and fails where that takes too long.
#[track_caller]
pub fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A child that never outlives its journey.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may be over already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Says that a journey did not take place, and why.
pub fn skipped(journey: &str, why: &str) {
    eprintln!("SKIPPED {journey}: {why}");
}

#[cfg(feature = "serve")]
pub use http::{Answer, Service};

#[cfg(feature = "serve")]
mod http {
    use std::net::{Ipv4Addr, SocketAddr};
    use std::path::Path;

    use nobat::workflows::Home;
    use nobat::workflows::server::{Server, start};
    use serde_json::Value;

    use super::Project;

    /// A running service of a project.
    pub struct Service {
        server: Server,
        agent: ureq::Agent,
    }

    /// What came over HTTP.
    #[derive(Debug)]
    pub struct Answer {
        pub status: u16,
        pub media_type: String,
        pub body: Value,
    }

    impl Service {
        pub fn of(project: &Project) -> Service {
            let home = Home::resolve(Some(&project.home()), None).unwrap();
            let program = Path::new(env!("CARGO_BIN_EXE_nobat"));
            let server = start(&home, program, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
            let config = ureq::Agent::config_builder().http_status_as_error(false).build();
            Service { server, agent: config.into() }
        }

        pub fn get(&self, path: &str) -> Answer {
            Answer::of(self.agent.get(self.url(path)).call().unwrap())
        }

        pub fn post(&self, path: &str, body: &str) -> Answer {
            let request = self.agent.post(self.url(path)).header("content-type", "application/json");
            Answer::of(request.send(body).unwrap())
        }

        /// A prediction for an ordinary request.
        pub fn predict(&self) -> Answer {
            self.post("/v1/predict", r#"{"site": "Tehran", "service": "Reception", "people_ahead": 4}"#)
        }

        fn url(&self, path: &str) -> String {
            format!("http://{}{path}", self.server.address())
        }
    }

    impl Answer {
        fn of(mut response: ureq::http::Response<ureq::Body>) -> Answer {
            let media_type = response.headers()["content-type"].to_str().unwrap().to_owned();
            let status = response.status().as_u16();
            let body = serde_json::from_str(&response.body_mut().read_to_string().unwrap()).unwrap();
            Answer { status, media_type, body }
        }

        /// A problem document (RFC 9457) of this status.
        #[track_caller]
        pub fn is_problem(&self, status: u16) -> &Answer {
            assert_eq!((self.status, self.media_type.as_str()), (status, "application/problem+json"), "{self:?}");
            assert_eq!(self.body["status"], status);
            for member in ["type", "title", "detail"] {
                assert!(self.body[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {self:?}");
            }
            self
        }
    }
}
