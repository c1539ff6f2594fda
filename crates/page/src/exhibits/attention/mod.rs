//! Attention: who looks at whom.

mod ablation;
mod compare;
mod files;
mod finder;
mod head;
mod imported;
mod interventions;
mod marks;
mod model;
mod neuron;
mod options;
mod twin;
mod variant;
mod words;

use vitrine_attention::AttentionSlice;
use vitrine_picture::Focus;
use vitrine_record::{AttentionVariant, AttentionView, LayerIdx, Run, Side, message::RequestKind};
use yew::prelude::*;

use crate::{
    components::{Exhibit, HeadTiles, Key, LayerPicker, use_exhibit_menu},
    context::{Context, use_page},
    state::{Action, LookedAt, Shared, WhichText},
};
use ablation::{AblationTables, AblationView, Both, use_both};
use compare::{ComparePicker, CompareStrip, Pictures};
use finder::{FinderView, Scored, use_ranked};
use head::HeadPicture;
use imported::PartPicker;
use interventions::{Ranking, RunStrip, WhatIf};
use model::ModelView;
use neuron::NeuronView;
use options::{DrawingPicker, Options, VariantPicker, ViewPicker, offered_views};
use twin::Twin;

/// The exhibit.
#[component]
pub fn Attention() -> Html {
    let page = use_page();
    let menu = use_exhibit_menu();
    let (slice, beside) = use_slices(&page);
    let limit = compare::use_shared_limit(&page, slice.as_ref(), beside.as_ref());
    let compared = use_both(&page);
    let ranked = use_ranked(&page);
    let on_key = keys_handler(&page, &menu.toggle_table);
    let shown = Shown {
        page: &page,
        slice: slice.as_ref(),
        beside: beside.as_ref(),
        limit,
        compared: compared.as_ref(),
        ranked: &ranked,
        shows_table: menu.shows_table,
    };
    html! {
        <Exhibit
            title={page.t("attention.title")} question={page.t("attention.question")} keys={shown.keys()} {on_key}
            controls={shown.controls()} choice={words::choice(&page)}
            more={shown.options()} picture={shown.picture()} reading={shown.reading()} trust={shown.trust()}
            what_if={shown.what_if()} run={shown.run()}
            warning={shown.warning()} table={html! { <>{ shown.table() }{ shown.ranking() }</> }}
            menu={files::menu(&page, (slice.as_ref(), beside.as_ref()), &menu)}
        />
    }
}

/// What the exhibit shows in the view that is chosen.
struct Shown<'a> {
    page: &'a Context,
    slice: Option<&'a Shared<AttentionSlice>>,
    beside: Option<&'a Shared<AttentionSlice>>,
    /// Where the scale of two pictures ends.
    limit: Option<f32>,
    /// In the ablation view, tokens and heads.
    compared: Option<&'a Shared<Both>>,
    /// In the finder, the heads that follow a drawing.
    ranked: &'a Shared<Vec<Scored>>,
    shows_table: bool,
}

