//! What can be asked of `vitrine attention`.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use vitrine_record::{AttentionOptions, Drawing, Percent, SegmentFilter};

use crate::arguments::ThemeName;

/// What is looked at, and how.
#[derive(Args, Debug)]
pub struct AttentionArguments {
    /// What is drawn: the heads of one layer on each other (head), all heads of all layers beside each other (model),
    /// one head for one token number by number (neuron), or how attention mixes the tokens from the first layer up to
    /// one (rollout).
    #[arg(long, value_name = "VIEW", value_enum, default_value_t = View::Head)]
    pub view: View,
    /// The layer, from 0: the first if it is not given; for rollout the last, for the model view all.
    #[arg(long, value_name = "L")]
    pub layer: Option<usize>,
    /// The head, from 0, or several with commas between them: all if it is not given; for the neuron view the first.
    #[arg(long, value_name = "H", value_delimiter = ',')]
    pub head: Vec<usize>,
    /// The token that asks, from 0, [CLS] being one of them: its row alone is drawn. For the neuron view the first if
    /// it is not given.
    #[arg(long, value_name = "I")]
    pub token: Option<usize>,
    /// How weights are drawn.
    #[arg(long, value_name = "DRAWING", default_value = "lines", value_parser = drawings())]
    pub drawing: Drawing,
    /// Of a pair, the text that is looked at from and the text that is looked at in, a and b.
    #[arg(long, value_name = "SEGMENTS", default_value = "all", value_parser = segments())]
    pub segments: SegmentFilter,
    /// Leave [CLS] and [SEP] out. What is left is not scaled up.
    #[arg(long)]
    pub hide_special: bool,
    /// Show words in place of their pieces: attention to the pieces is summed, attention from them averaged.
    #[arg(long)]
    pub merge_words: bool,
    /// Draw only the fewest weights of each row that together reach this share, 0.01 to 1.
    #[arg(long, value_name = "P", default_value = "1", value_parser = |text: &str| hundredths(text, 1..=100))]
    pub top_p: Percent,
    /// Draw no weights below this, 0 to 1.
    #[arg(long, value_name = "P", default_value = "0", value_parser = |text: &str| hundredths(text, 0..=100))]
    pub threshold: Percent,
    /// What scores are divided by before the softmax, 0.1 to 4.
    #[arg(
        long, value_name = "T", default_value = "1",
        value_parser = |text: &str| hundredths(text, AttentionOptions::TEMPERATURES)
    )]
    pub temperature: Percent,
    /// The colours of the picture.
    #[arg(long, value_name = "THEME", default_value = "light")]
    pub theme: ThemeName,
    /// What is printed.
    #[command(flatten)]
    pub format: Format,
}

impl AttentionArguments {
    /// What is changed in the probabilities, and left out of them.
    pub fn options(&self) -> AttentionOptions {
        AttentionOptions {
            segments: self.segments,
            hide_special: self.hide_special,
            merge_words: self.merge_words,
            temperature: self.temperature,
            top_p: self.top_p,
            threshold: self.threshold,
        }
    }
}

/// What is printed: one of the three.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
pub struct Format {
    /// Print the picture as a self-contained SVG document.
    #[arg(long)]
    pub svg: bool,
    /// Print the numbers, and what they come from, as one JSON object.
    #[arg(long)]
    pub json: bool,
    /// Print the numbers as CSV, one weight on a line.
    #[arg(long)]
    pub csv: bool,
}

/// A picture of attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum View {
    /// The heads of one layer on each other, token by token.
    Head,
    /// All heads of all layers beside each other.
    Model,
    /// One head for one token, number by number.
    Neuron,
    /// Rollout (Abnar and Zuidema 2020).
    Rollout,
}

fn drawings() -> impl TypedValueParser<Value = Drawing> {
    PossibleValuesParser::new(Drawing::ALL.map(Drawing::name))
        .map(|name| Drawing::from_name(&name).unwrap_or_default())
}

fn segments() -> impl TypedValueParser<Value = SegmentFilter> {
    PossibleValuesParser::new(SegmentFilter::ALL.map(SegmentFilter::name))
        .map(|name| SegmentFilter::from_name(&name).unwrap_or_default())
}

/// Reads a number of whole hundredths that lies between two others.
fn hundredths(text: &str, allowed: std::ops::RangeInclusive<u16>) -> Result<Percent, String> {
    let number: f64 = text.parse().map_err(|_| "this is no number".to_owned())?;
    let hundredths = (number * 100.0).round();
    let (low, high) = (f64::from(*allowed.start()), f64::from(*allowed.end()));
    if !(low..=high).contains(&(number * 100.0)) {
        return Err(format!("give a number from {} to {}", low / 100.0, high / 100.0));
    }
    if (number * 100.0 - hundredths).abs() > 1e-6 {
        return Err("give no more than two decimals".to_owned());
    }
    // Between two u16.
    Ok(Percent(hundredths as u16))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hundredths_are_read_as_they_are_written() {
        for (text, expect) in [
            ("1", 100),
            ("0.07", 7),
            ("0.29", 29),
            ("0.57", 57),
            (".5", 50),
            ("1e-2", 1),
        ] {
            assert_eq!(hundredths(text, 1..=100), Ok(Percent(expect)), "{text}");
        }
        for (text, complaint) in [
            ("0", "0.01 to 1"),
            ("70", "0.01 to 1"),
            ("-0.5", "0.01 to 1"),
            ("NaN", "0.01 to 1"),
            ("0.125", "two decimals"),
            ("much", "no number"),
        ] {
            let error = hundredths(text, 1..=100).unwrap_err();
            assert!(error.contains(complaint), "{text}: {error}");
        }
    }
}
