//! The part of a layer's attention that is looked at, in the units that it is looked at in.

use std::collections::BTreeSet;

use vitrine_record::{
    AttentionOptions, AttentionVariant, HeadIdx, LayerAttention, LayerIdx, Segment, SegmentFilter, Token,
};

use crate::{
    Correspondence,
    units::{Unit, units},
};

/// Weights `[head, destination, source]` over units, made from the attention of one layer by [`AttentionOptions`]:
/// first the temperature, then the words, then what is left out, and of what remains a mark for each weight that is too
/// weak to be drawn.
///
/// Weights are never renormalised to what is left: [`AttentionSlice::row_sums`] says what the rows come to.
#[derive(Clone, Debug, PartialEq)]
pub struct AttentionSlice {
    layer: LayerIdx,
    variant: AttentionVariant,
    /// Of a difference, the layer that is subtracted.
    subtracted: Option<LayerIdx>,
    heads: Vec<HeadIdx>,
    destinations: Vec<Unit>,
    sources: Vec<Unit>,
    weights: Vec<f32>,
    drawn: Vec<bool>,
}

impl AttentionSlice {
    /// The slice of a layer's chosen heads, all of them for `None`; heads that the layer lacks are left out. Nothing
    /// if there are not as many tokens as the attention has.
    pub fn new(
        attention: &LayerAttention,
        tokens: &[Token],
        heads: Option<&BTreeSet<HeadIdx>>,
        options: &AttentionOptions,
    ) -> Option<AttentionSlice> {
        AttentionSlice::between(attention, tokens, tokens, heads, options)
    }

    /// The same of attention from one text, `asking`, to another, `asked`.
    pub fn between(
        attention: &LayerAttention,
        asking: &[Token],
        asked: &[Token],
        heads: Option<&BTreeSet<HeadIdx>>,
        options: &AttentionOptions,
    ) -> Option<AttentionSlice> {
        AttentionSlice::cut(AttentionVariant::Raw, attention, (asking, asked), heads, options)
    }

    /// The same of what was made of a layer's attention: of its one head where it joins all, whatever is chosen. A
    /// temperature has no meaning there, as the numbers are no softmax, and is passed over.
    pub fn of_variant(
        variant: AttentionVariant,
        attention: &LayerAttention,
        tokens: &[Token],
        heads: Option<&BTreeSet<HeadIdx>>,
        options: &AttentionOptions,
    ) -> Option<AttentionSlice> {
        let heads = heads.filter(|_| !variant.joins_heads());
        let options = options.of_variant(variant);
        AttentionSlice::cut(variant, attention, (tokens, tokens), heads, &options)
    }

    fn cut(
        variant: AttentionVariant,
        attention: &LayerAttention,
        (asking, asked): (&[Token], &[Token]),
        heads: Option<&BTreeSet<HeadIdx>>,
        options: &AttentionOptions,
    ) -> Option<AttentionSlice> {
        let fits = attention.tokens() == asking.len() && attention.sources() == asked.len();
        if !attention.is_consistent() || !fits {
            return None;
        }
        let heads: Vec<HeadIdx> = chosen_heads(attention.heads(), heads).collect();
        let (from, to) = ends(options.segments);
        let (destinations, sources) = (kept(asking, from, options), kept(asked, to, options));
        let mut weights = Vec::with_capacity(heads.len() * destinations.len() * sources.len());
        let mut row = vec![0.0; asked.len()];
        for head in &heads {
            for destination in &destinations {
                row.fill(0.0);
                for position in destination.positions() {
                    add_row(&mut row, attention.row(head.0, position), options);
                }
                let share = 1.0 / destination.count as f32;
                weights.extend(
                    sources
                        .iter()
                        .map(|source| row[source.positions()].iter().sum::<f32>() * share),
                );
            }
        }
        Some(AttentionSlice {
            layer: attention.layer,
            variant,
            subtracted: None,
            heads,
            drawn: drawn(&weights, sources.len(), variant, options),
            destinations,
            sources,
            weights,
        })
    }

    /// What attention gains and loses from one to another: the weights of the second minus those of the first. Of
    /// attention whose rows sum to 1, whole rows sum to 0. What is too weak to be drawn is told by size alone, whatever
    /// the sign. The layer is that of the second. Nothing if the two are not the same variant of the same heads and
    /// units.
    pub fn difference(
        from: &AttentionSlice,
        to: &AttentionSlice,
        options: &AttentionOptions,
    ) -> Option<AttentionSlice> {
        let shape = |slice: &AttentionSlice| {
            let (variant, heads) = (slice.variant, slice.heads.clone());
            (variant, heads, slice.destinations.clone(), slice.sources.clone())
        };
        if shape(from) != shape(to) {
            return None;
        }
        let weights: Vec<f32> = to
            .weights
            .iter()
            .zip(&from.weights)
            .map(|(to, from)| to - from)
            .collect();
        Some(AttentionSlice {
            drawn: drawn(&weights, to.sources.len(), to.variant, options),
            weights,
            subtracted: Some(from.layer),
            ..to.clone()
        })
    }