impl Shown<'_> {
    fn view(&self) -> AttentionView {
        self.page.link.view
    }

    fn none(&self) -> String {
        variant::missing(self.page).unwrap_or_else(|| self.page.t("attention.none").to_owned())
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
    /// view show the model's own numbers, of which nothing is left out, and the finder shows many sentences.
    fn draws_slice(&self) -> bool {
        matches!(self.view(), AttentionView::Head | AttentionView::Model)
    }

    /// Neither what was imported nor many sentences are a run that could be changed.
    fn is_of_run(&self) -> bool {
        self.page.imported().is_none() && self.view() != AttentionView::Finder
    }

    fn what_if(&self) -> Option<Html> {
        self.is_of_run().then(|| html! { <WhatIf /> })
    }

    fn run(&self) -> Html {
        html! { <>if self.is_of_run() { <RunStrip /> }<CompareStrip /></> }
    }

    fn controls(&self) -> Html {
        let has_heads = self.view() != AttentionView::Ablation;
        html! { <><ViewPicker /><PartPicker /><LayerPicker />if has_heads { <HeadTiles /> }</> }
    }

    /// The ablation view has the effects of all heads itself.
    fn ranking(&self) -> Html {
        match self.view() {
            AttentionView::Ablation => Html::default(),
            _ => html! { <Ranking /> },
        }
    }

    fn options(&self) -> Option<Html> {
        let picker = match self.view() {
            // Of what was imported nothing but attention is known.
            AttentionView::Head if self.page.imported().is_some() => html! { <ComparePicker /> },
            AttentionView::Head => html! { <><VariantPicker /><ComparePicker /></> },
            AttentionView::Model => Html::default(),
            AttentionView::Neuron | AttentionView::Finder | AttentionView::Ablation => return None,
        };
        Some(html! { <>{ picker }<DrawingPicker /><Options /></> })
    }

    fn picture(&self) -> Html {
        match (self.view(), self.slice) {
            (AttentionView::Neuron, _) => self.neurons(),
            (AttentionView::Finder, _) => html! { <FinderView ranked={self.ranked.clone()} /> },
            (AttentionView::Ablation, _) => html! { <AblationView compared={self.compared.cloned()} /> },
            (AttentionView::Model, slice) => html! { <ModelView slice={slice.cloned()} /> },
            (AttentionView::Head, Some(slice)) => {
                let has_two =
                    self.beside.is_some() || (self.page.compared_text().is_some() && !slice.is_difference());
                let picture = match has_two {
                    true => {
                        html! { <Pictures slice={slice.clone()} beside={self.beside.cloned()} limit={self.limit} /> }
                    }
                    false => html! { <HeadPicture slice={slice.clone()} /> },
                };
                html! { <>{ picture }{ variant::state(self.page) }</> }
            }
            (AttentionView::Head, None) => html! { <p class="hint">{ self.none() }</p> },
        }
    }

    fn neurons(&self) -> Html {
        let page = self.page;
        // The numbers of another head would be taken for those that could not be computed.
        if let Some(failure) = interventions::failure(page, RequestKind::ComputeHead) {
            return html! { <p class="hint neuron__none" role="status">{ failure }</p> };
        }
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
            (AttentionView::Finder, _) => finder::reading(self.page, self.ranked),
            (AttentionView::Ablation, _) => ablation::reading(self.page, self.compared.map(|both| &**both)),
            (_, Some(slice)) if slice.is_difference() => interventions::reading(self.page, slice),
            (_, Some(slice)) => self.reading_of(slice),
            (_, None) => self.none(),
        }
    }

    /// Of the picture, or of both pictures where what they show differs.
    fn reading_of(&self, slice: &AttentionSlice) -> String {
        let reading = words::reading(self.page, slice, WhichText::First, &self.page.looked_at());
        let Some(beside) = self.beside else {
            return reading;
        };
        let place = compare::place_beside(self.page, beside);
        let of_other = self.page.other_analysis().cloned().map(LookedAt::Analysed);
        let looked_at = of_other.unwrap_or_else(|| match place.run {
            Run::Untouched => self.page.scored(),
            Run::Changed | Run::Both | Run::Difference => self.page.looked_at(),
        });
        let of_beside = words::reading(self.page, beside, place.text, &looked_at);
        if reading == of_beside {
            return reading;
        }
        let [one, other] =
            [compare::place_of(self.page, slice), place].map(|place| compare::name(self.page, place));
        format!("{one}: {reading} {other}: {of_beside}")
    }

    fn trust(&self) -> String {
        if self.view() == AttentionView::Finder {
            let untouched = self
                .page
                .is_changed()
                .then(|| self.page.t("trust.untouched").to_owned());
            let parts = untouched.into_iter().chain([finder::trust(self.page)]);
            return parts.collect::<Vec<_>>().join(" ");
        }
        let of_run = interventions::trust(self.page).or_else(|| imported::origin(self.page));
        let is_raw_only = matches!(self.view(), AttentionView::Model | AttentionView::Neuron)
            && self.page.link.variant != AttentionVariant::Raw;
        let raw = is_raw_only.then(|| self.page.t("variant.raw_here").to_owned());
        let compared = self.slice.and_then(|slice| compare::trust(self.page, slice));
        let numbers = [self.trust_of_numbers()];
        let parts = of_run.into_iter().chain(compared).chain(numbers).chain(raw);
        parts.collect::<Vec<_>>().join(" ")
    }

    fn trust_of_numbers(&self) -> String {
        match (self.view(), self.slice, &self.page.answers.head_computation) {
            (AttentionView::Neuron, _, Some(answer)) => neuron::trust(self.page.language(), &answer.value),
            (AttentionView::Neuron, _, None) | (AttentionView::Finder, ..) => String::new(),
            (AttentionView::Ablation, ..) => ablation::trust(self.page),
            (_, Some(slice), _) => words::trust(self.page, slice, self.limit),
            (_, None, _) => self.none(),
        }
    }

    fn warning(&self) -> Option<AttrValue> {
        let slice = self.slice.filter(|_| self.draws_slice())?;
        let warnings = [imported::rows_off(self.page), words::not_whole(self.page, slice)];
        let warnings: Vec<String> = warnings.into_iter().flatten().collect();
        (!warnings.is_empty()).then(|| warnings.join(" ").into())
    }

    /// The neuron view has a table of its own for each step, and the finder one that is always there.
    fn table(&self) -> Html {
        match self.slice {
            _ if !self.shows_table => Html::default(),
            _ if self.view() == AttentionView::Ablation => {
                html! { <AblationTables compared={self.compared.cloned()} /> }
            }
            Some(slice) if self.draws_slice() => {
                let place = compare::place_of(self.page, slice);
                let beside = self.beside.map(|beside| {
                    let place = compare::place_beside(self.page, beside);
                    html! { <Twin slice={beside.clone()} {place} id="twin-caption-beside" /> }
                });
                html! { <><Twin slice={slice.clone()} {place} id="twin-caption" />{ for beside }</> }
            }
            _ => Html::default(),
        }
    }
}

