//! The controls behind "what is shown": how weights are drawn, what is changed in them, and what is left out.

use vitrine_record::{
    AttentionOptions, AttentionVariant, AttentionView, Drawing, Percent, Segment, SegmentFilter, Side, Token,
};
use yew::prelude::*;

use crate::{
    components::{Choice, ChoiceItem, Slider, Switch},
    context::{Context, use_page},
    state::Action,
};

/// Which of the views is shown.
#[component]
pub fn ViewPicker() -> Html {
    let page = use_page();
    let items = offered_views(&page)
        .map(|view| ChoiceItem {
            name: page.t(view_key(view)).into(),
            is_chosen: page.link.view == view,
            on_choose: page.sends(Action::SetView(view)),
        })
        .collect::<Vec<_>>();
    html! { <Choice name={page.t("views.name")} group="view" {items} /> }
}

/// What was imported is attention alone, without a model.
pub fn offered_views(page: &Context) -> impl Iterator<Item = AttentionView> {
    let is_import = page.imported().is_some();
    let views = AttentionView::ALL.into_iter();
    views.filter(move |view| !view.is_of_model() || !is_import)
}

fn view_key(view: AttentionView) -> &'static str {
    match view {
        AttentionView::Head => "view.head",
        AttentionView::Model => "view.model",
        AttentionView::Neuron => "view.neuron",
        AttentionView::Finder => "view.finder",
        AttentionView::Ablation => "view.ablation",
    }
}

/// What is taken for attention.
#[component]
pub fn VariantPicker() -> Html {
    let page = use_page();
    let items = AttentionVariant::ALL
        .into_iter()
        .map(|variant| ChoiceItem {
            name: page.t(variant_key(variant)).into(),
            is_chosen: page.link.variant == variant,
            on_choose: page.sends(Action::SetVariant(variant)),
        })
        .collect::<Vec<_>>();
    html! { <Choice name={page.t("variant.name")} group="variant" {items} /> }
}

/// What a variant is called.
pub fn variant_key(variant: AttentionVariant) -> &'static str {
    match variant {
        AttentionVariant::Raw => "variant.raw",
        AttentionVariant::ValueWeighted => "variant.value_weighted",
        AttentionVariant::Rollout => "variant.rollout",
        AttentionVariant::Flow => "variant.flow",
        AttentionVariant::GradientTimesAttention => "variant.gradient",
    }
}

/// How weights are drawn.
#[component]
pub fn DrawingPicker() -> Html {
    let page = use_page();
    let items = Drawing::ALL
        .into_iter()
        .map(|drawing| ChoiceItem {
            name: page.t(drawing_key(drawing)).into(),
            is_chosen: page.link.drawing == drawing,
            on_choose: page.sends(Action::SetDrawing(drawing)),
        })
        .collect::<Vec<_>>();
    html! { <Choice name={page.t("drawing.name")} group="drawing" {items} /> }
}

fn drawing_key(drawing: Drawing) -> &'static str {
    match drawing {
        Drawing::Lines => "drawing.lines",
        Drawing::LinesAcross => "drawing.lines_across",
        Drawing::HeatMap => "drawing.heat_map",
    }
}

/// What is changed in the weights and left out of them.
#[component]
pub fn Options() -> Html {
    let page = use_page();
    let options = page.link.options;
    let on_several = {
        let dispatcher = page.state.dispatcher();
        Callback::from(move |several| dispatcher.dispatch(Action::SelectSeveral(several)))
    };
    let any_token = |holds: fn(&Token) -> bool| {
        let mut tokens = [Side::Destination, Side::Source]
            .into_iter()
            .flat_map(|side| page.tokens(side));
        tokens.any(holds)
    };
    let is_pair = any_token(|token| token.segment == Segment::B);
    // Of typed text each is offered, whatever its tokens are: the next text may have others.
    let is_typed = page.imported().is_none();
    let has_special = is_typed || any_token(|token| token.special);
    let has_pieces = is_typed || any_token(Token::continues_word);
    let style = page.language().numbers();
    let percent = |percent: Percent| AttrValue::from(style.percent(percent.share()));
    html! {
        <div class="options">
            if is_pair || options.segments != SegmentFilter::All {
                { segments(&page) }
            }
            <div class="options__row">
                if has_special {
                <Switch
                    name={page.t(if is_typed { "options.hide_special" } else { "import.hide_special" })} hint={page.t("options.hide_special_hint")}
                    is_on={options.hide_special}
                    on_change={changes(&page, |options, is_on| options.hide_special = is_on)}
                />
                }
                if has_pieces {
                <Switch
                    name={page.t("options.merge_words")} hint={page.t("options.merge_words_hint")}
                    is_on={options.merge_words}
                    on_change={changes(&page, |options, is_on| options.merge_words = is_on)}
                />
                }
                <Switch
                    name={page.t("options.several")} hint={page.t("options.several_hint")}
                    is_on={page.selects_several} on_change={on_several}
                />
            </div>
            <div class="options__row">
                <Slider
                    name={page.t("options.top_p")} hint={page.t("options.top_p_hint")}
                    value={options.top_p.0} range={1..=100} said={percent(options.top_p)}
                    on_change={changes(&page, |options, top_p| options.top_p = Percent(top_p))}
                />
                <Slider
                    name={page.t("options.threshold")} hint={page.t("options.threshold_hint")}
                    value={options.threshold.0} range={0..=100} said={percent(options.threshold)}
                    on_change={changes(&page, |options, threshold| options.threshold = Percent(threshold))}
                />
                if page.variant() == AttentionVariant::Raw {
                    <Slider
                        name={page.t("options.temperature")} hint={page.t("options.temperature_hint")}
                        value={options.temperature.0} range={AttentionOptions::TEMPERATURES} step={10}
                        said={style.fixed(options.temperature.share(), 1)}
                        on_change={changes(&page, |options, temperature| {
                            options.temperature = Percent(temperature);
                        })}
                    />
                }
            </div>
            <button
                type="button" class="button button--small" disabled={options == AttentionOptions::default()}
                onclick={page.sends(Action::SetOptions(AttentionOptions::default()))}
            >
                { page.t(if is_typed { "options.reset" } else { "import.reset" }) }
            </button>
        </div>
    }
}

/// A callback that changes one of the options.
fn changes<V: 'static>(page: &Context, change: fn(&mut AttentionOptions, V)) -> Callback<V> {
    let (dispatcher, options) = (page.state.dispatcher(), page.link.options);
    Callback::from(move |value| {
        let mut options = options;
        change(&mut options, value);
        dispatcher.dispatch(Action::SetOptions(options));
    })
}

fn segments(page: &Context) -> Html {
    let items = SegmentFilter::ALL
        .into_iter()
        .map(|segments| {
            let options = AttentionOptions {
                segments,
                ..page.link.options
            };
            ChoiceItem {
                name: page.t(segments_key(segments)).into(),
                is_chosen: page.link.options.segments == segments,
                on_choose: page.sends(Action::SetOptions(options)),
            }
        })
        .collect::<Vec<_>>();
    html! { <Choice name={page.t("segments.name")} group="segments" {items} /> }
}

fn segments_key(segments: SegmentFilter) -> &'static str {
    match segments {
        SegmentFilter::All => "segments.all",
        SegmentFilter::AToA => "segments.aa",
        SegmentFilter::AToB => "segments.ab",
        SegmentFilter::BToA => "segments.ba",
        SegmentFilter::BToB => "segments.bb",
    }
}
