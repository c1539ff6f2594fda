//! Heads by how much of their attention falls on what a person draws, in the sentence on the screen.

mod pad;
mod presets;

use vitrine_attention::{TokenMatrix, template_score};
use vitrine_picture::head_survey::evenly_spread;
use vitrine_record::{Analysis, AttentionView, HeadIdx, LayerIdx};
use yew::prelude::*;

use super::{finds, opens, place};
use crate::{
    components::{TableFrame, share_bar},
    context::{Context, use_page},
    state::{FinderChange, FinderTool, Shared, Template},
};
use pad::Pad;
use presets::{PRESETS, cells_of};

/// A head, and which share of its attention falls on the drawing.
pub type Scored = (LayerIdx, HeadIdx, f64);

/// Properties of [`TemplateSearch`].
#[derive(Properties, PartialEq)]
pub struct TemplateSearchProps {
    /// All heads in the order of what falls on the drawing.
    pub ranked: Shared<Vec<Scored>>,
}

/// The drawing, and all heads in the order of what falls on it.
#[component]
pub fn TemplateSearch(TemplateSearchProps { ranked }: &TemplateSearchProps) -> Html {
    let page = use_page();
    let region = use_node_ref();
    let analysis = page.shown.analysis.clone();
    let template = page.finder.template_for(analysis.tokens.len());
    if is_too_long(&page) {
        let most = Analysis::MOST_TOKENS_FOR_ALL_LAYERS.to_string();
        let tokens = analysis.tokens.len().to_string();
        let sentence = page.fill(
            "finder.template_too_long",
            &[("tokens", &tokens), ("most", &most)],
        );
        return html! { <p class="hint">{ sentence }</p> };
    }
    let presets = PRESETS.into_iter().map(|preset| {
        let cells = cells_of(preset, &analysis.tokens);
        html! {
            <button
                type="button" class="button button--small" disabled={cells.is_empty()}
                onclick={finds::<MouseEvent>(&page, FinderChange::Template(cells))}
            >
                { page.t(presets::key(preset)) }
            </button>
        }
    });
    let clear = finds::<MouseEvent>(&page, FinderChange::Template(Default::default()));
    let style = page.language().numbers();
    let most = ranked.first().map_or(0.0, |(.., score)| *score);
    let rows = ranked.iter().map(|&(layer, head, score)| {
        let place = place((layer, head));
        let share = if most > 0.0 { score / most } else { 0.0 };
        html! {
            <tr key={format!("{layer}.{head}")}>
                <th scope="row">
                    <button
                        type="button" class="button button--small ranking__place"
                        onclick={opens::<MouseEvent>(&page, place)}
                    >
                        { place.name(page.language()) }
                    </button>
                </th>
                <td>
                    <span class="ranking__change">
                        { share_bar(share as f32, Some("ranking__bar")) }
                        <span class="number">{ style.percent(score as f32) }</span>
                    </span>
                </td>
            </tr>
        }
    });
    html! {
        <div class="finder__template">
            <p class="hint">{ page.t("finder.template_hint") }</p>
            <div class="finder__buttons" role="group" aria-label={page.t("finder.presets")}>
                { for presets }
                <button
                    type="button" class="button button--small" disabled={template.cells.is_empty()} onclick={clear}
                >
                    { page.t("finder.clear") }
                </button>
            </div>
            <div class="finder__drawing">
                <Pad analysis={analysis.clone()} template={template.clone()} />
                if !template.cells.is_empty() {
                    <div class="finder__ranked">
                        <TableFrame {region} caption={page.t("finder.template_caption")} caption_id="template-caption">
                            <table aria-labelledby="template-caption">
                                <thead>
                                    <tr>
                                        <th scope="col">{ page.t("finder.head") }</th>
                                        <th scope="col">{ page.t("finder.template_share") }</th>
                                    </tr>
                                </thead>
                                <tbody>{ for rows }</tbody>
                            </table>
                        </TableFrame>
                    </div>
                }
            </div>
        </div>
    }
}

/// Whether not all layers of the sentence are here.
fn is_too_long(page: &Context) -> bool {
    page.shown.analysis.attention.len() < page.shown.model.layers
}

/// All heads whose attention is here, those first on whose template most of it falls. None without a drawing.
pub fn ranked(analysis: &Analysis, template: &Template) -> Vec<Scored> {
    if template.cells.is_empty() {
        return Vec::new();
    }
    let drawn = TokenMatrix::from_fn(template.tokens, |destination, source| {
        f64::from(u8::from(template.cells.contains(&(destination, source))))
    });
    let heads = analysis.attention.iter().flat_map(|attention| {
        let drawn = &drawn;
        (0..attention.heads())
            .map(HeadIdx)
            .filter_map(move |head| Some((attention.layer, head, template_score(attention, head, drawn)?)))
    });
    let mut heads: Vec<Scored> = heads.collect();
    heads.sort_by(|one, other| other.2.total_cmp(&one.2));
    heads
}

/// The same while the tool is on the screen, made anew only when it changes.
#[hook]
pub fn use_ranked(page: &Context) -> Shared<Vec<Scored>> {
    let is_shown = page.link.view == AttentionView::Finder && page.finder.tool == FinderTool::Template;
    let wanted = is_shown.then(|| {
        let analysis = page.shown.analysis.clone();
        let template = page.finder.template_for(analysis.tokens.len());
        (analysis, template)
    });
    let ranked = use_memo(wanted, |wanted| {
        let ranked = wanted
            .as_ref()
            .map(|(analysis, template)| ranked(analysis, template));
        Shared::new(ranked.unwrap_or_default())
    });
    (*ranked).clone()
}

/// The reading line: the head that follows the drawing most.
pub fn reading(page: &Context, ranked: &[Scored]) -> String {
    let template = page.finder.template_for(page.shown.analysis.tokens.len());
    if is_too_long(page) {
        return String::new();
    }
    let style = page.language().numbers();
    match ranked.first() {
        None => page.t("finder.template_empty").to_owned(),
        Some(&(layer, head, score)) => page.fill(
            "finder.template_reading",
            &[
                ("head", &place((layer, head)).name(page.language())),
                ("share", &style.percent(score as f32)),
                ("cells", &style.count(template.cells.len())),
                (
                    "chance",
                    &style.percent(evenly_spread(template.tokens, &template.cells) as f32),
                ),
            ],
        ),
    }
}
