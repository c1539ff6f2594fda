//! The picture of many texts, with what of it can be pointed at.

use std::rc::Rc;

use vitrine_explain::{CorpusText, Occurrence, RankedToken};
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
    exhibits::explanation::{NearestPicture, PictureFrame, Words},
    state::{Action, DataSetChange, Shared},
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
    let label = words::picture_label(&page, view);
    if view.choice.picture == DataSetPicture::Bars {
        let render = {
            let (page, view) = (page.clone(), view.clone());
            Callback::from(move |(target, item): (Target, RovingItem)| button(&page, &view, &target, item))
        };
        return html! { <PictureFrame picture={drawn} {label} {on_measures} {render} /> };
    }
    let name = {
        let (page, view) = (page.clone(), view.clone());
        Callback::from(move |of: TargetOf| name(&page, &view, &of))
    };
    let on_open = {
        let dispatcher = page.state.dispatcher();
        Callback::from(move |of: TargetOf| {
            if let Some(text) = text_of(&of) {
                dispatcher.dispatch(Action::DataSet(DataSetChange::OpenText(text)));
            }
        })
    };
    let hint = page.by_device(("dataset.near_pointer", "dataset.near_touch"));
    let rows = rows(view, (*drawn).as_ref());
    html! {
        <NearestPicture
            picture={drawn} {label} {rows} {name} {hint} does={page.t("dataset.open_in_shap")} {on_open} {on_measures}
        />
    }
}

/// The row of each part: of points that of their token, of cells that of their text.
fn rows(view: &View, picture: Option<&Picture>) -> Rc<[usize]> {
    let mut row = 0;
    let mut before = None;
    let targets = picture.iter().flat_map(|picture| &picture.targets);
    let row_of = targets.map(|target| {
        let token = occurrence_of(view, &target.of).map(|(_, one)| one.token.as_str());
        let own = match view.choice.picture {
            DataSetPicture::Swarm => (token, None),
            DataSetPicture::Bars | DataSetPicture::HeatMap => (None, text_of(&target.of)),
        };
        row += usize::from(before.is_some_and(|before| before != own));
        before = Some(own);
        row
    });
    row_of.collect()
}

/// The text that a part is of or in.
fn text_of(of: &TargetOf) -> Option<usize> {
    match of {
        TargetOf::OfText { text, .. } | TargetOf::Text(text) => Some(*text),
        _ => None,
    }
}

fn occurrence_of<'a>(view: &'a View, of: &TargetOf) -> Option<(&'a CorpusText, &'a Occurrence)> {
    let TargetOf::OfText { text, occurrence } = of else {
        return None;
    };
    let known = view.corpus.text(*text)?;
    Some((known, known.occurrences.get(*occurrence)?))
}

/// What a part is: the word with its value and its text, or a text with its prediction.
fn name(page: &Context, view: &View, of: &TargetOf) -> String {
    let values = view.values(page);
    if let Some((text, occurrence)) = occurrence_of(view, of) {
        let value = values.value(occurrence.value);
        let arguments = [
            ("token", occurrence.token.as_str()),
            ("value", &value),
            ("text", view.sentence(text.place)),
        ];
        return page.fill("dataset.occurrence", &arguments);
    }
    let text = text_of(of).and_then(|text| view.corpus.text(text));
    let said = text.map(|text| {
        let score = values.score(text.prediction);
        let arguments = [
            ("prediction", score.as_str()),
            ("text", view.sentence(text.place)),
        ];
        page.fill("dataset.text", &arguments)
    });
    said.unwrap_or_default()
}

/// The picture in given measures.
fn picture(page: &Context, view: &View, measures: Measures) -> Picture {
    let words = Words::of_score(page, &view.asked.settings.target);
    let words = words.of(page, view.scale);
    let ranked = view.ranked();
    match view.choice.picture {
        DataSetPicture::Bars => {
            let (cohorts, order) = (view.cohorts(page), view.choice.token_order);
            corpus_bars(&ranked, &cohorts, order, MOST_TOKENS, measures, &words)
        }
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

/// The bar of a token; choosing it lists the token's occurrences.
fn button(page: &Context, view: &View, target: &Target, item: RovingItem) -> Html {
    let TargetOf::Row(row) = target.of else {
        return Html::default();
    };
    let Some((token, statistics)) = view.ranked_at(row) else {
        return Html::default();
    };
    let is_chosen = page.data_set.token.as_deref() == Some(token);
    let chosen = (!is_chosen).then(|| token.into());
    let name = words::about_token(page, view, token, statistics);
    let class = classes!(
        "explained__target",
        is_chosen.then_some("explained__target--selected"),
    );
    html! {
        <button
            type="button" {class} data-roving="" tabindex={item.tab_index} aria-label={name.clone()} title={name}
            aria-pressed={is_chosen.to_string()}
            onclick={does::<MouseEvent>(page, DataSetChange::ChooseToken(chosen))}
        />
    }
}
