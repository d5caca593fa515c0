//! Reports: written whole or not at all, and opened in a browser that finds nothing to complain about and asks nobody for anything.
//!
//! The browser is `NOBAT_BROWSER`, else a Chromium or Chrome under one of its names. Where there is none, that part is skipped
//! and says so.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::fixture::{Ended, Project, skipped, text};

/// A site whose name is an attack on the page, and one whose name reads from the right.
const RECIPE: &str = "\
seed: 5
start: 2025-09-20
days: 45
services:
  - {id: rec, name: Reception, median_minutes: 6.0}
  - {id: doc, name: \"a&b <i>\", median_minutes: 11.0}
sites:
  - id: one
    name: \"<script>document.title=1</script>\"
    queues:
      - {service: rec, visits_a_day: 80, counters: 1, peak_counters: 1}
      - {service: doc, visits_a_day: 50, counters: 2}
  - id: two
    name: کرج
    queues:
      - {service: rec, visits_a_day: 60, counters: 1}
";

fn project() -> Project {
    let project = Project::empty();
    let recipe = project.write("recipe.yaml", RECIPE);
    let visits = project.path("visits.parquet");
    project.nobat(["simulate", "--recipe", text(&recipe), "--out", text(&visits)]).exits(0);
    project.nobat(["import", text(&visits), "--name", "<b>small</b>"]).exits(0);
    project.nobat(["train", "--family", "linear"]).exits(0);
    project
}

/// The report of the run beside the rule, in `file`, this language first.
fn report(project: &Project, file: &Path, language: &str, more: &[&str]) -> Ended {
    let words = ["--lang", language, "export", "report", "--candidate", "run:1", "--out", text(file)];
    project.nobat(words.into_iter().chain(more.iter().copied()))
}

#[test]
fn a_report_is_written_once_and_whole_or_not_at_all() {
    let project = project();
    let file = project.path("report.html");
    let written = report(&project, &file, "en", &["--with-json", "--json"]).exits(0).json();
    let page = std::fs::read_to_string(&file).unwrap();
    assert_eq!(written["bytes"].as_u64(), Some(page.len() as u64));
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"));
    // The JSON beside it is what the command says of the same comparison.
    let said = project.nobat(["--json", "compare", "--candidate", "run:1"]).json();
    let beside = std::fs::read_to_string(project.path("report.json")).unwrap();
    let beside: Value = serde_json::from_str(&beside).unwrap();
    // How long an answer took is measured anew each time.
    let untimed = |document: &Value| {
        let mut document = document.clone();
        let gates = document.as_object_mut().unwrap().remove("gates").unwrap();
        let verdicts =
            gates.as_array().unwrap().iter().map(|gate| (gate["gate"].clone(), gate["verdict"].clone()));
        (document, verdicts.collect::<Vec<_>>())
    };
    assert_eq!(untimed(&beside), untimed(&said));
    assert_eq!(written["verdict"], said["gate"]);

    let left = || (std::fs::read_to_string(&file).unwrap(), std::fs::read_dir(project.path("")).unwrap().count());
    let before = left();
    report(&project, &file, "en", &[]).refuses(1).says("report.html");
    report(&project, &file, "fa", &[]).refuses(1).says("report.html");
    report(&project, &project.path("no/such/folder.html"), "en", &[]).refuses(1).says("folder.html");
    report(&project, &project.path("recipe.yaml/in-a-file.html"), "en", &[]).refuses(1).says("in-a-file.html");
    // The JSON beside it would be written over.
    std::fs::write(project.path("other.json"), "mine").unwrap();
    report(&project, &project.path("other.html"), "en", &["--with-json"]).refuses(1).says("other.json");
    std::fs::remove_file(project.path("other.json")).unwrap();
    let refused = project.path("refused.html");
    let export = |candidate: &str, data: &str| {
        project.nobat(["export", "report", "--candidate", candidate, "--data", data, "--out", text(&refused)])
    };
    export("run:99", "latest").refuses(2).says("99");
    export("best", "latest").refuses(2).says("best");
    export("run:1", "nothing").refuses(2).says("nothing");
    assert_eq!(left(), before);
}

#[test]
fn drift_is_reported_with_what_the_command_says() {
    let project = project();
    let (file, other) = (project.path("drift.html"), project.path("other.html"));
    let words = ["--json", "export", "report", "--out", text(&file), "--with-json"];
    let written = project.nobat(words).exits(0).json();
    let said = project.nobat(["--json", "drift"]).json();
    let beside = std::fs::read_to_string(project.path("drift.json")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&beside).unwrap(), said);
    assert_eq!((&written["kind"], &written["verdict"]), (&"drift".into(), &said["verdict"]));
    let told = project.nobat(["--lang", "en", "drift", "--report", text(&other)]);
    assert!(matches!(told.code, Some(0 | 3 | 4)) && told.out.contains("other.html"), "{told}");
    project.nobat(["drift", "--report", text(&other)]).refuses(1).says("other.html");
    // Every column that was measured is on both pages, by its numbers.
    for file in [&file, &other] {
        let page = std::fs::read_to_string(file).unwrap();
        for column in said["data"].as_array().unwrap() {
            let Some(kl) = column["kl"].as_f64() else { continue };
            assert!(page.contains(&format!("<td class=\"number\">{kl:.3}</td>")), "{column}");
        }
        assert!(!page.contains("NaN") && !page.contains("<script"));
    }
}

