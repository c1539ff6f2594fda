//! LIME: which words a simple local model needs to imitate the prediction.

mod controls;
mod fit;
mod samples;
mod table;
mod warning;
mod words;

use std::rc::Rc;

use vitrine_picture::explanation::SeedWeights;
use vitrine_record::{ExplanationSettings, LimePicture};
use yew::prelude::*;

use super::explanation::{
    Drawn, DrawnAs, ExplanationPicture, ExplanationProgress, MaskedInputs, after, explained_name, files_menu,
    keys, keys_handler,
};
use crate::{
    components::{Exhibit, use_exhibit_menu},
    context::{Context, use_page},
    state::Snapshot,
};
use controls::{Controls, More};
use fit::Fit;
use samples::SamplesPicture;
use table::LimeTable;

/// The exhibit.
#[component]
pub fn Lime() -> Html {
    let page = use_page();
    let menu = use_exhibit_menu();
    let chosen = use_state_eq(|| None::<usize>);
    let known = page.drawn_explanation();
    let snapshot = known.as_ref().map(|(snapshot, _)| snapshot);
    let seeds = Rc::new(seeds(&page, snapshot));
    let drawn = snapshot.map(|snapshot| drawn(&page, snapshot, &seeds, *chosen));
    let on_choose = {
        let chosen = chosen.setter();
        Callback::from(move |sample| chosen.set(sample))
    };
    let on_key = keys_handler(&page, &menu.toggle_table, |choice| {
        choice.lime.picture = after(LimePicture::ALL, choice.lime.picture);
    });
    let trust = words::trust(&page, snapshot, &seeds);
    let warning = warning::warning(&page, snapshot);
    let note = words::note(&page, snapshot, warning.as_deref(), &trust);
    html! {
        <Exhibit
            title={page.t("lime.title")} question={page.t("lime.question")} keys={keys(&page)} {on_key}
            controls={html! { <Controls /> }} choice={words::choice(&page)} more={html! { <More /> }}
            run={html! { <ExplanationProgress /> }} picture={picture(&page, drawn.as_ref(), known.as_ref(), on_choose)}
            reading={words::reading(&page, snapshot, &seeds)} trust={trust}
            warning={warning.map(AttrValue::from)}
            table={tables(snapshot, &seeds, menu.shows_table)}
            menu={files_menu(&page, &menu, drawn.as_ref(), &note)}
        />
    }
}

/// What the finished explanations say that differ from the one on the screen in their seed alone, after what that says.
fn seeds(page: &Context, snapshot: Option<&Snapshot>) -> SeedWeights {
    let Some(snapshot) = snapshot else {
        return SeedWeights::new([]);
    };
    let shown = &snapshot.explanation;
    let finished = page.finished_explanations();
    let others = finished.iter().filter(|other| {
        let settings = ExplanationSettings {
            seed: other.settings.seed,
            ..shown.settings.clone()
        };
        other.settings == settings && other.settings.seed != shown.settings.seed && other.input == shown.input
    });
    SeedWeights::new(
        std::iter::once(shown)
            .chain(others)
            .map(|explanation| &**explanation),
    )
}

fn drawn(page: &Context, snapshot: &Snapshot, seeds: &Rc<SeedWeights>, chosen: Option<usize>) -> Drawn {
    let seeds = seeds.clone();
    Drawn {
        explanation: snapshot.explanation.clone(),
        drawn_as: match page.link.explanation.lime.picture {
            LimePicture::Weights => DrawnAs::Weights(seeds),
            LimePicture::Samples => DrawnAs::Samples { seeds, chosen },
        },
    }
}

fn picture(
    page: &Context,
    drawn: Option<&Drawn>,
    known: Option<&(Snapshot, bool)>,
    on_choose: Callback<Option<usize>>,
) -> Html {
    let Some(drawn) = drawn else {
        return html! { <p class="hint">{ page.t("explain.nothing_yet") }</p> };
    };
    let is_before = known.is_some_and(|(_, is_asked)| !is_asked);
    html! {
        <div class={classes!("explained-frame", is_before.then_some("explained-frame--before"))}>
            <Fit explanation={drawn.explanation.clone()} />
            if matches!(drawn.drawn_as, DrawnAs::Samples { .. }) {
                <SamplesPicture drawn={drawn.clone()} {on_choose} />
            } else {
                <ExplanationPicture
                    drawn={drawn.clone()} label={page.fill("lime.picture_label", &[("label", &explained_name(page))])}
                />
            }
        </div>
    }
}

fn tables(snapshot: Option<&Snapshot>, seeds: &Rc<SeedWeights>, shows_table: bool) -> Html {
    let Some(snapshot) = snapshot else {
        return Html::default();
    };
    html! {
        <>
            if shows_table {
                <LimeTable explanation={snapshot.explanation.clone()} seeds={seeds.clone()} />
            }
            <MaskedInputs snapshot={snapshot.clone()} />
        </>
    }
}
