//! Sentences about what is compared.

use vitrine_attention::AttentionSlice;
use vitrine_picture::{HeadView, HeatMap, Metrics, Quantity};
use vitrine_record::{Drawing, LayerIdx, Run};

use crate::{context::Context, exhibits::attention::interventions::written_change};

/// Where one of two pictures is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The layer.
    pub layer: LayerIdx,
    /// The run.
    pub run: Run,
}

/// Where the attention that is looked at is from.
pub fn place_of(page: &Context, slice: &AttentionSlice) -> Place {
    let run = match page.drawn_run() {
        Run::Both => Run::Changed,
        run => run,
    };
    let layer = slice.layer();
    Place { layer, run }
}

/// Where the attention beside it is from.
pub fn place_beside(page: &Context, beside: &AttentionSlice) -> Place {
    let run = match page.drawn_run() {
        Run::Both => Run::Untouched,
        run => run,
    };
    let layer = beside.layer();
    Place { layer, run }
}

/// The name of one of the two pictures: in what it differs from the other.
pub fn name(page: &Context, place: Place) -> String {
    if page.compared_layer().is_some() {
        return page.fill("layers.layer", &[("layer", &place.layer.to_string())]);
    }
    page.t(match place.run {
        Run::Untouched => "run.untouched",
        Run::Changed | Run::Both | Run::Difference => "run.changed",
    })
    .to_owned()
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

/// What the note below an exported figure says of a difference between layers; nothing of other pictures.
pub fn note(page: &Context, slice: &AttentionSlice) -> Option<String> {
    let other = slice.subtracted_layer().filter(|other| *other != slice.layer())?;
    let limit = match page.link.drawing {
        Drawing::HeatMap => HeatMap::new(slice, &[], None).limit(),
        lines => HeadView::new(slice, &[], None, lines, Metrics::EXPORT).limit(),
    };
    let limit = written_change(page, limit, Quantity::of(slice), "difference.points");
    let (layer, other) = (slice.layer().to_string(), other.to_string());
    Some(page.fill(
        "compare.note",
        &[("layer", &layer), ("other", &other), ("limit", &limit)],
    ))
}