    /// The same from one text, `other`, to another, `one`: of the units of `one` that correspond to units of `other`,
    /// both of those that ask and of those that answer. The correspondence is that of `one`, as the first text, to
    /// `other`. As only a part of each row is left, what is left of it need not sum to 0. Nothing if the two are not the
    /// same variant of the same heads.
    pub fn difference_between_texts(
        other: &AttentionSlice,
        one: &AttentionSlice,
        correspondence: &Correspondence,
        options: &AttentionOptions,
    ) -> Option<AttentionSlice> {
        if (one.variant, &one.heads) != (other.variant, &other.heads) {
            return None;
        }
        let shared = |units: &[Unit], of_other: &[Unit]| -> Vec<(usize, usize)> {
            let place = |(at, unit): (usize, &Unit)| {
                let wanted = correspondence.in_second(unit)?;
                Some((at, of_other.iter().position(|unit| unit == wanted)?))
            };
            units.iter().enumerate().filter_map(place).collect()
        };
        let destinations = shared(&one.destinations, &other.destinations);
        let sources = shared(&one.sources, &other.sources);
        let mut weights = Vec::with_capacity(one.heads.len() * destinations.len() * sources.len());
        for place in 0..one.heads.len() {
            for &(row, other_row) in &destinations {
                weights.extend(sources.iter().map(|&(column, other_column)| {
                    one.weight(place, row, column) - other.weight(place, other_row, other_column)
                }));
            }
        }
        let kept = |units: &[Unit], places: &[(usize, usize)]| {
            places.iter().map(|&(at, _)| units[at].clone()).collect()
        };
        Some(AttentionSlice {
            layer: one.layer,
            variant: one.variant,
            subtracted: Some(other.layer),
            heads: one.heads.clone(),
            drawn: drawn(&weights, sources.len(), one.variant, options),
            destinations: kept(&one.destinations, &destinations),
            sources: kept(&one.sources, &sources),
            weights,
        })
    }

    /// What is taken for attention.
    pub fn variant(&self) -> AttentionVariant {
        self.variant
    }

    /// Whether it is what attention gains and loses.
    pub fn is_difference(&self) -> bool {
        self.subtracted.is_some()
    }

    /// Of a difference, the layer that is subtracted.
    pub fn subtracted_layer(&self) -> Option<LayerIdx> {
        self.subtracted
    }

    /// Whether weights can be negative: those of a difference, and those with a gradient in them.
    pub fn is_signed(&self) -> bool {
        self.is_difference() || self.variant.is_signed()
    }

    /// How far from 0 the weights reach that are strong enough to be drawn; 0 without any.
    pub fn largest_drawn(&self) -> f32 {
        let drawn = self.weights.iter().zip(&self.drawn).filter(|(_, drawn)| **drawn);
        drawn.map(|(weight, _)| weight.abs()).fold(0.0, f32::max)
    }

    /// The layer.
    pub fn layer(&self) -> LayerIdx {
        self.layer
    }

    /// The heads, in order. The methods below take a place in this list for a head.
    pub fn heads(&self) -> &[HeadIdx] {
        &self.heads
    }

    /// What the rows stand for, in order.
    pub fn destinations(&self) -> &[Unit] {
        &self.destinations
    }

    /// What the columns stand for, in order.
    pub fn sources(&self) -> &[Unit] {
        &self.sources
    }

    /// How much a destination attends to a source in the head at a place; 0 outside.
    pub fn weight(&self, place: usize, destination: usize, source: usize) -> f32 {
        self.index(place, destination, source)
            .map_or(0.0, |index| self.weights[index])
    }

    /// The same, but 0 for what is too weak to be drawn.
    pub fn drawn_weight(&self, place: usize, destination: usize, source: usize) -> f32 {
        self.index(place, destination, source)
            .filter(|&index| self.drawn[index])
            .map_or(0.0, |index| self.weights[index])
    }

    /// Whether a weight is strong enough to be drawn.
    pub fn is_drawn(&self, place: usize, destination: usize, source: usize) -> bool {
        self.index(place, destination, source)
            .is_some_and(|index| self.drawn[index])
    }

    /// The mean of the weights over the heads; 0 without heads.
    pub fn mean(&self, destination: usize, source: usize) -> f32 {
        self.mean_of(|place| self.weight(place, destination, source))
    }

    /// The same with 0 for what is too weak to be drawn.
    pub fn drawn_mean(&self, destination: usize, source: usize) -> f32 {
        self.mean_of(|place| self.drawn_weight(place, destination, source))
    }

