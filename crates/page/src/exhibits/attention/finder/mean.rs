//! Mean attention: what a head gives to which position, over all sentences of the survey.

use gloo::utils::window;
use vitrine_attention::AttentionSlice;
use vitrine_picture::{FigureWords, HeatMap, Scene};
use vitrine_record::{AttentionOptions, HeadSurvey, MeanAttention, MeanPosition, Segment, Token, TokenId};
use web_sys::HtmlCanvasElement;
use yew::prelude::*;

use super::words;
use crate::{
    components::TableFrame,
    context::{Context, use_page},
    exhibits::canvas::{draw, resize, scale_for},
    i18n::Language,
    state::{Action, ImportSource, Shared, heads::HeadsOn},
};

/// Properties of [`MeanPicture`].
#[derive(Properties, PartialEq)]
pub struct MeanPictureProps {
    /// The survey.
    pub survey: Shared<HeadSurvey>,
}

/// The heat map of the heads that are on in the chosen layer, and its table.
#[component]
pub fn MeanPicture(MeanPictureProps { survey }: &MeanPictureProps) -> Html {
    let page = use_page();
    let canvas = use_node_ref();
    let region = use_node_ref();
    {
        let (canvas, page) = (canvas.clone(), page.clone());
        let wanted = (
            survey.clone(),
            page.link.layer,
            page.link.heads.clone(),
            page.appearance.theme(),
            page.language(),
        );
        use_effect_with(wanted, move |(survey, ..)| {
            // Without a canvas the table still has every number.
            let _ = paint(&page, &canvas, survey);
        });
    }
    let Some((mean, slice)) = survey
        .mean_attention
        .as_ref()
        .and_then(|mean| Some((mean, slice(&page, mean)?)))
    else {
        return html! { <p class="hint">{ page.t("finder.map_later") }</p> };
    };
    let style = page.language().numbers();
    let names: Vec<String> = mean
        .positions
        .iter()
        .map(|&position| position_name(page.language(), position))
        .collect();
    let rows = names.iter().zip(&mean.sentences).enumerate().map(|(row, (name, &sentences))| {
        let cells = (0..names.len()).map(|column| html! { <td>{ style.fixed(slice.mean(row, column), 3) }</td> });
        html! {
            <tr><th scope="row">{ name }</th>{ for cells }<td>{ words::counted(&page, sentences) }</td></tr>
        }
    });
    let caption = heading(&page, survey);
    let picture = page.fill("finder.mean_picture", &[("heading", &caption)]);
    html! {
        <div class="finder__mean">
            <p class="hint">{ page.t("finder.mean_hint") }</p>
            <p><button type="button" class="button" onclick={look(&page, survey, mean)}>{ page.t("finder.mean_look") }</button></p>
            <div class="finder__picture" role="img" tabindex="0" aria-label={picture}>
                <canvas aria-hidden="true" ref={canvas} />
            </div>
            <TableFrame {region} {caption} caption_id="mean-caption">
                <table aria-labelledby="mean-caption">
                    <thead>
                        <tr>
                            <th scope="col">{ page.t("attention.query") }</th>
                            { for names.iter().map(|name| html! { <th scope="col">{ name }</th> }) }
                            <th scope="col">{ page.t("finder.sentences") }</th>
                        </tr>
                    </thead>
                    <tbody>{ for rows }</tbody>
                </table>
            </TableFrame>
        </div>
    }
}

/// Hands the mean attention of all layers over to the views of one text.
fn look(page: &Context, survey: &HeadSurvey, mean: &MeanAttention) -> Callback<MouseEvent> {
    let count = words::counted(page, survey.sentences);
    let name = page.fill("finder.mean_name", &[("count", &count)]);
    let import = mean.to_import(name, |position| position_name(page.language(), position));
    let (dispatcher, import) = (page.state.dispatcher(), Shared::new(import));
    Callback::from(move |_| {
        dispatcher.dispatch(Action::LookAtImport {
            import: import.clone(),
            source: ImportSource::ThisPage,
        });
    })
}

/// The mean attention of the heads that are on in the chosen layer.
fn slice(page: &Context, mean: &MeanAttention) -> Option<AttentionSlice> {
    let layer = mean.layers.get(page.link.layer.0)?;
    let tokens = tokens(page.language(), mean);
    AttentionSlice::new(
        layer,
        &tokens,
        page.link.heads.as_ref(),
        &AttentionOptions::default(),
    )
}

/// What a position is called.
pub fn position_name(language: Language, position: MeanPosition) -> String {
    match position {
        MeanPosition::Opening => "[CLS]".to_owned(),
        MeanPosition::Token(at) => at.to_string(),
        MeanPosition::Later => language.t("finder.later").to_owned(),
        MeanPosition::Closing => "[SEP]".to_owned(),
    }
}

/// Positions as tokens, which pictures of attention stand between.
fn tokens(language: Language, mean: &MeanAttention) -> Vec<Token> {
    let token = |&position: &MeanPosition| Token {
        text: String::new(),
        piece: position_name(language, position),
        id: TokenId::default(),
        start: 0,
        end: 0,
        segment: Segment::A,
        special: matches!(position, MeanPosition::Opening | MeanPosition::Closing),
    };
    mean.positions.iter().map(token).collect()
}

fn heading(page: &Context, survey: &HeadSurvey) -> String {
    let (layer, count) = (
        page.link.layer.to_string(),
        words::counted(page, survey.sentences),
    );
    match page.heads_on() {
        HeadsOn::One(head) => page.fill(
            "finder.mean_heading_of_one",
            &[("layer", &layer), ("head", &head.to_string()), ("count", &count)],
        ),
        HeadsOn::Some(heads) | HeadsOn::All(heads) => page.fill(
            "finder.mean_heading",
            &[
                ("layer", &layer),
                ("heads", &heads.to_string()),
                ("count", &count),
            ],
        ),
    }
}

/// The picture as it is on the page and in files; nothing before all sentences are read.
pub fn scene(page: &Context, survey: &HeadSurvey) -> Option<Scene> {
    let mean = survey.mean_attention.as_ref()?;
    let slice = slice(page, mean)?;
    let tokens = tokens(page.language(), mean);
    Some(HeatMap::new(&slice, &tokens, None).scene(&FigureWords {
        heading: &heading(page, survey),
        note: &page.fill("finder.mean_note", &super::files::model_names(page).pairs()),
        numbers: page.language().numbers(),
    }))
}

fn paint(page: &Context, canvas: &NodeRef, survey: &HeadSurvey) -> Option<()> {
    let canvas = canvas.cast::<HtmlCanvasElement>()?;
    let scene = scene(page, survey)?;
    let scale = scale_for(scene.width, scene.height, window().device_pixel_ratio() as f32);
    let context = resize(&canvas, scene.width, scene.height, scale)?;
    for (name, length) in [("width", scene.width), ("height", scene.height)] {
        // Without it the picture is as many pixels of the page as it has of the device.
        let _ = canvas.style().set_property(name, &format!("{length}px"));
    }
    draw(&context, &scene.shapes, page.appearance.theme());
    Some(())
}
