//! Sentences made from the data on the screen.

mod figure;

use std::collections::BTreeSet;

pub use figure::{
    MOST_OF_A_TEXT, coarse, heading, heading_of_all, note, note_of, note_of_all, of_model, text_of_heading,
};
use vitrine_attention::{AttentionSlice, Unit};
use vitrine_picture::{
    HeadView, MOST_LINES, Metrics, Pattern, PatternReading, Quantity, Selection, TokenReading,
    pattern_of_layer, token_reading, unit_tiles, units_of,
};
use vitrine_record::{
    AttentionOptions, AttentionVariant, AttentionView, Drawing, HeadIdx, LayerAttention, LayerIdx, Run,
    SegmentFilter, Side,
};

use super::{imported, interventions, variant};
use crate::{
    context::Context,
    i18n::Language,
    state::{
        LookedAt, WhichText,
        heads::{HeadsOn, heads_on},
    },
};

/// A sum of a row further from 1 than this is not rounding.
const LARGEST_ROUNDING: f32 = 1e-3;

/// Below this share of the attention a pattern is a habit among others, and no name for what happens.
const LEAST_SHARE_OF_A_RULE: f32 = 0.5;

/// The reading line: about the tokens that are looked at, else about the heads that are on.
pub fn reading(page: &Context, slice: &AttentionSlice, text: WhichText, looked_at: &LookedAt) -> String {
    let focus = page.focus_in(text);
    let view = HeadView::new(slice, &[], focus.as_ref(), Drawing::Lines, Metrics::EXPORT);
    let about_tokens = focus
        .as_ref()
        .zip(token_reading(&view))
        .map(|(focus, reading)| about_tokens(page, slice, (text, focus), &reading));
    if slice.variant() != AttentionVariant::Raw {
        return about_tokens.unwrap_or_else(|| page.t("reading.variant").to_owned());
    }
    // Patterns are named of attention as it is; of weights that are changed or left out, only where they go.
    let is_as_it_is = !changes_weights(&page.link.options) && looked_at.is_within_text();
    let about_heads = || match is_as_it_is {
        true => pattern(looked_at, slice.layer(), page.link.heads.as_ref())
            .map(|reading| about_heads(page.language(), slice.layer(), page.heads_on(), &reading)),
        false => imported::given_most(page, slice),
    };
    about_tokens
        .or_else(about_heads)
        .unwrap_or_else(|| page.t("reading.none").to_owned())
}

fn changes_weights(options: &AttentionOptions) -> bool {
    let as_it_is = AttentionOptions::default();
    AttentionOptions {
        top_p: as_it_is.top_p,
        threshold: as_it_is.threshold,
        ..*options
    } != as_it_is
}

/// The pattern that heads of a layer of what is looked at follow most.
fn pattern(
    looked_at: &LookedAt,
    layer: LayerIdx,
    heads: Option<&BTreeSet<HeadIdx>>,
) -> Option<PatternReading> {
    pattern_of_layer(
        looked_at.layer(layer)?,
        looked_at.tokens(Side::Destination),
        heads,
    )
}

/// What heads of a layer do together, or, of a difference, what changes most in them.
pub fn about_head(page: &Context, layer: LayerIdx, heads: &BTreeSet<HeadIdx>) -> String {
    if page.drawn_run() == Run::Difference {
        let slice = page.slice_of(layer, Some(heads));
        return slice
            .map(|slice| interventions::reading(page, &slice))
            .unwrap_or_default();
    }
    if !page.looked_at().is_within_text() {
        let slice = page.slice_of(layer, Some(heads));
        return slice
            .and_then(|slice| imported::given_most(page, &slice))
            .unwrap_or_default();
    }
    let on = heads_on(&Some(heads.clone()), page.heads());
    pattern(&page.looked_at(), layer, Some(heads))
        .map(|reading| about_heads(page.language(), layer, on, &reading))
        .unwrap_or_default()
}

