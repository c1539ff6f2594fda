//! Headings and notes of the figures of `vitrine attention`.

use vitrine_attention::AttentionSlice;
use vitrine_picture::{MOST_LINES, neuron_view};
use vitrine_record::{
    Analysis, AttentionOptions, Drawing, HeadComputation, HeadIdx, LayerIdx, ModelInfo, SegmentFilter,
};

use crate::words::{NUMBERS, Words, signature, text_of};

/// The names of the steps of the neuron view, in order.
pub const STEPS: [&str; neuron_view::Step::ALL.len()] = [
    "Query",
    "Keys",
    "Query × key",
    "Score",
    "Softmax",
    "Values",
    "Weighted sum",
    "Output projection",
    "Sum over heads",
    "Residual",
    "Layer normalisation",
];

fn text(analysis: &Analysis) -> String {
    text_of(&analysis.text, analysis.pair.as_deref())
}

fn list(heads: &[HeadIdx]) -> String {
    let heads: Vec<String> = heads.iter().map(HeadIdx::to_string).collect();
    match heads.len() {
        1 => format!("head {}", heads.join(", ")),
        _ => format!("heads {}", heads.join(", ")),
    }
}

fn which(heads: &[HeadIdx], model: &ModelInfo) -> String {
    if heads.len() == model.heads && model.heads > 1 {
        "all heads".to_owned()
    } else {
        list(heads)
    }
}

/// Of the heads of one layer.
pub fn of_heads(
    analysis: &Analysis,
    model: &ModelInfo,
    slice: &AttentionSlice,
    options: &AttentionOptions,
    drawing: Drawing,
    is_selected: bool,
) -> Words {
    let heading = format!(
        "Attention in layer {}, {}: “{}”",
        slice.layer(),
        which(slice.heads(), model),
        text(analysis)
    );
    let opacity = match slice.heads().len() == 1 || is_selected {
        true => "opacity is weight",
        false => "opacity is weight divided by the square root of the number of heads",
    };
    let how = match drawing {
        Drawing::Lines => format!("From query (left) to key (right); {opacity}."),
        Drawing::LinesAcross => format!("From query (above) to key (below); {opacity}."),
        Drawing::HeatMap => {
            "Rows are queries, columns keys; mean over the heads, from 0 to the largest.".to_owned()
        }
    };
    let mut lines = vec![format!("{how} {}", signature(model))];
    lines.extend(changes(std::slice::from_ref(slice), options));
    lines.extend(left_out(slice, drawing, is_selected));
    Words {
        heading,
        note: lines.join("\n"),
    }
}

/// Of rollout up to one layer.
pub fn of_rollout(
    analysis: &Analysis,
    model: &ModelInfo,
    slice: &AttentionSlice,
    options: &AttentionOptions,
    drawing: Drawing,
    is_selected: bool,
) -> Words {
    let layer: LayerIdx = slice.layer();
    let how = match drawing {
        Drawing::Lines => "From the layer’s output (left) to the input tokens (right); opacity is weight.",
        Drawing::LinesAcross => {
            "From the layer’s output (above) to the input tokens (below); opacity is weight."
        }
        Drawing::HeatMap => "Rows are the layer’s output, columns the input tokens; from 0 to the largest.",
    };
    let mut lines = vec![
        format!("{how} {}", signature(model)),
        "Mean over the heads with the residual connection, multiplied from layer to layer (Abnar and Zuidema 2020)."
            .to_owned(),
    ];
    lines.extend(changes(std::slice::from_ref(slice), options));
    lines.extend(left_out(slice, drawing, is_selected));
    Words {
        heading: format!(
            "Attention rollout from layer 0 to layer {layer}: “{}”",
            text(analysis)
        ),
        note: lines.join("\n"),
    }
}

/// Of the heads of several layers beside each other.
pub fn of_model(
    analysis: &Analysis,
    model: &ModelInfo,
    slices: &[AttentionSlice],
    options: &AttentionOptions,
    drawing: Drawing,
) -> Words {
    let layers = match slices {
        [slice] => format!("layer {}", slice.layer()),
        _ => "all layers".to_owned(),
    };
    let heads = slices.first().map_or(&[][..], AttentionSlice::heads);
    let how = match drawing {
        Drawing::Lines | Drawing::LinesAcross => "lines run from query (left) to key (right)",
        Drawing::HeatMap => "rows are queries and columns keys",
    };
    let mut lines = vec![format!(
        "Rows are layers, columns heads. In each, {how}; opacity is weight. {}",
        signature(model)
    )];
    lines.extend(changes(slices, options));
    Words {
        heading: format!(
            "Attention in {layers}, {}: “{}”",
            which(heads, model),
            text(analysis)
        ),
        note: lines.join("\n"),
    }
}

/// Of one head for one token.
pub fn of_neurons(analysis: &Analysis, model: &ModelInfo, computation: &HeadComputation) -> Words {
    let tiles = vitrine_picture::tiles(&analysis.tokens);
    let token = tiles
        .get(computation.destination.0)
        .map(|tile| tile.text.as_str());
    let mut lines = vec![format!(
        "Each scale is symmetric about zero or begins at zero, up to the largest number of its step; vectors are \
         rows. {}",
        signature(model)
    )];
    if analysis.tokens.len() > neuron_view::MOST_TOKENS_OF_A_FIGURE {
        lines.push(format!(
            "Of the tokens, the one that asks and those that it gives most are drawn, {} in all.",
            neuron_view::MOST_TOKENS_OF_A_FIGURE
        ));
    }
    Words {
        heading: format!(
            "Layer {}, head {}: “{}” asks in “{}”",
            computation.layer,
            computation.head,
            token.unwrap_or_default(),
            text(analysis)
        ),
        note: lines.join("\n"),
    }
}

/// What was changed in the probabilities or left out of them, a sentence each.
fn changes(slices: &[AttentionSlice], options: &AttentionOptions) -> Vec<String> {
    let mut lines = Vec::new();
    if options.temperature != AttentionOptions::default().temperature {
        let temperature = NUMBERS.fixed(options.temperature.share(), 2);
        lines.push(format!("At temperature {temperature}: the model itself uses 1."));
    }
    let leaves_out = options.hide_special || options.segments != SegmentFilter::All;
    let sums = slices.iter().filter_map(AttentionSlice::row_sums);
    let sums = sums.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)));
    if let Some((smallest, largest)) = sums.filter(|_| leaves_out) {
        lines.push(format!(
            "Some tokens are left out, and the rest is not scaled up: rows sum to between {} and {}.",
            NUMBERS.percent(smallest),
            NUMBERS.percent(largest)
        ));
    }
    let not_drawn: usize = slices.iter().map(AttentionSlice::not_drawn).sum();
    if not_drawn > 0 {
        let count = NUMBERS.count(not_drawn);
        lines.push(format!("{count} weights are too weak to be drawn."));
    }
    lines
}

/// That a long text has more lines than are drawn, where it has.
fn left_out(slice: &AttentionSlice, drawing: Drawing, is_selected: bool) -> Option<String> {
    let lines = slice.destinations().len() * slice.sources().len();
    (lines > MOST_LINES && drawing != Drawing::HeatMap && !is_selected).then(|| {
        let count = NUMBERS.count(MOST_LINES);
        format!("Of so many lines only the {count} strongest are drawn.")
    })
}
