//! The document of each language into one page that needs nothing but a browser: style, font and pictures are inside, there is
//! no script, and its own policy forbids it to fetch anything.
//!
//! The language is switched by two radio buttons and the style sheet, so that the switch works from a disk, in a mail and in a
//! browser that runs no scripts.

use crate::base::Verdict;
use crate::base::language::Language;

use super::document::{Block, Cell, Fact, Finding, Head, Ink, KeyFigure, Picture, Report, Section, Table};
use super::markup::Markup;
use super::style;

/// Nothing from outside, no scripts, no forms; style, pictures and the font from the file itself.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; \
                      form-action 'none'";

/// The page of `reports`, one for each language; that of `first` is shown first.
#[must_use]
pub fn page(reports: &[Report], first: Language) -> String {
    let mut out = Markup::new();
    out.raw("<!DOCTYPE html>\n");
    out.open("html", &[("lang", first.id()), ("dir", direction(first))]);
    out.raw("<head><meta charset=\"utf-8\">");
    out.open("meta", &[("http-equiv", "Content-Security-Policy"), ("content", POLICY)]);
    out.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    out.raw("<meta name=\"color-scheme\" content=\"light dark\"><meta name=\"referrer\" content=\"no-referrer\">");
    let program = format!("nobat {}", env!("CARGO_PKG_VERSION"));
    out.open("meta", &[("name", "generator"), ("content", &program)]);
    // Else a browser asks the server beside the file for one.
    out.raw("<link rel=\"icon\" href=\"data:,\"><title>");
    let shown = reports.iter().find(|report| report.language == first).or(reports.first());
    if let Some(report) = shown {
        out.words(report.language, &report.headline);
    }
    out.raw("</title>").style(&style::sheet()).raw("</head>\n<body>\n");
    for report in reports {
        choice(&mut out, report.language, report.language == first);
    }
    out.raw("<nav class=\"languages\">");
    for report in reports {
        let Report { language, .. } = report;
        out.open("label", &[("for", chooses(*language)), ("lang", language.id()), ("dir", direction(*language))]);
        out.text(language.text("report.this_language")).close("label");
    }
    out.raw("</nav>\n");
    for report in reports {
        article(&mut out, report);
    }
    out.raw("</body></html>\n");
    out.as_str().to_owned()
}

fn direction(language: Language) -> &'static str {
    if language.is_right_to_left() { "rtl" } else { "ltr" }
}

/// The id of the radio button that shows `language`.
fn chooses(language: Language) -> &'static str {
    match language {
        Language::English => "in-en",
        Language::Persian => "in-fa",
    }
}

fn choice(out: &mut Markup, language: Language, is_first: bool) {
    out.raw("<input type=\"radio\" name=\"language\" id=\"").raw(chooses(language));
    out.raw("\" aria-label=\"").text(language.text("report.this_language"));
    out.raw(if is_first { "\" checked>" } else { "\">" });
}

fn article(out: &mut Markup, report: &Report) {
    let language = report.language;
    out.open("article", &[("lang", language.id()), ("dir", direction(language)), ("class", language.id())]);
    out.raw("<header><p class=\"question\">").words(language, &report.question);
    out.raw("</p><h1>").words(language, &report.headline).raw("</h1><p class=\"subject\">");
    out.words(language, &report.subject).raw("</p></header>\n<section class=\"answer\">");
    finding(out, language, &report.finding);
    out.raw("<dl class=\"figures\">");
    report.figures.iter().for_each(|figure| key_figure(out, language, figure));
    out.raw("</dl>");
    out.raw("<div class=\"why\"><ul class=\"meaning\">");
    for sentence in &report.meaning {
        out.raw("<li>").words(language, sentence).raw("</li>");
    }
    out.raw("</ul>");
    report.picture.iter().for_each(|of| picture(out, language, of));
    out.raw("</div></section>\n");
    contents(out, report);
    for section in &report.sections {
        section_of(out, language, section);
    }
    out.raw("<footer>").words(language, &report.colophon).raw("</footer></article>\n");
}

/// Links to the sections.
fn contents(out: &mut Markup, report: &Report) {
    let language = report.language;
    out.raw("<nav class=\"contents\" aria-label=\"").words(language, language.text("report.contents")).raw("\">");
    for section in &report.sections {
        let target = format!("#{}", anchor(language, section.id));
        out.open("a", &[("href", &target)]).words(language, &section.title).close("a");
    }
    out.raw("</nav>\n");
}

/// Both languages are in one page, so that an anchor needs its language.
fn anchor(language: Language, id: &str) -> String {
    format!("{}-{id}", language.id())
}

/// An icon and a word, never colour alone.
fn verdict_mark(out: &mut Markup, language: Language, verdict: Verdict, word: &str) {
    let (class, icon) = match verdict {
        Verdict::Pass => ("verdict pass", "✓"),
        Verdict::Fail => ("verdict fail", "✕"),
        Verdict::Inconclusive => ("verdict inconclusive", "?"),
    };
    out.open("span", &[("class", class)]).raw("<span class=\"icon\" aria-hidden=\"true\">").text(icon);
    out.raw("</span>").words(language, word).close("span");
}

fn finding(out: &mut Markup, language: Language, finding: &Finding) {
    out.raw("<div class=\"finding\">");
    verdict_mark(out, language, finding.verdict, &finding.word);
    out.raw("<p><strong>").words(language, &finding.name).raw("</strong> ");
    out.words(language, &finding.sentence).raw("</p></div>");
}

