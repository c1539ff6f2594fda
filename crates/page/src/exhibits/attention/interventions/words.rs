//! Sentences about the changed run.

use vitrine_attention::AttentionSlice;
use vitrine_picture::{
    DifferenceReading, HeadView, HeatMap, Metrics, Quantity, difference_reading, unit_tiles,
};
use vitrine_record::{AttentionView, Drawing, Run, RunChanges, message::RequestKind};

use crate::{context::Context, exhibits::attention::compare};

/// A change of less than this is one of rounding, not of what the model does.
const LEAST_CHANGE: f32 = 1e-5;

/// Why what is to be shown of a kind is not there, if it could not be computed.
pub fn failure(page: &Context, kind: RequestKind) -> Option<String> {
    let request = page.besides(kind)?;
    let problem = page.answers.problem(&request)?;
    Some(page.fill("run.failed", &[("detail", &problem.detail)]))
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
    page.joined("join.list", parts)
}

/// A number with its sign; a difference of shares in the words of a key for percentage points.
pub fn written_change(page: &Context, number: f32, quantity: Quantity, points: &'static str) -> String {
    let written = page.language().numbers().weight(number, quantity);
    if quantity.is_difference && quantity.variant.is_share() {
        page.fill(points, &[("points", &written)])
    } else {
        written
    }
}

/// The exact number of a cell.
pub fn written_cell(page: &Context, number: f32, quantity: Quantity) -> String {
    if quantity.is_difference {
        written_change(page, number, quantity, "difference.points")
    } else {
        page.language().numbers().exact_weight(number, quantity, 4)
    }
}

/// The reading line of a difference: what changes most of what is looked at.
pub fn reading(page: &Context, slice: &AttentionSlice) -> String {
    let quantity = Quantity::of(slice);
    // What is no share can be small as a whole.
    let least = if quantity.variant.is_share() {
        LEAST_CHANGE
    } else {
        f32::MIN_POSITIVE
    };
    let focus = page.focus();
    let view = HeadView::new(slice, &[], focus.as_ref(), Drawing::Lines, Metrics::EXPORT);
    let layer = compare::layer_of(page, slice);
    match difference_reading(&view).filter(|reading| reading.difference.abs() >= least) {
        None if page.is_compared() => page.t("compare.none").to_owned(),
        None => page.fill("difference.none", &[("layer", &layer)]),
        Some(DifferenceReading {
            head,
            destination,
            source,
            difference,
        }) => {
            let ends = page.token_ends();
            let (queries, keys) = (
                unit_tiles(ends.destinations, slice.destinations()),
                unit_tiles(ends.sources, slice.sources()),
            );
            let text = |tiles: &[vitrine_picture::Tile], at: usize| {
                tiles.get(at).map(|tile| tile.text.clone()).unwrap_or_default()
            };
            let key = match page.is_compared() {
                true => "compare.reading",
                false => "difference.reading",
            };
            page.fill(
                key,
                &[
                    ("layer", &layer),
                    ("head", &head.to_string()),
                    ("query", &text(&queries, destination)),
                    ("key", &text(&keys, source)),
                    (
                        "change",
                        &written_change(page, difference, quantity, "difference.points"),
                    ),
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
        Run::Changed | Run::Both => Some(note_of_changes(page)),
        Run::Difference => {
            let limit = match page.link.drawing {
                Drawing::HeatMap => HeatMap::new(slice, &[], None).limit(),
                lines => HeadView::new(slice, &[], None, lines, Metrics::EXPORT).limit(),
            };
            let limit = written_change(page, limit, Quantity::of(slice), "difference.points");
            let arguments = [("changes", changes.as_str()), ("limit", &limit)];
            Some(page.fill("figure.note_difference", &arguments))
        }
    }
}

/// The note below a figure of the neuron view, if its numbers are those of a changed run.
pub fn note_of_computation(page: &Context) -> Option<String> {
    let changed = page.answers.head_computation.as_ref()?.request.interventions();
    (!changed.is_empty()).then(|| note_of_changes(page))
}

/// What the note below a figure says of a changed run.
pub fn note_of_changes(page: &Context) -> String {
    page.fill("figure.note_changed", &[("changes", &summary(page))])
}

/// The run that is shown. The neuron view shows that of its numbers, which are never a difference.
fn shown_run(page: &Context) -> Run {
    let computation = page.answers.head_computation.as_ref();
    match (page.link.view, computation) {
        (AttentionView::Neuron, Some(answer)) if !answer.request.interventions().is_empty() => Run::Changed,
        (AttentionView::Neuron, _) => Run::Untouched,
        _ => page.drawn_run(),
    }
}

/// What the trust line says of the run that is shown, before anything else; nothing where the model is as it is.
pub fn trust(page: &Context) -> Option<String> {
    if !page.is_changed() {
        return None;
    }
    let key = match shown_run(page) {
        Run::Untouched => return Some(page.t("trust.untouched").to_owned()),
        Run::Changed => "trust.changed",
        Run::Both => "trust.both",
        Run::Difference => "trust.difference",
    };
    Some(page.fill(key, &[("changes", &summary(page))]))
}
