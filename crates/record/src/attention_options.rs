//! How attention is looked at: which part of it, in which units, and drawn how.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::AttentionVariant;

/// A number of hundredths. Whole, so that an address gives back exactly what it was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Percent(pub u16);

impl Percent {
    /// As a share: 100 is 1.
    ///
    /// ```
    /// assert_eq!(vitrine_record::Percent(70).share(), 0.7);
    /// ```
    pub fn share(self) -> f32 {
        f32::from(self.0) / 100.0
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Which of the two texts of a pair attention is looked at from, and which it is looked at in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SegmentFilter {
    /// From both to both.
    #[default]
    #[serde(rename = "all")]
    All,
    /// From the first to itself.
    #[serde(rename = "aa")]
    AToA,
    /// From the first to the second.
    #[serde(rename = "ab")]
    AToB,
    /// From the second to the first.
    #[serde(rename = "ba")]
    BToA,
    /// From the second to itself.
    #[serde(rename = "bb")]
    BToB,
}

impl SegmentFilter {
    /// All filters, in the order in which they are offered.
    pub const ALL: [SegmentFilter; 5] = [
        SegmentFilter::All,
        SegmentFilter::AToA,
        SegmentFilter::AToB,
        SegmentFilter::BToA,
        SegmentFilter::BToB,
    ];

    /// Its name in addresses and files.
    pub fn name(self) -> &'static str {
        match self {
            SegmentFilter::All => "all",
            SegmentFilter::AToA => "aa",
            SegmentFilter::AToB => "ab",
            SegmentFilter::BToA => "ba",
            SegmentFilter::BToB => "bb",
        }
    }

    /// The filter of a name.
    pub fn from_name(name: &str) -> Option<SegmentFilter> {
        SegmentFilter::ALL
            .into_iter()
            .find(|filter| filter.name() == name)
    }
}

/// What is changed in attention probabilities, and what is left out of them, before they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AttentionOptions {
    /// Which tokens ask and which answer. Rows are not renormalised to what is left.
    pub segments: SegmentFilter,
    /// Whether `[CLS]` and `[SEP]` are left out. Rows are not renormalised to what is left.
    pub hide_special: bool,
    /// Whether the pieces of a word are one: attention to them is summed, attention from them averaged (Clark et al.
    /// 2019, section 4.1).
    pub merge_words: bool,
    /// What the scores are divided by before the softmax, 100 for 1; [`AttentionOptions::TEMPERATURES`] are allowed.
    pub temperature: Percent,
    /// Of each row, the fewest of its weights that together reach this share are drawn; 100 draws all.
    pub top_p: Percent,
    /// Weights below this are not drawn; where they are no shares, those below this share of the largest.
    pub threshold: Percent,
}

impl AttentionOptions {
    /// The temperatures that can be chosen.
    pub const TEMPERATURES: std::ops::RangeInclusive<u16> = 10..=400;

    /// Holds every number to what it can be.
    pub fn clamp(&mut self) {
        let (coldest, hottest) = (*Self::TEMPERATURES.start(), *Self::TEMPERATURES.end());
        self.temperature.0 = self.temperature.0.clamp(coldest, hottest);
        self.top_p.0 = self.top_p.0.clamp(1, 100);
        self.threshold.0 = self.threshold.0.min(100);
    }

    /// The same for a variant: a temperature has a meaning only where the numbers are a softmax.
    pub fn of_variant(self, variant: AttentionVariant) -> AttentionOptions {
        let temperature = match variant {
            AttentionVariant::Raw => self.temperature,
            _ => AttentionOptions::default().temperature,
        };
        AttentionOptions { temperature, ..self }
    }
}

impl Default for AttentionOptions {
    /// The probabilities as they are, all of them.
    fn default() -> AttentionOptions {
        AttentionOptions {
            segments: SegmentFilter::All,
            hide_special: false,
            merge_words: false,
            temperature: Percent(100),
            top_p: Percent(100),
            threshold: Percent(0),
        }
    }
}

/// The views of attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttentionView {
    /// The heads of one layer on each other, token by token.
    #[default]
    Head,
    /// All heads of all layers beside each other.
    Model,
    /// One head for one token, number by number.
    Neuron,
    /// All heads by what they do over many sentences.
    Finder,
    /// Tokens and heads by their attention, beside what becomes of the prediction without each.
    Ablation,
}

impl AttentionView {
    /// All views, in the order in which they are offered.
    pub const ALL: [AttentionView; 5] = [
        AttentionView::Head,
        AttentionView::Model,
        AttentionView::Neuron,
        AttentionView::Finder,
        AttentionView::Ablation,
    ];

    /// Whether it needs a model, and not only attention.
    pub fn is_of_model(self) -> bool {
        match self {
            AttentionView::Head | AttentionView::Model => false,
            AttentionView::Neuron | AttentionView::Finder | AttentionView::Ablation => true,
        }
    }

    /// Its name in addresses and files.
    pub fn name(self) -> &'static str {
        match self {
            AttentionView::Head => "head",
            AttentionView::Model => "model",
            AttentionView::Neuron => "neuron",
            AttentionView::Finder => "finder",
            AttentionView::Ablation => "ablation",
        }
    }

    /// The view of a name.
    pub fn from_name(name: &str) -> Option<AttentionView> {
        AttentionView::ALL.into_iter().find(|view| view.name() == name)
    }
}

/// How weights between tokens are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Drawing {
    /// A line from the token that asks, at the left, to the token that answers, at the right.
    #[default]
    Lines,
    /// The same with the tokens that ask above and those that answer below.
    LinesAcross,
    /// A cell for each pair of tokens: a row for each that asks, a column for each that answers.
    HeatMap,
}

impl Drawing {
    /// All drawings, in the order in which they are offered.
    pub const ALL: [Drawing; 3] = [Drawing::Lines, Drawing::LinesAcross, Drawing::HeatMap];

    /// Its name in addresses and files.
    pub fn name(self) -> &'static str {
        match self {
            Drawing::Lines => "lines",
            Drawing::LinesAcross => "lines-across",
            Drawing::HeatMap => "heat-map",
        }
    }

    /// The drawing of a name.
    pub fn from_name(name: &str) -> Option<Drawing> {
        Drawing::ALL.into_iter().find(|drawing| drawing.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_addresses_are_those_in_files() {
        let check = |name: &str, written: serde_json::Result<String>| {
            assert_eq!(written.unwrap(), format!("\"{name}\""));
        };
        for view in AttentionView::ALL {
            check(view.name(), serde_json::to_string(&view));
            assert_eq!(AttentionView::from_name(view.name()), Some(view));
        }
        for drawing in Drawing::ALL {
            check(drawing.name(), serde_json::to_string(&drawing));
            assert_eq!(Drawing::from_name(drawing.name()), Some(drawing));
        }
        for segments in SegmentFilter::ALL {
            check(segments.name(), serde_json::to_string(&segments));
            assert_eq!(SegmentFilter::from_name(segments.name()), Some(segments));
        }
    }
}
