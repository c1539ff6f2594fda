//! Four nested lists of numbers, held to their shape while they are read.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};

use super::{AttentionImport, ImportPart, UnreadableImport};
use crate::{LayerAttention, LayerIdx};

/// The levels of nested lists, from the outermost: what each has, and the most of it.
const LEVELS: [(&str, usize); 4] = [
    ("layers", AttentionImport::MOST_LAYERS_OR_HEADS),
    ("heads", AttentionImport::MOST_LAYERS_OR_HEADS),
    ("rows", AttentionImport::MOST_TOKENS),
    ("numbers", AttentionImport::MOST_TOKENS),
];

/// `[layer, head, destination, source]`.
#[derive(Default)]
pub(super) struct Weights {
    /// The length of the lists of each level, which is that of the first of them.
    shape: [Option<usize>; LEVELS.len()],
    /// Where the list stands that is read.
    place: [usize; LEVELS.len()],
    values: Vec<f32>,
}

impl Weights {
    /// The layers, if there is a row for each destination, and in it a number for each source: for `None` these are
    /// the destinations.
    pub(super) fn into_layers(
        self,
        part: ImportPart,
        destinations: usize,
        sources: Option<usize>,
    ) -> Result<Vec<LayerAttention>, UnreadableImport> {
        let [layers, heads, rows, numbers] = self.shape.map(Option::unwrap_or_default);
        let columns = sources.unwrap_or(destinations);
        if (rows, numbers) != (destinations, columns) {
            let of_what = match part {
                ImportPart::Cross => {
                    "a row for each token of the decoder and in it a number for each of the encoder"
                }
                ImportPart::Encoder | ImportPart::Decoder => {
                    "a row for each token and in it a number for each token"
                }
            };
            return Err(UnreadableImport(format!(
                "{}.attention is of {rows} × {numbers} tokens instead of {destinations} × {columns}; give {of_what}",
                part.name()
            )));
        }
        let size = heads * rows * numbers;
        let layer = |(index, values): (usize, &[f32])| {
            let (index, values) = (LayerIdx(index), values.to_vec());
            match sources {
                Some(sources) => LayerAttention::between(index, heads, rows, sources, values),
                None => LayerAttention::new(index, heads, rows, values),
            }
        };
        debug_assert_eq!(self.values.len(), layers * size);
        let layers = self.values.chunks_exact(size.max(1)).enumerate().map(layer);
        // The lists were held to their shape while they were read.
        layers.collect::<Option<_>>().ok_or_else(|| {
            UnreadableImport(format!(
                "{}.attention has lists of different lengths",
                part.name()
            ))
        })
    }

    /// Where the list of a level stands, as Python would write it.
    fn place_of(&self, level: usize) -> String {
        let indices = self.place[..level].iter().map(|index| format!("[{index}]"));
        format!("attention{}", indices.collect::<String>())
    }
}

impl<'de> Deserialize<'de> for Weights {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Weights, D::Error> {
        let mut weights = Weights::default();
        let outermost = List {
            weights: &mut weights,
            level: 0,
        };
        outermost.deserialize(deserializer)?;
        Ok(weights)
    }
}

/// A list of a level, the numbers of which go to the end of the weights.
struct List<'a> {
    weights: &'a mut Weights,
    level: usize,
}

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.weights.place_of(self.level);
        write!(formatter, "{place} to be a list of {}", LEVELS[self.level].0)
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<(), S::Error> {
        let List { weights, level } = self;
        let (what, most) = LEVELS[level];
        let mut length = 0;
        loop {
            weights.place[level] = length;
            let is_there = if level + 1 < LEVELS.len() {
                let inner = List {
                    weights,
                    level: level + 1,
                };
                list.next_element_seed(inner)?.is_some()
            } else {
                let number: Option<f32> = list.next_element()?;
                if let Some(number) = number {
                    check_number(weights, number)?;
                    weights.values.push(number);
                }
                number.is_some()
            };
            if !is_there {
                break;
            }
            length += 1;
            if length > most {
                let place = weights.place_of(level);
                return Err(S::Error::custom(format_args!(
                    "{place} has more than {most} {what}; give fewer"
                )));
            }
        }
        let expected = *weights.shape[level].get_or_insert(length);
        let place = weights.place_of(level);
        if length == 0 {
            return Err(S::Error::custom(format_args!(
                "{place} has no {what}; give at least one"
            )));
        }
        if length != expected {
            return Err(S::Error::custom(format_args!(
                "{place} has {length} {what}, and those before it have {expected}; give all the same"
            )));
        }
        Ok(())
    }
}

fn check_number<E: Error>(weights: &Weights, number: f32) -> Result<(), E> {
    if number < 0.0 || !number.is_finite() {
        let place = weights.place_of(LEVELS.len());
        return Err(E::custom(format_args!(
            "{place} is {number}, and weights are numbers from 0 on; give what the softmax gave"
        )));
    }
    if weights.values.len() == AttentionImport::MOST_WEIGHTS {
        return Err(E::custom(format_args!(
            "there are more than {} weights; give fewer layers or a shorter text",
            AttentionImport::MOST_WEIGHTS
        )));
    }
    Ok(())
}
