//! What gradients say, as an explanation like any other.

use vitrine_record::{
    Explanation, ExplanationCheck, ExplanationDetail, ExplanationMethod, ExplanationSettings, Masking,
    Salience,
};

use crate::{ExplainedText, TokenMasker};

/// The explanation of a text by one of the methods of gradients. `None` if the method of the settings is another, if its
/// values are not there yet, or if they are not of this text.
///
/// Each token is a feature. Integrated gradients give special tokens nothing, since they are the same all along the
/// path, and leave them out. Evaluations are the points at which a gradient was computed.
///
/// ```
/// # use vitrine_record::{Segment, Token, TokenId, message::TextInput};
/// use vitrine_explain::{ExplainedText, explanation_of_salience};
/// use vitrine_record::{ExplanationCheck, ExplanationMethod, ExplanationSettings, Salience};
/// # let token = |text: &str, special| Token {
/// #     text: text.into(), piece: text.into(), id: TokenId(7), start: 0, end: text.len(), segment: Segment::A, special,
/// # };
/// # let text = ExplainedText {
/// #     model_hash: "hash".into(),
/// #     input: TextInput { text: "good".into(), pair: None },
/// #     tokens: vec![token("", true), token("good", false), token("", true)],
/// # };
/// let salience = Salience {
///     prediction: 0.75,
///     base_value: 0.5,
///     gradient_times_input: vec![0.5, 1.0, 0.25],
///     gradient_norm: vec![1.0, 2.0, 1.0],
///     gradient_times_attention: vec![0.0, 0.125, 0.0],
///     integrated_gradients: Some(vec![0.0, 0.375, 0.0]),
///     steps_done: 50,
///     steps: 50,
/// };
/// let by = |method| {
///     let settings = ExplanationSettings { method, ..ExplanationSettings::default() };
///     explanation_of_salience(text.clone(), settings, &salience)
/// };
/// let found = by(ExplanationMethod::IntegratedGradients).unwrap();
/// assert_eq!(found.check, ExplanationCheck::Completeness { gap: 0.125 });
/// assert_eq!((found.features.len(), found.features[0].value), (1, 0.375));
/// assert_eq!(by(ExplanationMethod::GradientTimesInput).unwrap().values, [0.5, 1.0, 0.25]);
/// assert_eq!(by(ExplanationMethod::Owen), None);
/// ```
pub fn explanation_of_salience(
    text: ExplainedText,
    settings: ExplanationSettings,
    salience: &Salience,
) -> Option<Explanation> {
    let values = salience.values(settings.method)?;
    if values.len() != text.tokens.len() {
        return None;
    }
    let is_path = settings.method == ExplanationMethod::IntegratedGradients;
    let masking = Masking {
        special_players: !is_path,
        ..Masking::default()
    };
    let mut features = TokenMasker::new(text.clone(), masking).ok()?.features();
    for feature in &mut features {
        feature.value = values[feature.tokens.start];
    }
    let gap = salience.gap().filter(|_| is_path);
    Some(Explanation {
        values: values.to_vec(),
        features,
        base_value: salience.base_value,
        prediction: salience.prediction,
        evaluations: if is_path { salience.steps_done } else { 1 },
        exact_evaluations: None,
        check: gap.map_or(ExplanationCheck::Nothing, |gap| ExplanationCheck::Completeness {
            gap,
        }),
        detail: ExplanationDetail::Nothing,
        model_hash: text.model_hash,
        input: text.input,
        tokens: text.tokens,
        settings,
    })
}
