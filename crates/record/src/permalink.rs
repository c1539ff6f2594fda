//! The part of the page's state that its address keeps, so that a link reproduces a picture.

use std::collections::BTreeSet;

use crate::{
    AblationComparison, AttentionOptions, AttentionVariant, AttentionView, Comparison, DataSetChoice,
    Drawing, ExhibitName, ExplanationChoice, HeadIdx, ImportPart, LayerIdx, Percent, Position, Run,
    RunChanges, SegmentFilter, Side,
    address::{AddressKeys, text},
};

/// Version of the address format. An address of another version is read as far as it can be.
pub const PERMALINK_VERSION: u32 = 1;

/// Bounds that hold for any model, so that a mad address cannot make the page allocate without end.
const MOST_INDEX: usize = 4_095;

/// The state of the page as its address keeps it, after the `#`.
///
/// ```
/// use vitrine_record::{LayerIdx, Permalink};
/// let link = Permalink { text: "Not bad & cheap".into(), layer: LayerIdx(3), ..Permalink::default() };
/// assert_eq!(link.to_fragment(), "v=1&view=head&text=Not+bad+%26+cheap&layer=3");
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
    /// The part that is looked at of attention that was loaded, in place of the text's; no address holds the attention
    /// itself.
    pub import: Option<ImportPart>,
    /// The exhibit that is looked at.
    pub exhibit: ExhibitName,
    /// The layer that is looked at.
    pub layer: LayerIdx,
    /// The heads that are switched on; `None` means all of them.
    pub heads: Option<BTreeSet<HeadIdx>>,
    /// The selected tokens.
    pub tokens: BTreeSet<Position>,
    /// The end of attention that the selected tokens are looked at from; as by default without a token.
    pub side: Side,
    /// The view.
    pub view: AttentionView,
    /// How weights are drawn.
    pub drawing: Drawing,
    /// What is taken for attention.
    pub variant: AttentionVariant,
    /// The layer that the picture is compared with.
    pub compared_layer: Option<LayerIdx>,
    /// The text that the picture is compared with; none together with a layer.
    pub compared_text: Option<String>,
    /// How it is compared; as by default without something to compare with.
    pub comparison: Comparison,
    /// What is changed in the weights and left out of them.
    pub options: AttentionOptions,
    /// By what tokens and heads are compared in the ablation view.
    pub ablation: AblationComparison,
    /// What is changed in the run.
    pub changes: RunChanges,
    /// The run that is shown; as by default without a change.
    pub run: Run,
    /// What of the prediction is explained, and how.
    pub explanation: ExplanationChoice,
    /// How many texts are explained together.
    pub data_set: DataSetChoice,
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
                "text" => link.text = text(&value),
                "pair" => link.pair = Some(text(&value)),
                "import" => link.import = ImportPart::from_name(&value),
                "exhibit" => link.exhibit = ExhibitName::from_name(&value).unwrap_or_default(),
                "layer" => link.layer = LayerIdx(index(&value).unwrap_or_default()),
                "heads" => {
                    let heads: BTreeSet<_> = value.split('.').filter_map(index).map(HeadIdx).collect();
                    link.heads = (!heads.is_empty()).then_some(heads);
                }
                "token" => link.tokens = value.split('.').filter_map(index).map(Position).collect(),
                "side" if value == "source" => link.side = Side::Source,
                "side" => link.side = Side::Destination,
                "view" => link.view = AttentionView::from_name(&value).unwrap_or_default(),
                "drawing" => link.drawing = Drawing::from_name(&value).unwrap_or_default(),
                "attention" => link.variant = AttentionVariant::from_name(&value).unwrap_or_default(),
                "with_layer" => link.compared_layer = index(&value).map(LayerIdx),
                "with_text" => link.compared_text = Some(text(&value)),
                "compare" => link.comparison = Comparison::from_name(&value).unwrap_or_default(),
                "scale" => link.changes.read_heads(&value, index),
                HIDDEN => {
                    link.changes.hidden_keys = value.split('.').filter_map(index).map(Position).collect()
                }
                "run" => link.run = Run::from_name(&value).unwrap_or_default(),
                _ => {
                    read_option(&mut link.options, &key, &value);
                    link.ablation.read(&key, &value);
                    link.explanation.read(&key, &value);
                    link.data_set.read(&key, &value);
                }
            }
        }
        link.options.clamp();
        link.explanation.clamp(None);
        link.forget_what_stands_for_nothing();
        link
    }

    /// Writes the part of an address after `#`. What is as by default is left out, but for the version, the view
    /// and the text.
    pub fn to_fragment(&self) -> String {
        let mut fragment = form_urlencoded::Serializer::new(String::new());
        fragment
            .append_pair("v", &PERMALINK_VERSION.to_string())
            .append_pair("view", self.view.name())
            .append_pair("text", &self.text);
        if let Some(pair) = &self.pair {
            fragment.append_pair("pair", pair);
        }
        if let Some(part) = self.import {
            fragment.append_pair("import", part.name());
        }
        if self.exhibit != ExhibitName::default() {
            fragment.append_pair("exhibit", self.exhibit.name());
        }
        if self.layer != LayerIdx::default() {
            fragment.append_pair("layer", &self.layer.to_string());
        }
        if let Some(heads) = &self.heads {
            fragment.append_pair("heads", &list(heads));
        }
        if !self.tokens.is_empty() {
            fragment.append_pair("token", &list(&self.tokens));
            if self.side == Side::Source {
                fragment.append_pair("side", "source");
            }
        }
        if self.drawing != Drawing::default() {
            fragment.append_pair("drawing", self.drawing.name());
        }
        if self.variant != AttentionVariant::default() {
            fragment.append_pair("attention", self.variant.name());
        }
        if let Some(layer) = self.compared_layer {
            fragment.append_pair("with_layer", &layer.to_string());
        }
        if let Some(text) = &self.compared_text {
            fragment.append_pair("with_text", text);
        }
        if self.comparison != Comparison::default() {
            fragment.append_pair("compare", self.comparison.name());
        }
        write_options(&self.options, &mut fragment);
        for (key, value) in self.ablation.in_address() {
            fragment.append_pair(key, value);
        }
        if !self.changes.heads.is_empty() {
            fragment.append_pair("scale", &self.changes.heads_in_address());
        }
        if !self.changes.hidden_keys.is_empty() {
            fragment.append_pair("hidden", &list(&self.changes.hidden_keys));
        }
        if self.run != Run::default() {
            fragment.append_pair("run", self.run.name());
        }
        for (key, value) in self.explanation.in_address() {
            fragment.append_pair(key, &value);
        }
        for (key, value) in self.data_set.in_address() {
            fragment.append_pair(key, &value);
        }
        fragment.finish()
    }

    /// Whether an address says something else of what this says too: a number beyond what there is, for instance.
    ///
    /// ```
    /// use vitrine_record::Permalink;
    /// let address = "kernel=1&text=An+example";
    /// let link = Permalink::from_fragment(address, "");
    /// assert!(link.corrects(address));
    /// assert!(!link.corrects(&link.to_fragment()));
    /// ```
    pub fn corrects(&self, fragment: &str) -> bool {
        let own = self.to_fragment();
        form_urlencoded::parse(fragment.trim_start_matches('#').as_bytes()).any(|(key, value)| {
            let mut own = form_urlencoded::parse(own.as_bytes());
            own.any(|(own_key, own_value)| own_key == key && own_value != value)
        })
    }

    /// Holds layers and heads to a model's, and tokens to the number of tokens if that is known.
    pub fn clamp(&mut self, layers: usize, heads: usize, tokens: Option<usize>) {
        self.layer.0 = self.layer.0.min(layers.saturating_sub(1));
        self.compared_layer = self.compared_layer.filter(|layer| layer.0 < layers);
        if let Some(chosen) = &mut self.heads {
            chosen.retain(|head| head.0 < heads);
            if chosen.is_empty() || chosen.len() == heads {
                self.heads = None;
            }
        }
        if let Some(tokens) = tokens {
            self.tokens.retain(|token| token.0 < tokens);
        }
        self.changes.clamp(layers, heads, tokens);
        self.forget_what_stands_for_nothing();
    }

    /// Puts back to their defaults the import in another exhibit than that of attention, the side without a selected token,
    /// the run without a change, the layer to compare with beside a text, and the way to compare without something to
    /// compare with.
    fn forget_what_stands_for_nothing(&mut self) {
        if self.exhibit != ExhibitName::Attention {
            self.import = None;
        }
        if self.tokens.is_empty() {
            self.side = Side::default();
        }
        if self.changes.is_empty() {
            self.run = Run::default();
        }
        if self.compared_text.is_some() {
            self.compared_layer = None;
        }
        if self.compared_layer.is_none() && self.compared_text.is_none() {
            self.comparison = Comparison::default();
        }
    }
}

