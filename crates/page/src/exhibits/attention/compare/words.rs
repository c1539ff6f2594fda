//! Sentences about what is compared.

use vitrine_attention::AttentionSlice;
use vitrine_picture::{HeadView, HeatMap, Metrics, Quantity, shortened};
use vitrine_record::{Drawing, LayerIdx, Run, message::RequestKind};

use crate::{
    context::Context,
    exhibits::attention::{
        interventions::{self, written_change},
        words,
    },
    state::WhichText,
};

/// Where one of two pictures is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The layer.
    pub layer: LayerIdx,
    /// The run.
    pub run: Run,
    /// The text.
    pub text: WhichText,
}

/// Where the attention that is looked at is from.
pub fn place_of(page: &Context, slice: &AttentionSlice) -> Place {
    let run = match page.drawn_run() {
        Run::Both => Run::Changed,
        run => run,
    };
    let layer = slice.layer();
    let text = WhichText::First;
    Place { layer, run, text }
}

/// Where the attention beside it is from.
pub fn place_beside(page: &Context, beside: &AttentionSlice) -> Place {
    let run = match page.drawn_run() {
        Run::Both => Run::Untouched,
        run => run,
    };
    let layer = beside.layer();
    let text = match page.compared_text() {
        Some(_) => WhichText::Other,
        None => WhichText::First,
    };
    Place { layer, run, text }
}

/// The name of one of the two pictures: in what it differs from the other.
pub fn name(page: &Context, place: Place) -> String {
    if page.compared_text().is_some() {
        return page.fill("text.quoted", &[("text", &text_of(page, place.text))]);
    }
    if page.compared_layer().is_some() {
        return page.fill("layers.layer", &[("layer", &place.layer.to_string())]);
    }
    page.t(match place.run {
        Run::Untouched => "run.untouched",
        Run::Changed | Run::Both | Run::Difference => "run.changed",
    })
    .to_owned()
}

/// One of two texts as sentences have it.
fn text_of(page: &Context, text: WhichText) -> String {
    match (text, page.other_analysis()) {
        (WhichText::Other, Some(other)) => shortened(&other.text, words::MOST_OF_A_TEXT),
        _ => words::text_of_heading(page),
    }
}

/// The text as headings have it, between their quotation marks; of a difference between texts, both.
pub fn texts(page: &Context, slice: &AttentionSlice, text: WhichText) -> String {
    if page.compared_text().is_some() && slice.is_difference() {
        let both = [WhichText::First, WhichText::Other].map(|text| text_of(page, text));
        return page.joined("join.difference_in_quotes", both);
    }
    text_of(page, text)
}

/// The caption of a table, with the text that it is of where there are two.
pub fn caption_of_texts(page: &Context, slice: &AttentionSlice, place: Place, caption: String) -> String {
    if page.compared_text().is_none() {
        return caption;
    }
    let text = texts(page, slice, place.text);
    page.fill("compare.table_text", &[("caption", &caption), ("text", &text)])
}

/// Why the other text, as it was typed, is not drawn yet; nothing where it is.
pub fn missing_text(page: &Context) -> Option<String> {
    let failure = interventions::failure(page, RequestKind::AnalyseOther);
    failure.or_else(|| {
        let is_missing = page.is_reading_other_text();
        is_missing.then(|| page.t("variant.computing").to_owned())
    })
}

/// How much of two texts a difference between them compares.
fn compared_units(page: &Context) -> Option<String> {
    let units = page.compared_units()?;
    let style = page.language().numbers();
    let key = match page.link.options.merge_words {
        true => "compare.counts_words",
        false => "compare.counts",
    };
    Some(page.fill(
        key,
        &[
            ("compared", &style.count(units.compared)),
            ("left_out", &style.count(units.left_out)),
            ("left_out_of_other", &style.count(units.left_out_of_other)),
        ],
    ))
}

/// The layer as sentences have it; of a difference between layers, both.
pub fn layer_of(page: &Context, slice: &AttentionSlice) -> String {
    let layer = slice.layer().to_string();
    match slice.subtracted_layer() {
        Some(other) if other != slice.layer() => page.fill(
            "compare.layer_minus",
            &[("layer", &layer), ("other", &other.to_string())],
        ),
        _ => layer,
    }
}

/// What the trust line says of the comparison; nothing without one.
pub fn trust(page: &Context, slice: &AttentionSlice) -> Option<String> {
    if page.other_analysis().is_some() {
        return Some(trust_of_texts(page, slice));
    }
    let other = page.compared_layer()?;
    let key = match slice.is_difference() {
        true => "compare.trust_difference",
        false => "compare.trust_beside",
    };
    let layers = [("layer", slice.layer().to_string()), ("other", other.to_string())];
    Some(page.fill(
        key,
        &layers.each_ref().map(|(name, value)| (*name, value.as_str())),
    ))
}

fn trust_of_texts(page: &Context, slice: &AttentionSlice) -> String {
    let key = match slice.is_difference() {
        true => "compare.trust_texts_difference",
        false => "compare.trust_texts",
    };
    let [text, other] = [WhichText::First, WhichText::Other].map(|text| text_of(page, text));
    let shown = page.fill(key, &[("text", &text), ("other", &other)]);
    [Some(shown), compared_units(page)]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ")
}

/// What the note below an exported figure says of a difference between layers or texts; nothing of other pictures.
pub fn note(page: &Context, slice: &AttentionSlice) -> Option<String> {
    let of_texts = page.compared_text().and(compared_units(page));
    let other = slice.subtracted_layer()?;
    if of_texts.is_none() && other == slice.layer() {
        return None;
    }
    let limit = match page.link.drawing {
        Drawing::HeatMap => HeatMap::new(slice, &[], None).limit(),
        lines => HeadView::new(slice, &[], None, lines, Metrics::EXPORT).limit(),
    };
    let limit = written_change(page, limit, Quantity::of(slice), "difference.points");
    if let Some(counts) = of_texts {
        return Some(page.fill("compare.note_texts", &[("counts", &counts), ("limit", &limit)]));
    }
    let (layer, other) = (slice.layer().to_string(), other.to_string());
    Some(page.fill(
        "compare.note",
        &[("layer", &layer), ("other", &other), ("limit", &limit)],
    ))
}
