//! The ablation view: tokens and heads by their attention, beside what becomes of the prediction without each.

mod compare;
mod examples;
mod panel;
mod table;
mod words;

use vitrine_attention::ImportanceError;
use vitrine_picture::{
    FigureWords, Scene,
    ablation::{self, PanelWords, Settings, ablation_scene},
    tiles,
};
use vitrine_record::{AblationComparison, AblationOrder, EffectMeasure, TokenMeasure, message::RequestKind};
use yew::prelude::*;

use crate::{
    components::{Picker, PickerItem},
    context::{Context, use_page},
    export::Figure,
    state::{Action, Origin, Shared},
};
use compare::both;
use examples::Examples;
use panel::{HeadPanel, TokenPanel};

pub use compare::{Both, use_both};
pub use table::AblationTables;
pub use words::{reading, trust};

/// Properties of [`AblationView`] and of [`AblationTables`].
#[derive(Properties, PartialEq)]
pub struct ComparedProps {
    /// Tokens and heads, compared; nothing until they can be.
    pub compared: Option<Shared<Both>>,
}

/// The view.
#[component]
pub fn AblationView(ComparedProps { compared }: &ComparedProps) -> Html {
    let page = use_page();
    if page.shown.analysis.prediction.is_none() {
        return html! { <p class="hint">{ page.t("ablation.no_classifier") }</p> };
    }
    let panels = match compared {
        None => html! { <p class="hint">{ page.t("origin.computing") }</p> },
        Some(both) => panels(&page, both),
    };
    html! {
        <div class="ablation">
            <p class="ablation__about">{ page.t("ablation.about") }</p>
            <Examples />
            { pickers(&page) }
            { progress(&page) }
            { panels }
            <details class="more">
                <summary>{ page.t("ablation.careful_title") }</summary>
                <p class="ablation__about">{ page.t("ablation.careful") }</p>
                <p class="ablation__about">{ page.t("ablation.careful_too") }</p>
                <p class="hint">{ page.t("ablation.sources") }</p>
            </details>
        </div>
    }
}

fn panels(page: &Context, both: &Both) -> Html {
    let tokens = match &both.tokens {
        Ok(tokens) => html! { <TokenPanel compared={tokens.clone()} /> },
        Err(ImportanceError::LayerAbsent(layer)) => {
            let sentence = page.fill("ablation.layer_absent", &[("layer", &layer.to_string())]);
            html! { <p class="hint">{ sentence }</p> }
        }
        Err(error) => {
            html! { <p class="hint">{ page.fill("run.failed", &[("detail", &error.to_string())]) }</p> }
        }
    };
    html! { <div class="ablation__panels">{ tokens }<HeadPanel compared={both.heads.clone()} /></div> }
}

/// What is compared, and in which order.
fn pickers(page: &Context) -> Html {
    let comparison = page.link.ablation;
    let chooses = |change: fn(&mut AblationComparison, &str)| {
        let dispatcher = page.state.dispatcher();
        Callback::from(move |value: String| {
            let mut comparison = comparison;
            change(&mut comparison, &value);
            dispatcher.dispatch(Action::CompareBy(comparison));
        })
    };
    let item = |value: &'static str, name: String| PickerItem {
        value: value.into(),
        name: name.into(),
    };
    let measures = TokenMeasure::ALL.map(|measure| item(measure.name(), words::measure(page, measure)));
    let effects = EffectMeasure::ALL.map(|effect| item(effect.name(), page.t(words::effect(effect)).into()));
    let orders = AblationOrder::ALL.map(|order| item(order.name(), page.t(words::order(order)).into()));
    html! {
        <div class="ablation__pickers">
            <Picker
                name={page.t("ablation.measure")} hint={page.t("ablation.measure_hint")} items={measures.to_vec()}
                chosen={comparison.measure.name()}
                on_choose={chooses(|comparison, value| {
                    comparison.measure = TokenMeasure::from_name(value).unwrap_or_default();
                })}
            />
            <Picker
                name={page.t("ablation.effect")} hint={page.t("ablation.effect_hint")} items={effects.to_vec()}
                chosen={comparison.effect.name()}
                on_choose={chooses(|comparison, value| {
                    comparison.effect = EffectMeasure::from_name(value).unwrap_or_default();
                })}
            />
            <Picker
                name={page.t("ablation.order")} hint={page.t("ablation.order_hint")} items={orders.to_vec()}
                chosen={comparison.order.name()}
                on_choose={chooses(|comparison, value| {
                    comparison.order = AblationOrder::from_name(value).unwrap_or_default();
                })}
            />
        </div>
    }
}

