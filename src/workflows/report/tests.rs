//! A comparison and a result of the drift monitors with hostile names, through to the page.

use std::collections::BTreeSet;

use super::{ComparisonAccount, DriftAccount, comparison_report, drift_report, page};
use crate::analysis::drift::{
    BinRows, ColumnDrift, DataDrift, DataReason, FeatureDrift, LabelBounds, LabelDrift, Level, Source,
    WindowFacts, concept_drift,
};
use crate::analysis::evaluation::gates::GateResult;
use crate::analysis::evaluation::{CostWeights, Dimension, LineageKind, Pairs, Settings, Side, compare};
use crate::base::calendar::{CivilDate, DateStyle, Zone};
use crate::base::language::Language;
use crate::base::statistics::BinLabel;
use crate::base::{Digest, Moment, Verdict};
use crate::workflows::compare::CompareOutcome;
use crate::workflows::watch::{DriftReport, Watched, Windows};

const HOSTILE: &str = "</title><script>alert(1)</script>\u{202E}<img src=x onerror=\"alert(2)\">";
const A_DAY_MS: i64 = 86_400_000;

/// Two sites on `days` days, 30 visits each a day; the candidate's errors are `better` times those of the current model.
fn pairs(days: i64, better: f64) -> Pairs {
    let sites = vec![HOSTILE.to_owned(), "کرج".to_owned()];
    let mut pairs = Pairs { sites: sites.clone(), abandoned: 7, unfinished: 1, ..Pairs::default() };
    let first: CivilDate = "2025-11-01".parse().unwrap();
    for day in 0..days {
        for visit in 0..60_i64 {
            let wait = 5.0 + (visit * 7 % 23) as f64;
            let error = 1.0 + ((visit * 13 + day * 5) % 11) as f64;
            pairs.actual.push(wait);
            pairs.current.push(wait + error);
            pairs.candidate.push(wait + error * better + if visit % 2 == 0 { 0.2 } else { -0.2 });
            pairs.arrived.push(Moment::from_millis(1_761_984_000_000 + day * A_DAY_MS + visit * 600_000).unwrap());
            pairs.day.push(first.plus_days(i32::try_from(day).unwrap()).unwrap());
            pairs.site.push(u32::try_from(visit % 2).unwrap());
        }
    }
    pairs.dimensions = vec![Dimension { id: "site", levels: sites, code: pairs.site.clone() }];
    pairs
}

fn outcome(days: i64, better: f64) -> CompareOutcome {
    let side = |name: &str, family: &str| Side { name: name.to_owned(), family: family.to_owned() };
    let (current, candidate) = (side("rule", "rule"), side("run:2", "linear"));
    let comparison = compare(current, candidate, &pairs(days, better), Settings::seeded(1)).unwrap();
    let weights = CostWeights::default();
    CompareOutcome { comparison, mae_constant: 9.5, gates: Vec::new(), weights, current: None, candidate: None }
}

fn account(outcome: &CompareOutcome) -> ComparisonAccount<'_> {
    ComparisonAccount {
        outcome,
        dataset: HOSTILE.to_owned(),
        digest: Digest::of(b"visits"),
        zone: Zone::default(),
        artifacts: [None, Some(Digest::of(b"model"))],
        calendar: None,
        made_at: Moment::from_millis(1_764_000_000_000).unwrap(),
    }
}

fn page_of(outcome: &CompareOutcome, first: Language) -> String {
    let account = account(outcome);
    page(&Language::ALL.map(|language| comparison_report(&account, language)), first)
}

/// The elements of a page in order: `(name, attributes)`. Fails where one is not closed, or closes another.
fn elements(page: &str) -> Vec<(String, String)> {
    let (mut found, mut open) = (Vec::new(), Vec::<String>::new());
    let body = page.trim_start_matches("<!DOCTYPE html>");
    for part in body.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap_or_else(|| panic!("not ended: {part:.80}"));
        assert!(tag == "style" || !text.contains('>'), "a stray >: {part:.80}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "closed out of order");
            continue;
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let name = name.trim_end_matches('/').to_owned();
        if !tag.ends_with('/') && !["meta", "link", "input"].contains(&name.as_str()) {
            open.push(name.clone());
        }
        found.push((name, attributes.to_owned()));
    }
    assert_eq!(open, Vec::<String>::new(), "left open");
    found
}

