//! What a picture says, as data for a sentence.

use std::collections::BTreeSet;

use vitrine_attention::{AttentionSlice, chosen_heads};
use vitrine_record::{Analysis, HeadIdx, LayerAttention, LayerIdx, Side, Token};

use crate::{HeadView, opposite};

/// Where a head can look from every token alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// At the token before.
    Previous,
    /// At the token after.
    Next,
    /// At the token itself.
    Itself,
    /// At the tokens that end a text.
    Separator,
    /// At the token that begins the input.
    Classifier,
}

/// How far heads follow a pattern.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PatternReading {
    /// The pattern.
    pub pattern: Pattern,
    /// Attention that follows the pattern, averaged over the heads and over all tokens of the text.
    pub share: f32,
}

/// What the units that are selected give, or are given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TokenReading {
    /// The other end.
    pub side: Side,
    /// The unit at the other end that has most, averaged over the heads; of numbers with a sign, by the absolute value.
    pub other: usize,
    /// That average.
    pub share: f32,
    /// The head, the unit at the other end, and the weight of the strongest single line, whatever its sign.
    pub strongest: (HeadIdx, usize, f32),
    /// The sum of the averages over all units at the other end: 1 for a whole row.
    pub total: f32,
    /// How many units are selected.
    pub selected: usize,
}

impl Pattern {
    /// All patterns.
    pub const ALL: [Pattern; 5] = [
        Pattern::Previous,
        Pattern::Next,
        Pattern::Itself,
        Pattern::Separator,
        Pattern::Classifier,
    ];
}

/// The shares of all heads for each pattern that some token of the text could follow, averaged over the same
/// destinations so that they can be compared: all tokens but those that the template added.
fn shares(tokens: &[Token], attention: &LayerAttention) -> Vec<(Pattern, Vec<f32>)> {
    let special = |piece: &str| -> Vec<usize> {
        (0..tokens.len())
            .filter(|&at| tokens[at].special && tokens[at].piece == piece)
            .collect()
    };
    let (separators, classifiers) = (special("[SEP]"), special("[CLS]"));
    let rows: Vec<usize> = (0..tokens.len()).filter(|&at| !tokens[at].special).collect();
    if rows.is_empty() {
        return Vec::new();
    }
    // The token before the first of a text, or after the last, is one that the template added.
    let neighbour = |at: Option<usize>| at.filter(|&at| at < tokens.len()).into_iter().collect();
    let targets = |pattern, from: usize| match pattern {
        Pattern::Previous => neighbour(from.checked_sub(1)),
        Pattern::Next => neighbour(Some(from + 1)),
        Pattern::Itself => vec![from],
        Pattern::Separator => separators.clone(),
        Pattern::Classifier => classifiers.clone(),
    };
    let mut found = Vec::new();
    for pattern in Pattern::ALL {
        let targets: Vec<Vec<usize>> = rows.iter().map(|&from| targets(pattern, from)).collect();
        if targets.iter().all(Vec::is_empty) {
            continue;
        }
        let share = |head: usize| {
            let row = |(from, targets): (&usize, &Vec<usize>)| -> f32 {
                targets.iter().map(|&to| attention.at(head, *from, to)).sum()
            };
            rows.iter().zip(&targets).map(row).sum::<f32>() / rows.len() as f32
        };
        found.push((pattern, (0..attention.heads()).map(share).collect()));
    }
    found
}

/// The pattern that heads of a layer (all of them for `None`) together follow most. Nothing if there are no tokens
/// of a text, or no heads.
pub fn pattern_of_heads(
    analysis: &Analysis,
    layer: LayerIdx,
    heads: Option<&BTreeSet<HeadIdx>>,
) -> Option<PatternReading> {
    let attention = analysis.layer(layer).filter(|_| analysis.is_consistent())?;
    pattern_of_layer(attention, &analysis.tokens, heads)
}

