//! Sentences about what is drawn in the place of attention.

use vitrine_attention::AttentionSlice;
use vitrine_picture::{Quantity, Selection};
use vitrine_record::{AttentionVariant, Drawing};
use yew::prelude::*;

use super::{compare, options::variant_key, words};
use crate::{
    components::label_name,
    context::Context,
    state::{Missing, WhichText},
};

/// Why what is chosen is not drawn, where that is for the variant or for another text.
pub fn missing(page: &Context) -> Option<String> {
    if let Some(missing) = compare::missing_text(page) {
        return Some(missing);
    }
    Some(match page.missing_variant()? {
        Missing::Computing => page.t("variant.computing").to_owned(),
        Missing::TooLong => page.fill(
            "variant.too_long",
            &[
                ("tokens", &page.shown.analysis.tokens.len().to_string()),
                ("most", &AttentionVariant::MOST_TOKENS_OF_FLOW.to_string()),
            ],
        ),
        Missing::Failed(problem) => page.fill("variant.failed", &[("detail", &problem.detail)]),
    })
}

/// Whether the picture is still of another layer or another run than the chosen one, for whoever goes through the
/// layers. It has its room also while there is nothing to say, so that the picture keeps its place.
pub fn state(page: &Context) -> Html {
    if page.variant() == AttentionVariant::Raw && !page.is_compared() {
        return Html::default();
    }
    html! { <p class="variant__state hint" role="status">{ missing(page).unwrap_or_default() }</p> }
}

/// How it was made, and how strong a line is; nothing for the probabilities themselves.
pub fn sentence(page: &Context, slice: &AttentionSlice, limit: Option<f32>) -> Option<String> {
    let key = match slice.variant() {
        AttentionVariant::Raw => return None,
        AttentionVariant::ValueWeighted => "variant.value_weighted_made",
        AttentionVariant::Rollout => "variant.rollout_made",
        AttentionVariant::Flow => "variant.flow_made",
        AttentionVariant::GradientTimesAttention => "variant.gradient_made",
    };
    let class = page.class_of_gradient();
    let label = class.and_then(|class| page.shown.model.labels.get(class));
    let label = label
        .map(|label| label_name(page.language(), label))
        .unwrap_or_default();
    let layer = slice.layer().to_string();
    let mut sentences = vec![page.fill(key, &[("layer", &layer), ("label", &label)])];
    // What a difference and a heat map mean by their colours is said by their scales.
    if !slice.is_difference() && slice.variant().is_signed() {
        sentences.push(page.t("variant.gradient_colours").to_owned());
    }
    let quantity = Quantity::of(slice);
    let has_scale = slice.is_difference() || page.link.drawing == Drawing::HeatMap;
    if !has_scale && !quantity.variant.is_share() {
        let full = limit.unwrap_or_else(|| quantity.limit_of_lines(|| slice.largest_drawn()));
        let full = page.language().numbers().significant(full);
        sentences.push(page.fill("variant.full", &[("full", &full)]));
    }
    Some(sentences.join(" "))
}

/// The sentence about a row, or a column, that is looked at.
pub fn reading_key(is_row: bool) -> &'static str {
    if is_row {
        "reading.variant_row"
    } else {
        "reading.variant_column"
    }
}

/// What stands above the table.
pub fn caption(page: &Context, slice: &AttentionSlice, selection: Option<&Selection>) -> String {
    let name = page.t(variant_key(slice.variant()));
    let layer = compare::layer_of(page, slice);
    let token = selection.map(|selection| words::selected_text(page, slice, WhichText::First, selection));
    let key = match token {
        Some(_) => "table.variant_token",
        None => "table.variant",
    };
    page.fill(
        key,
        &[
            ("variant", name),
            ("layer", &layer),
            ("token", &token.unwrap_or_default()),
        ],
    )
}
