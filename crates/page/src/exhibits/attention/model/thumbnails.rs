//! The thumbnails of all heads, made from what is on the screen.

use vitrine_attention::AttentionSlice;
use vitrine_picture::{Thumbnail, limit_of_differences};
use vitrine_record::{Analysis, AttentionOptions, AttentionThumbnails, HeadIdx, LayerIdx, Run};
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
    limit: Option<f32>,
}

/// The runs that thumbnails are made from.
#[derive(PartialEq)]
enum Runs {
    /// One, as it is.
    One(Shared<Analysis>),
    /// What changes from one to another.
    Two {
        from: Shared<Analysis>,
        to: Shared<Analysis>,
    },
}

impl Thumbnails {
    /// From the attention itself where all layers have come, else from what came in its place: of a long text that is
    /// made smaller already, and shows all of it whatever is left out. Of two runs, from what the second gains and
    /// loses against the first, on one scale for all heads.
    fn new(runs: &Runs, layers: usize, options: &AttentionOptions) -> Thumbnails {
        let of_run = |analysis: &Analysis, layer| {
            AttentionSlice::new(analysis.layer(layer)?, &analysis.tokens, None, options)
        };
        let exact = (0..layers).map(LayerIdx).map(|layer| match runs {
            Runs::One(run) => of_run(run, layer),
            Runs::Two { from, to } => {
                AttentionSlice::difference(&of_run(from, layer)?, &of_run(to, layer)?, options)
            }
        });
        if let Some(slices) = exact.collect::<Option<Vec<_>>>() {
            let largest = slices
                .iter()
                .map(AttentionSlice::largest_drawn)
                .fold(0.0, f32::max);
            let of_slice = |slice: &AttentionSlice| -> Vec<Thumbnail> {
                let of_place = |place| match runs {
                    Runs::One(_) => Thumbnail::of_slice(slice, place),
                    Runs::Two { .. } => Thumbnail::of_difference(slice, place, largest),
                };
                (0..slice.heads().len()).map(of_place).collect()
            };
            let is_difference = matches!(runs, Runs::Two { .. });
            return Thumbnails {
                layers,
                heads: slices.first().map_or(0, |slice| slice.heads().len()),
                thumbnails: slices.iter().flat_map(of_slice).collect(),
                are_coarse: false,
                limit: is_difference.then(|| limit_of_differences(largest)),
            };
        }
        // Bytes are too coarse for differences.
        let small: &[AttentionThumbnails] = match runs {
            Runs::One(analysis) => &analysis.thumbnails,
            Runs::Two { .. } => &[],
        };
        let of_layer = |layer: &AttentionThumbnails| -> Vec<Thumbnail> {
            let of_head = |head| Thumbnail::new(layer.side(), layer.side(), layer.of_head(head).to_vec());
            (0..layer.heads()).filter_map(of_head).collect()
        };
        Thumbnails {
            layers: small.len(),
            heads: small.first().map_or(0, AttentionThumbnails::heads),
            thumbnails: small.iter().flat_map(of_layer).collect(),
            are_coarse: true,
            limit: None,
        }
    }

    /// Those of one run.
    pub fn of_run(analysis: &Shared<Analysis>, layers: usize, options: &AttentionOptions) -> Thumbnails {
        Thumbnails::new(&Runs::One(analysis.clone()), layers, options)
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

    /// Where the scale of a difference ends on both sides; nothing for a single run.
    pub fn limit(&self) -> Option<f32> {
        self.limit
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
    let runs = match (page.drawn_run(), page.changed_analysis()) {
        (Run::Difference, Some(changed)) => Runs::Two {
            from: page.shown.analysis.clone(),
            to: changed.clone(),
        },
        _ => Runs::One(page.drawn_analysis().clone()),
    };
    let wanted = (runs, page.shown.model.layers, page.link.options);
    let thumbnails = use_memo(wanted, |(runs, layers, options)| {
        Shared::new(Thumbnails::new(runs, *layers, options))
    });
    (*thumbnails).clone()
}
