//! How far integrated gradients sum to what they should.

use vitrine_picture::explanation::ValueStyle;
use yew::prelude::*;

use super::words::{Gap, gap};
use crate::context::use_page;

/// The scores at both ends of the path, the sum of the values, and by how much it misses their difference: always there.
#[component]
pub fn Completeness() -> Html {
    let page = use_page();
    let Some((answer, _)) = page.salience() else {
        return Html::default();
    };
    let salience = &answer.value;
    let gap = gap(salience);
    let limit = salience.prediction.abs().max(salience.base_value.abs());
    let values = ValueStyle::new(page.language().numbers(), limit);
    let sum = salience
        .integrated_gradients
        .as_ref()
        .map(|values| values.iter().sum::<f64>());
    let unknown = || page.t("salience.not_yet").to_owned();
    let said_gap = gap.as_ref().map_or_else(unknown, |Gap { gap, share, .. }| {
        let style = ValueStyle::new(page.language().numbers(), gap.abs());
        let gap = style.value(*gap);
        match share {
            // A percentage is shown to two figures.
            Some(share) => {
                let share = page.language().numbers().percent(*share as f32);
                page.fill("salience.gap_with_share", &[("gap", &gap), ("share", &share)])
            }
            None => gap,
        }
    });
    let numbers = [
        ("salience.prediction", values.score(salience.prediction)),
        ("salience.base_value", values.score(salience.base_value)),
        ("salience.sum", sum.map_or_else(unknown, |sum| values.value(sum))),
        ("salience.gap", said_gap),
    ];
    let numbers = numbers.map(|(key, number)| {
        html! { <div><dt>{ page.t(key) }</dt><dd class="number">{ number }</dd></div> }
    });
    html! { <dl class="fit">{ for numbers }</dl> }
}
