//! What is explained, and the path of integrated gradients.

use vitrine_record::{GradientBaseline, GradientPath};
use yew::prelude::*;

use crate::{
    components::{Choice, ChoiceItem, Picker, PickerItem},
    context::use_page,
    exhibits::explanation::{ClassPicker, LinkPicker, MaskPicker, chooses, offered_value},
};

/// Steps that are offered, and their names in the list.
const STEPS: [(u16, &str); GradientPath::STEPS.len()] =
    [(5, "5"), (20, "20"), (50, "50"), (100, "100"), (300, "300")];

/// What a baseline is called.
pub fn baseline_key(baseline: GradientBaseline) -> &'static str {
    match baseline {
        GradientBaseline::Pad => "masking.pad",
        GradientBaseline::Mask => "masking.mask",
        GradientBaseline::Zero => "salience.baseline_zero",
    }
}

/// The few that matter.
#[component]
pub fn Controls() -> Html {
    let page = use_page();
    let path = page.link.explanation.path;
    let baselines = GradientBaseline::ALL.iter().map(|&baseline| ChoiceItem {
        name: page.t(baseline_key(baseline)).into(),
        is_chosen: path.baseline == baseline,
        on_choose: chooses(&page, move |choice, _: Event| choice.path.baseline = baseline),
    });
    let items = STEPS.map(|(_, value)| PickerItem {
        value,
        name: value.into(),
    });
    let chosen = offered_value(&STEPS, path.steps).unwrap_or(STEPS[STEPS.len() - 1].1);
    html! {
        <>
            <ClassPicker />
            <Choice
                name={page.t("salience.baseline")} group="salience-baseline" items={baselines.collect::<Vec<_>>()}
            />
            <Picker
                name={page.t("salience.steps")} hint={page.t("salience.steps_hint")} items={items.to_vec()} {chosen}
                on_choose={chooses(&page, |choice, value: String| {
                    choice.path.steps = value.parse().unwrap_or(choice.path.steps);
                })}
            />
        </>
    }
}

/// The rest: the scale, and what stands for a token that occlusion takes away.
#[component]
pub fn More() -> Html {
    let page = use_page();
    html! {
        <div class="options">
            <LinkPicker />
            <MaskPicker />
            <p class="hint">{ page.t("salience.about") }</p>
        </div>
    }
}
