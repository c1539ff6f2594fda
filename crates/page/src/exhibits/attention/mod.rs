//! Attention: who looks at whom.

mod canvas;
#[allow(dead_code, unused_imports, reason = "the switch between the views shows it")]
mod neuron;
mod painter;
mod picture;
mod twin;
mod words;

pub use canvas::{draw, scale_for};

use vitrine_picture::{FigureWords, HeadView, Metrics};
use vitrine_record::LayerIdx;
use yew::prelude::*;

use crate::{
    components::{Exhibit, HeadTiles, Key, LayerPicker, Menu, MenuItem},
    context::{Context, use_page},
    export::{self, Figure},
    state::{Action, Origin},
};
use picture::Picture;
use twin::Twin;

/// The exhibit.
#[component]
pub fn Attention() -> Html {
    let page = use_page();
    let shows_table = use_state(|| false);
    // The key of what the last choice from the menu led to.
    let outcome = use_state(|| None::<&'static str>);
    let toggle_table = {
        let shows_table = shows_table.clone();
        Callback::from(move |()| shows_table.set(!*shows_table))
    };
    let on_key = keys_handler(&page, &toggle_table);
    let key = |key: &'static str, does: &'static str| Key {
        key: page.t(key).into(),
        does: page.t(does).into(),
    };
    let keys = vec![
        key("key.layer_next", "keys.layer_next"),
        key("key.layer_previous", "keys.layer_previous"),
        key("key.all_heads", "keys.all_heads"),
        key("key.isolate", "keys.isolate"),
        key("key.double_click", "keys.double_click"),
        key("key.table", "keys.table"),
        key("key.escape", "keys.escape"),
        key("key.arrows", "keys.arrows"),
    ];
    html! {
        <Exhibit
            title={page.t("attention.title")} question={page.t("attention.question")} {keys} {on_key}
            controls={html! { <><LayerPicker /><HeadTiles /></> }} choice={words::choice(&page)}
            picture={html! { <Picture /> }}
            reading={words::reading(&page)} trust={words::trust(&page)}
            menu={menu(&page, &toggle_table, *shows_table, &outcome)}
            table={if *shows_table { html! { <Twin /> } } else { Html::default() }}
        />
    }
}

fn keys_handler(page: &Context, toggle_table: &Callback<()>) -> Callback<KeyboardEvent> {
    let (dispatcher, toggle_table) = (page.state.dispatcher(), toggle_table.clone());
    let (layers, layer) = (page.shown.model.layers.max(1), page.link.layer.0);
    Callback::from(move |event: KeyboardEvent| {
        if event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        match event.key().as_str() {
            "l" => dispatcher.dispatch(Action::SetLayer(LayerIdx((layer + 1) % layers))),
            "L" => dispatcher.dispatch(Action::SetLayer(LayerIdx((layer + layers - 1) % layers))),
            "a" => dispatcher.dispatch(Action::AllHeads),
            "t" => toggle_table.emit(()),
            "Escape" => dispatcher.dispatch(Action::ClearSelection),
            _ => {}
        }
    })
}

fn menu(
    page: &Context,
    toggle_table: &Callback<()>,
    shows_table: bool,
    outcome: &UseStateHandle<Option<&'static str>>,
) -> Html {
    let item = |name: &'static str, on_choose: Callback<()>| MenuItem {
        name: page.t(name).into(),
        on_choose,
    };
    let saves = |save: fn(&Figure)| {
        let (page, outcome) = (page.clone(), outcome.setter());
        Callback::from(move |()| {
            outcome.set(None);
            with_figure(&page, &outcome, save);
        })
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
    let items = vec![
        item(
            if shows_table {
                "menu.hide_table"
            } else {
                "menu.table"
            },
            toggle_table.clone(),
        ),
        item("menu.svg", saves(export::svg)),
        item("menu.png", saves(export::png)),
        item("menu.csv", saves(export::csv)),
        item("menu.json", saves(export::json)),
        item("menu.link", copy),
    ];
    html! {
        <div class="exhibit__menu">
            <span class="exhibit__copied" role="status">
                { outcome.map(|key| page.t(key)).unwrap_or_default() }
            </span>
            <Menu name={page.t("menu.name")} {items} />
        </div>
    }
}

/// Hands what is on the screen to a function that writes it as a file, and says it if there is no file.
fn with_figure(page: &Context, outcome: &UseStateSetter<Option<&'static str>>, save: impl FnOnce(&Figure)) {
    let layer = page.drawn_layer();
    let analysis = &page.shown.analysis;
    let heads = page.link.heads.as_ref();
    let view = HeadView::new(analysis, layer, heads, page.selection(), Metrics::EXPORT);
    let Some(view) = view else {
        outcome.set(Some("attention.none"));
        return;
    };
    let on_failed = {
        let outcome = outcome.clone();
        Callback::from(move |()| outcome.set(Some("menu.not_saved")))
    };
    let settings = vitrine_picture::export::Settings {
        layer,
        heads,
        focus: page.selection(),
        origin: match page.shown.origin {
            Origin::Recorded => vitrine_picture::export::Origin::Recorded,
            Origin::Live { .. } => vitrine_picture::export::Origin::Live,
        },
    };
    let scene = view.scene(&FigureWords {
        heading: &words::heading(page, view.heads()),
        note: &words::note(page),
        numbers: page.language().numbers(),
    });
    save(&Figure {
        scene,
        theme: page.appearance.theme(),
        analysis,
        model: &page.shown.model,
        name: vitrine_picture::export::file_name(analysis, &settings),
        settings,
        on_failed,
    });
}
