//! The scatter of the samples: any of them can be chosen, and is then said and shown.

use std::rc::Rc;

use vitrine_explain::lime::{SampledPiece, SampledText};
use vitrine_picture::explanation::{DistinctSample, Measures, SurrogateScatter, TargetOf, ValueStyle};
use vitrine_record::{Explanation, Segment, SurrogateSample};
use yew::prelude::*;

use crate::{
    context::{Context, use_page},
    exhibits::explanation::{Drawn, DrawnAs, NearestPicture, explained_name, picture},
    state::Shared,
};

/// Properties of [`SamplesPicture`].
#[derive(Properties, PartialEq)]
pub struct SamplesPictureProps {
    /// What is drawn.
    pub drawn: Drawn,
    /// Told which sample is chosen, by its place.
    pub on_choose: Callback<Option<usize>>,
}

/// The scatter. A sample is chosen by a tap or a click near it, or by the arrow keys: to the left and the right from
/// proximity to proximity, up and down among samples of one.
#[component]
pub fn SamplesPicture(SamplesPictureProps { drawn, on_choose }: &SamplesPictureProps) -> Html {
    let page = use_page();
    let measures = use_state_eq(|| None::<Measures>);
    let on_measures = {
        let measures = measures.setter();
        Callback::from(move |room| measures.set(room))
    };
    let words = (page.language(), page.explained_target(), page.shown.model.clone());
    let laid_out = use_memo((drawn.clone(), *measures, words), |(drawn, measures, _)| {
        Some(picture(&page, drawn, (*measures)?))
    });
    let columns = use_memo(drawn.explanation.clone(), |explanation| {
        let scatter = SurrogateScatter::new(explanation);
        Rc::<[usize]>::from(scatter.map(|scatter| scatter.columns()).unwrap_or_default())
    });
    let name = {
        let (page, explanation) = (page.clone(), drawn.explanation.clone());
        Callback::from(move |of: TargetOf| {
            let sample = distinct(&explanation, &of);
            sample
                .map(|sample| about(&page, &explanation, sample))
                .unwrap_or_default()
        })
    };
    let chosen = match drawn.drawn_as {
        DrawnAs::Samples { chosen, .. } => chosen,
        _ => None,
    };
    let chosen = chosen.and_then(|sample| distinct(&drawn.explanation, &TargetOf::Sample(sample)));
    let hint = page.by_device(("lime.samples_pointing", "lime.samples_touching"));
    html! {
        <>
            <NearestPicture
                picture={laid_out} label={page.fill("lime.samples_label", &[("label", &explained_name(&page))])}
                rows={(*columns).clone()} is_upright={true} {name} {hint} {on_measures}
                on_choose={on_choose.reform(|of: Option<TargetOf>| match of {
                    Some(TargetOf::Sample(sample)) => Some(sample),
                    _ => None,
                })}
            />
            <div class="sample">
                if let Some((_, sample)) = chosen {
                    { written(&drawn.explanation, sample) }
                }
            </div>
        </>
    }
}

/// The sample that a part of the picture is of, and how often it was drawn.
fn distinct<'a>(
    explanation: &'a Shared<Explanation>,
    of: &TargetOf,
) -> Option<(DistinctSample, &'a SurrogateSample)> {
    match of {
        TargetOf::Sample(sample) => SurrogateScatter::new(explanation)?.distinct_at(*sample),
        _ => None,
    }
}

/// Which words it lacks, or, where these are most of them, which it has; what model and surrogate say of it, how much it
/// weighs in the fit and how often it was drawn.
fn about(
    page: &Context,
    explanation: &Explanation,
    (distinct, sample): (DistinctSample, &SurrogateSample),
) -> String {
    let sampled = SampledText::new(explanation);
    let (missing, left): (Vec<_>, Vec<_>) = sampled.words(sample).partition(|(_, is_missing)| *is_missing);
    let (key, words) = match (missing.len(), left.len()) {
        (0, _) => ("lime.about_text", Vec::new()),
        (_, 0) => ("lime.about_nothing", Vec::new()),
        (missing_count, left_count) if missing_count <= left_count => ("lime.about_without", missing),
        _ => ("lime.about_left", left),
    };
    let words = words.into_iter().map(|(word, _)| word);
    let numbers = page.language().numbers();
    let values = ValueStyle::new(numbers, 1.0);
    let said = page.fill(
        key,
        &[
            ("words", &page.joined("join.in_quotes", words)),
            ("score", &values.score(sample.score)),
            ("surrogate", &values.score(sample.surrogate)),
        ],
    );
    let mut sentences = vec![
        said,
        page.fill(
            "lime.about_weight",
            &[("proximity", &values.score(sample.proximity))],
        ),
    ];
    if distinct.times > 1 {
        let times = numbers.count(distinct.times);
        sentences.push(page.fill("lime.about_times", &[("times", &times)]));
    }
    sentences.join(" ")
}

/// The text with the missing words struck out.
fn written(explanation: &Explanation, sample: &SurrogateSample) -> Html {
    let sampled = SampledText::new(explanation);
    let of = |segment: Segment| {
        let pieces = sampled
            .pieces(sample)
            .filter(move |piece| piece.segment == segment);
        pieces.map(|SampledPiece { text, is_missing, .. }| match is_missing {
            true => html! { <del>{ text }</del> },
            false => html! { { text } },
        })
    };
    html! {
        <>
            <p lang="en">{ for of(Segment::A) }</p>
            if explanation.input.pair.is_some() {
                <p lang="en">{ for of(Segment::B) }</p>
            }
        </>
    }
}