#[test]
fn a_page_is_whole_holds_both_languages_and_nothing_hostile() {
    let outcome = outcome(20, 0.7);
    for first in Language::ALL {
        let page = page_of(&outcome, first);
        let elements = elements(&page);
        let known = BTreeSet::from([
            "a",
            "article",
            "bdi",
            "body",
            "caption",
            "circle",
            "code",
            "dd",
            "details",
            "div",
            "dl",
            "dt",
            "figcaption",
            "figure",
            "footer",
            "g",
            "h1",
            "h2",
            "h3",
            "head",
            "header",
            "html",
            "input",
            "label",
            "li",
            "line",
            "link",
            "meta",
            "nav",
            "p",
            "path",
            "rect",
            "section",
            "span",
            "strong",
            "style",
            "summary",
            "svg",
            "table",
            "tbody",
            "td",
            "text",
            "tfoot",
            "th",
            "thead",
            "title",
            "tr",
            "ul",
        ]);
        for (name, attributes) in &elements {
            assert!(known.contains(name.as_str()), "<{name} {attributes}>");
            assert!(!attributes.contains("onerror=\"") && !attributes.contains("style="), "<{name} {attributes}>");
            for resource in ["src=", "href="] {
                let values = attributes.split(resource).skip(1);
                assert!(
                    values.into_iter().all(|value| value.starts_with("\"#") || value.starts_with("\"data:")),
                    "<{name} {attributes}>"
                );
            }
        }
        let count = |name: &str| elements.iter().filter(|(of, _)| of == name).count();
        assert_eq!((count("article"), count("h1"), count("input")), (2, 2, 2));
        let ids: Vec<&str> =
            elements.iter().filter_map(|(_, of)| of.split("id=\"").nth(1)?.split('"').next()).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{ids:?}");
        let targets =
            elements.iter().filter(|(name, _)| name == "a").map(|(_, of)| &of["href=\"#".len()..of.len() - 1]);
        assert!(targets.into_iter().all(|target| ids.contains(&target)), "{ids:?}");
        let pictures: Vec<&String> = elements.iter().filter(|(name, _)| name == "svg").map(|(_, of)| of).collect();
        assert!(pictures.len() > 12, "{}", pictures.len());
        assert!(pictures.iter().all(|of| of.contains("aria-hidden=\"true\"") || of.contains("aria-label=\"")));
        assert!(page.contains(&format!("<html lang=\"{}\"", first.id())));
        assert!(
            page.contains("<article lang=\"fa\" dir=\"rtl\"") && page.contains("<article lang=\"en\" dir=\"ltr\"")
        );
        let words = page.split("</style>").nth(1).unwrap();
        for wrong in ["NaN", "inf<", "http://", "https://", "{", "}", "\u{202E}", "<script", "<img"] {
            assert!(!words.contains(wrong), "{wrong}");
        }
        assert!(words.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    }
}

#[test]
fn every_number_of_the_comparison_is_in_the_report_in_both_languages() {
    let outcome = outcome(20, 0.7);
    let comparison = &outcome.comparison;
    let page = page_of(&outcome, Language::English);
    for language in Language::ALL {
        let number = |value: f64, places: usize| language.decimal(value, places);
        let mut expected = vec![
            language.integer(comparison.n),
            language.integer(comparison.abandoned),
            number(comparison.ratio_upper_bound, 3),
            number(comparison.ratio_low, 3),
            number(comparison.delta_high.abs(), 3),
            number(outcome.mae_constant, 2),
            language.integer(comparison.resamples),
            language.text(&format!("verdict.{}", comparison.gate.id())).to_owned(),
        ];
        for metric in &comparison.metrics {
            let values = [metric.current, metric.candidate].into_iter().flatten();
            expected
                .extend(values.filter(|_| metric.unit == "minutes").map(|figure| number(figure.value.abs(), 2)));
        }
        for slice in &comparison.slices {
            expected.extend([slice.mae_current, slice.mae_candidate].map(|mae| number(mae, 2)));
            expected.extend(slice.ratio.map(|ratio| number(ratio, 2)));
        }
        expected.extend(comparison.power.iter().filter_map(|power| Some(language.integer(power.days?))));
        for day in &comparison.daily {
            expected.push(DateStyle::usual(language).short(day.day, language));
        }
        for words in expected {
            assert!(page.contains(&words), "{words}");
        }
    }
    for digest in [Digest::of(b"visits"), Digest::of(b"model")] {
        assert!(page.contains(&digest.to_string()));
    }
}

#[test]
fn what_is_not_decided_says_what_would_decide() {
    let outcome = outcome(3, 1.02);
    let comparison = &outcome.comparison;
    assert_eq!(comparison.gate, Verdict::Inconclusive, "{}", comparison.ratio_upper_bound);
    for language in Language::ALL {
        let report = comparison_report(&account(&outcome), language);
        assert_eq!(report.finding.verdict, Verdict::Inconclusive);
        let days = comparison
            .days_needed
            .map_or_else(|| language.text("compare.days_unknown").to_owned(), |days| language.integer(days));
        assert!(report.meaning.iter().any(|sentence| sentence.contains(&days)), "{:?}", report.meaning);
        assert!(report.meaning.iter().all(|sentence| !sentence.contains('{')), "{:?}", report.meaning);
    }
}

/// Predictions of which nobody can say when their model was trained may have seen these visits.
#[test]
fn what_may_have_been_seen_is_not_called_unseen_and_every_gate_is_told() {
    let mut outcome = outcome(20, 0.7);
    outcome.gates = vec![GateResult {
        id: "coverage".to_owned(),
        gate: "coverage".to_owned(),
        verdict: Verdict::Inconclusive,
        value: None,
        limit: None,
        n: None,
        reason: None,
        figures: std::collections::BTreeMap::new(),
    }];
    let until = Some(Moment::from_millis(1_761_900_000_000).unwrap());
    outcome.comparison.lineage.current_trained_until = until;
    let unseen = "Neither model has learned from these visits";
    assert!(page_of(&outcome, Language::English).contains(unseen), "where all arrived after the training");
    for (kind, reason, words) in [
        (LineageKind::Unknown, "unknown_lineage", "nobody has said"),
        (LineageKind::InSample, "in_sample", "not judged on what it has seen"),
    ] {
        outcome.comparison.lineage.kind = kind;
        outcome.comparison.gate = Verdict::Inconclusive;
        outcome.comparison.gate_reason = Some(reason.to_owned());
        let page = page_of(&outcome, Language::English);
        assert!(page.contains(words) && !page.contains(unseen), "{reason}");
        let gate = Language::Persian.text("gate.coverage");
        assert!(page.contains(Language::English.text("gate.coverage")) && page.contains(gate), "both languages");
    }
}

#[test]
fn days_are_told_in_the_calendar_that_was_asked_for() {
    let outcome = outcome(20, 0.7);
    let told = |calendar: Option<DateStyle>, language: Language| {
        comparison_report(&ComparisonAccount { calendar, ..account(&outcome) }, language).subject
    };
    assert!(told(None, Language::English).contains("November 2025"));
    assert!(told(None, Language::Persian).contains("آبان ۱۴۰۴"));
    assert!(told(Some(DateStyle::Jalali), Language::English).contains("Aban 1404"));
    assert!(told(Some(DateStyle::Gregorian), Language::Persian).contains("نوامبر ۲۰۲۵"));
}

/// Two weeks in which a hostile column drifted, one did not, one holds nothing; neither error nor waits can be judged.
fn bare_drift() -> DriftReport {
    let day = |text: &str| text.parse::<CivilDate>().unwrap();
    let window = |first: &str, last: &str| WindowFacts {
        first: day(first),
        last: day(last),
        visits: 400,
        days: 7,
        has_holiday: Some(true),
        is_whole: true,
        unfinished: 3,
        preliminary: true,
        without: Vec::new(),
    };
    let undecided = ColumnDrift::undecided([400, 380], DataReason::NoValues);
    let bins = [HOSTILE, "walk_in", "booked"].map(|name| BinRows {
        label: BinLabel::Category(name.to_owned()),
        current: 100,
        reference: 40,
    });
    let drifted = ColumnDrift {
        kl: Some(7.25),
        floor: Some(0.031),
        psi: Some(8.5),
        js: Some(0.7),
        p: Some(0.005),
        new_levels: vec![Level { level: BinLabel::Category(HOSTILE.to_owned()), n: 9, days: 3, is_alert: true }],
        bins: bins.to_vec(),
        verdict: Verdict::Fail,
        reason: DataReason::Drift,
        ..undecided.clone()
    };
    let range = BinLabel::Range { above: None, up_to: Some(4.5) };
    let steady = ColumnDrift {
        kl: Some(0.012),
        floor: Some(0.02),
        wasserstein: Some(0.4),
        bins: vec![BinRows { label: range, current: 400, reference: 380 }],
        curves: Some([vec![[1.0, 0.5], [4.0, 1.0]], vec![[1.0, 0.4], [5.0, 1.0]]]),
        verdict: Verdict::Pass,
        reason: DataReason::BelowLimit,
        ..undecided.clone()
    };
    let column = |feature: &str, source: Source, found: ColumnDrift| FeatureDrift {
        feature: feature.to_owned(),
        source,
        found,
        p_any: None,
        p_adjusted: None,
    };
    let features = vec![
        column(HOSTILE, Source::Input, drifted),
        column("people_ahead", Source::Feature, steady),
        column("priority", Source::Feature, undecided),
    ];
    let data = DataDrift {
        features,
        verdict: Verdict::Fail,
        measured: 2,
        drifted: 1,
        above_floor: 1,
        above_floor_by_chance: 0.1,
        bar: Some(1.4),
        level_alerts: 1,
        significant: 1,
    };
    DriftReport {
        verdict: Verdict::Fail,
        dataset: Some(Digest::of(b"visits")),
        predictions: None,
        against: None,
        windows: Windows {
            current: window("2025-11-01", "2025-11-07"),
            reference: window("2025-10-25", "2025-10-31"),
            label_current: None,
            label_reference: None,
        },
        months: DateStyle::Jalali,
        model: Watched { name: "rule".to_owned(), family: None, trained_until: None },
        seed: 3,
        data,
        concept: concept_drift(&[], 4),
        label: LabelDrift::without_reference(LabelBounds::default()),
        matters: None,
    }
}

fn drift_account(report: &DriftReport) -> DriftAccount<'_> {
    DriftAccount {
        report,
        dataset: Some(HOSTILE.to_owned()),
        against: None,
        zone: Zone::default(),
        calendar: None,
        made_at: Moment::from_millis(1_764_000_000_000).unwrap(),
    }
}

