//! The head view: the heads of one layer that are on, on each other, token by token.

mod column;
mod heat;
mod lines;
mod painter;

use vitrine_attention::AttentionSlice;
use vitrine_record::Drawing;
use yew::prelude::*;

use crate::{
    context::use_page,
    state::{Shared, WhichText},
};
use heat::Heat;
use lines::Lines;

/// Properties of the pictures of the head view.
#[derive(Properties, PartialEq)]
pub struct HeadPictureProps {
    /// What is looked at.
    pub slice: Shared<AttentionSlice>,
    /// Where its scale ends, if another picture has the same.
    #[prop_or_default]
    pub limit: Option<f32>,
    /// The text that it is of.
    #[prop_or_default]
    pub text: WhichText,
}

/// The picture.
#[component]
pub fn HeadPicture(HeadPictureProps { slice, limit, text }: &HeadPictureProps) -> Html {
    let page = use_page();
    if slice.destinations().is_empty() || slice.sources().is_empty() {
        return html! { <p class="hint">{ page.t("attention.nothing_left") }</p> };
    }
    match page.link.drawing {
        Drawing::Lines | Drawing::LinesAcross => {
            html! { <Lines slice={slice.clone()} limit={*limit} text={*text} /> }
        }
        Drawing::HeatMap => html! { <Heat slice={slice.clone()} limit={*limit} text={*text} /> },
    }
}
