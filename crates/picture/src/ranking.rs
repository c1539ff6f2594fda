//! Heads in the order of what a prediction owes to them.

use std::fmt::Write;

use vitrine_record::{AblationEffect, HeadEffects, HeadIdx, LayerIdx};

use crate::{export::quoted, number::exact};

/// What becomes of one class without a head.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankedHead {
    /// The layer.
    pub layer: LayerIdx,
    /// The head within it that is ablated.
    pub head: HeadIdx,
    /// The probability of the class without it.
    pub probability: f32,
    /// That probability minus the one with all heads.
    pub probability_change: f32,
    /// The logit of the class without it minus the one with all heads.
    pub logit_change: f32,
}

/// The heads by the size of what their ablation changes in the probability of a class, whatever its sign, the largest
/// first. Heads whose prediction lacks the class are left out.
pub fn ranked_heads(effects: &HeadEffects, class: usize) -> Vec<RankedHead> {
    let with_all = &effects.prediction;
    let of_head = |effect: &AblationEffect<(LayerIdx, HeadIdx)>| {
        let (layer, head) = effect.ablated;
        let probability = *effect.prediction.probabilities.get(class)?;
        Some(RankedHead {
            layer,
            head,
            probability,
            probability_change: probability - with_all.probabilities.get(class)?,
            logit_change: effect.prediction.logits.get(class)? - with_all.logits.get(class)?,
        })
    };
    let mut heads: Vec<RankedHead> = effects.effects.iter().filter_map(of_head).collect();
    let size = |head: &RankedHead| (head.probability_change.abs(), head.logit_change.abs());
    heads.sort_by(|one, other| {
        let (one, other) = (size(one), size(other));
        other.0.total_cmp(&one.0).then(other.1.total_cmp(&one.1))
    });
    heads
}

/// A line for each head and class: RFC 4180, lines ended by CRLF. Each names the model by the hash of its weights.
pub fn ranking_csv(effects: &HeadEffects, labels: &[String], model_hash: &str) -> String {
    let mut csv =
        String::from("layer,head,class,probability,probability_without,logit,logit_without,model_hash\r\n");
    let with_all = &effects.prediction;
    for effect in &effects.effects {
        let (layer, head) = effect.ablated;
        for (class, label) in labels.iter().enumerate() {
            let number = |values: &[f32]| values.get(class).map(|value| exact(*value)).unwrap_or_default();
            // Writing to a String cannot fail.
            let _ = write!(
                csv,
                "{layer},{head},{},{},{},{},{},{model_hash}\r\n",
                quoted(label),
                number(&with_all.probabilities),
                number(&effect.prediction.probabilities),
                number(&with_all.logits),
                number(&effect.prediction.logits),
            );
        }
    }
    csv
}

#[cfg(test)]
mod tests {
    use vitrine_record::Prediction;

    use super::*;

    fn prediction(probability: f32, logit: f32) -> Prediction {
        Prediction {
            logits: vec![-logit, logit],
            probabilities: vec![1.0 - probability, probability],
        }
    }

    fn effects() -> HeadEffects {
        let effect = |head, probability, logit| AblationEffect {
            ablated: (LayerIdx(head / 2), HeadIdx(head)),
            prediction: prediction(probability, logit),
        };
        HeadEffects {
            prediction: prediction(0.75, 1.0),
            effects: vec![
                effect(0, 0.875, 1.5),
                effect(1, 0.25, -1.0),
                effect(2, 0.75, 1.0),
                effect(3, 0.75, 1.25),
            ],
        }
    }

    #[test]
    fn the_largest_change_comes_first_whatever_its_sign() {
        let ranked = ranked_heads(&effects(), 1);
        let heads: Vec<usize> = ranked.iter().map(|head| head.head.0).collect();
        assert_eq!(heads, [1, 0, 3, 2]);
        let changes: Vec<f32> = ranked.iter().map(|head| head.probability_change).collect();
        assert_eq!(changes, [-0.5, 0.125, 0.0, 0.0]);
        assert_eq!(
            (ranked[0].probability, ranked[0].logit_change, ranked[0].layer),
            (0.25, -2.0, LayerIdx(0))
        );
        assert!(ranked_heads(&effects(), 2).is_empty(), "there are two classes");
    }

    #[test]
    fn the_csv_reads_back_to_the_same_bits() {
        let labels = ["bad, really".to_owned(), "good".to_owned()];
        let csv = ranking_csv(&effects(), &labels, "abc");
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let records: Vec<_> = reader.records().map(Result::unwrap).collect();
        assert_eq!(records.len(), 4 * 2);
        assert_eq!(
            records[2].iter().collect::<Vec<_>>(),
            ["0", "1", "bad, really", "0.25", "0.75", "-1", "1", "abc"]
        );
    }
}
