//! The thumbnails of all heads, made from what is on the screen.

use vitrine_attention::AttentionSlice;
use vitrine_picture::Thumbnail;
use vitrine_record::{Analysis, AttentionOptions, AttentionThumbnails, HeadIdx, LayerIdx};
use yew::prelude::*;

use crate::{context::Context, i18n::Language, state::Shared};

/// A head of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// Its layer.
    pub layer: LayerIdx,
    /// The head within it.
    pub head: HeadIdx,
}

impl Place {
    /// What it is called.
    pub fn name(self, language: Language) -> String {
        let (layer, head) = (self.layer.to_string(), self.head.to_string());
        language.fill("model.place", &[("layer", &layer), ("head", &head)])
    }
}

/// One thumbnail for each head of each layer that there is attention of, layer by layer.
#[derive(Debug)]
pub struct Thumbnails {
    layers: usize,
    heads: usize,
    thumbnails: Vec<Thumbnail>,
    are_coarse: bool,
}

impl Thumbnails {
    /// From the attention itself where all layers have come, else from what came in its place: of a long text that is
    /// made smaller already, and shows all of it whatever is left out.
    pub fn new(analysis: &Analysis, layers: usize, options: &AttentionOptions) -> Thumbnails {
        let exact = (0..layers).map(|layer| {
            let attention = analysis.layer(LayerIdx(layer))?;
            AttentionSlice::new(attention, &analysis.tokens, None, options)
        });
        if let Some(slices) = exact.collect::<Option<Vec<_>>>() {
            let of_slice = |slice: &AttentionSlice| -> Vec<Thumbnail> {
                (0..slice.heads().len())
                    .map(|place| Thumbnail::of_slice(slice, place))
                    .collect()
            };
            return Thumbnails {
                layers,
                heads: slices.first().map_or(0, |slice| slice.heads().len()),
                thumbnails: slices.iter().flat_map(of_slice).collect(),
                are_coarse: false,
            };
        }
        let small = &analysis.thumbnails;
        let of_layer = |layer: &AttentionThumbnails| -> Vec<Thumbnail> {
            let of_head = |head| Thumbnail::new(layer.side(), layer.side(), layer.of_head(head).to_vec());
            (0..layer.heads()).filter_map(of_head).collect()
        };
        Thumbnails {
            layers: small.len(),
            heads: small.first().map_or(0, AttentionThumbnails::heads),
            thumbnails: small.iter().flat_map(of_layer).collect(),
            are_coarse: true,
        }
    }

    /// All heads, layer by layer.
    pub fn places(&self) -> impl Iterator<Item = Place> + use<> {
        let heads = self.heads;
        (0..self.layers).flat_map(move |layer| {
            (0..heads).map(move |head| Place {
                layer: LayerIdx(layer),
                head: HeadIdx(head),
            })
        })
    }

    /// Whether they are of a text so long that they came smaller than it is, and whole.
    pub fn are_coarse(&self) -> bool {
        self.are_coarse && !self.thumbnails.is_empty()
    }

    /// The thumbnail of a head.
    pub fn get(&self, Place { layer, head }: Place) -> Option<&Thumbnail> {
        if head.0 >= self.heads {
            return None;
        }
        self.thumbnails.get(layer.0 * self.heads + head.0)
    }
}

/// The thumbnails of what is on the screen, made anew only when it changes.
#[hook]
pub fn use_thumbnails(page: &Context) -> Shared<Thumbnails> {
    let wanted = (
        page.shown.analysis.clone(),
        page.shown.model.layers,
        page.link.options,
    );
    let thumbnails = use_memo(wanted, |(analysis, layers, options)| {
        Shared::new(Thumbnails::new(analysis, *layers, options))
    });
    (*thumbnails).clone()
}
