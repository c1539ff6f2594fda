//! What people take of attention as the importance of a token or of a head.

use std::fmt;

use vitrine_record::{HeadIdx, LayerAttention, LayerIdx, TokenMeasure};

use crate::{ShapeError, TokenRoles, attention_rollout, rollout::check_tokens};

/// Why there is no importance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportanceError {
    /// A measure needs the attention of a layer that is not there, as of a long text.
    LayerAbsent(LayerIdx),
    /// The layers do not fit together.
    Shape(ShapeError),
}

impl fmt::Display for ImportanceError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ImportanceError::LayerAbsent(layer) => write!(
                formatter,
                "the attention of layer {layer} is not there: take a shorter text or another measure"
            ),
            ImportanceError::Shape(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for ImportanceError {}

impl From<ShapeError> for ImportanceError {
    fn from(error: ShapeError) -> ImportanceError {
        ImportanceError::Shape(error)
    }
}

/// The importance of each token by a measure; `layer` is the one that is looked at, of a model of `layers` layers. The
/// numbers sum to 1; without tokens there are none.
///
/// # Errors
/// If the attention of a layer that the measure needs is not among `attention`; if layers do not fit together.
pub fn token_importance(
    attention: &[LayerAttention],
    layers: usize,
    measure: TokenMeasure,
    layer: LayerIdx,
) -> Result<Vec<f64>, ImportanceError> {
    let find = |wanted: LayerIdx| {
        let found = attention.iter().find(|attention| attention.layer == wanted);
        found.ok_or(ImportanceError::LayerAbsent(wanted))
    };
    let last = LayerIdx(layers.saturating_sub(1));
    match measure {
        TokenMeasure::ClsLast => from_first(find(last)?),
        TokenMeasure::ClsLayer => from_first(find(layer)?),
        TokenMeasure::Received => {
            let all = (0..layers).map(|layer| find(LayerIdx(layer)));
            mean_received(&all.collect::<Result<Vec<_>, _>>()?)
        }
        TokenMeasure::Rollout => {
            let all = (0..layers).map(|layer| find(LayerIdx(layer)).cloned());
            let rollout = attention_rollout(&all.collect::<Result<Vec<_>, _>>()?)?;
            let top = rollout.last().filter(|matrix| matrix.tokens() > 0);
            Ok(top.map(|matrix| matrix.row(0).to_vec()).unwrap_or_default())
        }
    }
}

/// What each token receives from the first: mean over the heads.
fn from_first(layer: &LayerAttention) -> Result<Vec<f64>, ImportanceError> {
    check_tokens(layer, layer.tokens())?;
    let mut sums = vec![0.0; layer.tokens()];
    if layer.tokens() > 0 {
        for head in 0..layer.heads() {
            add_row(&mut sums, layer.row(head, 0));
        }
    }
    Ok(divided(sums, layer.heads()))
}

/// What each token receives from all: mean over tokens, heads and layers.
fn mean_received(layers: &[&LayerAttention]) -> Result<Vec<f64>, ImportanceError> {
    let tokens = layers.first().map_or(0, |layer| layer.tokens());
    let (mut sums, mut rows) = (vec![0.0; tokens], 0);
    for layer in layers {
        check_tokens(layer, tokens)?;
        for head in 0..layer.heads() {
            for destination in 0..tokens {
                add_row(&mut sums, layer.row(head, destination));
                rows += 1;
            }
        }
    }
    Ok(divided(sums, rows))
}

fn add_row(sums: &mut [f64], row: &[f32]) {
    for (sum, &weight) in sums.iter_mut().zip(row) {
        *sum += f64::from(weight);
    }
}

fn divided(sums: Vec<f64>, count: usize) -> Vec<f64> {
    sums.into_iter().map(|sum| sum / count.max(1) as f64).collect()
}

/// The confidence of a head: the mean over tokens of their largest weight, without the symbol that ends a sentence
/// (Voita et al. 2019, section 4), which is here each special token but the first: neither its row nor its column
/// counts. `None` if nothing else is there.
///
/// # Errors
/// If the layer has another number of tokens than the text, or no such head.
///
/// ```
/// # use vitrine_attention::{TokenRoles, head_confidence};
/// # use vitrine_record::{HeadIdx, LayerAttention, LayerIdx};
/// let attention = LayerAttention::new(LayerIdx(0), 1, 0, vec![]).unwrap();
/// assert_eq!(head_confidence(&attention, HeadIdx(0), &TokenRoles::new(&[])), Ok(None));
/// ```
pub fn head_confidence(
    attention: &LayerAttention,
    head: HeadIdx,
    roles: &TokenRoles,
) -> Result<Option<f64>, ShapeError> {
    check_tokens(attention, roles.tokens)?;
    if head.0 >= attention.heads() {
        let (layer, heads) = (attention.layer, attention.heads());
        return Err(ShapeError::HeadMissing { layer, head, heads });
    }
    let counts = |token: &usize| !roles.sep.contains(token);
    let largest = |destination: usize| {
        let row = attention.row(head.0, destination);
        let weights = (0..roles.tokens)
            .filter(counts)
            .map(|source| f64::from(row[source]));
        weights.fold(0.0, f64::max)
    };
    let rows: Vec<f64> = (0..roles.tokens).filter(counts).map(largest).collect();
    let count = rows.len();
    Ok((count > 0).then(|| rows.iter().sum::<f64>() / count as f64))
}
