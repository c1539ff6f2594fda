//! Attention flow: the maximum flow between tokens through layers (Abnar and Zuidema 2020).

use vitrine_record::{LayerAttention, LayerIdx};

use crate::{
    ShapeError, TokenMatrix, attention_with_residual,
    max_flow::{LayeredNetwork, MaxFlow},
};

/// Attention flow, computed row by row so that whoever computes can stop, or show what there is, at any time.
///
/// Attention with its residual connection is a network of pipes (Abnar and Zuidema 2020, section 3): a node for each
/// token at the input and after each layer, and a pipe from each node of a layer to each of the layer below, as wide
/// as the attention between them. The flow of layer l from a destination to a source is the most that these pipes can
/// carry from the destination's node after layer l to the source's node at the input.
///
/// Flows to different sources use the same pipes, so a row may sum to more than 1. The authors' program divides each
/// row by its sum, which the paper does not mention: [`TokenMatrix::with_normalised_rows`] does that.
#[derive(Clone, Debug)]
pub struct AttentionFlow {
    /// Capacities, from the lowest layer up.
    mixed: Vec<TokenMatrix>,
    /// For each token at the input, what is attended to it in the lowest layer.
    columns: Vec<Vec<f64>>,
    finished: Vec<TokenMatrix>,
    /// The rows so far of the lowest layer that is not finished.
    rows: Vec<f64>,
    max_flow: MaxFlow,
}

impl AttentionFlow {
    /// Prepares the flow of all layers.
    ///
    /// # Errors
    ///
    /// As [`attention_with_residual`].
    pub fn new(layers: &[LayerAttention]) -> Result<AttentionFlow, ShapeError> {
        let mixed = attention_with_residual(layers)?;
        let columns = mixed.first().map_or_else(Vec::new, |lowest| {
            let column = |source| {
                (0..lowest.tokens())
                    .map(|destination| lowest.row(destination)[source])
                    .collect()
            };
            (0..lowest.tokens()).map(column).collect()
        });
        Ok(AttentionFlow {
            mixed,
            columns,
            finished: Vec::new(),
            rows: Vec::new(),
            max_flow: MaxFlow::default(),
        })
    }

    /// Computes the row of the next destination, and says of which layer; `None` when all layers are finished.
    pub fn next_row(&mut self) -> Option<LayerIdx> {
        let layer = self.finished.len();
        let tokens = self.mixed.get(layer)?.tokens();
        let destination = self.rows.len() / tokens.max(1);
        for source in 0..tokens {
            let flow = self.flow(layer, destination, source);
            self.rows.push(flow);
        }
        if self.rows.len() == tokens * tokens {
            let rows = std::mem::take(&mut self.rows);
            self.finished.extend(TokenMatrix::new(tokens, rows));
        }
        Some(LayerIdx(layer))
    }

    /// The layers that are finished, from the lowest up, `[destination, source]` each.
    pub fn finished(&self) -> &[TokenMatrix] {
        &self.finished
    }

    fn flow(&mut self, layer: usize, destination: usize, source: usize) -> f64 {
        let capacities = self.mixed[layer].row(destination);
        let Some(below) = layer.checked_sub(1).map(|below| &self.finished[below]) else {
            return capacities[source];
        };
        // What flows over a node of the layer below fits through the pipe to it, and from there to the source.
        let over_each_node = capacities
            .iter()
            .enumerate()
            .map(|(node, capacity)| capacity.min(below.row(node)[source]));
        let most: f64 = over_each_node.sum();
        if layer == 1 {
            // Two layers give each way a node of its own.
            return most;
        }
        let to_sink = &self.columns[source];
        let between: Vec<&TokenMatrix> = self.mixed[1..layer].iter().rev().collect();
        let network = LayeredNetwork {
            from_source: capacities,
            between: &between,
            to_sink,
        };
        self.max_flow.value(network, most.min(to_sink.iter().sum()))
    }
}

/// The attention flow of all layers, from the lowest up.
///
/// ```
/// # use vitrine_attention::attention_flow;
/// # use vitrine_record::{LayerAttention, LayerIdx};
/// // Both tokens attend to the first. From the second, half reaches the first over each of the two layers, and both
/// // halves fit through the layers together.
/// let layer = |index| LayerAttention::new(LayerIdx(index), 1, 2, vec![1.0, 0.0, 1.0, 0.0]).unwrap();
/// let flow = attention_flow(&[layer(0), layer(1)]).unwrap();
/// assert_eq!(flow[0].row(1), [0.5, 0.5]);
/// assert_eq!(flow[1].row(1), [1.0, 0.5]);
/// ```
///
/// # Errors
///
/// As [`attention_with_residual`].
pub fn attention_flow(layers: &[LayerAttention]) -> Result<Vec<TokenMatrix>, ShapeError> {
    let mut flow = AttentionFlow::new(layers)?;
    while flow.next_row().is_some() {}
    Ok(flow.finished)
}
