//! An explanation as one file that any browser shows: pictures, what they were made from, and the numbers.

use std::fmt::Write;

use vitrine_record::message::TextInput;

use super::NumberTable;
use crate::{
    Paint, Palette, Scene, Theme,
    svg::{FONT_FAMILY, ThemedScenes, escaped},
};

/// What is written in the file besides its pictures and tables.
#[derive(Clone, Copy, Debug)]
pub struct HtmlPage<'a> {
    /// The language that it is in, as a BCP 47 tag.
    pub language: &'a str,
    /// Its title.
    pub title: &'a str,
    /// Below the title, in lines: how far to trust it.
    pub note: &'a str,
    /// What is below the last table, in pairs of a name and what it is: settings, seed, model.
    pub facts: &'a [(String, String)],
}

/// The file: it asks for nothing, runs nothing, and is light or dark as the reader prefers. Each number in a table is the
/// exact one, rounded for display. Pictures and tables that are wider than the window are moved within it.
pub fn tables_html(
    input: &TextInput,
    scenes: &[Scene],
    tables: &[NumberTable],
    page: &HtmlPage<'_>,
) -> String {
    let mut drawn = ThemedScenes::new(Palette::built_in());
    // What is moved within the window is moved by the keyboard too.
    let pictures: String = scenes
        .iter()
        .map(|scene| format!("<figure tabindex=\"0\">\n{}</figure>\n", drawn.element(scene)))
        .collect();
    let tables: String = tables.iter().map(framed).collect();
    let mut html = String::new();
    // Writing to a String cannot fail.
    let _ = write!(
        html,
        "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
         img-src data:\">\n\
         <title>{title}</title>\n<style>\n{style}{classes}</style>\n</head>\n<body>\n<h1>{title}</h1>\n\
         {note}{text}{pictures}{tables}{facts}</body>\n</html>\n",
        language = escaped(page.language),
        title = escaped(page.title),
        style = style(),
        classes = drawn.style(),
        note = lines(page.note),
        text = quoted_text(input),
        facts = facts(page.facts),
    );
    html
}

/// A table in what it is moved in.
fn framed(table: &NumberTable) -> String {
    format!(
        "<div class=\"table\" role=\"region\" tabindex=\"0\" aria-label=\"{}\">\n{}</div>\n",
        escaped(&table.caption),
        table.html()
    )
}

fn lines(text: &str) -> String {
    text.lines()
        .map(|line| format!("<p>{}</p>\n", escaped(line)))
        .collect()
}

/// What was explained is data of its own language, which nobody has named.
fn quoted_text(input: &TextInput) -> String {
    let texts = [Some(&input.text), input.pair.as_ref()];
    let quote = |text: &String| format!("<blockquote lang=\"\">{}</blockquote>\n", escaped(text));
    texts.into_iter().flatten().map(quote).collect()
}

fn facts(facts: &[(String, String)]) -> String {
    let fact =
        |(name, value): &(String, String)| format!("<dt>{}</dt><dd>{}</dd>\n", escaped(name), escaped(value));
    format!("<dl>\n{}</dl>\n", facts.iter().map(fact).collect::<String>())
}

/// The style of the page, in the colours of both themes.
fn style() -> String {
    let named = |theme: Theme| -> String {
        let colour = |(name, paint)| {
            let colour = Palette::built_in().colour(paint, theme).to_hex();
            format!("--{name}:{colour};")
        };
        let paints = [
            ("paper", Paint::Paper),
            ("ink", Paint::Ink),
            ("quiet", Paint::Quiet),
            ("hairline", Paint::Hairline),
        ];
        paints.into_iter().map(colour).collect()
    };
    format!(
        ":root{{color-scheme:light dark;{}}}\n@media (prefers-color-scheme:dark){{:root{{{}}}}}\n{}",
        named(Theme::Light),
        named(Theme::Dark),
        format_args!(
            "body{{margin:2rem auto;padding:0 1rem;max-width:54rem;background:var(--paper);color:var(--ink);\
             font:1rem/1.5 {FONT_FAMILY}}}\n\
             figure,.table{{margin:1.5rem 0;overflow-x:auto}}\nsvg{{display:block}}\n\
             blockquote{{margin:1rem 0;padding-left:1rem;border-left:3px solid var(--hairline)}}\n\
             table{{border-collapse:collapse;font-variant-numeric:tabular-nums}}\n\
             caption{{text-align:left;font-weight:700}}\n\
             th,td{{padding:.25rem .75rem .25rem 0;border-bottom:1px solid var(--hairline);text-align:left}}\n\
             td{{text-align:right}}\nth[lang]{{font-weight:400}}\n\
             dl{{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem}}\n\
             dt{{color:var(--quiet)}}\ndd{{margin:0;overflow-wrap:anywhere}}\n"
        ),
    )
}

#[cfg(test)]
mod tests {
    use vitrine_record::{Explanation, MaskedRun};

    use super::*;
    use crate::{
        FigureWords, NumberStyle,
        explanation::{
            ForceBar, Measures, SignedScale, TokenView, explanation_tables, fixture, picture,
            tables::table_words,
        },
    };

    fn html(explanation: &Explanation) -> String {
        let scale = SignedScale::of([explanation]);
        let labels = picture::words(scale);
        let figure = FigureWords {
            heading: "a heading",
            note: "a note",
            numbers: NumberStyle::English,
        };
        let scenes = [
            TokenView::new(explanation).picture(scale, Measures::EXPORT, &labels, true),
            ForceBar::for_measures(explanation, Measures::EXPORT).picture(None, Measures::EXPORT, &labels),
        ]
        .map(|picture| picture.scene(&figure));
        let page = HtmlPage {
            language: "en",
            title: "Why <this>?",
            note: "One line.\nAnother & more.",
            facts: &[("Seed".to_owned(), "7".to_owned())],
        };
        let masked = MaskedRun {
            shown: explanation.input.clone(),
            missing: 1,
            score: 0.5,
        };
        let tables = explanation_tables(explanation, &[masked], &labels, &table_words());
        tables_html(&explanation.input, &scenes, &tables, &page)
    }