/// How far the effects are, and, of a long text, whether they are wanted.
fn progress(page: &Context) -> Html {
    let tokens = page.shown.analysis.tokens.len();
    let heads = page.shown.model.layers * page.shown.model.heads;
    let ablate = |is_wanted| page.sends(Action::AblateLongText(is_wanted));
    let done = (
        page.token_effects()
            .map_or(0, |answer| answer.value.effects.len()),
        page.head_effects().map_or(0, |answer| answer.value.effects.len()),
    );
    let is_whole = page.token_effects().is_some_and(|answer| answer.is_whole)
        && page.head_effects().is_some_and(|answer| answer.is_whole);
    let problem = [RequestKind::RankTokens, RequestKind::RankHeads]
        .into_iter()
        .filter_map(|kind| page.answers.problem(&page.besides(kind)?))
        .next();
    let numbers = [
        ("done", done.0.to_string()),
        ("count", tokens.to_string()),
        ("done_heads", done.1.to_string()),
        ("heads", heads.to_string()),
    ];
    let numbers = numbers.each_ref().map(|(name, number)| (*name, number.as_str()));
    let sentence = match problem {
        Some(problem) => page.fill("run.failed", &[("detail", &problem.detail)]),
        None if !page.is_ablated() => page.fill("ablation.long", &numbers),
        None if page.shown.origin == Origin::Recorded || !page.is_current() => {
            page.t("ablation.until").to_owned()
        }
        None if is_whole => page.fill("ablation.done", &numbers),
        None => page.fill("ablation.progress", &numbers),
    };
    html! {
        <div class="ablation__progress">
            <p class="hint" role="status">{ sentence }</p>
            if page.is_long_to_ablate() && !page.is_ablated() {
                <button type="button" class="button button--small" onclick={ablate(true)}>
                    { page.t("ablation.start") }
                </button>
            } else if page.is_long_to_ablate() && !is_whole {
                <button type="button" class="button button--small" onclick={ablate(false)}>
                    { page.t("ranking.cancel") }
                </button>
            }
        </div>
    }
}

/// What is saved of the view; nothing where there are no tokens to compare.
pub fn figure(page: &Context, on_failed: Callback<()>) -> Option<Figure<'_>> {
    let analysis = page.analysis_of_run()?;
    let both = both(page)?;
    let (tokens, heads) = (both.tokens.ok()?, both.heads);
    let measure = page.link.ablation.measure;
    let scene = scene(page, &tokens, &heads);
    let csv = ablation::csv(&tokens, &heads, analysis, measure);
    Some(Figure {
        scene: Box::new(move || Some(scene)),
        csv: Box::new(std::iter::once(csv)),
        json: Box::new(move || {
            let settings = Settings {
                measure,
                layer: page.link.layer,
                origin: super::files::origin(page),
                interventions: &page.interventions_shown(),
            };
            ablation::json(&tokens, &heads, analysis, &page.shown.model, &settings)
        }),
        html: None,
        theme: page.appearance.theme(),
        name: super::files::name_of_run(
            ablation::file_name(analysis, measure),
            &page.interventions_shown(),
        ),
        on_failed,
    })
}

fn scene(
    page: &Context,
    tokens: &ablation::Compared<vitrine_record::Position>,
    heads: &ablation::Compared<(vitrine_record::LayerIdx, vitrine_record::HeadIdx)>,
) -> Scene {
    let titles = (
        words::title(page, "ablation.tokens", tokens),
        words::title(page, "ablation.heads", heads),
    );
    let measure = words::measure(page, page.link.ablation.measure);
    let effect = words::effect_of_figure(page);
    let marks = [
        page.t("ablation.mark_attention_short"),
        page.t("ablation.mark_effect_short"),
    ];
    let panel = |title, attention| PanelWords {
        title,
        attention,
        effect: &effect,
        marks,
    };
    let names = tiles(&page.shown.analysis.tokens);
    let names: Vec<String> = names.into_iter().map(|tile| tile.text).collect();
    ablation_scene(
        (tokens, &panel(&titles.0, &measure)),
        (heads, &panel(&titles.1, page.t("ablation.confidence"))),
        &names,
        page.link.ablation.order,
        &FigureWords {
            heading: &words::heading(page),
            note: &words::note(page),
            numbers: page.language().numbers(),
        },
    )
}