/// The texts of the units of an end that are selected, as a list.
pub fn selected_text(
    page: &Context,
    slice: &AttentionSlice,
    text: WhichText,
    selection: &Selection,
) -> String {
    let units: Vec<Unit> = units_of(slice, selection.side)
        .iter()
        .filter(|unit| selection.positions.iter().any(|at| unit.contains(*at)))
        .cloned()
        .collect();
    let texts: Vec<String> = unit_tiles(page.token_ends_of(text).at(selection.side), &units)
        .into_iter()
        .map(|tile| tile.text)
        .collect();
    page.joined("join.sum_in_quotes", texts)
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

fn about_tokens(
    page: &Context,
    slice: &AttentionSlice,
    (of_text, selection): (WhichText, &Selection),
    reading: &TokenReading,
) -> String {
    let tiles = unit_tiles(
        page.token_ends_of(of_text).at(reading.side),
        units_of(slice, reading.side),
    );
    let text = |at: usize| tiles.get(at).map(|tile| tile.text.as_str()).unwrap_or_default();
    let (style, quantity) = (page.language().numbers(), Quantity::of(slice));
    let (head, target, strongest) = reading.strongest;
    let (is_row, is_one_head) = (selection.side == Side::Destination, slice.heads().len() == 1);
    let key = match (is_row, is_one_head, reading.selected) {
        _ if slice.variant() != AttentionVariant::Raw => variant::reading_key(is_row),
        (true, true, 1) => "reading.row_of_one",
        (true, false, 1) => "reading.row",
        (false, true, 1) => "reading.column_of_one",
        (false, false, 1) => "reading.column",
        (true, ..) => "reading.rows",
        (false, ..) => "reading.columns",
    };
    page.fill(
        key,
        &[
            ("token", &selected_text(page, slice, of_text, selection)),
            ("other", text(reading.other)),
            ("share", &style.weight(reading.share, quantity)),
            ("count", &slice.heads().len().to_string()),
            ("head", &head.to_string()),
            ("target", text(target)),
            ("strongest", &style.weight(strongest, quantity)),
            ("total", &style.significant(reading.total)),
        ],
    )
}

/// The trust line: whether rows sum to 1, or what they sum to where something is left out, and which way the picture
/// is read. The limit is that of the scale, where another picture has the same.
pub fn trust(page: &Context, slice: &AttentionSlice, limit: Option<f32>) -> String {
    let deviation_of = |is_changed| {
        let layers = [Some(slice.layer()), page.compared_layer()];
        // What it is compared with may still be on its way.
        let here = layers
            .into_iter()
            .flatten()
            .filter_map(|layer| page.attention_of(layer, is_changed));
        let of_other = page.other_analysis().and_then(|other| other.layer(slice.layer()));
        here.chain(of_other)
            .map(LayerAttention::largest_row_sum_error)
            .reduce(f32::max)
    };
    let deviation = match page.drawn_run() {
        Run::Untouched => deviation_of(false),
        Run::Changed => deviation_of(true),
        Run::Both | Run::Difference => deviation_of(false)
            .zip(deviation_of(true))
            .map(|(one, other)| one.max(other)),
    };
    let Some(deviation) = deviation else {
        return page.t("attention.none").to_owned();
    };
    let style = page.language().numbers();
    let key = match not_whole(page, slice) {
        _ if slice.is_difference() && deviation > LARGEST_ROUNDING => "trust.rows_of_both_off",
        _ if slice.is_difference() && page.compared_text().is_some() => "trust.rows_whole",
        _ if slice.is_difference() => "trust.rows_of_both",
        // The warning says it of what was imported, which may be of a coarser precision.
        _ if deviation > LARGEST_ROUNDING && page.imported().is_some() => "import.trust_rows",
        _ if deviation > LARGEST_ROUNDING => "trust.rows_off",
        Some(_) => "trust.rows_whole",
        None => "trust.rows",
    };
    let direction = match page.link.drawing {
        Drawing::Lines => "trust.direction",
        Drawing::LinesAcross => "trust.direction_across",
        Drawing::HeatMap => "trust.direction_heat_map",
    };
    let mut sentences = Vec::from_iter(variant::sentence(page, slice, limit));
    if slice.variant().has_rows_of_one() {
        if slice.is_difference() && page.compared_text().is_none() {
            sentences.push(page.t("trust.rows_of_difference").to_owned());
        }
        sentences.push(page.fill(key, &[("deviation", &style.significant(deviation))]));
    }
    sentences.push(page.t(direction).to_owned());
    sentences.extend(tempered(page));
    sentences.extend(too_weak(page, slice));
    sentences.extend(left_out(page, slice));
    sentences.join(" ")
}

/// That rows do not sum to 1 because some of their tokens are left out, where it is so.
pub fn not_whole(page: &Context, slice: &AttentionSlice) -> Option<String> {
    let options = page.link.options;
    // The rows of a difference have no sum to be scaled up to.
    let has_sum = !slice.is_difference() && slice.variant().has_rows_of_one();
    let leaves_out = has_sum && (options.hide_special || options.segments != SegmentFilter::All);
    let (smallest, largest) = slice.row_sums().filter(|_| leaves_out)?;
    let style = page.language().numbers();
    Some(page.fill(
        "trust.not_renormalised",
        &[
            ("smallest", &style.percent(smallest)),
            ("largest", &style.percent(largest)),
        ],
    ))
}

/// The temperature, where it is not the model's.
fn tempered(page: &Context) -> Option<String> {
    let temperature = page.options().temperature;
    (temperature != AttentionOptions::default().temperature).then(|| {
        let temperature = page.language().numbers().fixed(temperature.share(), 1);
        page.fill("trust.temperature", &[("temperature", &temperature)])
    })
}

/// How many weights are too weak to be drawn, where some are.
fn too_weak(page: &Context, slice: &AttentionSlice) -> Option<String> {
    let count = page.language().numbers().count(slice.not_drawn());
    (slice.not_drawn() > 0).then(|| page.fill("trust.too_weak", &[("count", &count)]))
}

/// That a long text has more lines than are drawn, where it has.
fn left_out(page: &Context, slice: &AttentionSlice) -> Option<String> {
    let lines = slice.destinations().len() * slice.sources().len();
    let is_drawn = page.link.drawing != Drawing::HeatMap && page.selection().is_none();
    (lines > MOST_LINES && is_drawn).then(|| {
        let count = page.language().numbers().count(MOST_LINES);
        page.fill("trust.strongest", &[("count", &count)])
    })
}

/// The controls in a few words, for where they are folded away.
pub fn choice(page: &Context) -> String {
    let layer = page.link.layer.to_string();
    if page.link.view == AttentionView::Ablation {
        return page.fill("layers.layer", &[("layer", &layer)]);
    }
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