/// What is looked at, and what is shown beside it, made anew only when they change.
#[hook]
fn use_slices(page: &Context) -> (Option<Shared<AttentionSlice>>, Option<Shared<AttentionSlice>>) {
    let looked_at = (
        page.looked_at(),
        page.shown.analysis.clone(),
        page.changed_analysis().cloned(),
        (page.variant(), page.made_of_layer(page.drawn_layer())),
        (
            page.compared_layer()
                .map(|layer| (layer, page.made_of_layer(layer))),
            page.correspondence().cloned().zip(page.other_analysis().cloned()),
            (page.is_compared(), page.link.comparison),
        ),
        page.drawn_run(),
    );
    let wanted = (
        looked_at,
        page.drawn_layer(),
        page.link.heads.clone(),
        page.link.options,
    );
    let slices = use_memo(wanted, |_| {
        (
            page.slice().map(Shared::new),
            page.slice_beside().map(Shared::new),
        )
    });
    (*slices).clone()
}

fn keys_handler(page: &Context, toggle_table: &Callback<()>) -> Callback<KeyboardEvent> {
    let (dispatcher, toggle_table) = (page.state.dispatcher(), toggle_table.clone());
    let (layers, layer) = (page.layers().max(1), page.link.layer.0);
    let mut behind = offered_views(page)
        .skip_while(|view| *view != page.link.view)
        .skip(1);
    let next = behind
        .next()
        .or_else(|| offered_views(page).next())
        .unwrap_or_default();
    Callback::from(move |event: KeyboardEvent| {
        if event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        match event.key().as_str() {
            "l" => dispatcher.dispatch(Action::ScrubLayer(LayerIdx((layer + 1) % layers))),
            "L" => dispatcher.dispatch(Action::ScrubLayer(LayerIdx((layer + layers - 1) % layers))),
            "v" => dispatcher.dispatch(Action::SetView(next)),
            "a" => dispatcher.dispatch(Action::AllHeads),
            "t" => toggle_table.emit(()),
            "Escape" => dispatcher.dispatch(Action::ClearSelection),
            _ => {}
        }
    })
}