fn key_figure(out: &mut Markup, language: Language, figure: &KeyFigure) {
    out.open("div", &[("class", &ink_class("figure", figure.ink))]);
    out.raw("<dt>").words(language, &figure.name).raw("</dt><dd class=\"value\">").words(language, &figure.value);
    out.raw("</dd><dd class=\"range\">").words(language, &figure.range).raw("</dd></div>");
}

fn ink_class(class: &str, ink: Ink) -> String {
    format!("{class} i-{}", ink.id())
}

fn section_of(out: &mut Markup, language: Language, section: &Section) {
    out.open("section", &[("id", &anchor(language, section.id))]);
    out.raw("<h2>").words(language, &section.title).raw("</h2>");
    if !section.lead.is_empty() {
        out.raw("<p class=\"lead\">").words(language, &section.lead).raw("</p>");
    }
    for block in &section.blocks {
        match block {
            Block::Text(text) => {
                out.raw("<p>").words(language, text).raw("</p>");
            }
            Block::Table(of) => table(out, language, of),
            Block::Facts(facts) => facts_of(out, language, facts),
            Block::Pictures(pictures) => {
                out.raw("<div class=\"pictures\">");
                pictures.iter().for_each(|of| picture(out, language, of));
                out.raw("</div>");
            }
        }
    }
    out.raw("</section>\n");
}

fn facts_of(out: &mut Markup, language: Language, facts: &[Fact]) {
    out.raw("<dl class=\"facts\">");
    for fact in facts {
        out.raw("<div><dt>").words(language, &fact.name).raw("</dt><dd>");
        cell_body(out, language, &fact.value);
        out.raw("</dd></div>");
    }
    out.raw("</dl>");
}

fn picture(out: &mut Markup, language: Language, picture: &Picture) {
    // Without a title it stands in the answer, and shrinks rather than being moved sideways.
    out.raw(if picture.title.is_empty() { "<figure class=\"gauge\">" } else { "<figure>" });
    if !picture.title.is_empty() {
        out.raw("<figcaption><h3>").words(language, &picture.title).raw("</h3>");
        if !picture.legend.is_empty() {
            out.raw("<ul class=\"legend\">");
            for (ink, words) in &picture.legend {
                out.open("li", &[("class", &ink_class("key", *ink))]).words(language, words).close("li");
            }
            out.raw("</ul>");
        }
        out.raw("</figcaption>");
    }
    // It can be moved sideways by keys where the screen is narrow.
    out.raw("<div class=\"scroll\" tabindex=\"0\">").push(&picture.svg.element(language, &picture.alternative));
    out.raw("</div>");
    if !picture.note.is_empty() {
        out.raw("<p class=\"note\">").words(language, &picture.note).raw("</p>");
    }
    picture.table.iter().for_each(|of| table(out, language, of));
    out.raw("</figure>");
}

fn table(out: &mut Markup, language: Language, table: &Table) {
    if table.is_folded {
        out.raw("<details><summary>").words(language, language.text("chart.as_table")).raw("</summary>");
    }
    out.raw("<div class=\"scroll\" tabindex=\"0\"><table><caption>").words(language, &table.caption);
    out.raw("</caption><thead><tr>");
    for head in &table.heads {
        let (class, words) = match head {
            Head::Words(words) => ("words", words),
            Head::Numbers(words) => ("number", words),
            Head::Pictures(words) => ("strip", words),
        };
        out.open("th", &[("scope", "col"), ("class", class)]).words(language, words).close("th");
    }
    out.raw("</tr></thead><tbody>");
    for row in &table.rows {
        out.raw("<tr>");
        for (index, (cell, head)) in row.iter().zip(&table.heads).enumerate() {
            cell_of(out, language, cell, head, index == 0);
        }
        out.raw("</tr>");
    }
    out.raw("</tbody>");
    if let Some((place, axis)) = &table.axis {
        // It says nothing that the rows do not say.
        out.raw("<tfoot aria-hidden=\"true\"><tr>");
        for index in 0..table.heads.len() {
            out.raw("<td class=\"strip\">");
            if index == *place {
                out.push(&axis.element(language, ""));
            }
            out.raw("</td>");
        }
        out.raw("</tr></tfoot>");
    }
    out.raw("</table></div>");
    if table.is_folded {
        out.raw("</details>");
    }
}

fn cell_of(out: &mut Markup, language: Language, cell: &Cell, head: &Head, is_head: bool) {
    let class = match head {
        Head::Words(_) => "words",
        Head::Numbers(_) => "number",
        Head::Pictures(_) => "strip",
    };
    if is_head {
        out.open("th", &[("scope", "row"), ("class", class)]);
        cell_body(out, language, cell);
        out.close("th");
    } else {
        out.open("td", &[("class", class)]);
        cell_body(out, language, cell);
        out.close("td");
    }
}

fn cell_body(out: &mut Markup, language: Language, cell: &Cell) {
    match cell {
        Cell::Text(text, Ink::Plain) => {
            out.words(language, text);
        }
        Cell::Text(text, ink) => {
            out.open("span", &[("class", &ink_class("words", *ink))]).words(language, text).close("span");
        }
        Cell::Name(name) => {
            out.raw("<bdi>").text(name).raw("</bdi>");
        }
        Cell::Code(code) => {
            out.raw("<code dir=\"ltr\">").text(code).raw("</code>");
        }
        Cell::Picture(svg) => {
            out.push(&svg.element(language, ""));
        }
        Cell::Verdict(verdict, word) => verdict_mark(out, language, *verdict, word),
    }
}
