//! What makes the model fit to be explained: it learns what it may say when words are hidden from it.

use rand::Rng;
use rand::seq::SliceRandom;

use crate::data::TokenizedSentence;

/// How often and how words are hidden in training.
#[derive(Clone, Copy, Debug)]
pub struct Masking {
    /// Share of the sentences from which something is hidden, drawn anew each epoch.
    pub share: f64,
    /// Among those, the share from which hidden words are taken away instead of replaced by `[MASK]`.
    pub deleting: f64,
    /// Among those, the share in which word pieces are hidden one by one instead of whole words.
    pub by_piece: f64,
    /// Inputs of nothing but `[MASK]` that are added, as a share of the sentences.
    pub nothing_but_masks: f64,
    /// The longest such input.
    pub most_masks: usize,
}

impl Default for Masking {
    fn default() -> Masking {
        Masking {
            share: 0.35,
            deleting: 0.25,
            by_piece: 0.3,
            nothing_but_masks: 0.03,
            most_masks: 62,
        }
    }
}

/// One training input: ids without the template, and the probability of POSITIVE to aim at.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    pub ids: Vec<u32>,
    pub target: f32,
}

/// Nothing can be known of a text of which nothing is seen.
const UNKNOWN: f32 = 0.5;

impl Masking {
    /// The examples of one epoch: each sentence once, some with words hidden, and inputs of nothing but masks.
    pub fn epoch(&self, sentences: &[TokenizedSentence], mask: u32, rng: &mut impl Rng) -> Vec<Example> {
        let mut examples: Vec<Example> = sentences
            .iter()
            .map(|sentence| self.example(sentence, mask, rng))
            .collect();
        let added = (sentences.len() as f64 * self.nothing_but_masks).round() as usize;
        examples.extend((0..added).map(|_| Example {
            ids: vec![mask; rng.random_range(1..=self.most_masks)],
            target: UNKNOWN,
        }));
        examples
    }

    fn example(&self, sentence: &TokenizedSentence, mask: u32, rng: &mut impl Rng) -> Example {
        let whole = Example {
            ids: sentence.ids.clone(),
            target: sentence.target,
        };
        if sentence.ids.is_empty() || !rng.random_bool(self.share) {
            return whole;
        }
        let groups: Vec<usize> = if rng.random_bool(self.by_piece) {
            (0..sentence.ids.len()).collect()
        } else {
            sentence.words.clone()
        };
        let count = groups.last().map_or(0, |last| last + 1);
        // From one word to all of them, every number as likely as any other.
        let hidden_count = rng.random_range(1..=count);
        let mut order: Vec<usize> = (0..count).collect();
        order.shuffle(rng);
        let mut hidden = vec![false; count];
        order
            .iter()
            .take(hidden_count)
            .for_each(|&group| hidden[group] = true);
        let deleting = rng.random_bool(self.deleting);
        let ids = sentence
            .ids
            .iter()
            .zip(&groups)
            .filter(|(_, group)| !(deleting && hidden[**group]))
            .map(|(&id, &group)| if hidden[group] { mask } else { id })
            .collect();
        let target = if hidden_count == count {
            UNKNOWN
        } else {
            sentence.target
        };
        Example { ids, target }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    const MASK: u32 = 103;

    fn sentence() -> TokenizedSentence {
        TokenizedSentence {
            ids: vec![1, 2, 3, 4, 5],
            words: vec![0, 1, 1, 2, 3],
            target: 0.9,
        }
    }

    #[test]
    fn whole_words_are_hidden_and_nothing_seen_means_nothing_known() {
        let masking = Masking {
            share: 1.0,
            by_piece: 0.0,
            ..Masking::default()
        };
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        for _ in 0..200 {
            let example = masking.example(&sentence(), MASK, &mut rng);
            let second_hidden = !example.ids.contains(&2);
            assert_eq!(second_hidden, !example.ids.contains(&3), "{example:?}");
            let nothing_seen = example.ids.iter().all(|&id| id == MASK);
            assert_eq!(example.target == UNKNOWN, nothing_seen, "{example:?}");
        }
    }

    #[test]
    fn an_epoch_has_every_sentence_and_the_masks() {
        let masking = Masking {
            nothing_but_masks: 0.1,
            ..Masking::default()
        };
        let sentences = vec![sentence(); 100];
        let examples = masking.epoch(&sentences, MASK, &mut ChaCha8Rng::seed_from_u64(7));
        assert_eq!(examples.len(), 110);
        assert!(
            examples[100..]
                .iter()
                .all(|example| example.ids.iter().all(|&id| id == MASK))
        );
    }
}