const HIDDEN: &str = "hidden";
const MERGED: &str = "merged";

fn read_option(options: &mut AttentionOptions, key: &str, value: &str) {
    let percent = |otherwise: Percent| value.parse().map_or(otherwise, Percent);
    let default = AttentionOptions::default();
    match key {
        "segments" => options.segments = SegmentFilter::from_name(value).unwrap_or_default(),
        "special" => options.hide_special = value == HIDDEN,
        "words" => options.merge_words = value == MERGED,
        "temperature" => options.temperature = percent(default.temperature),
        "top_p" => options.top_p = percent(default.top_p),
        "threshold" => options.threshold = percent(default.threshold),
        _ => {}
    }
}

fn write_options(options: &AttentionOptions, fragment: &mut form_urlencoded::Serializer<'_, String>) {
    let default = AttentionOptions::default();
    if options.segments != default.segments {
        fragment.append_pair("segments", options.segments.name());
    }
    if options.hide_special {
        fragment.append_pair("special", HIDDEN);
    }
    if options.merge_words {
        fragment.append_pair("words", MERGED);
    }
    for (key, value, default) in [
        ("temperature", options.temperature, default.temperature),
        ("top_p", options.top_p, default.top_p),
        ("threshold", options.threshold, default.threshold),
    ] {
        if value != default {
            fragment.append_pair(key, &value.to_string());
        }
    }
}

