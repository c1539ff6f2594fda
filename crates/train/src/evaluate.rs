//! How good a model is: accuracy with intervals, calibration, and what it says when it can know nothing.

use std::fmt::Write;

use anyhow::{Context, Result};
use candle_core::D;
use vitrine_model::{BertTokenizer, Encoder};

use crate::data::{self, Domain, RatedSentence, Template};
use crate::finetune::logits;

/// What was predicted for one sentence.
#[derive(Clone, Debug)]
pub struct Predicted {
    pub domain: Domain,
    pub is_positive: Option<bool>,
    /// Difference of the logits, POSITIVE − NEGATIVE: the log-odds.
    pub log_odds: f64,
}

impl Predicted {
    /// Probability of POSITIVE at a temperature.
    pub fn probability(&self, temperature: f64) -> f64 {
        1.0 / (1.0 + (-self.log_odds / temperature).exp())
    }
}

/// Runs sentences in batches of like length and gives what was predicted, in their order.
pub fn predict(
    encoder: &Encoder,
    tokenizer: &BertTokenizer,
    sentences: &[RatedSentence],
    max_tokens: usize,
) -> Result<Vec<Predicted>> {
    let tokenized: Vec<_> = sentences
        .iter()
        .map(|sentence| data::tokenize(sentence, tokenizer, max_tokens))
        .collect::<Result<_>>()?;
    let template = Template::of(tokenizer)?;
    let mut order: Vec<usize> = (0..tokenized.len()).collect();
    order.sort_by_key(|&index| tokenized[index].ids.len());
    let mut log_odds = vec![0.0; tokenized.len()];
    for chunk in order.chunks(32) {
        let ids: Vec<Vec<u32>> = chunk
            .iter()
            .map(|&index| template.around(tokenized[index].ids.iter().copied()))
            .collect();
        for (&index, odds) in chunk.iter().zip(batch_log_odds(encoder, &ids)?) {
            log_odds[index] = odds;
        }
    }
    Ok(sentences
        .iter()
        .zip(log_odds)
        .map(|(sentence, log_odds)| Predicted {
            domain: sentence.domain,
            is_positive: sentence.is_positive(),
            log_odds,
        })
        .collect())
}

fn batch_log_odds(encoder: &Encoder, ids: &[Vec<u32>]) -> Result<Vec<f64>> {
    let logits = logits(encoder, ids, Ok)?;
    let odds = (logits.narrow(D::Minus1, 1, 1)? - logits.narrow(D::Minus1, 0, 1)?)?;
    Ok(odds
        .flatten_all()?
        .to_vec1::<f32>()?
        .into_iter()
        .map(f64::from)
        .collect())
}

/// A share with its 95% interval (Wilson 1927).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    pub value: f64,
    pub low: f64,
    pub high: f64,
    pub count: usize,
}

