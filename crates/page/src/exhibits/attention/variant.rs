//! Sentences about what is drawn in the place of attention.

use vitrine_attention::AttentionSlice;
use vitrine_picture::Selection;
use vitrine_record::AttentionVariant;

use super::{options::variant_key, words};
use crate::{context::Context, state::Missing};

/// Why there is nothing to draw, where that is for the variant.
pub fn missing(page: &Context) -> Option<String> {
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

/// How it was made; nothing for the probabilities themselves.
pub fn sentence(page: &Context, slice: &AttentionSlice) -> Option<String> {
    let key = match slice.variant() {
        AttentionVariant::Raw => return None,
        AttentionVariant::ValueWeighted => "variant.value_weighted_made",
        AttentionVariant::Rollout => "variant.rollout_made",
        AttentionVariant::Flow => "variant.flow_made",
        AttentionVariant::GradientTimesAttention => "variant.gradient_made",
    };
    let class = page.made().and_then(|made| made.class);
    let label = class.and_then(|class| page.shown.model.labels.get(class));
    let full = page.language().numbers().significant(slice.full_weight());
    Some(page.fill(
        key,
        &[
            ("layer", &slice.layer().to_string()),
            ("label", label.map_or("", String::as_str)),
            ("full", &full),
        ],
    ))
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
    let layer = slice.layer().to_string();
    let token = selection.map(|selection| words::selected_text(page, slice, selection));
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
