//! The part of a layer's attention that is looked at, in the units that it is looked at in.

use std::collections::BTreeSet;

use vitrine_record::{
    AttentionOptions, AttentionVariant, HeadIdx, LayerAttention, LayerIdx, Percent, Position, Segment,
    SegmentFilter, Token, VariantAttention,
};

use crate::units::{Unit, words};

/// Weights `[head, destination, source]` over units, made from the probabilities of one layer by
/// [`AttentionOptions`]: first the temperature, then the words, then what is left out, and of what remains a mark for
/// each weight that is too weak to be drawn.
///
/// Weights are never renormalised to what is left: [`AttentionSlice::row_sums`] says what the rows come to.
#[derive(Clone, Debug, PartialEq)]
pub struct AttentionSlice {
    layer: LayerIdx,
    variant: AttentionVariant,
    heads: Vec<HeadIdx>,
    destinations: Vec<Unit>,
    sources: Vec<Unit>,
    weights: Vec<f32>,
    full_weight: f32,
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
        AttentionSlice::cut(AttentionVariant::Raw, attention, tokens, heads, options)
    }

    /// The same of what was made of a layer's attention: of its one head where it joins all, whatever is chosen. A
    /// temperature has no meaning there, as the numbers are no softmax, and is passed over. Where numbers can be
    /// negative, what is strong is so by its absolute value, and the threshold is a share of the strongest.
    pub fn of_variant(
        made: &VariantAttention,
        tokens: &[Token],
        heads: Option<&BTreeSet<HeadIdx>>,
        options: &AttentionOptions,
    ) -> Option<AttentionSlice> {
        let heads = heads.filter(|_| !made.variant.joins_heads());
        let mut options = *options;
        if made.variant != AttentionVariant::Raw {
            options.temperature = Percent(100);
        }
        AttentionSlice::cut(made.variant, &made.attention, tokens, heads, &options)
    }

    fn cut(
        variant: AttentionVariant,
        attention: &LayerAttention,
        tokens: &[Token],
        heads: Option<&BTreeSet<HeadIdx>>,
        options: &AttentionOptions,
    ) -> Option<AttentionSlice> {
        if !attention.is_consistent() || attention.tokens() != tokens.len() {
            return None;
        }
        let heads: Vec<HeadIdx> = chosen_heads(attention.heads(), heads).collect();
        let units = if options.merge_words {
            words(tokens)
        } else {
            (0..tokens.len()).map(|at| Unit::token(Position(at))).collect()
        };
        let (from, to) = ends(options.segments);
        let kept = |segment: Option<Segment>| -> Vec<Unit> {
            let keeps = |unit: &&Unit| {
                let token = &tokens[unit.first.0];
                !(options.hide_special && token.special)
                    && segment.is_none_or(|segment| token.segment == segment)
            };
            units.iter().filter(keeps).cloned().collect()
        };
        let (destinations, sources) = (kept(from), kept(to));
        let mut weights = Vec::with_capacity(heads.len() * destinations.len() * sources.len());
        let mut row = vec![0.0; tokens.len()];
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
        let full_weight = full_weight(variant, &weights);
        let drawn = drawn(&weights, sources.len(), full_weight, options);
        Some(AttentionSlice {
            layer: attention.layer,
            variant,
            heads,
            destinations,
            sources,
            weights,
            full_weight,
            drawn,
        })
    }

    /// The layer.
    pub fn layer(&self) -> LayerIdx {
        self.layer
    }

    /// What is taken for attention.
    pub fn variant(&self) -> AttentionVariant {
        self.variant
    }

    /// What a line of full opacity stands for: 1, or, where numbers can be negative, the largest absolute value of all
    /// (1 if that is 0).
    pub fn full_weight(&self) -> f32 {
        self.full_weight
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

fn full_weight(variant: AttentionVariant, weights: &[f32]) -> f32 {
    let largest = weights
        .iter()
        .fold(0.0f32, |largest, weight| largest.max(weight.abs()));
    if variant.is_signed() && largest > 0.0 {
        largest
    } else {
        1.0
    }
}

/// Which weights are drawn: those that reach the threshold, a share of `full`, and of each row the fewest that together
/// reach its share. Signs do not count.
fn drawn(weights: &[f32], columns: usize, full: f32, options: &AttentionOptions) -> Vec<bool> {
    let threshold = options.threshold.share() * full;
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
mod tests {
    use proptest::prelude::*;
    use vitrine_record::{Percent, TokenId};

    use super::*;

    /// `[CLS]`, words of two pieces, `[SEP]`, and the same again as a second text without `[CLS]`.
    fn tokens() -> Vec<Token> {
        let token = |piece: &str, segment, special| Token {
            text: if special {
                String::new()
            } else {
                piece.trim_start_matches("##").to_owned()
            },
            piece: piece.to_owned(),
            id: TokenId(0),
            start: 0,
            end: 0,
            segment,
            special,
        };
        vec![
            token("[CLS]", Segment::A, true),
            token("un", Segment::A, false),
            token("##kind", Segment::A, false),
            token("film", Segment::A, false),
            token("[SEP]", Segment::A, true),
            token("good", Segment::B, false),
            token("[SEP]", Segment::B, true),
        ]
    }

    const TOKENS: usize = 7;

    prop_compose! {
        fn any_attention()(
            scores in proptest::collection::vec(-4.0f32..4.0, 3 * TOKENS * TOKENS),
        ) -> LayerAttention {
            let mut probabilities = Vec::new();
            for row in scores.chunks_exact(TOKENS) {
                let exponentials: Vec<f32> = row.iter().map(|score| score.exp()).collect();
                let sum: f32 = exponentials.iter().sum();
                probabilities.extend(exponentials.iter().map(|value| value / sum));
            }
            LayerAttention::new(LayerIdx(2), 3, TOKENS, probabilities).unwrap()
        }
    }

    fn slice(attention: &LayerAttention, options: AttentionOptions) -> AttentionSlice {
        AttentionSlice::new(attention, &tokens(), None, &options).unwrap()
    }

    fn options() -> AttentionOptions {
        AttentionOptions::default()
    }

    proptest! {
        #[test]
        fn by_default_nothing_is_changed(attention in any_attention(), chosen in 0usize..3) {
            let heads = BTreeSet::from([HeadIdx(chosen), HeadIdx(9)]);
            let slice = AttentionSlice::new(&attention, &tokens(), Some(&heads), &options()).unwrap();
            prop_assert_eq!(slice.heads(), [HeadIdx(chosen)]);
            prop_assert_eq!(slice.not_drawn(), 0);
            for destination in 0..TOKENS {
                for source in 0..TOKENS {
                    let expect = attention.at(chosen, destination, source);
                    prop_assert_eq!(slice.weight(0, destination, source), expect);
                    prop_assert_eq!(slice.mean(destination, source), expect);
                }
            }
            prop_assert_eq!(slice.weight(1, 0, 0), 0.0);
        }

        #[test]
        fn rows_over_words_and_at_any_temperature_still_sum_to_one(
            attention in any_attention(), temperature in AttentionOptions::TEMPERATURES, merge_words in any::<bool>(),
        ) {
            let options = AttentionOptions { temperature: Percent(temperature), merge_words, ..options() };
            let slice = slice(&attention, options);
            let (smallest, largest) = slice.row_sums().unwrap();
            prop_assert!((smallest - 1.0).abs() < 1e-5 && (largest - 1.0).abs() < 1e-5);
            prop_assert_eq!(slice.destinations().len(), if merge_words { TOKENS - 1 } else { TOKENS });
        }

        #[test]
        fn temperature_divides_the_scores(attention in any_attention(), temperature in 25u16..300) {
            let tempered = slice(&attention, AttentionOptions { temperature: Percent(temperature), ..options() });
            // Differences of logarithms of probabilities are differences of scores.
            let score = |weight: f32| f64::from(weight).ln();
            for source in 1..TOKENS {
                let before = score(attention.at(1, 3, source)) - score(attention.at(1, 3, 0));
                let after = score(tempered.weight(1, 3, source)) - score(tempered.weight(1, 3, 0));
                let expect = before * 100.0 / f64::from(temperature);
                prop_assert!((after - expect).abs() < 1e-3 * expect.abs().max(1.0), "{after} {expect}");
            }
        }

        #[test]
        fn words_sum_sources_and_average_destinations(attention in any_attention()) {
            let slice = slice(&attention, AttentionOptions { merge_words: true, ..options() });
            let into = attention.at(0, 3, 1) + attention.at(0, 3, 2);
            prop_assert!((slice.weight(0, 2, 1) - into).abs() < 1e-6);
            let from = (attention.at(0, 1, 5) + attention.at(0, 2, 5)) / 2.0;
            prop_assert!((slice.weight(0, 1, 4) - from).abs() < 1e-6);
        }

        #[test]
        fn the_strongest_of_a_row_are_few_enough_and_grow_with_their_share(
            attention in any_attention(), less in 1u16..100, more in 1u16..100,
        ) {
            let (less, more) = (less.min(more), less.max(more));
            let of = |top_p| slice(&attention, AttentionOptions { top_p: Percent(top_p), ..options() });
            let (few, many) = (of(less), of(more));
            for head in 0..3 {
                for row in 0..TOKENS {
                    let drawn: Vec<f32> = (0..TOKENS).map(|to| few.drawn_weight(head, row, to)).collect();
                    let sum: f32 = drawn.iter().sum();
                    let wanted = f32::from(less) / 100.0;
                    prop_assert!(sum >= wanted - 1e-5);
                    let weakest = drawn.iter().copied().filter(|weight| *weight > 0.0).fold(1.0, f32::min);
                    prop_assert!(sum - weakest < wanted + 1e-5);
                    for (source, drawn) in drawn.iter().enumerate() {
                        prop_assert!(*drawn == 0.0 || many.drawn_weight(head, row, source) == *drawn);
                    }
                }
            }
        }

        #[test]
        fn what_is_below_the_threshold_is_not_drawn(attention in any_attention(), threshold in 0u16..=100) {
            let slice = slice(&attention, AttentionOptions { threshold: Percent(threshold), ..options() });
            for (index, weight) in slice.weights.iter().enumerate() {
                prop_assert_eq!(slice.drawn[index], *weight >= f32::from(threshold) / 100.0);
            }
        }

        #[test]
        fn what_is_left_out_is_missing_from_the_sums(attention in any_attention()) {
            let whole = slice(&attention, AttentionOptions { segments: SegmentFilter::AToA, ..options() });
            let other = slice(&attention, AttentionOptions { segments: SegmentFilter::AToB, ..options() });
            prop_assert_eq!((whole.sources().len(), other.sources().len()), (5, 2));
            for row in 0..5 {
                let sum: f32 = (0..5).map(|to| whole.weight(1, row, to)).sum();
                let rest: f32 = (0..2).map(|to| other.weight(1, row, to)).sum();
                prop_assert!((sum + rest - 1.0).abs() < 1e-5);
            }
            prop_assert!(whole.row_sums().unwrap().0 < 1.0);
        }
    }

    #[test]
    fn special_tokens_can_be_left_out_alone_or_with_a_segment() {
        let attention =
            LayerAttention::new(LayerIdx(0), 1, TOKENS, vec![1.0 / 7.0; TOKENS * TOKENS]).unwrap();
        let check = |segments, from: &[usize], to: &[usize]| {
            let options = AttentionOptions {
                segments,
                hide_special: true,
                ..options()
            };
            let slice = slice(&attention, options);
            let positions = |units: &[Unit]| units.iter().map(|unit| unit.first.0).collect::<Vec<_>>();
            assert_eq!(positions(slice.destinations()), from);
            assert_eq!(positions(slice.sources()), to);
        };
        check(SegmentFilter::All, &[1, 2, 3, 5], &[1, 2, 3, 5]);
        check(SegmentFilter::BToA, &[5], &[1, 2, 3]);
        check(SegmentFilter::BToB, &[5], &[5]);
    }

    #[test]
    fn a_variant_of_all_heads_together_is_there_whichever_head_is_chosen() {
        let attention = LayerAttention::new(LayerIdx(1), 1, TOKENS, vec![0.25; TOKENS * TOKENS]).unwrap();
        let rollout = VariantAttention {
            variant: AttentionVariant::Rollout,
            attention,
            class: None,
        };
        let options = AttentionOptions {
            temperature: Percent(20),
            ..options()
        };
        let heads = BTreeSet::from([HeadIdx(2)]);
        let slice = AttentionSlice::of_variant(&rollout, &tokens(), Some(&heads), &options).unwrap();
        assert_eq!((slice.heads(), slice.weight(0, 3, 2)), (&[HeadIdx(0)][..], 0.25));
        assert_eq!(slice.variant(), AttentionVariant::Rollout);
    }

    #[test]
    fn of_signed_numbers_the_strongest_are_those_of_the_largest_absolute_value() {
        let row = [0.01, -0.04, 0.002, -0.001, 0.0, 0.0, 0.03];
        let attention = LayerAttention::new(LayerIdx(1), 1, TOKENS, row.repeat(TOKENS)).unwrap();
        let gradient = VariantAttention {
            variant: AttentionVariant::GradientTimesAttention,
            attention,
            class: Some(1),
        };
        let drawn = |options: AttentionOptions| -> Vec<usize> {
            let slice = AttentionSlice::of_variant(&gradient, &tokens(), None, &options).unwrap();
            assert_eq!(slice.full_weight(), 0.04);
            (0..TOKENS)
                .filter(|&source| slice.is_drawn(0, 0, source))
                .collect()
        };
        let threshold = Percent(50);
        assert_eq!(
            drawn(AttentionOptions {
                threshold,
                ..options()
            }),
            [1, 6]
        );
        let top_p = Percent(90);
        assert_eq!(drawn(AttentionOptions { top_p, ..options() }), [0, 1, 6]);
    }

    #[test]
    fn shapes_that_disagree_give_nothing() {
        let attention = LayerAttention::new(LayerIdx(0), 1, 2, vec![0.5; 4]).unwrap();
        assert!(AttentionSlice::new(&attention, &tokens(), None, &options()).is_none());
        let one = slice(
            &LayerAttention::new(LayerIdx(0), 1, TOKENS, vec![0.0; TOKENS * TOKENS]).unwrap(),
            AttentionOptions {
                temperature: Percent(50),
                ..options()
            },
        );
        assert_eq!(one.row_sums(), Some((0.0, 0.0)));
    }
}