impl Share {
    pub fn new(hits: usize, count: usize) -> Share {
        const Z: f64 = 1.959_964;
        let n = count.max(1) as f64;
        let p = hits as f64 / n;
        let centre = (p + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
        let half = Z / (1.0 + Z * Z / n) * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
        Share {
            value: p,
            low: centre - half,
            high: centre + half,
            count,
        }
    }
}

/// Share of the positive and negative sentences of a domain (or of all) that were called right.
pub fn accuracy(predicted: &[Predicted], domain: Option<Domain>) -> Share {
    let hits: Vec<bool> = predicted
        .iter()
        .filter(|p| domain.is_none_or(|domain| p.domain == domain))
        .filter_map(|p| Some(p.is_positive? == (p.log_odds > 0.0)))
        .collect();
    Share::new(hits.iter().filter(|&&hit| hit).count(), hits.len())
}

/// Mean probability of POSITIVE over the neutral sentences.
pub fn neutral_mean(predicted: &[Predicted], temperature: f64) -> f64 {
    let neutral: Vec<f64> = predicted
        .iter()
        .filter(|p| p.is_positive.is_none())
        .map(|p| p.probability(temperature))
        .collect();
    neutral.iter().sum::<f64>() / neutral.len().max(1) as f64
}

/// Expected calibration error over fifteen bins of equal width (Guo et al. 2017, eq. 3), on the positive and
/// negative sentences.
pub fn calibration_error(predicted: &[Predicted], temperature: f64) -> f64 {
    const BINS: usize = 15;
    let mut bins = [(0.0, 0.0, 0usize); BINS];
    let mut count = 0;
    for p in predicted {
        let Some(positive) = p.is_positive else { continue };
        let probability = p.probability(temperature);
        let confidence = probability.max(1.0 - probability);
        let bin = &mut bins[((confidence * BINS as f64) as usize).min(BINS - 1)];
        bin.0 += confidence;
        bin.1 += if positive == (p.log_odds > 0.0) { 1.0 } else { 0.0 };
        bin.2 += 1;
        count += 1;
    }
    bins.iter()
        .map(|(confidence, hits, _): &(f64, f64, usize)| (confidence - hits).abs())
        .sum::<f64>()
        / f64::from(count.max(1))
}

/// The temperature that makes the labels of the positive and negative sentences likeliest (Guo et al. 2017,
/// section 4.2), by golden-section search over its logarithm.
pub fn fit_temperature(predicted: &[Predicted]) -> f64 {
    let loss = |log_temperature: f64| -> f64 {
        predicted
            .iter()
            .filter_map(|p| {
                let odds = p.log_odds / log_temperature.exp();
                let signed = if p.is_positive? { odds } else { -odds };
                Some((-signed).exp().ln_1p())
            })
            .sum()
    };
    let (mut low, mut high) = (-3.0_f64, 3.0_f64);
    let ratio = (5.0_f64.sqrt() - 1.0) / 2.0;
    for _ in 0..60 {
        let (a, b) = (high - ratio * (high - low), low + ratio * (high - low));
        if loss(a) < loss(b) { high = b } else { low = a }
    }
    f64::midpoint(low, high).exp()
}

/// A line for each domain and one for all.
pub fn report(predicted: &[Predicted]) -> String {
    let mut text = String::new();
    for domain in Domain::ALL.into_iter().map(Some).chain([None]) {
        let share = accuracy(predicted, domain);
        let name = domain.map_or("all", Domain::name);
        let _ = writeln!(
            text,
            "  {name:<10} {:.3}  [{:.3}, {:.3}]  n = {}",
            share.value, share.low, share.high, share.count
        );
    }
    let _ = write!(
        text,
        "  neutral    mean P(POSITIVE) {:.3}   ECE {:.3}",
        neutral_mean(predicted, 1.0),
        calibration_error(predicted, 1.0)
    );
    text
}

/// What the model says of masks alone, and of a sentence that says nothing good or bad.
pub fn neutrality(encoder: &Encoder, tokenizer: &BertTokenizer) -> Result<String> {
    let mask = tokenizer.mask_id().context("the vocabulary has no [MASK]")?.0;
    let template = Template::of(tokenizer)?;
    let mut lowest = f64::INFINITY;
    let mut highest = f64::NEG_INFINITY;
    for count in 0..=60 {
        let ids = template.around(std::iter::repeat_n(mask, count));
        for odds in batch_log_odds(encoder, &[ids])? {
            let p = 1.0 / (1.0 + (-odds).exp());
            lowest = lowest.min(p);
            highest = highest.max(p);
        }
    }
    let meeting = tokenizer.encode("The meeting is at noon.", None, 64)?;
    let ids = meeting.tokens.iter().map(|token| token.id.0).collect();
    let odds = batch_log_odds(encoder, &[ids])?;
    let noon = odds.first().map_or(f64::NAN, |odds| 1.0 / (1.0 + (-odds).exp()));
    Ok(format!(
        "  P(POSITIVE) of 0 to 60 masks: {lowest:.3} to {highest:.3}; of \"The meeting is at noon.\": {noon:.3}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn predicted(log_odds: f64, is_positive: bool) -> Predicted {
        Predicted {
            domain: Domain::Movie,
            is_positive: Some(is_positive),
            log_odds,
        }
    }

    #[test]
    fn wilson_interval_of_a_known_case() {
        // 8 of 10: the interval as R's binom.confint(8, 10, methods = "wilson") gives it.
        let share = Share::new(8, 10);
        assert!(
            (share.low - 0.4902).abs() < 1e-4 && (share.high - 0.9433).abs() < 1e-4,
            "{share:?}"
        );
    }

    #[test]
    fn a_model_that_is_twice_too_sure_gets_temperature_two() {
        // Labels drawn in proportion to the probability at log-odds 1, predicted with log-odds 2.
        let mut all = vec![predicted(2.0, true); 731];
        all.extend(vec![predicted(2.0, false); 269]);
        let temperature = fit_temperature(&all);
        assert!((temperature - 2.0).abs() < 0.01, "{temperature}");
        assert!(calibration_error(&all, temperature) < 0.001);
        assert!(calibration_error(&all, 1.0) > 0.1);
    }
}
