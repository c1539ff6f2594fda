//! Sentences in which attention and ablation disagree, as `vitrine disagreements` found them with the shipped model.

use std::sync::OnceLock;

use vitrine_record::{Disagreement, Disagreements, TokenMeasure};
use yew::prelude::*;

use super::words;
use crate::{
    browser,
    components::put_into_field,
    context::{Context, use_page},
    state::Action,
};

/// What was found.
#[allow(
    clippy::expect_used,
    reason = "the file is part of the build, and a test reads it"
)]
fn found() -> &'static Disagreements {
    static FOUND: OnceLock<Disagreements> = OnceLock::new();
    FOUND.get_or_init(|| {
        serde_json::from_str(include_str!("../../../../../../www/recorded/disagreements.json"))
            .expect("www/recorded/disagreements.json is of this build's format")
    })
}

/// The sentences as buttons. With another model there are none: they were found with one.
#[component]
pub fn Examples() -> Html {
    let page = use_page();
    let is_wide = use_memo((), |()| browser::matches_media("(min-width: 60rem)"));
    let found = found();
    if found.model_hash != page.shown.model.hash {
        return Html::default();
    }
    let style = page.language().numbers();
    let measure = words::measure(&page, found.measure);
    let about = page.fill(
        "ablation.found",
        &[
            ("sentences", &style.count(found.sentences)),
            ("found", &style.count(found.found)),
            ("count", &found.examples.len().to_string()),
            ("measure", &measure),
        ],
    );
    let examples = found.examples.iter().map(|example| button(&page, example));
    html! {
        <details class="more ablation__examples" open={*is_wide}>
            <summary>{ page.t("ablation.examples") }</summary>
            <p class="hint">{ about }</p>
            <ul class="ablation__list" aria-label={page.t("ablation.examples")}>{ for examples }</ul>
        </details>
    }
}

fn button(page: &Context, example: &'static Disagreement) -> Html {
    let dispatcher = page.state.dispatcher();
    let onclick = Callback::from(move |_: MouseEvent| {
        put_into_field(&example.text);
        dispatcher.dispatch(Action::ChooseDisagreement(example.text.clone()));
    });
    let is_on = page.link.text == example.text
        && page.link.pair.is_none()
        && page.link.ablation.measure == TokenMeasure::default();
    html! {
        <li>
            <button type="button" class="example" lang="en" aria-pressed={is_on.to_string()} {onclick}>
                { &example.text }
            </button>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_of_the_recorded_model() {
        let found = found();
        assert_eq!(found.model_hash, crate::recorded::example().model.hash);
        assert_eq!(
            (found.format.as_str(), found.version),
            (Disagreements::FORMAT, Disagreements::VERSION)
        );
        assert_eq!(
            found.measure,
            TokenMeasure::default(),
            "an example is shown with the measure of the default"
        );
        assert!((4..=12).contains(&found.examples.len()) && found.found >= found.examples.len());
        let scores: Vec<f32> = found.examples.iter().map(|example| example.score).collect();
        assert!(scores.is_sorted_by(|one, other| one >= other));
    }
}
