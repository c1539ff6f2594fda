//! Controls that several exhibits of explanations have: what stands for a missing token, and the seed.

use vitrine_record::{ExplanationChoice, MaskWith};
use yew::prelude::*;

use super::draw::mask_key;
use crate::{
    components::{Picker, PickerItem},
    context::{Context, use_page},
    state::{Action, ExplanationChange},
};

/// A callback that changes the choice by what it is told.
pub fn chooses<T: 'static>(
    page: &Context,
    change: impl Fn(&mut ExplanationChoice, T) + 'static,
) -> Callback<T> {
    changes(page, ExplanationChange::Choose, change)
}

/// The same for a control that is drawn on.
pub fn slides<T: 'static>(
    page: &Context,
    change: impl Fn(&mut ExplanationChoice, T) + 'static,
) -> Callback<T> {
    changes(page, ExplanationChange::Slide, change)
}

fn changes<T: 'static>(
    page: &Context,
    how: fn(ExplanationChoice) -> ExplanationChange,
    change: impl Fn(&mut ExplanationChoice, T) + 'static,
) -> Callback<T> {
    let (dispatcher, choice) = (page.state.dispatcher(), page.link.explanation.clone());
    Callback::from(move |value| {
        let mut choice = choice.clone();
        change(&mut choice, value);
        dispatcher.dispatch(Action::Explain(how(choice)));
    })
}

/// What stands for a token that is missing.
#[component]
pub fn MaskPicker() -> Html {
    let page = use_page();
    let masking = page.link.explanation.masking;
    let masks = MaskWith::ALL
        .iter()
        .filter(|with| with.is_possible_in(masking.mode));
    let masks = masks.map(|with| PickerItem {
        value: with.name().into(),
        name: page.t(mask_key(*with)).into(),
    });
    html! {
        <Picker
            name={page.t("masking.with")} hint={page.t("masking.with_hint")}
            items={masks.collect::<Vec<_>>()} chosen={masking.with.name()}
            on_choose={chooses(&page, |choice, name: String| {
                choice.masking.with = MaskWith::from_name(&name).unwrap_or_default();
            })}
        />
    }
}

/// Chooses the next seed of whatever is drawn by chance.
#[component]
pub fn NextSeed() -> Html {
    let page = use_page();
    let seed = page.link.explanation.seed;
    let onclick = chooses(&page, |choice, _: MouseEvent| {
        choice.seed = choice.seed.wrapping_add(1);
    });
    html! {
        <button type="button" class="button button--small" {onclick}>
            { page.fill("explain.next_seed", &[("seed", &seed.to_string())]) }
        </button>
    }
}
