//! Attention: who looks at whom.

mod ablation;
mod files;
mod head;
mod interventions;
mod marks;
mod model;
mod neuron;
mod options;
mod twin;
mod words;

use vitrine_attention::AttentionSlice;
use vitrine_picture::Focus;
use vitrine_record::{AttentionView, LayerIdx, Side};
use yew::prelude::*;

use crate::{
    components::{Exhibit, HeadTiles, Key, LayerPicker},
    context::{Context, use_page},
    state::{Action, Shared},
};
use ablation::{AblationTables, AblationView};
use head::HeadPicture;
use interventions::{Ranking, RunStrip, WhatIf};
use model::ModelView;
use neuron::NeuronView;
use options::{DrawingPicker, Options, ViewPicker};
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
    let slice = use_slice(&page);
    let on_key = keys_handler(&page, &toggle_table);
    let shown = Shown {
        page: &page,
        slice: slice.as_ref(),
        shows_table: *shows_table,
    };
    html! {
        <Exhibit
            title={page.t("attention.title")} question={page.t("attention.question")} keys={shown.keys()} {on_key}
            controls={shown.controls()} choice={words::choice(&page)}
            more={shown.options()} picture={shown.picture()} reading={shown.reading()} trust={shown.trust()}
            what_if={html! { <WhatIf /> }} run={html! { <RunStrip /> }}
            warning={shown.warning()} table={html! { <>{ shown.table() }{ shown.ranking() }</> }}
            menu={files::menu(&page, slice.as_ref(), &toggle_table, *shows_table, &outcome)}
        />
    }
}

/// What the exhibit shows in the view that is chosen.
struct Shown<'a> {
    page: &'a Context,
    slice: Option<&'a Shared<AttentionSlice>>,
    shows_table: bool,
}

