//! What is explained, and the path of integrated gradients.

use vitrine_record::{GradientBaseline, GradientPath};
use yew::prelude::*;

use crate::{
    components::{Choice, ChoiceItem, Picker, number_items},
    context::use_page,
    exhibits::explanation::{ExplainedPicker, MaskPicker, ScorePicker, chooses},
};

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
    let numbers = page.language().numbers();
    let steps = number_items(
        &GradientPath::STEPS.map(u32::from),
        Some(path.steps.into()),
        |steps| numbers.count(steps as usize),
    );
    html! {
        <>
            <ExplainedPicker />
            <Choice
                name={page.t("salience.baseline")} group="salience-baseline" items={baselines.collect::<Vec<_>>()}
            />
            <Picker
                name={page.t("salience.steps")} hint={page.t("salience.steps_hint")} items={steps.collect::<Vec<_>>()}
                chosen={path.steps.to_string()}
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
            <ScorePicker />
            <MaskPicker />
            <p class="hint">{ page.t("salience.about") }</p>
        </div>
    }
}
