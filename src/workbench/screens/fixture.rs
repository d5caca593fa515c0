//! A project as the workflows make it, and a stage on which a screen can be driven by what a screen reader would say.

use std::sync::{Arc, LazyLock};

use egui::vec2;
use egui_kittest::Harness;
use egui_kittest::kittest::NodeT as _;

use crate::analysis::evaluation::SplitPlan;
use crate::analysis::insight::{Effects, Importance};
use crate::base::language::Language;
use crate::base::{CancelToken, Digest, Task};
use crate::store::workspace::Trial;
use crate::workbench::snapshot::{Profile, Snapshot};
use crate::workbench::state::{RunInsight, Screen, State};
use crate::workbench::theme::Look;
use crate::workbench::{Command, Outbox, text, theme};
use crate::workflows::compare::{CompareOutcome, CompareRequest, compare_models};
use crate::workflows::demo::{SAMPLE_PERSON, open_sample};
use crate::workflows::insight::test_part;
use crate::workflows::models::ModelName;
use crate::workflows::search::{SearchRequest, search};
use crate::workflows::train::{TrainRequest, train};
use crate::workflows::{Home, SEED};

/// The sample with today's rule live, an elastic net, a run that was stopped, and a search that was.
pub(super) struct Project {
    snapshot: Arc<Snapshot>,
    profile: Arc<Profile>,
    outcome: Arc<CompareOutcome>,
    dataset: Digest,
    insight: Arc<RunInsight>,
    importance: Arc<Importance>,
    effects: Vec<Arc<Effects>>,
}

static PROJECT: LazyLock<Project> = LazyLock::new(make);

fn make() -> Project {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::resolve(Some(folder.path()), None).unwrap();
    let task = Task::default();
    let prepared = open_sample(&home, &task).unwrap();
    let request = TrainRequest {
        family: "elastic-net".to_owned(),
        parameters: String::new(),
        seed: SEED,
        split: SplitPlan::default(),
        adaptive_rate: None,
    };
    let run = train(&home, &prepared, &request, &task).unwrap().run.id;
    let stopped = CancelToken::default();
    stopped.cancel();
    train(&home, &prepared, &request, &Task::with_cancel(stopped)).unwrap_err();
    // A search that is stopped after five trials.
    let (stopped, mut trials) = (CancelToken::default(), 0);
    let mut seen = |_: &Trial, _: &[f64]| {
        trials += 1;
        if trials == 5 {
            stopped.cancel();
        }
    };
    search(&home, &prepared, &searched(), &Task::with_cancel(stopped.clone()), &mut seen).unwrap_err();
    let pair = CompareRequest::of(ModelName::Live, ModelName::Run(run));
    let test = Arc::new(test_part(&home, &prepared, run, &task).unwrap());
    let effects = ["people_ahead", "site"].map(|feature| Arc::new(test.effects(feature, &task).unwrap()));
    Project {
        importance: Arc::new(test.importance(&task).unwrap()),
        effects: effects.to_vec(),
        insight: Arc::new(RunInsight { residuals: test.residuals(&task).unwrap(), test }),
        outcome: Arc::new(compare_models(&home, &prepared, &pair, &task).unwrap()),
        snapshot: Arc::new(Snapshot::read(&home).unwrap()),
        profile: Arc::new(Profile::of(&prepared, &task).unwrap()),
        dataset: prepared.digest,
    }
}

/// The search of [`Project`], with more minutes than it needs.
pub(super) fn searched() -> SearchRequest {
    SearchRequest {
        family: "elastic-net".to_owned(),
        space: "penalty: {least: 0.001, most: 1, log: true}\n".to_owned(),
        seed: SEED,
        minutes: 60.0,
        most_trials: None,
        test_share: 0.2,
        adaptive_rate: None,
    }
}

/// The state of a window on [`Project`], without a comparison.
pub(super) fn full() -> State {
    State {
        snapshot: Some(PROJECT.snapshot.clone()),
        profile: Some(PROJECT.profile.clone()),
        dataset: Some(PROJECT.dataset),
        person: SAMPLE_PERSON.to_owned(),
        ..State::default()
    }
}

/// The same with the elastic net compared with what is live.
pub(super) fn compared() -> State {
    State { comparison: Some(PROJECT.outcome.clone()), ..full() }
}

/// The same with the elastic net looked at, and the effect of people ahead or of the site.
pub(super) fn looked(of_site: bool) -> State {
    let run = PROJECT.insight.test.run.id;
    State {
        run: Some(run),
        insight: Some(PROJECT.insight.clone()),
        importance: Some((run, PROJECT.importance.clone())),
        effects: Some((run, PROJECT.effects[usize::from(of_site)].clone())),
        ..full()
    }
}

/// A project in which nothing is kept.
pub(super) fn empty() -> State {
    State { snapshot: Some(Arc::default()), ..State::default() }
}

/// A screen, what it shows, and what was asked for.
pub(super) struct Stage {
    screen: Box<dyn Screen>,
    pub state: State,
    pub sent: Vec<Command>,
}

/// Draws `screen` on `state` in `language`.
pub(super) fn shown(screen: impl Screen + 'static, state: State, language: Language) -> Harness<'static, Stage> {
    let setup = move |context: &egui::Context| {
        text::install(context);
        theme::apply(context);
        Look::set_language(context, language);
    };
    let stage = Stage { screen: Box::new(screen), state, sent: Vec::new() };
    let mut harness = Harness::builder().with_size(vec2(1240.0, 1600.0)).with_context_setup(setup).build_ui_state(
        |ui, stage: &mut Stage| {
            let mut outbox = Outbox::default();
            ui.with_layout(Look::of(ui).column(), |ui| stage.screen.ui(ui, &stage.state, &mut outbox));
            stage.sent.extend(outbox.take());
        },
        stage,
    );
    harness.run();
    harness
}

/// Everything that a screen reader would say.
pub(super) fn said(harness: &Harness<'_, Stage>) -> Vec<String> {
    let of_node = |node: egui_kittest::Node<'_>| {
        let node = node.accesskit_node();
        // A plain text has its words as its value.
        [node.label(), node.value()]
    };
    harness.root().children_recursive().flat_map(of_node).flatten().collect()
}

/// Asserts that everything has words and that nothing is shown that is no number.
pub(super) fn assert_in_words(harness: &Harness<'_, Stage>) {
    for words in said(harness) {
        let is_no_number = |word: &str| matches!(word, "NaN" | "inf");
        assert!(!words.split(|c: char| !c.is_alphanumeric()).any(is_no_number), "{words}");
        assert!(!words.contains('{'), "a placeholder was left: {words}");
        let is_key = [
            "train.",
            "search.",
            "insight.",
            "compare.",
            "drift.",
            "drift_screen.",
            "feature.",
            "model.",
            "metric.",
            "parameter.",
            "choice.",
            "family.",
        ];
        assert!(!is_key.iter().any(|area| words.starts_with(area)), "no words for {words}");
    }
}
