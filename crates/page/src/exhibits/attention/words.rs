//! Sentences made from the data on the screen.

use vitrine_picture::{
    Focus, MOST_LINES, Pattern, PatternReading, TokenReading, column_reading, pattern_of_heads, row_reading,
    shortened, tiles,
};
use vitrine_record::{HeadIdx, LayerIdx, Position, Side};

use crate::{
    context::Context,
    i18n::Language,
    state::{Origin, heads::HeadsOn},
};

/// A sum of a row further from 1 than this is not rounding.
const LARGEST_ROUNDING: f32 = 1e-3;

/// Below this share of the attention a pattern is a habit among others, and no name for what happens.
const LEAST_SHARE_OF_A_RULE: f32 = 0.5;

/// The reading line: about the token that is looked at, else about the heads that are on.
pub fn reading(page: &Context) -> String {
    let analysis = &page.shown.analysis;
    let (layer, heads) = (page.drawn_layer(), page.link.heads.as_ref());
    let sentence = match page.focus() {
        Some(Focus {
            position,
            side: Side::Destination,
        }) => row_reading(analysis, layer, heads, position)
            .map(|reading| about_token(page, position, Side::Destination, &reading)),
        Some(Focus {
            position,
            side: Side::Source,
        }) => column_reading(analysis, layer, heads, position)
            .map(|reading| about_token(page, position, Side::Source, &reading)),
        None => pattern_of_heads(analysis, layer, heads)
            .map(|reading| about_heads(page.language(), layer, page.heads_on(), &reading)),
    };
    sentence.unwrap_or_else(|| page.t("reading.none").to_owned())
}

/// What the heads that are on do together. Of several it names none: finding one is the visitor's.
fn about_heads(language: Language, layer: LayerIdx, on: HeadsOn, reading: &PatternReading) -> String {
    let is_rule = reading.share >= LEAST_SHARE_OF_A_RULE;
    let (key, number) = match on {
        HeadsOn::One(head) => (key_of_one(reading.pattern, is_rule), head.0),
        HeadsOn::Some(count) if is_rule => ("reading.some", count),
        HeadsOn::Some(count) => ("reading.some_spread", count),
        HeadsOn::All(count) if is_rule => ("reading.all", count),
        HeadsOn::All(count) => ("reading.all_spread", count),
    };
    let number = number.to_string();
    language.fill(
        key,
        &[
            ("layer", &layer.to_string()),
            ("head", &number),
            ("count", &number),
            ("place", place(language, reading.pattern)),
            ("share", &language.numbers().percent(reading.share)),
        ],
    )
}

fn key_of_one(pattern: Pattern, is_rule: bool) -> &'static str {
    match pattern {
        _ if !is_rule => "reading.spread",
        Pattern::Previous => "reading.previous",
        Pattern::Next => "reading.next",
        Pattern::Itself => "reading.itself",
        Pattern::Separator => "reading.separator",
        Pattern::Classifier => "reading.classifier",
    }
}

fn place(language: Language, pattern: Pattern) -> &'static str {
    language.t(match pattern {
        Pattern::Previous => "place.previous",
        Pattern::Next => "place.next",
        Pattern::Itself => "place.itself",
        Pattern::Separator => "place.separator",
        Pattern::Classifier => "place.classifier",
    })
}

fn about_token(page: &Context, position: Position, side: Side, reading: &TokenReading) -> String {
    let tiles = tiles(&page.shown.analysis.tokens);
    let text = |position: Position| {
        tiles
            .get(position.0)
            .map(|tile| tile.text.as_str())
            .unwrap_or_default()
    };
    let style = page.language().numbers();
    let count = match page.heads_on() {
        HeadsOn::One(_) => 1,
        HeadsOn::Some(count) | HeadsOn::All(count) => count,
    };
    let (head, target, strongest) = reading.strongest;
    let key = match (side, count) {
        (Side::Destination, 1) => "reading.row_of_one",
        (Side::Destination, _) => "reading.row",
        (Side::Source, 1) => "reading.column_of_one",
        (Side::Source, _) => "reading.column",
    };
    page.fill(
        key,
        &[
            ("token", text(position)),
            ("other", text(reading.other)),
            ("share", &style.percent(reading.share)),
            ("count", &count.to_string()),
            ("head", &head.to_string()),
            ("target", text(target)),
            ("strongest", &style.percent(strongest)),
            ("total", &style.significant(reading.total)),
        ],
    )
}

