//! The menu of an exhibit: its table, its files, and the link to it.

use std::rc::Rc;

use yew::prelude::*;

use super::{Menu, MenuItem};
use crate::{
    context::Context,
    export::{self, Save},
};

/// What is chosen from an exhibit's menu.
#[derive(Clone)]
pub struct ExhibitMenu {
    /// Whether the table is there, where it can be folded.
    pub shows_table: bool,
    /// Folds the table, or unfolds it.
    pub toggle_table: Callback<()>,
    /// The key of what the last choice led to.
    outcome: UseStateHandle<Option<&'static str>>,
}

/// The menu of an exhibit whose table is folded at first.
#[hook]
pub fn use_exhibit_menu() -> ExhibitMenu {
    let shows_table = use_state(|| false);
    let outcome = use_state(|| None);
    ExhibitMenu {
        shows_table: *shows_table,
        toggle_table: Callback::from(move |()| shows_table.set(!*shows_table)),
        outcome,
    }
}

/// Makes the figure that is on the screen and has it saved; it is told whom to tell if that fails later.
///
/// # Errors
/// The key of the sentence that says why there is nothing to save.
pub type Saves = Rc<dyn Fn(Save, Callback<()>) -> Result<(), &'static str>>;

/// What a menu has besides picture, numbers and link.
#[derive(Clone, Copy, Debug)]
pub struct MenuHas {
    /// A table that can be folded.
    pub table: bool,
    /// Picture and numbers as one page.
    pub html: bool,
}

impl ExhibitMenu {
    /// The menu, and what the last choice from it led to: the table, the picture and the numbers in several kinds of file,
    /// and the link.
    pub fn html(&self, page: &Context, has: MenuHas, saves: &Saves) -> Html {
        let save = |(name, save): (&'static str, Save)| {
            let (saves, outcome) = (saves.clone(), self.outcome.setter());
            let on_choose = Callback::from(move |()| {
                outcome.set(None);
                let on_failed = {
                    let outcome = outcome.clone();
                    Callback::from(move |()| outcome.set(Some("menu.not_saved")))
                };
                if let Err(nothing) = saves(save, on_failed) {
                    outcome.set(Some(nothing));
                }
            });
            (name, on_choose)
        };
        let files: [(_, Save); 4] = [
            ("menu.svg", export::svg),
            ("menu.png", export::png),
            ("menu.csv", export::csv),
            ("menu.json", export::json),
        ];
        let html: (_, Save) = ("menu.html", export::html);
        let files = files.into_iter().chain(has.html.then_some(html)).map(save);
        let table = has.table.then(|| {
            let name = if self.shows_table {
                "menu.hide_table"
            } else {
                "menu.table"
            };
            (name, self.toggle_table.clone())
        });
        let entries = table
            .into_iter()
            .chain(files)
            .chain([("menu.link", self.copies())]);
        let item = |(name, on_choose): (&'static str, Callback<()>)| MenuItem {
            name: page.t(name).into(),
            on_choose,
        };
        let items: Vec<MenuItem> = entries.map(item).collect();
        html! {
            <div class="exhibit__menu">
                <span class="exhibit__copied" role="status">
                    { self.outcome.map(|key| page.t(key)).unwrap_or_default() }
                </span>
                <Menu name={page.t("menu.name")} {items} />
            </div>
        }
    }

    /// Copies the link.
    fn copies(&self) -> Callback<()> {
        let outcome = self.outcome.setter();
        Callback::from(move |()| {
            let outcome = outcome.clone();
            export::copy_address(Callback::from(move |worked| {
                outcome.set(Some(if worked { "menu.copied" } else { "menu.not_copied" }));
            }));
        })
    }
}
