//! Sentences made from the data on the screen.

use vitrine_picture::{
    Focus, Pattern, PatternReading, TokenReading, column_reading, pattern_of_all, row_reading,
    strongest_pattern, tiles,
};
use vitrine_record::{HeadIdx, LayerIdx, Position, Side};

use crate::{context::Context, i18n::Language, state::Origin};

/// A sum of a row further from 1 than this is not rounding.
const LARGEST_ROUNDING: f32 = 1e-3;

/// Below this share of the attention a pattern is a habit among others, and no name for what happens.
const LEAST_SHARE_OF_A_RULE: f32 = 0.5;

/// The reading line: about the token that is looked at, else about all heads, or, of some, the clearest one.
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
        None if heads.is_none() => pattern_of_all(analysis, layer).map(|(pattern, share)| {
            about_all(page.language(), layer, page.shown.model.heads, pattern, share)
        }),
        None => strongest_pattern(analysis, layer, heads)
            .map(|reading| about_head(page.language(), layer, &reading)),
    };
    sentence.unwrap_or_else(|| page.t("reading.none").to_owned())
}

/// What all heads of the layer do together. It names no head: finding one is the visitor's.
fn about_all(language: Language, layer: LayerIdx, heads: usize, pattern: Pattern, share: f32) -> String {
    let key = if share < LEAST_SHARE_OF_A_RULE {
        "reading.all_spread"
    } else {
        "reading.all"
    };
    language.fill(
        key,
        &[
            ("layer", &layer.to_string()),
            ("count", &heads.to_string()),
            ("place", place(language, pattern)),
            ("share", &language.numbers().percent(share)),
        ],
    )
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

fn about_head(language: Language, layer: LayerIdx, reading: &PatternReading) -> String {
    let key = match reading.pattern {
        _ if reading.share < LEAST_SHARE_OF_A_RULE => "reading.spread",
        Pattern::Previous => "reading.previous",
        Pattern::Next => "reading.next",
        Pattern::Itself => "reading.itself",
        Pattern::Separator => "reading.separator",
        Pattern::Classifier => "reading.classifier",
    };
    language.fill(
        key,
        &[
            ("layer", &layer.to_string()),
            ("head", &reading.head.to_string()),
            ("place", place(language, reading.pattern)),
            ("share", &language.numbers().percent(reading.share)),
        ],
    )
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
    let count = page
        .link
        .heads
        .as_ref()
        .map_or(page.shown.model.heads, std::collections::BTreeSet::len);
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
    format!(
        "{} {}",
        page.fill(key, &[("deviation", &deviation)]),
        page.t("trust.direction")
    )
}

/// The heading of an exported figure.
pub fn heading(page: &Context, heads: &[HeadIdx]) -> String {
    const MOST: usize = 48;
    let text = &page.shown.analysis.text;
    let mut quoted: String = text.chars().take(MOST).collect();
    if text.chars().count() > MOST {
        quoted.push('…');
    }
    let layer = page.drawn_layer().to_string();
    let arguments = [("layer", layer.as_str()), ("text", &quoted)];
    match heads {
        [head] => {
            let head = head.to_string();
            page.fill(
                "figure.heading_of_one",
                &[arguments[0], arguments[1], ("head", &head)],
            )
        }
        heads if heads.len() == page.shown.model.heads => page.fill("figure.heading_all", &arguments),
        heads => {
            let list = heads
                .iter()
                .map(HeadIdx::to_string)
                .collect::<Vec<_>>()
                .join(", ");
            page.fill("figure.heading", &[arguments[0], arguments[1], ("heads", &list)])
        }
    }
}

/// The note below an exported figure: which way it is read, and what it was computed with.
pub fn note(page: &Context) -> String {
    let model = &page.shown.model;
    let hash: String = model.hash.chars().take(12).collect();
    let key = match page.selection() {
        None => "figure.note",
        Some(_) => "figure.note_selected",
    };
    let note = page.fill(key, &[("model", &model.id), ("hash", &hash)]);
    match page.shown.origin {
        Origin::Recorded => format!("{note}\n{}", page.t("origin.recorded")),
        Origin::Live { .. } => note,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATTERNS: [Pattern; 5] = [
        Pattern::Previous,
        Pattern::Next,
        Pattern::Itself,
        Pattern::Separator,
        Pattern::Classifier,
    ];

    /// The head's sentence, and that of all heads, for a pattern with a share.
    fn sentences(language: Language, pattern: Pattern, share: f32) -> [String; 2] {
        let (head, layer) = (HeadIdx(7), LayerIdx(2));
        let reading = PatternReading { head, pattern, share };
        [
            about_head(language, layer, &reading),
            about_all(language, layer, 12, pattern, share),
        ]
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
            for pattern in PATTERNS {
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
