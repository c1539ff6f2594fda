//! Sentences about the changed run.

use vitrine_attention::AttentionSlice;
use vitrine_picture::{DifferenceReading, HeadView, HeatMap, Metrics, difference_reading, unit_tiles};
use vitrine_record::{AttentionView, Drawing, HeadIdx, LayerIdx, Run, RunChanges};

use crate::context::Context;

/// A change of less than this is one of rounding, not of what the model does.
const LEAST_CHANGE: f32 = 1e-5;

/// A head of the model.
pub fn place(page: &Context, layer: LayerIdx, head: HeadIdx) -> String {
    let (layer, head) = (layer.to_string(), head.to_string());
    page.fill("model.place", &[("layer", &layer), ("head", &head)])
}

/// What is changed, in a few words.
pub fn summary(page: &Context) -> String {
    let RunChanges { heads, hidden_keys } = &page.link.changes;
    let off = heads
        .values()
        .filter(|factor| **factor == RunChanges::ABLATED)
        .count();
    let same = heads
        .values()
        .filter(|factor| **factor == RunChanges::UNCHANGED)
        .count();
    let counted = [
        (off, "run.head_off", "run.heads_off"),
        (heads.len() - off - same, "run.head_scaled", "run.heads_scaled"),
        (hidden_keys.len(), "run.token_hidden", "run.tokens_hidden"),
    ];
    let parts: Vec<String> = counted
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, several)| {
            let key = if count == 1 { one } else { several };
            page.fill(key, &[("count", &count.to_string())])
        })
        .collect();
    parts.join(", ")
}

/// The reading line of a difference: what changes most of what is looked at.
pub fn reading(page: &Context, slice: &AttentionSlice) -> String {
    let focus = page.focus();
    let view = HeadView::new(slice, &[], focus.as_ref(), Drawing::Lines, Metrics::EXPORT);
    let layer = slice.layer().to_string();
    match difference_reading(&view).filter(|reading| reading.difference.abs() >= LEAST_CHANGE) {
        None => page.fill("difference.none", &[("layer", &layer)]),
        Some(DifferenceReading {
            head,
            destination,
            source,
            difference,
        }) => {
            let tokens = &page.shown.analysis.tokens;
            let (queries, keys) = (
                unit_tiles(tokens, slice.destinations()),
                unit_tiles(tokens, slice.sources()),
            );
            let text = |tiles: &[vitrine_picture::Tile], at: usize| {
                tiles.get(at).map(|tile| tile.text.clone()).unwrap_or_default()
            };
            page.fill(
                "difference.reading",
                &[
                    ("layer", &layer),
                    ("head", &head.to_string()),
                    ("query", &text(&queries, destination)),
                    ("key", &text(&keys, source)),
                    ("points", &page.language().numbers().points(difference)),
                ],
            )
        }
    }
}

/// What the note below an exported figure says of the run; nothing of the model as it is.
pub fn note(page: &Context, slice: &AttentionSlice) -> Option<String> {
    let changes = summary(page);
    match page.drawn_run() {
        Run::Untouched => None,
        Run::Changed => Some(page.fill("figure.note_changed", &[("changes", &changes)])),
        Run::Difference => {
            let limit = match page.link.drawing {
                Drawing::HeatMap => HeatMap::new(slice, &[], None).limit(),
                lines => HeadView::new(slice, &[], None, lines, Metrics::EXPORT).limit(),
            };
            let limit = page.language().numbers().points(limit);
            let arguments = [("changes", changes.as_str()), ("limit", &limit)];
            Some(page.fill("figure.note_difference", &arguments))
        }
    }
}

/// What the trust line says of the run that is shown, before anything else; nothing where the model is as it is.
pub fn trust(page: &Context) -> Option<String> {
    if !page.is_changed() {
        return None;
    }
    let key = match page.drawn_run() {
        // The ablation view shows one run at a time.
        Run::Difference if page.link.view == AttentionView::Ablation => "trust.changed",
        Run::Untouched => return Some(page.t("trust.untouched").to_owned()),
        Run::Changed => "trust.changed",
        Run::Difference => "trust.difference",
    };
    Some(page.fill(key, &[("changes", &summary(page))]))
}
