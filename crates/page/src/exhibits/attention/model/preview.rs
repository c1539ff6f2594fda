//! The thumbnail that is pointed at, larger, and what its head does.

use std::collections::BTreeSet;

use gloo::utils::window;
use vitrine_picture::ThumbnailStyle;
use web_sys::HtmlCanvasElement;
use yew::prelude::*;

use super::{SharedThumbnails, grid::bitmap, thumbnails::Place};
use crate::{
    context::use_page,
    exhibits::{attention::words, canvas::resize},
};

/// Properties of [`Preview`].
#[derive(Properties, PartialEq)]
pub struct PreviewProps {
    /// What is drawn.
    pub thumbnails: SharedThumbnails,
    /// How it is drawn.
    pub style: ThumbnailStyle,
    /// The head.
    pub place: Option<Place>,
}

/// The preview; room is kept for it.
#[component]
pub fn Preview(props: &PreviewProps) -> Html {
    let page = use_page();
    let canvas = use_node_ref();
    {
        let canvas = canvas.clone();
        let wanted = (
            props.thumbnails.clone(),
            props.style,
            props.place,
            page.appearance.theme(),
        );
        use_effect_with(wanted, move |(thumbnails, style, place, theme)| {
            let drawn = || -> Option<()> {
                let canvas = canvas.cast::<HtmlCanvasElement>()?;
                let ratio = window().device_pixel_ratio() as f32;
                let side = (canvas.client_width() as f32 * ratio).round();
                let context = resize(&canvas, side, side, 1.0)?;
                let image = bitmap(thumbnails, (*place)?, *style, *theme, side as usize)?;
                context.put_image_data(&image, 0.0, 0.0).ok()
            };
            // Without a head to show, the canvas stays empty.
            let _ = drawn();
        });
    }
    let about = match props.place {
        Some(place) => words::about_head(&page, place.layer, &BTreeSet::from([place.head])),
        None => page.by_device(("model.hint", "plate.how_model_touch")).to_owned(),
    };
    let name = props.place.map(|place| place.name(page.language()));
    html! {
        <div class="preview">
            <p class="preview__name">{ name.unwrap_or_default() }</p>
            <canvas class="preview__picture" aria-hidden="true" ref={canvas} />
            <p class="preview__about">{ about }</p>
        </div>
    }
}
