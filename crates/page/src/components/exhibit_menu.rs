//! The menu of an exhibit: its table, its files, and the link to it.

use yew::prelude::*;

use super::{Menu, MenuItem};
use crate::{context::Context, export};

/// The key of what the last choice from a menu led to.
pub type MenuOutcome = Option<&'static str>;

/// What the last choice from a menu led to. Where there comes to be something to be saved, or ceases to be, what was said
/// before holds no more.
#[hook]
pub fn use_menu_outcome(has_figure: bool) -> UseStateHandle<MenuOutcome> {
    let outcome = use_state(|| MenuOutcome::None);
    let forget = outcome.setter();
    use_effect_with(has_figure, move |_| forget.set(None));
    outcome
}

/// The menu, and what the last choice from it led to. The table, where the exhibit has one that can be folded, is there
/// or not; each file has the key of its name.
pub fn exhibit_menu(
    page: &Context,
    table: Option<(bool, &Callback<()>)>,
    files: Vec<(&'static str, Callback<()>)>,
    outcome: &UseStateHandle<MenuOutcome>,
) -> Html {
    let item = |(name, on_choose): (&'static str, Callback<()>)| MenuItem {
        name: page.t(name).into(),
        on_choose,
    };
    let copy = {
        let outcome = outcome.setter();
        Callback::from(move |()| {
            let outcome = outcome.clone();
            export::copy_address(Callback::from(move |worked| {
                outcome.set(Some(if worked { "menu.copied" } else { "menu.not_copied" }));
            }));
        })
    };
    let table = table.map(|(is_shown, toggle)| {
        let name = if is_shown { "menu.hide_table" } else { "menu.table" };
        (name, toggle.clone())
    });
    let entries = table.into_iter().chain(files).chain([("menu.link", copy)]);
    let items: Vec<MenuItem> = entries.map(item).collect();
    html! {
        <div class="exhibit__menu">
            <span class="exhibit__copied" role="status">
                { outcome.map(|key| page.t(key)).unwrap_or_default() }
            </span>
            <Menu name={page.t("menu.name")} {items} />
        </div>
    }
}
