//! SHAP: which tokens made the prediction, in values that sum to it.

mod controls;
mod grouping;
mod ranks;
mod table;
mod words;

use vitrine_record::{ExplanationMethod, ShapPicture};
use yew::prelude::*;

use super::explanation::{
    Drawn, DrawnAs, ExplanationPicture, ExplanationProgress, MaskedInputs, after, files_menu, keys,
    keys_handler,
};
use crate::{
    components::{Exhibit, use_exhibit_menu},
    context::{Context, use_page},
    state::Snapshot,
};
use controls::{Controls, More};
use ranks::MaskingRanks;
pub use ranks::masking_name;
use table::ShapTable;

/// The exhibit.
#[component]
pub fn Shap() -> Html {
    let page = use_page();
    let menu = use_exhibit_menu();
    let known = page.drawn_explanation();
    let drawn = known.as_ref().map(|(snapshot, _)| drawn(&page, snapshot));
    let snapshot = known.as_ref().map(|(snapshot, _)| snapshot);
    let on_key = keys_handler(&page, &menu.toggle_table, |choice| {
        choice.picture = after(ShapPicture::ALL, choice.picture);
    });
    let trust = words::trust(&page, snapshot);
    html! {
        <Exhibit
            title={page.t("shap.title")} question={page.t("shap.question")} keys={keys(&page)} {on_key}
            controls={html! { <Controls /> }} choice={words::choice(&page)} more={html! { <More /> }}
            run={html! { <ExplanationProgress /> }} picture={picture(&page, drawn.as_ref(), known.as_ref())}
            reading={words::reading(&page, snapshot)} trust={trust.clone()}
            warning={words::warning(&page, snapshot).map(AttrValue::from)}
            table={tables(snapshot, menu.shows_table)}
            menu={files_menu(&page, &menu, drawn.as_ref(), &trust)}
        />
    }
}

/// What is drawn of an explanation. Interactions and groups are drawn of those that have them.
fn drawn(page: &Context, snapshot: &Snapshot) -> Drawn {
    let explanation = snapshot.explanation.clone();
    let picture = page.link.explanation.picture;
    let is_of_owen = explanation.settings.method == ExplanationMethod::Owen;
    let drawn_as = match picture {
        ShapPicture::Text => DrawnAs::Text,
        ShapPicture::Bars => DrawnAs::Bars,
        ShapPicture::Waterfall => DrawnAs::Waterfall,
        ShapPicture::Interactions if explanation.settings.interactions => DrawnAs::Interactions,
        ShapPicture::Hierarchy if is_of_owen => DrawnAs::Hierarchy,
        ShapPicture::Interactions | ShapPicture::Hierarchy => DrawnAs::Text,
    };
    Drawn {
        explanation,
        drawn_as,
    }
}

fn picture(page: &Context, drawn: Option<&Drawn>, known: Option<&(Snapshot, bool)>) -> Html {
    let Some(drawn) = drawn else {
        return html! { <p class="hint">{ page.t("explain.nothing_yet") }</p> };
    };
    // What is drawn until the first values of what was asked for are there.
    let is_before = known.is_some_and(|(_, is_asked)| !is_asked);
    let label = words::picture_label(page, drawn);
    html! {
        <div class={classes!("explained-frame", is_before.then_some("explained-frame--before"))}>
            <ExplanationPicture drawn={drawn.clone()} {label} />
        </div>
    }
}

fn tables(snapshot: Option<&Snapshot>, shows_table: bool) -> Html {
    let Some(snapshot) = snapshot else {
        return Html::default();
    };
    html! {
        <>
            if shows_table {
                <ShapTable explanation={snapshot.explanation.clone()} />
            }
            <MaskedInputs snapshot={snapshot.clone()} />
            <MaskingRanks />
        </>
    }
}