/// A browser that can be asked without a screen.
fn browser() -> Option<PathBuf> {
    let named = std::env::var_os("NOBAT_BROWSER").map(PathBuf::from);
    let known =
        ["chromium", "chromium-headless-shell", "chromium-browser", "google-chrome", "google-chrome-stable"];
    named.into_iter().chain(known.map(PathBuf::from)).find(|browser| {
        let tried = Command::new(browser).arg("--version").output();
        tried.is_ok_and(|output| output.status.success())
    })
}

/// What a browser made of a page.
struct Opened {
    /// The document after it was loaded.
    document: String,
    /// What it complained of.
    complaints: Vec<String>,
    /// Everything that it asked of a network, tried or done.
    network: String,
}

/// What `command` says, which has a minute; `None` where it does not end by then.
fn ended(command: &mut Command, project: &Project) -> Option<Output> {
    let files = ["out.txt", "err.txt"].map(|name| project.path(name));
    let [out, err] = [0, 1].map(|place| std::fs::File::create(&files[place]).unwrap());
    let mut child = command.stdin(Stdio::null()).stdout(out).stderr(err).spawn().unwrap();
    let begin = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if begin.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
            child.wait().unwrap();
            return None;
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    let [stdout, stderr] = files.map(|file| std::fs::read(file).unwrap());
    Some(Output { status, stdout, stderr })
}

/// Opens `page` in a window of this size, without a network.
fn open(browser: &Path, project: &Project, page: &Path, size: &str, more: &[&str]) -> Opened {
    let log = project.path("network.json");
    let profile = project.path("profile");
    let mut command = Command::new(browser);
    command.args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"]);
    command.args(["--disable-background-networking", "--no-first-run", "--enable-logging=stderr"]);
    command.arg("--host-resolver-rules=MAP * ~NOTFOUND");
    command.arg(format!("--window-size={}", size.replace('x', ",")));
    command.arg(format!("--user-data-dir={}", profile.display())).arg(format!("--log-net-log={}", log.display()));
    // Time that passes in no time: until the font is unpacked.
    command.arg("--virtual-time-budget=5000");
    command.args(more).arg("--dump-dom").arg(format!("file://{}", page.display()));
    // A browser may stand still as it starts, which says nothing of the page: it is asked a second time, and no third.
    let output = ended(&mut command, project).or_else(|| ended(&mut command, project));
    let output = output.expect("the browser stood still twice");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    Opened {
        document: String::from_utf8_lossy(&output.stdout).into_owned(),
        complaints: said.lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned).collect(),
        network: std::fs::read_to_string(&log).unwrap_or_default(),
    }
}

/// Run inside a copy of the page whose policy lets it: what is shown, and what does not fit.
const PROBE: &str = r#"
<pre id="probe"></pre>
<script>
document.fonts.ready.then(() => {
const found = {};
for (const language of ["en", "fa"]) {
  document.querySelector(`label[for=in-${language}]`).click();
  document.querySelectorAll("details").forEach(details => details.open = true);
  const article = document.querySelector(`article.${language}`);
  const outside = [], overlapping = [];
  for (const svg of article.querySelectorAll("svg")) {
    const frame = svg.getBoundingClientRect();
    const boxes = [...svg.querySelectorAll("text")].map(text => [text.textContent, text.getBoundingClientRect()]);
    boxes.forEach(([words, box], index) => {
      const is_outside = box.left < frame.left - 1 || box.right > frame.right + 1
        || box.top < frame.top - 3 || box.bottom > frame.bottom + 3;
      if (is_outside) outside.push(words);
      for (const [other, of] of boxes.slice(index + 1)) {
        const touches = box.left < of.right - 1 && of.left < box.right - 1 && box.top + 4 < of.bottom && of.top + 4 < box.bottom;
        if (touches) overlapping.push(`${words} | ${other}`);
      }
    });
  }
  const crosswise = [...article.querySelectorAll("p, h1, h2, h3, dd, dt, li, .verdict")].filter(
    of => of.scrollWidth > of.clientWidth + 1 && getComputedStyle(of).display !== "inline");
  found[language] = {
    shown: [...document.querySelectorAll("article")].filter(of => of.offsetHeight > 0).map(of => of.className),
    direction: getComputedStyle(article).direction,
    font: document.fonts.check("16px Vazirmatn"),
    loaded: [...document.fonts].map(font => font.status),
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    texts: article.querySelectorAll("svg text").length,
    outside, overlapping, crosswise: crosswise.map(of => of.textContent.slice(0, 80)),
    ground: getComputedStyle(document.documentElement).backgroundColor,
  };
}
document.getElementById("probe").textContent = JSON.stringify(found);
});
</script>
"#;

