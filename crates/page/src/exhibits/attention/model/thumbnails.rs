//! The thumbnails of all heads, made from what is on the screen.

use std::cell::OnceCell;

use vitrine_attention::AttentionSlice;
use vitrine_picture::{Thumbnail, limit_of_differences};
use vitrine_record::{
    Analysis, AttentionOptions, AttentionThumbnails, HeadIdx, LayerAttention, LayerIdx, Run, Side,
};
use yew::prelude::*;

use crate::{
    context::Context,
    i18n::Language,
    state::{LookedAt, Shared, heads::HeadsOn},
};

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

    /// The head that is looked at in detail: the only one that is on.
    pub fn chosen(page: &Context) -> Option<Place> {
        match page.heads_on() {
            HeadsOn::One(head) => Some(Place {
                layer: page.link.layer,
                head,
            }),
            HeadsOn::Some(_) | HeadsOn::All(_) => None,
        }
    }
}

/// One thumbnail for each head of each layer that there is attention of, layer by layer.
#[derive(Debug)]
pub struct Thumbnails {
    layers: usize,
    heads: usize,
    thumbnails: Made,
    are_coarse: bool,
    limit: Option<f32>,
}

/// The thumbnails, layer by layer and head by head.
#[derive(Debug)]
enum Made {
    /// All of them.
    All(Vec<Thumbnail>),
    /// Those of each layer when one of them is wanted, so that no one waits for all.
    WhenWanted {
        looked_at: LookedAt,
        options: AttentionOptions,
        layers: Vec<OnceCell<Vec<Thumbnail>>>,
    },
}

/// What thumbnails are made from.
#[derive(PartialEq)]
enum Runs {
    /// One run, or what was imported, as it is.
    One(LookedAt),
    /// What changes from one run to another.
    Two {
        from: Shared<Analysis>,
        to: Shared<Analysis>,
    },
}

impl Thumbnails {
    /// From the attention itself where all layers are here, else from what came in its place: of a long text that is
    /// made smaller already, and shows all of it whatever is left out. Of two runs, from what the second gains and
    /// loses against the first, on one scale for all heads.
    fn new(runs: &Runs, layers: usize, options: &AttentionOptions) -> Thumbnails {
        match runs {
            Runs::One(looked_at) => Thumbnails::of_one(looked_at, layers, options),
            Runs::Two { from, to } => Thumbnails::of_difference(from, to, layers, options),
        }
    }

    /// Those of one run, or of what was imported.
    pub fn of_one(looked_at: &LookedAt, layers: usize, options: &AttentionOptions) -> Thumbnails {
        let is_whole = (0..layers).all(|layer| looked_at.layer(LayerIdx(layer)).is_some());
        if is_whole {
            let is_long = |side| looked_at.tokens(side).len() > AttentionThumbnails::LARGEST_SIDE;
            return Thumbnails {
                layers,
                heads: looked_at.layers().first().map_or(0, LayerAttention::heads),
                thumbnails: Made::WhenWanted {
                    looked_at: looked_at.clone(),
                    options: *options,
                    layers: (0..layers).map(|_| OnceCell::new()).collect(),
                },
                are_coarse: is_long(Side::Destination) || is_long(Side::Source),
                limit: None,
            };
        }
        let small: &[AttentionThumbnails] = match looked_at {
            LookedAt::Analysed(analysis) => &analysis.thumbnails,
            LookedAt::Imported(..) => &[],
        };
        let of_layer = |layer: &AttentionThumbnails| -> Vec<Thumbnail> {
            let of_head = |head| Thumbnail::new(layer.side(), layer.side(), layer.of_head(head).to_vec());
            (0..layer.heads()).filter_map(of_head).collect()
        };
        Thumbnails {
            layers: small.len(),
            heads: small.first().map_or(0, AttentionThumbnails::heads),
            thumbnails: Made::All(small.iter().flat_map(of_layer).collect()),
            are_coarse: !small.is_empty(),
            limit: None,
        }
    }

    /// Bytes are too coarse for differences: of a long text there are none.
    fn of_difference(
        from: &Shared<Analysis>,
        to: &Shared<Analysis>,
        layers: usize,
        options: &AttentionOptions,
    ) -> Thumbnails {
        let of_run =
            |run: &Analysis, layer| AttentionSlice::new(run.layer(layer)?, &run.tokens, None, options);
        let slices = (0..layers)
            .map(LayerIdx)
            .map(|layer| AttentionSlice::difference(&of_run(from, layer)?, &of_run(to, layer)?, options));
        let slices = slices.collect::<Option<Vec<_>>>().unwrap_or_default();
        let largest = slices
            .iter()
            .map(AttentionSlice::largest_drawn)
            .fold(0.0, f32::max);
        let of_slice = |slice: &AttentionSlice| -> Vec<Thumbnail> {
            let of_place = |place| Thumbnail::of_difference(slice, place, largest);
            (0..slice.heads().len()).map(of_place).collect()
        };
        Thumbnails {
            layers: slices.len(),
            heads: slices.first().map_or(0, |slice| slice.heads().len()),
            thumbnails: Made::All(slices.iter().flat_map(of_slice).collect()),
            are_coarse: false,
            limit: (!slices.is_empty()).then(|| limit_of_differences(largest)),
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

    /// Whether they are of a text so long that they are smaller than it is.
    pub fn are_coarse(&self) -> bool {
        self.are_coarse
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
        match &self.thumbnails {
            Made::All(all) => all.get(layer.0 * self.heads + head.0),
            Made::WhenWanted {
                looked_at,
                options,
                layers,
            } => {
                let make = || of_layer(looked_at, layer, options).unwrap_or_default();
                layers.get(layer.0)?.get_or_init(make).get(head.0)
            }
        }
    }
}

/// Those of all heads of a layer that is here.
fn of_layer(looked_at: &LookedAt, layer: LayerIdx, options: &AttentionOptions) -> Option<Vec<Thumbnail>> {
    let (asking, asked) = (
        looked_at.tokens(Side::Destination),
        looked_at.tokens(Side::Source),
    );
    let slice = AttentionSlice::between(looked_at.layer(layer)?, asking, asked, None, options)?;
    let of_place = |place| Thumbnail::small_of_slice(&slice, place, AttentionThumbnails::LARGEST_SIDE);
    Some((0..slice.heads().len()).map(of_place).collect())
}

/// The thumbnails of what is on the screen, made anew only when it changes.
#[hook]
pub fn use_thumbnails(page: &Context) -> Shared<Thumbnails> {
    let runs = match (page.drawn_run(), page.changed_analysis()) {
        (Run::Difference, Some(changed)) => Runs::Two {
            from: page.shown.analysis.clone(),
            to: changed.clone(),
        },
        _ => Runs::One(page.looked_at()),
    };
    let wanted = (runs, page.layers(), page.link.options);
    let thumbnails = use_memo(wanted, |(runs, layers, options)| {
        Shared::new(Thumbnails::new(runs, *layers, options))
    });
    (*thumbnails).clone()
}
