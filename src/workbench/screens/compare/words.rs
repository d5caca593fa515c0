//! What a comparison says, in sentences. Every figure comes with its interval and the visits it rests on.

use super::charts::side_words;
use crate::analysis::evaluation::{Comparison, Difference, SiteSlice, SliceVerdict};
use crate::workbench::screens::names::{at_start, listed};
use crate::workbench::theme::Look;
use crate::workflows::compare::{bounds_words, difference_places, headline_key, undecided_words};

/// Sites that are named where they cannot be judged.
const MOST_NAMED: usize = 6;

/// "Run 2 (elastic net) is 1.9 minutes better than 1.0.0 (today's rule)".
pub(super) fn headline(look: &Look, comparison: &Comparison) -> String {
    let (current, candidate) = (&comparison.current, &comparison.candidate);
    let values = [
        ("candidate", side_words(look, &candidate.name, &candidate.family)),
        ("current", side_words(look, &current.name, &current.family)),
        ("minutes", look.language.decimal(comparison.delta.abs(), difference_places(comparison, 1))),
    ];
    at_start(&look.language.fill_owned(headline_key(comparison), &values))
}

/// The interval, the visits, and where it is worse.
pub(super) fn sentence(look: &Look, comparison: &Comparison) -> String {
    let places = difference_places(comparison, 1);
    let number = |value: f64| look.language.decimal(value, places);
    let (low, high) = (comparison.delta_low, comparison.delta_high);
    let (key, low, high) = match comparison.found() {
        Difference::Better => ("compare.interval", number(-high), number(-low)),
        Difference::Worse => ("compare.interval", number(low), number(high)),
        Difference::Alike => ("compare.interval_alike", number(-low), number(high)),
    };
    let values = [
        ("low", low),
        ("high", high),
        ("visits", look.language.integer(comparison.n)),
        ("days", look.language.integer(comparison.days)),
    ];
    let interval = look.language.fill_owned(key, &values);
    look.fill("compare.sentences", &[("first", &interval), ("second", &sites_sentence(look, comparison))])
}

fn sites_sentence(look: &Look, comparison: &Comparison) -> String {
    let sites = || comparison.sites.iter();
    let judged = sites().filter(|site| site.ratio.is_some()).count() as u64;
    let worse: Vec<&SiteSlice> = sites().filter(|site| comparison.of_site(site) == SliceVerdict::Worse).collect();
    // The worst comes first.
    let worst = worse.first().map(|site| {
        let more = site.ratio.map_or(f64::NAN, |ratio| ratio - 1.0);
        (site.site.clone(), look.language.percent(more, 0))
    });
    match (judged, worst) {
        (0, _) => look.text("compare.no_site_judged").to_owned(),
        (1, None) => look.text("compare.worse_nowhere_one").to_owned(),
        (_, None) => look.fill("compare.worse_nowhere", &[("sites", &look.language.integer(judged))]),
        (_, Some((site, more))) if worse.len() == 1 => {
            look.fill("compare.worse_at_one", &[("site", &site), ("more", &more)])
        }
        (_, Some((site, more))) => {
            let count = look.language.integer(worse.len() as u64);
            look.fill("compare.worse_at_some", &[("sites", &count), ("site", &site), ("more", &more)])
        }
    }
}

/// What the gate says, what it rests on and what would decide.
pub(super) fn gate(look: &Look, comparison: &Comparison) -> String {
    let says = bounds_words(look.language, comparison, 2);
    match undecided_words(look.language, comparison) {
        Some(why) => look.fill("compare.sentences", &[("first", &says), ("second", &why)]),
        None => says,
    }
}

/// What was not scored, and the sites that were not judged.
pub(super) fn unscored(look: &Look, comparison: &Comparison) -> String {
    let values = [
        ("abandoned", look.language.integer(comparison.abandoned)),
        ("unfinished", look.language.integer(comparison.unfinished)),
    ];
    let unserved = look.language.fill_owned("compare.unserved", &values);
    let few: Vec<&SiteSlice> = comparison.sites.iter().filter(|site| site.ratio.is_none()).collect();
    if few.is_empty() {
        return unserved;
    }
    let named: Vec<String> = few.iter().take(MOST_NAMED).map(|site| site_and_visits(look, site)).collect();
    let key = if few.len() > MOST_NAMED { "compare.too_few_some" } else { "compare.too_few" };
    let rest = look.language.integer(few.len().saturating_sub(MOST_NAMED) as u64);
    let few = look.language.fill_owned(key, &[("sites", listed(look, &named)), ("more", rest)]);
    look.fill("compare.sentences", &[("first", &unserved), ("second", &few)])
}

fn site_and_visits(look: &Look, site: &SiteSlice) -> String {
    look.fill("compare.site_and_n", &[("site", &site.site), ("n", &look.language.integer(site.n))])
}