/// What the probe finds in `page`.
fn probe(browser: &Path, project: &Project, page: &str, size: &str, more: &[&str]) -> Value {
    let policy = page.find("<meta http-equiv=\"Content-Security-Policy\"").unwrap();
    let end = policy + page[policy..].find('>').unwrap() + 1;
    let open_page = format!("{}{}", &page[..policy], &page[end..]).replace("</body>", &format!("{PROBE}</body>"));
    let file = project.write("probe.html", open_page);
    let opened = open(browser, project, &file, size, more);
    assert_eq!(opened.complaints, Vec::<String>::new());
    let found = opened.document.split("<pre id=\"probe\">").nth(1).and_then(|rest| rest.split("</pre>").next());
    let found = found.unwrap().replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    serde_json::from_str(&found).unwrap_or_else(|error| panic!("{error}: {found}"))
}

#[test]
fn a_report_opens_in_a_browser() {
    let journey = "a_report_opens_in_a_browser";
    let Some(browser) = browser() else { return skipped(journey, "no Chromium or Chrome (NOBAT_BROWSER)") };
    let project = project();

    // That what is looked for below would be found: a page that fetches, and one that is not let.
    let asks = "<img src=\"http://outside.test/x.png\"><script>document.title = 'let in'</script>";
    let free = project.write("free.html", format!("<!DOCTYPE html><meta charset=utf-8>{asks}"));
    let network = open(&browser, &project, &free, "800x600", &[]).network;
    assert!(network.contains("outside.test"), "the log of the network holds nothing");
    let policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'\">";
    let held = project.write("held.html", format!("<!DOCTYPE html><meta charset=utf-8>{policy}{asks}"));
    assert_eq!(open(&browser, &project, &held, "800x600", &[]).complaints.len(), 2);

    // A comparison in either language first, and drift.
    let cases = [
        ("en", &["--candidate", "run:1"][..], ["better than today's rule", "بهتر از قاعدهٔ امروز"]),
        ("fa", &["--candidate", "run:1"][..], ["بهتر از قاعدهٔ امروز", "better than today's rule"]),
        ("fa", &[][..], ["سه پایشگر", "Three monitors"]),
    ];
    for (index, (language, about, headlines)) in cases.into_iter().enumerate() {
        let file = project.path(format!("{index}.html"));
        let words = ["--lang", language, "export", "report", "--out", text(&file)];
        project.nobat(words.into_iter().chain(about.iter().copied())).exits(0);
        let opened = open(&browser, &project, &file, "1240x1600", &[]);
        assert_eq!(opened.complaints, Vec::<String>::new());
        assert!(!opened.network.contains("http://") && !opened.network.contains("https://"), "{}", opened.network);
        let document = &opened.document;
        for headline in headlines {
            assert!(document.contains(headline), "{headline}");
        }
        for article in ["<article lang=\"en\" dir=\"ltr\"", "<article lang=\"fa\" dir=\"rtl\""] {
            assert!(document.contains(article), "{article}");
        }
        assert!(document.contains(&format!("<html lang=\"{language}\"")));
        assert!(!document.contains("<script") && document.contains("&lt;b&gt;small"));

        let page = std::fs::read_to_string(&file).unwrap();
        for size in ["1240x1600", "390x800"] {
            let found = probe(&browser, &project, &page, size, &[]);
            for (shown, direction) in [("en", "ltr"), ("fa", "rtl")] {
                let of = &found[shown];
                assert_eq!(of["shown"], serde_json::json!([shown]), "the switch of languages");
                assert_eq!(of["direction"], direction);
                assert_eq!((&of["font"], &of["loaded"]), (&true.into(), &serde_json::json!(["loaded"])), "{of}");
                assert_eq!(of["wide"], 0, "{shown} at {size} has to be moved sideways");
                assert!(of["texts"].as_u64().unwrap() > 20, "{of}");
                for misfit in ["outside", "overlapping", "crosswise"] {
                    assert_eq!(of[misfit], serde_json::json!([]), "{misfit} in {shown} at {size}");
                }
            }
        }
    }
}

#[test]
fn a_report_is_light_or_dark_as_the_system_is() {
    let journey = "a_report_is_light_or_dark_as_the_system_is";
    let Some(browser) = browser() else { return skipped(journey, "no Chromium or Chrome (NOBAT_BROWSER)") };
    let project = project();
    let file = project.path("report.html");
    report(&project, &file, "fa", &[]).exits(0);
    let page = std::fs::read_to_string(&file).unwrap();
    let ground = |scheme: &str| {
        let asked = format!("--blink-settings=preferredColorScheme={scheme}");
        probe(&browser, &project, &page, "1240x1600", &[&asked])["fa"]["ground"].as_str().unwrap().to_owned()
    };
    // Chromium's own numbers: 0 is dark, 1 is light.
    assert_eq!((ground("1"), ground("0")), ("rgb(244, 246, 248)".to_owned(), "rgb(14, 18, 23)".to_owned()));
}
