//! How well the surrogate fits, always in sight.

use vitrine_picture::explanation::ValueStyle;
use vitrine_record::{Explanation, ExplanationCheck};
use yew::prelude::*;

use crate::{context::use_page, state::Shared};

/// Properties of [`Fit`].
#[derive(Properties, PartialEq)]
pub struct FitProps {
    /// The surrogate.
    pub explanation: Shared<Explanation>,
}

/// R², intercept, what the surrogate says of the text itself, and what the model says.
#[component]
pub fn Fit(FitProps { explanation }: &FitProps) -> Html {
    let page = use_page();
    let ExplanationCheck::Surrogate {
        r2,
        intercept,
        local_prediction,
    } = explanation.check
    else {
        return Html::default();
    };
    let values = ValueStyle::new(page.language().numbers(), 1.0);
    let numbers = [
        ("lime.r2", values.score(r2)),
        ("lime.intercept", values.score(intercept)),
        ("lime.local_prediction", values.score(local_prediction)),
        ("explain.prediction", values.score(explanation.prediction)),
    ];
    let numbers = numbers.map(|(key, number)| {
        html! { <div><dt>{ page.t(key) }</dt><dd class="number">{ number }</dd></div> }
    });
    html! { <dl class="fit">{ for numbers }</dl> }
}
