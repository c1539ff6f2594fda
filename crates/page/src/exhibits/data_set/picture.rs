//! The picture of many texts, with what of it can be pointed at.

use vitrine_explain::RankedToken;
use vitrine_picture::{
    FigureWords, Scene,
    explanation::{Measures, Picture, Swarm, Target, TargetOf, beeswarm, corpus_bars, text_strips},
};
use vitrine_record::DataSetPicture;
use yew::prelude::*;

use super::{does, view::View, words};
use crate::{
    components::RovingItem,
    context::{Context, use_page},
    exhibits::explanation::{PictureFrame, Words},
    state::{DataSetChange, Shared},
};

/// So many tokens stand each by themselves.
const MOST_TOKENS: usize = 10;

/// A picture holds so many texts at most: a canvas has an end.
pub const MOST_TEXTS: usize = 300;

/// Properties of [`DataSetPictureFrame`].
#[derive(Properties, PartialEq)]
pub struct DataSetPictureFrameProps {
    /// What is drawn.
    pub view: Shared<View>,
}

/// The picture that is chosen.
#[component]
pub fn DataSetPictureFrame(DataSetPictureFrameProps { view }: &DataSetPictureFrameProps) -> Html {
    let page = use_page();
    let measures = use_state_eq(|| None::<Measures>);
    let on_measures = {
        let measures = measures.setter();
        Callback::from(move |room| measures.set(room))
    };
    let drawn = use_memo(
        (view.clone(), *measures, page.language()),
        |(view, measures, _)| Some(picture(&page, view, (*measures)?)),
    );
    let render = {
        let (page, view) = (page.clone(), view.clone());
        Callback::from(move |(target, item): (Target, RovingItem)| button(&page, &view, &target, item))
    };
    let label = words::picture_label(&page, view);
    html! { <PictureFrame picture={drawn} {label} {on_measures} {render} /> }
}

/// The picture in given measures.
fn picture(page: &Context, view: &View, measures: Measures) -> Picture {
    let words = Words::of_score(page, &view.asked.settings.target);
    let words = words.of(page, view.scale);
    let ranked = view.ranked();
    match view.choice.picture {
        DataSetPicture::Bars => corpus_bars(&ranked, view.choice.token_order, MOST_TOKENS, measures, &words),
        DataSetPicture::Swarm => {
            let swarm = Swarm {
                corpus: &view.corpus,
                tokens: shown(&ranked),
                scale: view.scale,
                colour: view.choice.colour,
            };
            beeswarm(&swarm, measures, &words)
        }
        DataSetPicture::HeatMap => {
            let order = view.order();
            let order = &order[..order.len().min(MOST_TEXTS)];
            text_strips(&view.corpus, order, view.scale, measures, &words)
        }
    }
}

fn shown<'a, 'b>(ranked: &'b [RankedToken<'a>]) -> &'b [RankedToken<'a>] {
    &ranked[..ranked.len().min(MOST_TOKENS)]
}

/// The figure that is exported.
pub fn scene(page: &Context, view: &View, heading: &str, note: &str) -> Scene {
    picture(page, view, Measures::EXPORT).scene(&FigureWords {
        heading,
        note,
        numbers: page.language().numbers(),
    })
}

/// What is pointed at, and what choosing it does: a token's occurrences are listed, a text is looked at alone.
fn button(page: &Context, view: &View, target: &Target, item: RovingItem) -> Html {
    let values = view.values(page);
    let (name, change, is_chosen) = match target.of {
        TargetOf::Row(row) => {
            let Some((token, statistics)) = view.ranked_at(row) else {
                return Html::default();
            };
            let is_chosen = page.data_set.token.as_deref() == Some(token);
            let chosen = (!is_chosen).then(|| token.into());
            let name = words::about_token(page, view, token, statistics);
            (name, DataSetChange::ChooseToken(chosen), Some(is_chosen))
        }
        TargetOf::OfText { text, occurrence } => {
            let Some(known) = view.corpus.text(text) else {
                return Html::default();
            };
            let Some(occurrence) = known.occurrences.get(occurrence) else {
                return Html::default();
            };
            let value = values.value(occurrence.value);
            let arguments = [
                ("token", occurrence.token.as_str()),
                ("value", &value),
                ("text", view.sentence(text)),
            ];
            (
                page.fill("dataset.occurrence", &arguments),
                DataSetChange::OpenText(text),
                None,
            )
        }
        TargetOf::Text(place) => {
            let score = view.corpus.text(place).map(|text| values.score(text.prediction));
            let arguments = [
                ("prediction", score.as_deref().unwrap_or_default()),
                ("text", view.sentence(place)),
            ];
            (
                page.fill("dataset.text", &arguments),
                DataSetChange::OpenText(place),
                None,
            )
        }
        _ => return Html::default(),
    };
    let class = classes!(
        "explained__target",
        (is_chosen == Some(true)).then_some("explained__target--selected"),
    );
    html! {
        <button
            type="button" {class} data-roving="" tabindex={item.tab_index} aria-label={name.clone()} title={name}
            aria-pressed={is_chosen.map(|is_chosen| is_chosen.to_string())} onclick={does::<MouseEvent>(page, change)}
        />
    }
}
