//! Two pictures beside each other, or one below the other where there is no room.

use vitrine_attention::AttentionSlice;
use vitrine_picture::{HeadView, HeatMap, Metrics};
use vitrine_record::Drawing;
use yew::prelude::*;

use super::words::{Place, name, place_beside, place_of};
use crate::{
    context::{Context, use_page},
    exhibits::attention::head::HeadPicture,
    state::Shared,
};

/// Properties of [`Pictures`].
#[derive(Properties, PartialEq)]
pub struct PicturesProps {
    /// What is looked at.
    pub slice: Shared<AttentionSlice>,
    /// What is shown beside it; nothing while it is on its way.
    pub beside: Option<Shared<AttentionSlice>>,
    /// Where the scale of both ends.
    pub limit: Option<f32>,
}

/// The two pictures.
#[component]
pub fn Pictures(props: &PicturesProps) -> Html {
    let PicturesProps { slice, beside, limit } = props;
    let page = use_page();
    let picture = |slice: &Shared<AttentionSlice>, place: Place| {
        let name = name(&page, place);
        html! {
            <section class="compare__side" aria-label={name.clone()}>
                <h3 class="compare__name">{ name }</h3>
                <HeadPicture slice={slice.clone()} limit={*limit} text={place.text} />
            </section>
        }
    };
    html! {
        <div class="compare">
            { picture(slice, place_of(&page, slice)) }
            if let Some(beside) = beside {
                { picture(beside, place_beside(&page, beside)) }
            } else {
                // It keeps the room of the picture that is to come.
                <section class="compare__side" />
            }
        </div>
    }
}

/// Where the scale of both pictures ends, if there are two; looked for only when they change.
#[hook]
pub fn use_shared_limit(
    page: &Context,
    slice: Option<&Shared<AttentionSlice>>,
    beside: Option<&Shared<AttentionSlice>>,
) -> Option<f32> {
    let both = (slice.cloned().zip(beside.cloned()), page.link.drawing);
    let limit = use_memo(both, |(both, _)| {
        let (slice, beside) = both.as_ref()?;
        Some(shared_limit(page, slice, beside))
    });
    *limit
}

/// Where the scale of both pictures ends.
pub fn shared_limit(page: &Context, slice: &AttentionSlice, beside: &AttentionSlice) -> f32 {
    let limit = |slice: &AttentionSlice| match page.link.drawing {
        Drawing::HeatMap => HeatMap::new(slice, &[], None).limit(),
        lines => HeadView::new(slice, &[], None, lines, Metrics::EXPORT).limit(),
    };
    limit(slice).max(limit(beside))
}
