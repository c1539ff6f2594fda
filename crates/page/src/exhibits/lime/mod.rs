//! LIME: which words a simple local model needs to imitate the prediction.

mod controls;
mod fit;
mod table;
mod words;

use std::rc::Rc;

use vitrine_record::{Explanation, LimePicture};
use yew::prelude::*;

use super::explanation::{
    Drawn, DrawnAs, ExplanationPicture, ExplanationProgress, MaskedInputs, after, files_menu, keys,
    keys_handler,
};
use crate::{
    components::{Exhibit, use_exhibit_menu},
    context::{Context, use_page},
    state::{Shared, Snapshot},
};
use controls::{Controls, More};
use fit::Fit;
use table::LimeTable;

/// The exhibit.
#[component]
pub fn Lime() -> Html {
    let page = use_page();
    let menu = use_exhibit_menu();
    let known = page.drawn_explanation();
    let seeds = seeds(&page, known.as_ref().map(|(snapshot, _)| snapshot));
    let drawn = known.as_ref().map(|(snapshot, _)| drawn(&page, snapshot, &seeds));
    let snapshot = known.as_ref().map(|(snapshot, _)| snapshot);
    let on_key = keys_handler(&page, &menu.toggle_table, |choice| {
        choice.lime.picture = after(LimePicture::ALL, choice.lime.picture);
    });
    let trust = words::trust(&page, snapshot, &seeds);
    html! {
        <Exhibit
            title={page.t("lime.title")} question={page.t("lime.question")} keys={keys(&page)} {on_key}
            controls={html! { <Controls /> }} choice={words::choice(&page)} more={html! { <More /> }}
            run={html! { <ExplanationProgress /> }} picture={picture(&page, drawn.as_ref(), known.as_ref())}
            reading={words::reading(&page, snapshot, &seeds)} trust={trust.clone()}
            warning={words::warning(&page, snapshot).map(AttrValue::from)}
            table={tables(snapshot, &seeds, menu.shows_table)}
            menu={files_menu(&page, &menu, drawn.as_ref(), &trust)}
        />
    }
}

/// The finished explanations of the same settings by all seeds, that on the screen first.
fn seeds(page: &Context, snapshot: Option<&Snapshot>) -> Vec<Shared<Explanation>> {
    let Some(snapshot) = snapshot else {
        return Vec::new();
    };
    let shown = snapshot.explanation.clone();
    let all = page.finished_explanations();
    let others = all
        .into_iter()
        .filter(|other| other.settings.seed != shown.settings.seed);
    std::iter::once(shown.clone()).chain(others).collect()
}

fn drawn(page: &Context, snapshot: &Snapshot, seeds: &[Shared<Explanation>]) -> Drawn {
    let drawn_as = match page.link.explanation.lime.picture {
        LimePicture::Weights => DrawnAs::Weights(words::ranges(&snapshot.explanation, seeds)),
        LimePicture::Samples => DrawnAs::Samples,
    };
    Drawn {
        explanation: snapshot.explanation.clone(),
        drawn_as,
    }
}

fn picture(page: &Context, drawn: Option<&Drawn>, known: Option<&(Snapshot, bool)>) -> Html {
    let Some(drawn) = drawn else {
        return html! { <p class="hint">{ page.t("explain.nothing_yet") }</p> };
    };
    let is_before = known.is_some_and(|(_, is_asked)| !is_asked);
    let label = page.fill(
        "lime.picture_label",
        &[("label", &super::explanation::class_name(page))],
    );
    html! {
        <div class={classes!("explained-frame", is_before.then_some("explained-frame--before"))}>
            <Fit explanation={drawn.explanation.clone()} />
            <ExplanationPicture drawn={drawn.clone()} {label} />
        </div>
    }
}

fn tables(snapshot: Option<&Snapshot>, seeds: &[Shared<Explanation>], shows_table: bool) -> Html {
    let Some(snapshot) = snapshot else {
        return Html::default();
    };
    html! {
        <>
            if shows_table {
                <LimeTable seeds={Rc::<[_]>::from(seeds)} />
            }
            <MaskedInputs snapshot={snapshot.clone()} />
        </>
    }
}
