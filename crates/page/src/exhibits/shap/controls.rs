//! What is explained, how, and how it is drawn.

use vitrine_record::{ExplanationMethod, KernelSelection, MaskWith, MaskingMode, ShapPicture};
use yew::prelude::*;

use super::grouping::GroupingPicker;
use crate::{
    components::{Choice, ChoiceItem, Picker, PickerItem, Switch, number_items},
    context::use_page,
    exhibits::explanation::{ExplainedPicker, MaskPicker, NextSeed, ScorePicker, chooses, method_key},
};

/// Numbers of evaluations that are offered, and the value of as many as it takes.
const BUDGETS: [u32; 4] = [100, 500, 1000, 2000];
const EXACT: &str = "exact";
/// Numbers of tokens with a value that are offered; ten is what the shap package takes.
const KERNEL_FEATURES: [u32; 3] = [5, 10, 20];

/// The few that matter.
#[component]
pub fn Controls() -> Html {
    let page = use_page();
    let pictures = ShapPicture::ALL.iter().map(|&picture| ChoiceItem {
        name: page.t(picture_key(picture)).into(),
        is_chosen: page.link.explanation.picture == picture,
        on_choose: chooses(&page, move |choice, _: Event| choice.picture = picture),
    });
    html! {
        <>
            <ExplainedPicker />
            <Choice name={page.t("explain.picture")} group="shap-picture" items={pictures.collect::<Vec<_>>()} />
        </>
    }
}

/// What a picture is called.
pub fn picture_key(picture: ShapPicture) -> &'static str {
    match picture {
        ShapPicture::Text => "shap.picture_text",
        ShapPicture::Bars => "shap.picture_bars",
        ShapPicture::Waterfall => "shap.picture_waterfall",
        ShapPicture::Interactions => "shap.picture_interactions",
        ShapPicture::Hierarchy => "shap.picture_hierarchy",
    }
}

/// Where tokens are made missing.
fn mode_key(mode: MaskingMode) -> &'static str {
    match mode {
        MaskingMode::Ids => "masking.ids",
        MaskingMode::String => "masking.string",
    }
}

/// The rest: scale, masking, method and budget.
#[component]
pub fn More() -> Html {
    let page = use_page();
    let choice = &page.link.explanation;
    let item = |value: &'static str, name: String| PickerItem {
        value: value.into(),
        name: name.into(),
    };
    let is_of_pairs = choice.picture == ShapPicture::Interactions;
    let methods =
        ExplanationMethod::SHAPLEY.map(|method| item(method.name(), page.t(method_key(method)).into()));
    let mode = choice.masking.mode;
    let modes = MaskingMode::ALL.iter().map(|&mode| ChoiceItem {
        name: page.t(mode_key(mode)).into(),
        is_chosen: choice.masking.mode == mode,
        on_choose: chooses(&page, move |choice, _: Event| choice.masking.mode = mode),
    });
    let takes_budget = choice.method.takes_budget() && !is_of_pairs;
    html! {
        <div class="options">
            <ScorePicker />
            <div class="options__row">
                <Choice name={page.t("masking.mode")} group="masking-mode" items={modes.collect::<Vec<_>>()} />
                <MaskPicker />
                <Switch
                    name={page.t("masking.special")} hint={page.t("masking.special_hint")}
                    is_on={choice.masking.special_players}
                    on_change={chooses(&page, |choice, is_on| choice.masking.special_players = is_on)}
                />
            </div>
            <p class="hint">
                { page.t(if mode == MaskingMode::Ids { "masking.ids_about" } else { "masking.string_about" }) }
                if choice.masking.with == MaskWith::Attention {
                    { " " }
                    { page.t("masking.attention_about") }
                }
            </p>
            <div class="options__row">
                <Picker
                    name={page.t("shap.method")} hint={page.t("shap.method_hint")} items={methods.to_vec()}
                    chosen={if is_of_pairs { ExplanationMethod::Exact.name() } else { choice.method.name() }}
                    is_disabled={is_of_pairs}
                    on_choose={chooses(&page, |choice, name: String| {
                        choice.method = ExplanationMethod::from_name(&name).unwrap_or_default();
                    })}
                />
                if takes_budget {
                    <Budget />
                }
                if choice.method == ExplanationMethod::Kernel && !is_of_pairs {
                    <KernelFeatures />
                }
                if choice.method.is_random() && !is_of_pairs {
                    <NextSeed />
                }
            </div>
            if choice.method == ExplanationMethod::Owen && !is_of_pairs {
                <GroupingPicker />
            }
            <p class="hint">
                { page.t(if is_of_pairs { "shap.interactions_about" } else { about_key(choice.method) }) }
            </p>
        </div>
    }
}

fn about_key(method: ExplanationMethod) -> &'static str {
    match method {
        ExplanationMethod::Exact => "shap.exact_about",
        ExplanationMethod::Permutation => "shap.permutation_about",
        ExplanationMethod::Kernel => "shap.kernel_about",
        _ => "shap.owen_about",
    }
}

/// How many inputs may be evaluated.
#[component]
fn Budget() -> Html {
    let page = use_page();
    let most = page.link.explanation.most_evaluations;
    let numbers = page.language().numbers();
    let exact = PickerItem {
        value: EXACT.into(),
        name: page.t("shap.budget_exact").into(),
    };
    let counts = number_items(&BUDGETS, most, |count| {
        page.fill("shap.budget_count", &[("count", &numbers.count(count as usize))])
    });
    let items: Vec<PickerItem> = std::iter::once(exact).chain(counts).collect();
    let chosen = most.map_or(EXACT.to_owned(), |most| most.to_string());
    html! {
        <Picker
            name={page.t("shap.budget")} hint={page.t("shap.budget_hint")} {items} {chosen}
            on_choose={chooses(&page, |choice, value: String| choice.most_evaluations = value.parse().ok())}
        />
    }
}

/// Which tokens Kernel SHAP gives values.
#[component]
fn KernelFeatures() -> Html {
    let page = use_page();
    let kernel = page.link.explanation.kernel;
    let numbers = page.language().numbers();
    let item = |selection: KernelSelection, key| PickerItem {
        value: selection.to_string().into(),
        name: page.t(key).into(),
    };
    let in_force = match kernel {
        KernelSelection::Features(features) => u32::try_from(features).ok(),
        KernelSelection::All | KernelSelection::Aic | KernelSelection::Bic => None,
    };
    let counts = number_items(&KERNEL_FEATURES, in_force, |count| {
        page.fill("shap.budget_count", &[("count", &numbers.count(count as usize))])
    });
    let criteria = [
        item(KernelSelection::Aic, "shap.kernel_aic"),
        item(KernelSelection::Bic, "shap.kernel_bic"),
    ];
    let all = item(KernelSelection::All, "shap.kernel_all");
    let items: Vec<PickerItem> = std::iter::once(all).chain(counts).chain(criteria).collect();
    html! {
        <Picker
            name={page.t("shap.kernel_features")} hint={page.t("shap.kernel_features_hint")} {items}
            chosen={kernel.to_string()}
            on_choose={chooses(&page, |choice, value: String| {
                choice.kernel = value.parse().unwrap_or(choice.kernel);
            })}
        />
    }
}