/// The same of a layer alone. Nothing either if it is not attention between these tokens.
pub fn pattern_of_layer(
    attention: &LayerAttention,
    tokens: &[Token],
    heads: Option<&BTreeSet<HeadIdx>>,
) -> Option<PatternReading> {
    let heads: Vec<HeadIdx> = chosen_heads(attention.heads(), heads).collect();
    if heads.is_empty() || !attention.is_within_text() || attention.tokens() != tokens.len() {
        return None;
    }
    let readings = shares(tokens, attention)
        .into_iter()
        .map(|(pattern, shares)| PatternReading {
            pattern,
            share: heads.iter().map(|head| shares[head.0]).sum::<f32>() / heads.len() as f32,
        });
    readings.max_by(|one, two| one.share.total_cmp(&two.share))
}

/// The unit that is given most.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SourceReading {
    /// Its place among the sources.
    pub source: usize,
    /// What it is given, averaged over the heads and over all units that ask.
    pub share: f32,
}

/// The unit that is given most on average; nothing if there are no heads, or no units at one of the ends.
pub fn source_reading(slice: &AttentionSlice) -> Option<SourceReading> {
    let destinations = slice.destinations().len();
    if slice.heads().is_empty() || destinations == 0 {
        return None;
    }
    let share = |source| {
        let given = (0..destinations).map(|destination| slice.mean(destination, source));
        given.sum::<f32>() / destinations as f32
    };
    (0..slice.sources().len())
        .map(|source| SourceReading {
            source,
            share: share(source),
        })
        .max_by(|one, two| one.share.total_cmp(&two.share))
}

/// What the selected units give to the others, or are given by them, summed over what is selected. Nothing if nothing is
/// selected, or there are no heads.
pub fn token_reading(view: &HeadView) -> Option<TokenReading> {
    let (side, means) = view.numbers()?;
    let slice = view.slice;
    let selected = view.selected(opposite(side));
    let mut strongest: Option<(HeadIdx, usize, f32)> = None;
    for (place, &head) in slice.heads().iter().enumerate() {
        for other in 0..means.len() {
            for &selected in selected {
                let share = match side {
                    Side::Source => slice.weight(place, selected, other),
                    Side::Destination => slice.weight(place, other, selected),
                };
                if strongest.is_none_or(|(.., most)| share.abs() > most.abs()) {
                    strongest = Some((head, other, share));
                }
            }
        }
    }
    let (other, share) = means
        .iter()
        .copied()
        .enumerate()
        .reduce(|most, next| if next.1.abs() > most.1.abs() { next } else { most })?;
    Some(TokenReading {
        side,
        other,
        share,
        strongest: strongest?,
        total: means.iter().sum(),
        selected: selected.len(),
    })
}

#[cfg(test)]
mod tests {
    use vitrine_record::Drawing;

    use super::*;
    use crate::fixture;

    const PIECES: [&str; 5] = ["[CLS]", "a", "b", "c", "[SEP]"];

    /// Head 0 looks at the separator, head 1 at itself, head 2 one token back, head 3 at everything.
    fn analysis() -> Analysis {
        fixture::analysis(
            &PIECES,
            fixture::layer(4, 5, |head, row, column| {
                let hit = match head {
                    0 => column == 4,
                    1 => column == row,
                    2 => column + 1 == row,
                    _ => false,
                };
                if hit { [60.0, 70.0, 90.0, 1.0][head] } else { 1.0 }
            }),
        )
    }

    fn check(heads: Option<&[usize]>, pattern: Pattern, share: f32) {
        let heads: Option<BTreeSet<_>> = heads.map(|heads| heads.iter().copied().map(HeadIdx).collect());
        let reading = pattern_of_heads(&analysis(), LayerIdx(0), heads.as_ref()).unwrap();
        assert_eq!(reading.pattern, pattern);
        assert!((reading.share - share).abs() < 1e-6, "{}", reading.share);
    }

