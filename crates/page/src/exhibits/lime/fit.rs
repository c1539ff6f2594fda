//! What the model says, and how well the surrogate fits, always in sight.

use vitrine_picture::explanation::ValueStyle;
use vitrine_record::{Explanation, OutputLink};
use yew::prelude::*;

use crate::{
    components::class_bars,
    context::{Context, use_page},
    state::Shared,
};

/// Properties of [`Fit`].
#[derive(Properties, PartialEq)]
pub struct FitProps {
    /// The surrogate.
    pub explanation: Shared<Explanation>,
}

/// The classes with their probabilities, where they do not stand beside the exhibit; R², intercept, what the surrogate says of
/// the text itself, and what the model says.
#[component]
pub fn Fit(FitProps { explanation }: &FitProps) -> Html {
    let page = use_page();
    let Some(fit) = explanation.check.surrogate() else {
        return Html::default();
    };
    let values = ValueStyle::new(page.language().numbers(), 1.0);
    let numbers = [
        ("lime.r2", fit.r2),
        ("lime.intercept", fit.intercept),
        ("lime.local_prediction", fit.local_prediction),
        ("lime.model_prediction", explanation.prediction),
    ];
    let numbers = numbers.map(|(key, number)| {
        html! { <div><dt>{ page.t(key) }</dt><dd class="number">{ values.score(number) }</dd></div> }
    });
    html! {
        <>
            <div class="fit-classes">{ class_bars(&page) }</div>
            <dl class="fit">{ for numbers }</dl>
            if let Some(sentence) = beyond(&page, explanation, fit.local_prediction) {
                <p class="hint">{ sentence }</p>
            }
        </>
    }
}

/// That a sum of weights may leave the range of probabilities, where it does.
fn beyond(page: &Context, explanation: &Explanation, local_prediction: f64) -> Option<&'static str> {
    let is_probability = explanation.settings.target.scale() == Some(OutputLink::Probability);
    let is_within = (0.0..=1.0).contains(&local_prediction);
    (is_probability && !is_within).then(|| page.t("lime.beyond"))
}
