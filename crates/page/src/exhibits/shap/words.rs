//! Sentences made from the values on the screen.

use vitrine_picture::explanation::{
    InteractionMatrix, Part, SignedScale, by_size, is_told_apart, parts, stated_residual,
};
use vitrine_record::{
    Explanation, ExplanationCheck, ExplanationMethod, KernelSelection, MaskWith, OutputLink, Position,
    ShapPicture,
};

use super::controls::picture_key;
use crate::{
    context::Context,
    exhibits::explanation::{Drawn, explained_name, picture_name, scale_name, without_key},
    state::Snapshot,
};

/// A residual larger than this is no rounding of the model's 32-bit numbers.
const LARGEST_ROUNDING: f64 = 1e-4;

/// A base value nearer to an end than this, as a probability, leaves little to explain in that direction.
const NEAR_AN_END: f64 = 0.2;

/// What the handle of the controls says where there is no room for them.
pub fn choice(page: &Context) -> String {
    let picture = page.t(picture_key(page.link.explanation.picture));
    page.joined("join.list", [explained_name(page).as_str(), picture])
}

/// What the buttons of a picture are called together.
pub fn picture_label(page: &Context, drawn: &Drawn) -> String {
    let method = picture_name(page, drawn);
    page.fill(
        "shap.picture_label",
        &[("method", method), ("label", &explained_name(page))],
    )
}

/// What the values say: of the tokens that are looked at, or else of those that do most.
pub fn reading(page: &Context, snapshot: Option<&Snapshot>) -> String {
    let Some(snapshot) = snapshot else {
        return String::new();
    };
    let explanation = &*snapshot.explanation;
    let parts = parts(explanation);
    let focus = page.focus().map(|focus| focus.positions);
    let looked_at = focus.map(|positions| {
        let is_looked_at = |part: &&Part| {
            let mut features = explanation.features[part.features.clone()].iter();
            features.any(|feature| {
                feature
                    .tokens
                    .clone()
                    .any(|token| positions.contains(&Position(token)))
            })
        };
        parts.iter().filter(is_looked_at).collect::<Vec<_>>()
    });
    match looked_at.as_deref() {
        Some([one]) => about_one(page, explanation, &parts, one),
        Some(several) if !several.is_empty() => about_several(page, explanation, several),
        _ if !is_told_apart(explanation) => about_whole(page, explanation),
        _ => about_pair(page, explanation).unwrap_or_else(|| about_all(page, explanation, &parts)),
    }
}

/// What two tokens do together most, where pairs have values.
fn about_pair(page: &Context, explanation: &Explanation) -> Option<String> {
    let matrix = InteractionMatrix::new(explanation)?;
    let (one, other, value) = matrix.largest_pair()?;
    let values = matrix.scale().values(page.language().numbers());
    let arguments = [
        ("one", matrix.names.get(one)?.clone()),
        ("other", matrix.names.get(other)?.clone()),
        ("value", values.value(value)),
        ("label", explained_name(page)),
    ];
    Some(page.fill(
        "shap.reading_pair",
        &arguments.each_ref().map(|(name, value)| (*name, value.as_str())),
    ))
}

fn about_one(page: &Context, explanation: &Explanation, parts: &[Part], part: &Part) -> String {
    let values = SignedScale::of([explanation]).values(page.language().numbers());
    let rank = by_size(parts)
        .iter()
        .position(|place| parts[*place] == *part)
        .unwrap_or_default()
        + 1;
    let key = match (part.is_resolved, part.value >= 0.0) {
        (false, _) => "shap.reading_group",
        (true, true) => "shap.reading_for",
        (true, false) => "shap.reading_against",
    };
    page.fill(
        key,
        &[
            ("token", &part.text),
            ("value", &values.value(part.value)),
            ("label", &explained_name(page)),
            ("rank", &rank.to_string()),
            ("count", &parts.len().to_string()),
        ],
    )
}

fn about_several(page: &Context, explanation: &Explanation, several: &[&Part]) -> String {
    let values = SignedScale::of([explanation]).values(page.language().numbers());
    let sum: f64 = several.iter().map(|part| part.value).sum();
    let texts = several.iter().map(|part| part.text.as_str());
    let count: usize = several.iter().map(|part| part.features.len()).sum();
    page.fill(
        "shap.reading_several",
        &[
            ("count", &page.language().numbers().count(count)),
            ("tokens", &page.joined("join.sum_in_quotes", texts)),
            ("value", &values.value(sum)),
            (
                "all",
                &values.value(explanation.prediction - explanation.base_value),
            ),
        ],
    )
}

/// That nothing is known yet but the score of the text, and of what is left without its tokens.
fn about_whole(page: &Context, explanation: &Explanation) -> String {
    let values = SignedScale::of([explanation]).values(page.language().numbers());
    page.fill(
        "shap.reading_whole",
        &[
            ("without", page.t(without_key(explanation.settings.masking.with))),
            ("label", &explained_name(page)),
            ("base", &values.score(explanation.base_value)),
            ("prediction", &values.score(explanation.prediction)),
        ],
    )
}

