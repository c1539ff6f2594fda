//! Sentences made from the values on the screen.

use vitrine_picture::explanation::ValueStyle;
use vitrine_record::{ExplanationMethod, Position, Salience};

use super::{controls::baseline_key, table::token_names};
use crate::{
    context::Context,
    exhibits::explanation::{explained_name, explained_scale, method_key},
    exhibits::shap::masking_name,
    state::MethodValues,
};

/// A gap of more than this share of what the values should sum to is no trifle.
const LARGE_SHARE: f64 = 0.05;

/// Scores at both ends that differ by less than this leave nothing to distribute.
const NO_DIFFERENCE: f64 = 1e-3;

/// By how much integrated gradients miss completeness.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gap {
    /// Their sum − (prediction − score of the baseline).
    pub gap: f64,
    /// Its size as a share of that difference; none where there is hardly a difference.
    pub share: Option<f64>,
    /// Whether it is too large to be passed over.
    pub is_large: bool,
}

/// The gap, once the path was gone to its end.
pub fn gap(salience: &Salience) -> Option<Gap> {
    let gap = salience.gap()?;
    let difference = (salience.prediction - salience.base_value).abs();
    let share = (difference >= NO_DIFFERENCE).then(|| gap.abs() / difference);
    Some(Gap {
        gap,
        share,
        is_large: match share {
            Some(share) => share > LARGE_SHARE,
            None => gap.abs() > NO_DIFFERENCE,
        },
    })
}

/// What the handle of the controls says where there is no room for them.
pub fn choice(page: &Context) -> String {
    let baseline = page.t(baseline_key(page.link.explanation.path.baseline));
    page.joined("join.list", [explained_name(page).as_str(), baseline])
}

/// The methods' names in one list.
pub fn named(page: &Context, methods: impl IntoIterator<Item = ExplanationMethod>) -> String {
    let names = methods.into_iter().map(|method| page.t(method_key(method)));
    page.joined("join.list", names)
}

/// Which token each method puts first; of one that is looked at, its place for each method.
pub fn reading(page: &Context) -> String {
    let values = page.salience_values();
    let tokens = &page.shown.analysis.tokens;
    let focus = page.focus();
    let looked_at = focus.iter().flat_map(|focus| &focus.positions);
    let mut typed = looked_at.filter(|at| tokens.get(at.0).is_some_and(|token| !token.special));
    match typed.next() {
        Some(&at) if !values.is_empty() => about_one(page, &values, at),
        _ => about_first(page, &values),
    }
}

fn about_one(page: &Context, values: &[MethodValues], at: Position) -> String {
    let tokens = &page.shown.analysis.tokens;
    let count = tokens.iter().filter(|token| !token.special).count();
    let places = values.iter().filter_map(|of| {
        let place = of.places(tokens).get(at.0).copied().flatten()?;
        let arguments = [
            ("method", page.t(method_key(of.method))),
            ("place", &place.to_string()),
        ];
        Some(page.fill("salience.place", &arguments))
    });
    let places = page.joined("join.list", places);
    let name = token_names(page).get(at.0).cloned().unwrap_or_default();
    page.fill(
        "salience.reading_token",
        &[
            ("token", &name),
            ("count", &count.to_string()),
            ("places", &places),
        ],
    )
}

fn about_first(page: &Context, values: &[MethodValues]) -> String {
    let tokens = &page.shown.analysis.tokens;
    let names = token_names(page);
    let mut groups: Vec<(usize, Vec<ExplanationMethod>)> = Vec::new();
    for of in values {
        let Some(first) = of.first(tokens) else {
            continue;
        };
        match groups.iter_mut().find(|(token, _)| *token == first) {
            Some((_, methods)) => methods.push(of.method),
            None => groups.push((first, vec![of.method])),
        }
    }
    let name = |token: usize| names.get(token).map(String::as_str).unwrap_or_default();
    match &groups[..] {
        [] => String::new(),
        [(token, methods)] if methods.len() == 1 => page.fill(
            "salience.reading_one",
            &[("token", name(*token)), ("method", &named(page, methods.clone()))],
        ),
        [(token, methods)] => page.fill(
            "salience.reading_agree",
            &[
                ("token", name(*token)),
                ("count", &methods.len().to_string()),
                ("label", &explained_name(page)),
            ],
        ),
        groups => {
            let said = groups.iter().map(|(token, methods)| {
                let methods = named(page, methods.iter().copied());
                page.fill(
                    "salience.group",
                    &[("token", name(*token)), ("methods", &methods)],
                )
            });
            let said = page.joined("join.clauses", said);
            page.fill("salience.reading_disagree", &[("groups", &said)])
        }
    }
}

/// How far integrated gradients are complete, and what the methods depend on.
pub fn trust(page: &Context) -> String {
    let Some((answer, _)) = page.salience() else {
        return String::new();
    };
    let numbers = page.language().numbers();
    let salience = &answer.value;
    let mut sentences = Vec::new();
    match gap(salience) {
        Some(gap) => {
            let key = if gap.is_large {
                "salience.trust_off"
            } else {
                "salience.trust"
            };
            let style = ValueStyle::new(numbers, gap.gap.abs());
            let (steps, baseline) = (
                numbers.count(salience.steps),
                page.t(baseline_key(page.salience_baseline())),
            );
            sentences.push(page.fill(
                key,
                &[
                    ("gap", &style.value(gap.gap)),
                    ("steps", &steps),
                    ("baseline", baseline),
                ],
            ));
        }
        None => sentences.push(page.t("salience.trust_not_yet").to_owned()),
    }
    let choice = &page.link.explanation;
    let masking = masking_name(page.language(), &choice.masking);
    sentences.push(page.fill(
        "salience.trust_masking",
        &[("masking", &masking), ("link", explained_scale(page))],
    ));
    sentences.push(page.t("salience.trust_others").to_owned());
    sentences.join(" ")
}

/// That the gap is large, where it is.
pub fn warning(page: &Context) -> Option<String> {
    let (answer, _) = page.salience()?;
    let salience = &answer.value;
    let gap = gap(salience).filter(|gap| gap.is_large)?;
    let numbers = page.language().numbers();
    let style = ValueStyle::new(numbers, gap.gap.abs());
    let steps = numbers.count(salience.steps);
    let gap_said = style.value(gap.gap);
    Some(match gap.share {
        // A percentage is shown to two figures.
        Some(share) => page.fill(
            "salience.gap_large",
            &[
                ("gap", &gap_said),
                ("share", &numbers.percent(share as f32)),
                ("steps", &steps),
            ],
        ),
        None => page.fill("salience.gap_of_nothing", &[("gap", &gap_said)]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(prediction: f64, base_value: f64, values: &[f64]) -> Salience {
        Salience {
            prediction,
            base_value,
            integrated_gradients: Some(values.to_vec()),
            ..Salience::default()
        }
    }

    #[test]
    fn a_gap_is_large_by_what_there_was_to_distribute() {
        let check = |prediction, base_value, values: &[f64], expect: (Option<f64>, bool)| {
            let gap = gap(&path(prediction, base_value, values)).expect("the path is whole");
            let share = gap.share.map(|share| (share * 1e6).round() / 1e6);
            assert_eq!((share, gap.is_large), expect);
        };
        check(0.75, 0.25, &[0.5, 0.01], (Some(0.02), false));
        check(0.75, 0.25, &[0.5, -0.05], (Some(0.1), true));
        check(0.5, 0.5, &[0.0005, 0.0], (None, false));
        check(0.5, 0.5, &[0.2, -0.1], (None, true));
        assert_eq!(gap(&Salience::default()), None, "it is not known yet");
    }
}