/// The trust line: whether rows sum to 1, and which way the lines run.
pub fn trust(page: &Context) -> String {
    let Some(attention) = page.shown.analysis.layer(page.drawn_layer()) else {
        return page.t("attention.none").to_owned();
    };
    let deviation = attention.largest_row_sum_error();
    let key = if deviation <= LARGEST_ROUNDING {
        "trust.rows"
    } else {
        "trust.rows_off"
    };
    let deviation = page.language().numbers().significant(deviation);
    let mut sentences = vec![
        page.fill(key, &[("deviation", &deviation)]),
        page.t("trust.direction").to_owned(),
    ];
    sentences.extend(left_out(page));
    sentences.join(" ")
}

/// That a long text has more lines than are drawn, where it has.
fn left_out(page: &Context) -> Option<String> {
    let lines = page.shown.analysis.tokens.len().pow(2);
    (lines > MOST_LINES && page.selection().is_none()).then(|| {
        let count = page.language().numbers().count(MOST_LINES);
        page.fill("trust.strongest", &[("count", &count)])
    })
}

/// The heading of an exported figure.
pub fn heading(page: &Context, heads: &[HeadIdx]) -> String {
    const MOST: usize = 48;
    let analysis = &page.shown.analysis;
    let texts = [Some(&analysis.text), analysis.pair.as_ref()];
    let text = texts
        .into_iter()
        .flatten()
        .map(|text| shortened(text, MOST))
        .collect::<Vec<_>>()
        .join("” + “");
    let layer = page.drawn_layer().to_string();
    let list: Vec<String> = heads.iter().map(HeadIdx::to_string).collect();
    let list = list.join(", ");
    let key = match page.heads_on() {
        HeadsOn::One(_) => "figure.heading_of_one",
        HeadsOn::Some(_) => "figure.heading",
        HeadsOn::All(_) => "figure.heading_all",
    };
    page.fill(
        key,
        &[
            ("layer", &layer),
            ("text", &text),
            ("head", &list),
            ("heads", &list),
        ],
    )
}

/// The note below an exported figure: which way it is read, what it was computed with, and what it leaves out.
pub fn note(page: &Context) -> String {
    let model = &page.shown.model;
    let hash: String = model.hash.chars().take(12).collect();
    let key = match (page.selection(), page.heads_on()) {
        (None, HeadsOn::Some(_) | HeadsOn::All(_)) => "figure.note",
        (Some(_), _) | (_, HeadsOn::One(_)) => "figure.note_selected",
    };
    let mut lines = vec![page.fill(key, &[("model", &model.id), ("hash", &hash)])];
    lines.extend(left_out(page));
    if page.shown.origin == Origin::Recorded {
        lines.push(page.t("origin.recorded").to_owned());
    }
    lines.join("\n")
}

/// The controls in a few words, for where they are folded away.
pub fn choice(page: &Context) -> String {
    let layer = page.link.layer.to_string();
    let (key, number) = match page.heads_on() {
        HeadsOn::One(head) => ("controls.one", head.0),
        HeadsOn::Some(count) => ("controls.some", count),
        HeadsOn::All(count) => ("controls.all", count),
    };
    let number = number.to_string();
    page.fill(key, &[("layer", &layer), ("head", &number), ("count", &number)])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sentences about one head, about some and about all, for a pattern with a share.
    fn sentences(language: Language, pattern: Pattern, share: f32) -> [String; 3] {
        let reading = PatternReading { pattern, share };
        [HeadsOn::One(HeadIdx(7)), HeadsOn::Some(11), HeadsOn::All(12)]
            .map(|on| about_heads(language, LayerIdx(2), on, &reading))
    }

    #[test]
    fn a_sentence_is_about_the_heads_that_are_on() {
        for language in Language::ALL {
            for share in [0.2, 0.9] {
                let [one, some, all] = sentences(language, Pattern::Next, share);
                assert!(one.contains('7') && some.contains("11") && all.contains("12"));
            }
        }
    }

    #[test]
    fn a_weak_habit_is_not_told_as_a_rule() {
        for (language, spread, never) in [
            (Language::English, "spread", ["mostly", "give most"]),
            (
                Language::Turkish,
                "çok yere yayıyor",
                ["çoğunlukla", "birlikte en çok"],
            ),
        ] {
            for pattern in Pattern::ALL {
                for weak in sentences(language, pattern, 0.18) {
                    assert!(
                        weak.contains(spread) && weak.contains(place(language, pattern)),
                        "{weak}"
                    );
                    assert!(weak.contains(&language.numbers().percent(0.18)), "{weak}");
                    assert!(never.iter().all(|word| !weak.contains(word)), "{weak}");
                    assert!(!weak.contains('{'), "{weak}");
                }
                for strong in sentences(language, pattern, 0.93) {
                    assert!(!strong.contains(spread) && !strong.contains('{'), "{strong}");
                }
            }
        }
    }
}