/// From the base value to the prediction, by the largest value in each direction.
fn about_all(page: &Context, explanation: &Explanation, parts: &[Part]) -> String {
    let values = SignedScale::of([explanation]).values(page.language().numbers());
    let largest = |sign: f64| {
        let order = by_size(parts).into_iter();
        order
            .map(|place| &parts[place])
            .find(|part| part.value * sign > 0.0)
    };
    let (up, down) = (largest(1.0), largest(-1.0));
    let key = match (up, down) {
        (Some(_), Some(_)) => "shap.reading_all",
        (Some(_), None) => "shap.reading_all_for",
        (None, Some(_)) => "shap.reading_all_against",
        (None, None) => "shap.reading_nothing",
    };
    let text = |part: Option<&Part>| part.map(|part| part.text.clone()).unwrap_or_default();
    let value = |part: Option<&Part>| part.map(|part| values.value(part.value)).unwrap_or_default();
    page.fill(
        key,
        &[
            ("without", page.t(without_key(explanation.settings.masking.with))),
            ("label", &explained_name(page)),
            ("base", &values.score(explanation.base_value)),
            ("prediction", &values.score(explanation.prediction)),
            ("for", &text(up)),
            ("for_value", &value(up)),
            ("against", &text(down)),
            ("against_value", &value(down)),
        ],
    )
}

/// What the values are of, and how far base value and values sum to the prediction.
pub fn trust(page: &Context, snapshot: Option<&Snapshot>) -> String {
    let Some(snapshot) = snapshot else {
        return String::new();
    };
    let explanation = &*snapshot.explanation;
    let mut sentences = vec![method_said(page, explanation)];
    let choice = &page.link.explanation;
    if choice.picture == ShapPicture::Interactions && choice.method != ExplanationMethod::Exact {
        sentences.push(page.t("shap.trust_pairs").to_owned());
    }
    if let ExplanationCheck::Additivity { residual } = explanation.check {
        let key = if residual.abs() > LARGEST_ROUNDING {
            "shap.trust_off"
        } else {
            "shap.trust"
        };
        // It is shown to three figures.
        let residual = page
            .language()
            .numbers()
            .significant(stated_residual(residual) as f32);
        sentences.push(page.fill(key, &[("residual", &residual)]));
    }
    let settings = &explanation.settings;
    let is_cut = settings
        .most_evaluations
        .is_some_and(|most| explanation.exact_evaluations.is_some_and(|exact| exact > most));
    if is_cut && settings.method == ExplanationMethod::Owen {
        sentences.push(page.t("shap.trust_cut").to_owned());
    }
    if explanation.is_by_chance() {
        let seed = settings.seed.to_string();
        sentences.push(page.fill("shap.trust_chance", &[("seed", &seed)]));
    }
    sentences.push(page.fill(
        "shap.trust_masking",
        &[
            (
                "masking",
                &super::ranks::masking_name(page.language(), &settings.masking),
            ),
            ("link", scale_name(page, &settings.target)),
        ],
    ));
    if settings.masking.with == MaskWith::Attention {
        sentences.push(page.t("masking.attention_about").to_owned());
    }
    sentences.join(" ")
}

/// What the values are, and whether they are final or sampled, or of selected tokens alone.
fn method_said(page: &Context, explanation: &Explanation) -> String {
    let selection = explanation.settings.kernel;
    match selection {
        KernelSelection::All => page.t(method_key_said(explanation)).to_owned(),
        KernelSelection::Features(count) => {
            let count = page.language().numbers().count(count);
            page.fill("shap.trust_kernel_some", &[("count", &count)])
        }
        KernelSelection::Aic | KernelSelection::Bic => page.fill(
            "shap.trust_kernel_criterion",
            &[("criterion", &selection.to_string().to_uppercase())],
        ),
    }
}

/// The key of what the values of all tokens are.
fn method_key_said(explanation: &Explanation) -> &'static str {
    let is_exact = explanation
        .exact_evaluations
        .is_some_and(|exact| explanation.evaluations >= exact);
    match (explanation.settings.method, is_exact) {
        (ExplanationMethod::Exact, true) => "shap.trust_exact",
        (ExplanationMethod::Exact, false) => "shap.trust_exact_so_far",
        (ExplanationMethod::Permutation, _) => "shap.trust_permutation",
        (ExplanationMethod::Kernel, true) => "shap.trust_kernel_exact",
        (ExplanationMethod::Kernel, false) => "shap.trust_kernel",
        (_, true) => "shap.trust_owen",
        (_, false) => "shap.trust_owen_so_far",
    }
}

/// That a base value far from the middle leaves little to explain, where it is so.
pub fn warning(page: &Context, snapshot: Option<&Snapshot>) -> Option<String> {
    let explanation = &*snapshot?.explanation;
    // A score of no class has no middle.
    let base = match explanation.settings.target.scale()? {
        OutputLink::Probability => explanation.base_value,
        OutputLink::Logit => 1.0 / (1.0 + (-explanation.base_value).exp()),
    };
    let is_far = !(NEAR_AN_END..=1.0 - NEAR_AN_END).contains(&base);
    // A probability is shown to two figures.
    let share = page.language().numbers().percent(base as f32);
    let key = if base < 0.5 {
        "shap.base_low"
    } else {
        "shap.base_high"
    };
    is_far.then(|| page.fill(key, &[("share", &share), ("label", &explained_name(page))]))
}