impl Shown<'_> {
    fn view(&self) -> AttentionView {
        self.page.link.view
    }

    fn none(&self) -> String {
        self.page.t("attention.none").to_owned()
    }

    fn keys(&self) -> Vec<Key> {
        let page = self.page;
        let key = |key: &'static str, does: &'static str| Key {
            key: page.t(key).into(),
            does: page.t(does).into(),
        };
        let mut keys = vec![
            key("key.view", "keys.view"),
            key("key.layer_next", "keys.layer_next"),
            key("key.layer_previous", "keys.layer_previous"),
            key("key.all_heads", "keys.all_heads"),
            key("key.isolate", "keys.isolate"),
            key("key.double_click", "keys.double_click"),
            key("key.several", "keys.several"),
            key("key.table", "keys.table"),
            key("key.escape", "keys.escape"),
            key("key.arrows", "keys.arrows"),
        ];
        if self.view() == AttentionView::Neuron {
            keys.extend(neuron::keys(page.language()));
        }
        keys
    }

    /// Whether the view draws a slice of attention, with its heads and its options. The neuron view and the ablation
    /// view show the model's own numbers, of which nothing is left out.
    fn draws_slice(&self) -> bool {
        matches!(self.view(), AttentionView::Head | AttentionView::Model)
    }

    fn controls(&self) -> Html {
        let has_heads = self.view() != AttentionView::Ablation;
        html! { <><ViewPicker /><LayerPicker />if has_heads { <HeadTiles /> }</> }
    }

    /// The ablation view has the effects of all heads itself.
    fn ranking(&self) -> Html {
        match self.view() {
            AttentionView::Ablation => Html::default(),
            _ => html! { <Ranking /> },
        }
    }

    fn options(&self) -> Option<Html> {
        self.draws_slice()
            .then(|| html! { <><DrawingPicker /><Options /></> })
    }

    fn picture(&self) -> Html {
        match (self.view(), self.slice) {
            (AttentionView::Neuron, _) => self.neurons(),
            (AttentionView::Ablation, _) => html! { <AblationView /> },
            (AttentionView::Model, slice) => html! { <ModelView slice={slice.cloned()} /> },
            (AttentionView::Head, Some(slice)) => html! { <HeadPicture slice={slice.clone()} /> },
            (AttentionView::Head, None) => html! { <p class="hint">{ self.none() }</p> },
        }
    }

    fn neurons(&self) -> Html {
        let page = self.page;
        let answer = page.answers.head_computation.as_ref();
        let analysis = answer.map_or_else(|| page.shown.analysis.clone(), |answer| answer.analysis.clone());
        let focus = |position| Focus {
            position,
            side: Side::Destination,
        };
        let on_destination = {
            let (dispatcher, selection) = (page.state.dispatcher(), page.selection());
            Callback::from(move |position| {
                // The token that is selected stays so: one of them asks.
                if selection != Some(focus(position).into()) {
                    dispatcher.dispatch(Action::Select(focus(position)));
                }
            })
        };
        let on_hover = {
            let dispatcher = page.state.dispatcher();
            Callback::from(move |position: Option<_>| dispatcher.dispatch(Action::Hover(position.map(focus))))
        };
        html! {
            <NeuronView
                computation={answer.map(|answer| answer.value.clone())} {analysis}
                language={page.language()} theme={page.appearance.theme()}
                highlighted={page.hover.map(|hover| hover.position)} shows_table={self.shows_table}
                {on_destination} {on_hover}
            />
        }
    }

    /// The neuron view says it for each step.
    fn reading(&self) -> String {
        match (self.view(), self.slice) {
            (AttentionView::Neuron, _) => String::new(),
            (AttentionView::Ablation, _) => ablation::reading(self.page),
            (_, Some(slice)) if slice.is_signed() => interventions::reading(self.page, slice),
            (_, Some(slice)) => words::reading(self.page, slice),
            (_, None) => self.none(),
        }
    }

    fn trust(&self) -> String {
        let of_run = interventions::trust(self.page);
        let parts = of_run.into_iter().chain([self.trust_of_numbers()]);
        parts.collect::<Vec<_>>().join(" ")
    }

    fn trust_of_numbers(&self) -> String {
        match (self.view(), self.slice, &self.page.answers.head_computation) {
            (AttentionView::Neuron, _, Some(answer)) => neuron::trust(self.page.language(), &answer.value),
            (AttentionView::Neuron, _, None) => String::new(),
            (AttentionView::Ablation, ..) => ablation::trust(self.page),
            (_, Some(slice), _) => words::trust(self.page, slice),
            (_, None, _) => self.none(),
        }
    }

    fn warning(&self) -> Option<AttrValue> {
        let slice = self.slice.filter(|_| self.draws_slice())?;
        words::not_whole(self.page, slice).map(AttrValue::from)
    }

    /// The neuron view has a table of its own for each step.
    fn table(&self) -> Html {
        match self.slice {
            _ if !self.shows_table => Html::default(),
            _ if self.view() == AttentionView::Ablation => html! { <AblationTables /> },
            Some(slice) if self.draws_slice() => html! { <Twin slice={slice.clone()} /> },
            _ => Html::default(),
        }
    }
}

/// What is looked at, made anew only when it changes.
#[hook]
fn use_slice(page: &Context) -> Option<Shared<AttentionSlice>> {
    let runs = (
        page.shown.analysis.clone(),
        page.changed_analysis().cloned(),
        page.drawn_run(),
    );
    let wanted = (
        runs,
        page.drawn_layer(),
        page.link.heads.clone(),
        page.link.options,
    );
    let slice = use_memo(wanted, |_| page.slice().map(Shared::new));
    (*slice).clone()
}

fn keys_handler(page: &Context, toggle_table: &Callback<()>) -> Callback<KeyboardEvent> {
    let (dispatcher, toggle_table) = (page.state.dispatcher(), toggle_table.clone());
    let (layers, layer) = (page.shown.model.layers.max(1), page.link.layer.0);
    let next = match page.link.view {
        AttentionView::Head => AttentionView::Model,
        AttentionView::Model => AttentionView::Neuron,
        AttentionView::Neuron => AttentionView::Ablation,
        AttentionView::Ablation => AttentionView::Head,
    };
    Callback::from(move |event: KeyboardEvent| {
        if event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        match event.key().as_str() {
            "l" => dispatcher.dispatch(Action::SetLayer(LayerIdx((layer + 1) % layers))),
            "L" => dispatcher.dispatch(Action::SetLayer(LayerIdx((layer + layers - 1) % layers))),
            "v" => dispatcher.dispatch(Action::SetView(next)),
            "a" => dispatcher.dispatch(Action::AllHeads),
            "t" => toggle_table.emit(()),
            "Escape" => dispatcher.dispatch(Action::ClearSelection),
            _ => {}
        }
    })
}