    #[test]
    fn patterns_are_found_and_measured() {
        check(Some(&[2]), Pattern::Previous, 90.0 / 94.0);
        check(Some(&[1]), Pattern::Itself, 70.0 / 74.0);
        check(Some(&[0]), Pattern::Separator, 60.0 / 64.0);
        assert!(pattern_of_heads(&analysis(), LayerIdx(9), None).is_none());
        assert!(pattern_of_heads(&analysis(), LayerIdx(0), Some(&BTreeSet::new())).is_none());
    }

    #[test]
    fn heads_together_follow_what_most_of_their_attention_goes_to() {
        check(
            None,
            Pattern::Previous,
            (1.0 / 64.0 + 1.0 / 74.0 + 90.0 / 94.0 + 1.0 / 5.0) / 4.0,
        );
        check(Some(&[1, 3]), Pattern::Itself, (70.0 / 74.0 + 1.0 / 5.0) / 2.0);
    }

    #[test]
    fn all_patterns_are_averaged_over_the_same_tokens() {
        // Only the second token looks back, with half of its attention; the first looks at all alike.
        let attention = fixture::layer(
            1,
            4,
            |_, row, column| if (row, column) == (2, 1) { 3.0 } else { 1.0 },
        );
        let analysis = fixture::analysis(&["[CLS]", "a", "b", "[SEP]"], attention);
        let reading = pattern_of_heads(&analysis, LayerIdx(0), None).unwrap();
        assert_eq!(reading.pattern, Pattern::Previous);
        assert!(
            (reading.share - (0.25 + 0.5) / 2.0).abs() < 1e-6,
            "{}",
            reading.share
        );
    }

    #[test]
    fn a_single_token_between_special_ones_looks_at_those() {
        for (column, pattern) in [(0, Pattern::Classifier), (2, Pattern::Separator)] {
            let attention = fixture::layer(1, 3, |_, _, at| if at == column { 9.0 } else { 1.0 });
            let analysis = fixture::analysis(&["[CLS]", "a", "[SEP]"], attention);
            let reading = pattern_of_heads(&analysis, LayerIdx(0), None).unwrap();
            assert_eq!(reading.pattern, pattern);
        }
    }

    #[test]
    fn both_separators_of_a_pair_count() {
        let pieces = ["[CLS]", "a", "[SEP]", "b", "[SEP]"];
        let attention = fixture::layer(
            1,
            5,
            |_, _, column| if column == 2 || column == 4 { 24.0 } else { 1.0 },
        );
        let reading = pattern_of_heads(&fixture::analysis(&pieces, attention), LayerIdx(0), None).unwrap();
        assert_eq!(reading.pattern, Pattern::Separator);
        assert!((reading.share - 48.0 / 51.0).abs() < 1e-6);
    }

    #[test]
    fn without_a_text_there_is_no_pattern() {
        let analysis = fixture::analysis(&["[CLS]", "[SEP]"], fixture::layer(2, 2, |_, _, _| 1.0));
        assert!(pattern_of_heads(&analysis, LayerIdx(0), None).is_none());
    }

    #[test]
    fn rows_and_columns_are_read_from_their_own_end() {
        let analysis = analysis();
        let slice = fixture::whole(&analysis);
        let read = |position, side| {
            let selection = fixture::selected(position, side);
            let view = HeadView::new(
                &slice,
                &analysis.tokens,
                Some(&selection),
                Drawing::Lines,
                fixture::METRICS,
            );
            token_reading(&view)
        };
        let row = read(2, Side::Destination).unwrap();
        assert_eq!(
            (row.side, row.strongest.0, row.strongest.1),
            (Side::Source, HeadIdx(2), 1)
        );
        assert!((row.total - 1.0).abs() < 1e-6);
        let column = read(4, Side::Source).unwrap();
        assert_eq!((column.strongest.0, column.strongest.1), (HeadIdx(1), 4));
        assert!(column.total > 1.0);
        assert_eq!(read(5, Side::Destination), None);
    }
}