/// Numbers with points between them, which an address need not escape.
fn list<'a>(numbers: impl IntoIterator<Item = &'a (impl ToString + 'a)>) -> String {
    let numbers: Vec<String> = numbers.into_iter().map(ToString::to_string).collect();
    numbers.join(".")
}

fn index(value: &str) -> Option<usize> {
    value.parse::<usize>().ok().map(|number| number.min(MOST_INDEX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        AblationOrder, EffectMeasure, TokenMeasure, data_set::tests::any_data_set,
        explanation_choice::tests::any_choice,
    };

    prop_compose! {
        fn any_changes()(
            heads in proptest::collection::btree_map(
                (0..MOST_INDEX, 0..MOST_INDEX), RunChanges::FACTORS.prop_map(Percent), 0..4,
            ),
            hidden_keys in proptest::collection::btree_set((0..MOST_INDEX).prop_map(Position), 0..4),
        ) -> RunChanges {
            let place = |((layer, head), factor)| ((LayerIdx(layer), HeadIdx(head)), factor);
            RunChanges { heads: heads.into_iter().map(place).collect(), hidden_keys }
        }
    }

    prop_compose! {
        fn any_comparison()(
            measure in proptest::sample::select(&TokenMeasure::ALL),
            effect in proptest::sample::select(&EffectMeasure::ALL),
            order in proptest::sample::select(&AblationOrder::ALL),
        ) -> AblationComparison {
            AblationComparison { measure, effect, order }
        }
    }

    prop_compose! {
        fn any_permalink()(
            text in ".{0,40}",
            pair in proptest::option::of(".{0,20}"),
            import in proptest::option::of(proptest::sample::select(&ImportPart::ALL)),
            layer in 0..MOST_INDEX,
            heads in proptest::option::of(proptest::collection::btree_set((0..64usize).prop_map(HeadIdx), 1..8)),
            tokens in proptest::collection::btree_set((0..MOST_INDEX).prop_map(Position), 0..4),
            source in any::<bool>(),
            view in proptest::sample::select(&AttentionView::ALL),
            drawing in proptest::sample::select(&Drawing::ALL),
            variant in proptest::sample::select(&AttentionVariant::ALL),
            segments in proptest::sample::select(&SegmentFilter::ALL),
            (hide_special, merge_words) in any::<(bool, bool)>(),
            (temperature, top_p, threshold) in (AttentionOptions::TEMPERATURES, 1u16..=100, 0u16..=100),
            changes in any_changes(),
            ablation in any_comparison(),
            run in proptest::sample::select(&Run::ALL),
            compared_layer in proptest::option::of((0..MOST_INDEX).prop_map(LayerIdx)),
            compared_text in proptest::option::of(".{0,20}"),
            comparison in proptest::sample::select(&Comparison::ALL),
            (exhibit, explanation, data_set) in
                (proptest::sample::select(ExhibitName::ALL), any_choice(), any_data_set()),
        ) -> Permalink {
            let side = if source && !tokens.is_empty() { Side::Source } else { Side::Destination };
            let [temperature, top_p, threshold] = [temperature, top_p, threshold].map(Percent);
            let options = AttentionOptions { segments, hide_special, merge_words, temperature, top_p, threshold };
            let run = if changes.is_empty() { Run::default() } else { run };
            let import = import.filter(|_| exhibit == ExhibitName::Attention);
            let compared_layer = compared_layer.filter(|_| compared_text.is_none());
            let comparison = if compared_layer.is_none() && compared_text.is_none() { Comparison::default() } else { comparison };
            Permalink {
                text, pair, import, exhibit, layer: LayerIdx(layer), heads, tokens, side, view, drawing, variant, compared_layer,
                compared_text, comparison, options, ablation, changes, run, explanation, data_set,
            }
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
            prop_assert!(once.changes.heads.keys().all(|(layer, head)| layer.0 < layers && head.0 < heads));
            prop_assert!(once.changes.hidden_keys.len() < tokens);
            prop_assert_eq!(once, twice);
        }
    }
}