#[test]
fn drift_of_which_little_is_known_is_a_whole_page_without_hostile_names() {
    let found = bare_drift();
    let account = drift_account(&found);
    let page = page(&Language::ALL.map(|language| drift_report(&account, language)), Language::Persian);
    elements(&page);
    let words = page.split("</style>").nth(1).unwrap();
    for wrong in ["NaN", "http://", "https://", "{", "}", "\u{202E}", "<script", "<img"] {
        assert!(!words.contains(wrong), "{wrong}");
    }
    for right in ["7.250", "۷٫۲۵۰", "0.031", "&lt;script&gt;", "2025-11-07", "۱۴۰۴/۰۸/۱۶"] {
        assert!(words.contains(right), "{right}");
    }
    for language in Language::ALL {
        let report = drift_report(&account, language);
        assert_eq!((report.finding.verdict, report.picture), (Verdict::Fail, None));
        // What is not known is said with its reason.
        for reason in ["drift.concept.too_few_weeks", "drift.label.no_reference"] {
            let reason = language.text(reason);
            assert!(report.meaning.iter().any(|sentence| sentence.contains(reason)), "{:?}", report.meaning);
            assert!(report.figures.iter().any(|figure| figure.range == reason), "{:?}", report.figures);
        }
        // The bar ends at the edge, the number does not.
        assert!(words.contains(&language.decimal(7.25, 3)));
    }
}
