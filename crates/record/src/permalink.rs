//! The part of the page's state that its address keeps, so that a link reproduces a picture.

use std::collections::BTreeSet;

use crate::{HeadIdx, LayerIdx, Position, Side};

/// Version of the address format. An address of another version is read as far as it can be.
pub const PERMALINK_VERSION: u32 = 1;

/// Bounds that hold for any model, so that a mad address cannot make the page allocate without end.
const MOST_CHARACTERS: usize = 20_000;
const MOST_INDEX: usize = 4_095;

/// The state of the page as its address keeps it, after the `#`.
///
/// ```
/// use vitrine_record::{LayerIdx, Permalink};
/// let link = Permalink { text: "Not bad & cheap".into(), layer: LayerIdx(3), ..Permalink::default() };
/// assert_eq!(link.to_fragment(), "v=1&view=attention&text=Not+bad+%26+cheap&layer=3");
/// assert_eq!(Permalink::from_fragment(&link.to_fragment(), "An example"), link);
/// let link = Permalink::from_fragment("unknown=1&layer=nonsense", "An example");
/// assert_eq!(link, Permalink { text: "An example".into(), ..Permalink::default() });
/// assert_eq!(Permalink::from_fragment("text=", "An example"), Permalink::default());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permalink {
    /// What was typed.
    pub text: String,
    /// The second text of a pair.
    pub pair: Option<String>,
    /// The layer that is looked at.
    pub layer: LayerIdx,
    /// The heads that are switched on; `None` means all of them.
    pub heads: Option<BTreeSet<HeadIdx>>,
    /// The selected token.
    pub token: Option<Position>,
    /// The end of attention that the selected token is looked at from; as by default without a token.
    pub side: Side,
}

impl Permalink {
    /// Reads the part of an address after `#` (with or without it). Unknown keys are ignored, unreadable values
    /// are as if absent, and numbers are clamped to what any model could have; [`Permalink::clamp`] holds them
    /// to the model at hand. An address without a text has the default one; a text that is there but empty is
    /// empty, as someone emptied it.
    pub fn from_fragment(fragment: &str, default_text: &str) -> Permalink {
        let mut link = Permalink {
            text: default_text.to_owned(),
            ..Permalink::default()
        };
        for (key, value) in form_urlencoded::parse(fragment.trim_start_matches('#').as_bytes()) {
            match key.as_ref() {
                "text" => link.text = value.chars().take(MOST_CHARACTERS).collect(),
                "pair" => link.pair = Some(value.chars().take(MOST_CHARACTERS).collect()),
                "layer" => link.layer = LayerIdx(index(&value).unwrap_or_default()),
                "heads" => {
                    let heads: BTreeSet<_> = value.split('.').filter_map(index).map(HeadIdx).collect();
                    link.heads = (!heads.is_empty()).then_some(heads);
                }
                "token" => link.token = index(&value).map(Position),
                "side" if value == "source" => link.side = Side::Source,
                "side" => link.side = Side::Destination,
                _ => {}
            }
        }
        if link.token.is_none() {
            link.side = Side::default();
        }
        link
    }

    /// Writes the part of an address after `#`. What is as by default is left out, but for the version, the view
    /// and the text.
    pub fn to_fragment(&self) -> String {
        let mut fragment = form_urlencoded::Serializer::new(String::new());
        fragment
            .append_pair("v", &PERMALINK_VERSION.to_string())
            .append_pair("view", "attention")
            .append_pair("text", &self.text);
        if let Some(pair) = &self.pair {
            fragment.append_pair("pair", pair);
        }
        if self.layer != LayerIdx::default() {
            fragment.append_pair("layer", &self.layer.to_string());
        }
        if let Some(heads) = &self.heads {
            let heads: Vec<_> = heads.iter().map(HeadIdx::to_string).collect();
            fragment.append_pair("heads", &heads.join("."));
        }
        if let Some(token) = self.token {
            fragment.append_pair("token", &token.to_string());
            if self.side == Side::Source {
                fragment.append_pair("side", "source");
            }
        }
        fragment.finish()
    }

    /// Holds layer and heads to a model's, and the token to the number of tokens if that is known.
    pub fn clamp(&mut self, layers: usize, heads: usize, tokens: Option<usize>) {
        self.layer.0 = self.layer.0.min(layers.saturating_sub(1));
        if let Some(chosen) = &mut self.heads {
            chosen.retain(|head| head.0 < heads);
            if chosen.is_empty() || chosen.len() == heads {
                self.heads = None;
            }
        }
        if let (Some(token), Some(tokens)) = (self.token, tokens)
            && token.0 >= tokens
        {
            self.token = None;
            self.side = Side::default();
        }
    }
}

fn index(value: &str) -> Option<usize> {
    value.parse::<usize>().ok().map(|number| number.min(MOST_INDEX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    prop_compose! {
        fn any_permalink()(
            text in ".{0,40}",
            pair in proptest::option::of(".{0,20}"),
            layer in 0..MOST_INDEX,
            heads in proptest::option::of(proptest::collection::btree_set((0..64usize).prop_map(HeadIdx), 1..8)),
            token in proptest::option::of((0..MOST_INDEX).prop_map(Position)),
            source in any::<bool>(),
        ) -> Permalink {
            let side = if source && token.is_some() { Side::Source } else { Side::Destination };
            Permalink { text, pair, layer: LayerIdx(layer), heads, token, side }
        }
    }

    proptest! {
        #[test]
        fn an_address_gives_back_the_state_it_was_made_from(link in any_permalink()) {
            prop_assert_eq!(Permalink::from_fragment(&link.to_fragment(), "by default"), link);
        }

        #[test]
        fn any_text_can_stand_after_the_hash(fragment in ".{0,200}") {
            let link = Permalink::from_fragment(&fragment, "by default");
            prop_assert_eq!(Permalink::from_fragment(&link.to_fragment(), "another"), link);
        }

        #[test]
        fn only_an_absent_text_is_the_default_one(link in any_permalink()) {
            let empty = Permalink { text: String::new(), ..link };
            let read = |fragment: &str| Permalink::from_fragment(fragment, "by default");
            prop_assert_eq!(read(&empty.to_fragment()), empty.clone());
            let absent = empty.to_fragment().replace("&text=", "");
            prop_assert_eq!(read(&absent).text, "by default");
        }

        #[test]
        fn clamping_twice_is_clamping_once(
            link in any_permalink(), layers in 1..13usize, heads in 1..13usize, tokens in 2..99usize,
        ) {
            let mut once = link;
            once.clamp(layers, heads, Some(tokens));
            let mut twice = once.clone();
            twice.clamp(layers, heads, Some(tokens));
            prop_assert!(once.layer.0 < layers);
            prop_assert!(once.heads.iter().flatten().all(|head| head.0 < heads));
            prop_assert_eq!(once, twice);
        }
    }
}
