//! What is written above and below exported figures.

use vitrine_attention::AttentionSlice;
use vitrine_picture::shortened;
use vitrine_record::{AttentionOptions, AttentionVariant, Drawing, HeadIdx};

use super::{
    super::{compare, imported, interventions, options::variant_key, variant},
    left_out, not_whole, tempered, too_weak,
};
use crate::{
    context::Context,
    state::{Origin, WhichText, heads::HeadsOn},
};

/// So many characters of a text stand in a heading or a sentence.
pub const MOST_OF_A_TEXT: usize = 48;

/// What was read, as a heading has it.
pub fn text_of_heading(page: &Context) -> String {
    if let Some((imported, _)) = page.imported() {
        return imported.short_name();
    }
    let analysis = &page.shown.analysis;
    let texts = [Some(&analysis.text), analysis.pair.as_ref()];
    let texts = texts
        .into_iter()
        .flatten()
        .map(|text| shortened(text, MOST_OF_A_TEXT));
    page.joined("join.sum_in_quotes", texts)
}

/// The heading of an exported figure.
pub fn heading(page: &Context, slice: &AttentionSlice, text: WhichText) -> String {
    let layer = compare::layer_of(page, slice);
    let list: Vec<String> = slice.heads().iter().map(HeadIdx::to_string).collect();
    let list = page.joined("join.list", list);
    let taken = page.variant();
    let key = match page.heads_on() {
        HeadsOn::All(_) if taken != AttentionVariant::Raw => "figure.heading_variant",
        _ if taken.joins_heads() => "figure.heading_variant",
        _ if taken != AttentionVariant::Raw => "figure.heading_variant_heads",
        HeadsOn::One(_) => "figure.heading_of_one",
        HeadsOn::Some(_) => "figure.heading",
        HeadsOn::All(_) => "figure.heading_all",
    };
    page.fill(
        key,
        &[
            ("layer", &layer),
            ("text", &compare::texts(page, slice, text)),
            ("head", &list),
            ("heads", &list),
            ("variant", page.t(variant_key(taken))),
        ],
    )
}

/// The heading of an exported figure of all heads of all layers.
pub fn heading_of_all(page: &Context) -> String {
    page.fill("figure.heading_model", &[("text", &text_of_heading(page))])
}

/// The note below an exported figure: which way it is read, what it was computed with, and what it leaves out.
pub fn note(page: &Context, slice: &AttentionSlice, limit: Option<f32>) -> String {
    let is_one = slice.heads().len() == 1 || page.selection().is_some();
    let key = match (page.link.drawing, is_one) {
        (Drawing::Lines, false) => "figure.note",
        (Drawing::Lines, true) => "figure.note_selected",
        (Drawing::LinesAcross, false) => "figure.note_across",
        (Drawing::LinesAcross, true) => "figure.note_across_selected",
        (Drawing::HeatMap, _) => "figure.note_heat_map",
    };
    let mut lines = Vec::new();
    lines.extend(variant::sentence(page, slice, limit));
    lines.extend(interventions::note(page, slice));
    lines.extend(compare::note(page, slice));
    lines.extend(tempered(page));
    lines.extend(not_whole(page, slice));
    lines.extend(too_weak(page, slice));
    lines.extend(left_out(page, slice));
    note_of(page, key, lines)
}

/// The note below an exported figure of all heads of all layers. Coarse thumbnails leave nothing out.
pub fn note_of_all(page: &Context, are_coarse: bool) -> String {
    let key = match page.link.drawing {
        Drawing::Lines | Drawing::LinesAcross => "figure.note_model",
        Drawing::HeatMap => "figure.note_model_heat_map",
    };
    let options = page.link.options;
    let leaves_out = AttentionOptions {
        temperature: AttentionOptions::default().temperature,
        merge_words: false,
        ..options
    } != AttentionOptions::default();
    let line = match (are_coarse, leaves_out) {
        (true, _) => Some(coarse(page)),
        (false, true) => Some("figure.note_model_left_out"),
        (false, false) => None,
    };
    let mut lines = Vec::new();
    lines.extend(tempered(page).filter(|_| !are_coarse));
    lines.extend(line.map(|key| page.t(key).to_owned()));
    note_of(page, key, lines)
}

/// That thumbnails are smaller than the text. Those that come with a long text show all of it.
pub fn coarse(page: &Context) -> &'static str {
    match page.imported() {
        Some(_) => "import.coarse",
        None => "model.coarse",
    }
}

/// The model that computed what is shown.
pub fn of_model(page: &Context) -> String {
    let model = &page.shown.model;
    page.fill(
        "figure.note_of_model",
        &[("model", &model.id), ("hash", model.short_hash())],
    )
}

/// How a figure is read and what it was computed with, then lines of its own, then whether it is recorded.
pub fn note_of(page: &Context, key: &'static str, lines: impl IntoIterator<Item = String>) -> String {
    let imported = imported::computed_by(page);
    let is_recorded = imported.is_none() && page.shown.origin == Origin::Recorded;
    let computed_by = imported.unwrap_or_else(|| of_model(page));
    let mut all = vec![format!("{} {computed_by}", page.t(key))];
    all.extend(lines);
    if is_recorded {
        all.push(page.t("origin.recorded").to_owned());
    }
    all.join("\n")
}