    #[test]
    fn it_stands_alone() {
        for explanation in [
            fixture::exact(),
            fixture::truncated(),
            fixture::of_a_pair(),
            fixture::surrogate(),
        ] {
            let html = html(&explanation);
            for foreign in ["<script", "src=", "@import", "url(", "javascript:", "<link"] {
                assert!(!html.contains(foreign), "{foreign}");
            }
            let addresses = html.matches("http").count();
            let namespaces = html.matches("xmlns=\"http://www.w3.org/2000/svg\"").count();
            assert_eq!(
                addresses,
                namespaces + 1,
                "the other one is the name of the policy"
            );
        }
    }

    /// The body as XML, which it is apart from the elements of its head that have no end.
    fn body(html: &str) -> String {
        let start = html.find("<body>").unwrap();
        html[start..html.find("</html>").unwrap()].to_owned()
    }

    #[test]
    fn its_table_adds_up() {
        let mut with_gap = fixture::exact();
        with_gap.prediction += 0.01;
        for explanation in [
            fixture::exact(),
            fixture::truncated(),
            fixture::surrogate(),
            with_gap,
        ] {
            let body = body(&html(&explanation));
            let parsed = roxmltree::Document::parse(&body).unwrap();
            let table = parsed.descendants().find(|node| node.has_tag_name("table"));
            let numbers: Vec<(String, f64, String)> = table
                .unwrap()
                .descendants()
                .filter(|node| node.has_tag_name("tr"))
                .filter_map(|row| {
                    let data = row.descendants().find(|node| node.has_tag_name("data"))?;
                    let name = row.first_child()?.attribute("lang").map_or("", |_| "part");
                    let exact = data.attribute("value")?.parse().ok()?;
                    Some((name.to_owned(), exact, data.text()?.to_owned()))
                })
                .collect();
            let values = SignedScale::of([&explanation]).values(NumberStyle::English);
            let parts: f64 = numbers
                .iter()
                .filter(|(kind, ..)| kind == "part")
                .map(|(_, exact, _)| exact)
                .sum();
            let others: Vec<f64> = numbers
                .iter()
                .filter(|(kind, ..)| kind != "part")
                .map(|(_, exact, _)| *exact)
                .collect();
            let (first, last) = (others[0], others[others.len() - 1]);
            assert!((others[1] - parts).abs() < 1e-12, "the sum");
            let between: f64 = others[1..others.len() - 1].iter().sum();
            assert!((first + between - last).abs() < 1e-12);
            for (_, exact, shown) in &numbers {
                assert!(
                    [values.value(*exact), values.score(*exact)].contains(shown),
                    "{shown}"
                );
            }
        }
    }

    #[test]
    fn it_holds_pairs_and_masked_inputs_and_fits_any_window() {
        let explanation = fixture::with_interactions();
        let html = html(&explanation);
        assert!(html.contains("name=\"viewport\" content=\"width=device-width"));
        assert!(!html.contains("max-width:100%"), "pictures keep their size");
        let body = body(&html);
        let parsed = roxmltree::Document::parse(&body).unwrap();
        let tables: Vec<_> = parsed
            .descendants()
            .filter(|node| node.has_tag_name("table"))
            .collect();
        let rows = |table: usize| {
            let rows = tables[table].descendants();
            rows.filter(|node| node.has_tag_name("td")).count()
        };
        assert_eq!((tables.len(), rows(1), rows(2)), (3, 100, 3));
        for table in tables {
            let frame = table.parent().unwrap();
            assert_eq!(frame.attribute("tabindex"), Some("0"));
            assert!(frame.attribute("aria-label").is_some());
        }
    }

    #[test]
    fn both_themes_are_in_it() {
        let html = html(&fixture::exact());
        for theme in [Theme::Light, Theme::Dark] {
            for paint in [Paint::Paper, Paint::Ink, Paint::Signed(1.0), Paint::Signed(-1.0)] {
                let colour = Palette::built_in().colour(paint, theme).to_hex();
                assert!(html.contains(&colour), "{paint:?} in {theme:?}");
            }
        }
        assert_eq!(html.matches("prefers-color-scheme:dark").count(), 2);
        let body = body(&html);
        assert!(!body.contains('#'), "no colour stands in the body");
        let parsed = roxmltree::Document::parse(&body).unwrap();
        for node in parsed
            .descendants()
            .filter(|node| node.attribute("fill") == Some("currentColor"))
        {
            let class = node.attribute("class").unwrap();
            assert!(html.contains(&format!(".{class}{{color:")), "{class}");
        }
    }

    #[test]
    fn what_was_typed_is_text_and_nothing_else() {
        let mut explanation = fixture::exact();
        explanation.input.text = "<b>\"bold\"</b> & ']]>".to_owned();
        explanation.features[1].text = "<img>".to_owned();
        let body = body(&html(&explanation));
        let parsed = roxmltree::Document::parse(&body).unwrap();
        let quote = parsed
            .descendants()
            .find(|node| node.has_tag_name("blockquote"))
            .unwrap();
        assert_eq!(quote.text(), Some(explanation.input.text.as_str()));
        assert!(
            !parsed
                .descendants()
                .any(|node| node.has_tag_name("b") || node.has_tag_name("img"))
        );
    }
}