    fn mean_of(&self, weight: impl Fn(usize) -> f32) -> f32 {
        if self.heads.is_empty() {
            return 0.0;
        }
        (0..self.heads.len()).map(weight).sum::<f32>() / self.heads.len() as f32
    }

    /// The smallest and the largest sum of a row; nothing without rows.
    pub fn row_sums(&self) -> Option<(f32, f32)> {
        if self.sources.is_empty() {
            return None;
        }
        self.weights
            .chunks_exact(self.sources.len())
            .map(|row| row.iter().sum::<f32>())
            .map(|sum| (sum, sum))
            .reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))
    }

    /// How many weights are too weak to be drawn.
    pub fn not_drawn(&self) -> usize {
        self.drawn.iter().filter(|&&drawn| !drawn).count()
    }

    fn index(&self, place: usize, destination: usize, source: usize) -> Option<usize> {
        let is_inside =
            place < self.heads.len() && destination < self.destinations.len() && source < self.sources.len();
        is_inside.then(|| (place * self.destinations.len() + destination) * self.sources.len() + source)
    }
}

/// The heads of so many that are in a choice, in order; all of them for `None`.
pub fn chosen_heads<'a>(
    heads: usize,
    chosen: Option<&'a BTreeSet<HeadIdx>>,
) -> impl Iterator<Item = HeadIdx> + use<'a> {
    (0..heads)
        .map(HeadIdx)
        .filter(move |head| chosen.is_none_or(|chosen| chosen.contains(head)))
}

/// The units of a text that are not left out.
fn kept(tokens: &[Token], segment: Option<Segment>, options: &AttentionOptions) -> Vec<Unit> {
    let mut units = units(tokens, options);
    units.retain(|unit| {
        let token = &tokens[unit.first.0];
        !(options.hide_special && token.special) && segment.is_none_or(|segment| token.segment == segment)
    });
    units
}

fn ends(filter: SegmentFilter) -> (Option<Segment>, Option<Segment>) {
    let (a, b) = (Some(Segment::A), Some(Segment::B));
    match filter {
        SegmentFilter::All => (None, None),
        SegmentFilter::AToA => (a, a),
        SegmentFilter::AToB => (a, b),
        SegmentFilter::BToA => (b, a),
        SegmentFilter::BToB => (b, b),
    }
}

/// Adds a row of probabilities at the temperature of the options. With `p = softmax(s)`, `softmax(s / T)` is `p^(1/T)`
/// divided by its sum, so the scores themselves are not needed.
fn add_row(sum: &mut [f32], row: &[f32], options: &AttentionOptions) {
    if options.temperature.0 == 100 {
        for (sum, probability) in sum.iter_mut().zip(row) {
            *sum += probability;
        }
        return;
    }
    let exponent = options.temperature.share().recip();
    // Divided by the largest first, so that a low temperature leaves no row without a number.
    let largest = row.iter().copied().fold(0.0, f32::max);
    if largest <= 0.0 {
        return;
    }
    let tempered = |probability: &f32| (probability / largest).powf(exponent);
    let total: f32 = row.iter().map(tempered).sum();
    for (sum, probability) in sum.iter_mut().zip(row) {
        *sum += tempered(probability) / total;
    }
}

/// Which weights are drawn: those that reach the threshold, and of each row the fewest that together reach its share,
/// counted without their signs. Where weights are no shares, the threshold is a share of the largest.
fn drawn(
    weights: &[f32],
    columns: usize,
    variant: AttentionVariant,
    options: &AttentionOptions,
) -> Vec<bool> {
    let whole = if variant.is_share() {
        1.0
    } else {
        weights.iter().map(|weight| weight.abs()).fold(0.0, f32::max)
    };
    let threshold = options.threshold.share() * whole;
    let mut drawn: Vec<bool> = weights.iter().map(|weight| weight.abs() >= threshold).collect();
    if options.top_p.0 >= 100 || columns == 0 {
        return drawn;
    }
    let mut order: Vec<usize> = Vec::with_capacity(columns);
    for (weights, drawn) in weights.chunks_exact(columns).zip(drawn.chunks_exact_mut(columns)) {
        order.clear();
        order.extend(0..columns);
        order.sort_by(|&one, &other| weights[other].abs().total_cmp(&weights[one].abs()));
        let wanted = weights.iter().map(|weight| weight.abs()).sum::<f32>() * options.top_p.share();
        let mut reached = 0.0;
        for &column in &order {
            if reached >= wanted {
                drawn[column] = false;
            }
            reached += weights[column].abs();
        }
    }
    drawn
}

#[cfg(test)]
#[path = "slice_tests.rs"]
mod tests;
