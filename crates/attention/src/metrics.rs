//! What a head does, in numbers.

use vitrine_record::{HeadIdx, HeadMetric, HeadScores, LayerAttention, PerMetric, Token};

use crate::{ShapeError, TokenMatrix, TokenRoles, rollout::check_tokens};

/// All metrics of all heads of some layers for one text, in the order of layers and heads.
///
/// # Errors
///
/// If a layer has another number of tokens than the text.
pub fn head_scores(layers: &[LayerAttention], tokens: &[Token]) -> Result<Vec<HeadScores>, ShapeError> {
    let roles = TokenRoles::new(tokens);
    let mut found = Vec::new();
    for attention in layers {
        for head in (0..attention.heads()).map(HeadIdx) {
            found.push(HeadScores {
                layer: attention.layer,
                head,
                scores: scores_of_head(attention, head, &roles)?,
            });
        }
    }
    Ok(found)
}

/// All metrics of one head for one text; [`HeadMetric`] says over which rows each is the mean.
///
/// # Errors
///
/// If the layer has another number of tokens than the text, or no such head.
pub fn scores_of_head(
    attention: &LayerAttention,
    head: HeadIdx,
    roles: &TokenRoles,
) -> Result<PerMetric<Option<f64>>, ShapeError> {
    check_tokens(attention, roles.tokens)?;
    if head.0 >= attention.heads() {
        let (layer, heads) = (attention.layer, attention.heads());
        return Err(ShapeError::HeadMissing { layer, head, heads });
    }
    let mut means = PerMetric::<Mean>::default();
    for destination in 0..roles.tokens {
        add_row(&mut means, attention.row(head.0, destination), destination, roles);
    }
    let entropy = means[HeadMetric::Entropy].value();
    Ok(PerMetric::from_fn(|metric| match metric {
        HeadMetric::NormalisedEntropy if roles.tokens < 2 => None,
        HeadMetric::NormalisedEntropy => entropy.map(|entropy| entropy / (roles.tokens as f64).ln()),
        HeadMetric::EffectiveTokens => entropy.map(f64::exp),
        HeadMetric::Distance => property_share(attention, head, |destination, source| {
            destination.abs_diff(source) as f64
        }),
        _ => means[metric].value(),
    }))
}

/// Adds one row to the metrics that are means over rows.
fn add_row(means: &mut PerMetric<Mean>, row: &[f32], destination: usize, roles: &TokenRoles) {
    let attention_to =
        |sources: &[usize]| -> f64 { sources.iter().map(|&source| f64::from(row[source])).sum() };
    means[HeadMetric::Itself].add(attention_to(&[destination]));
    if destination > 0 {
        means[HeadMetric::Previous].add(attention_to(&[destination - 1]));
    }
    if destination + 1 < row.len() {
        means[HeadMetric::Next].add(attention_to(&[destination + 1]));
    }
    if !roles.cls.is_empty() {
        means[HeadMetric::ToCls].add(attention_to(&roles.cls));
    }
    if !roles.sep.is_empty() {
        let to_sep = attention_to(&roles.sep);
        let from = match roles.sep.contains(&destination) {
            true => HeadMetric::SepToSep,
            false => HeadMetric::RestToSep,
        };
        means[HeadMetric::ToSep].add(to_sep);
        means[from].add(to_sep);
    }
    if !roles.punctuation.is_empty() {
        means[HeadMetric::ToPunctuation].add(attention_to(&roles.punctuation));
    }
    let duplicates = &roles.duplicates[destination];
    if !duplicates.is_empty() {
        means[HeadMetric::SameWord].add(attention_to(duplicates));
    }
    means[HeadMetric::Entropy].add(entropy(row));
}

/// −Σ p ln p in nats; what is 0 adds nothing.
pub(crate) fn entropy(row: &[f32]) -> f64 {
    -row.iter()
        .map(|&probability| times_own_logarithm(f64::from(probability)))
        .sum::<f64>()
}

/// x ln x, continued to 0.
pub(crate) fn times_own_logarithm(value: f64) -> f64 {
    if value > 0.0 { value * value.ln() } else { 0.0 }
}

#[derive(Clone, Copy, Debug, Default)]
struct Mean {
    sum: f64,
    rows: u32,
}

impl Mean {
    fn add(&mut self, value: f64) {
        self.sum += value;
        self.rows += 1;
    }

    fn value(self) -> Option<f64> {
        (self.rows > 0).then(|| self.sum / f64::from(self.rows))
    }
}

/// Which part of a head's attention falls on pairs of tokens with a property: `Σ A[i,j] f(i,j) / Σ A[i,j]`, which
/// Vig and Belinkov (2019) use for parts of speech and for distance. The property takes destination and source, and
/// may be a degree. `None` if there is no attention: a head that is missing, or a text without tokens.
///
/// ```
/// # use vitrine_attention::property_share;
/// # use vitrine_record::{HeadIdx, LayerAttention, LayerIdx};
/// let attention = LayerAttention::new(LayerIdx(0), 1, 2, vec![0.25, 0.75, 0.5, 0.5]).unwrap();
/// let backwards = property_share(&attention, HeadIdx(0), |i, j| if j < i { 1.0 } else { 0.0 });
/// assert_eq!(backwards, Some(0.25));
/// ```
pub fn property_share(
    attention: &LayerAttention,
    head: HeadIdx,
    property: impl Fn(usize, usize) -> f64,
) -> Option<f64> {
    let (mut with_property, mut all) = (0.0, 0.0);
    for destination in 0..attention.tokens() {
        for (source, &weight) in attention.row(head.0, destination).iter().enumerate() {
            with_property += f64::from(weight) * property(destination, source);
            all += f64::from(weight);
        }
    }
    (all > 0.0).then(|| with_property / all)
}

/// How much of a head's attention a template covers: Σ (A ∘ D) / Σ A, with D from 0 to 1. `None` if the template is
/// for another number of tokens, or if there is no attention.
pub fn template_score(attention: &LayerAttention, head: HeadIdx, template: &TokenMatrix) -> Option<f64> {
    if check_tokens(attention, template.tokens()).is_err() {
        return None;
    }
    property_share(attention, head, |destination, source| {
        template.row(destination)[source]
    })
}
