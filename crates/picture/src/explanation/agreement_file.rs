//! How several methods compare, as a file.

use serde::Serialize;
use vitrine_record::{
    ExplanationMethod, GradientBaseline, Masking, ModelInfo, OutputLink, message::TextInput,
};

use super::file::in_file;
use crate::export::words_in_name;

const FORMAT: &str = "vitrine-agreement";

/// Everything that is known of several methods' values of one text.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AgreementFile {
    /// The text.
    pub text: String,
    /// A second text.
    pub pair: Option<String>,
    /// What is explained: a class by its label, or what the score is.
    pub target: Option<String>,
    /// The scale of a class's score.
    pub link: Option<OutputLink>,
    /// How words are made missing.
    pub masking: Masking,
    /// Where the path of integrated gradients begins.
    pub baseline: GradientBaseline,
    /// Its points.
    pub steps: usize,
    /// The first seed of LIME.
    pub seed: u32,
    /// The words that values are compared by.
    pub words: Vec<WordInFile>,
    /// What each method says.
    pub methods: Vec<MethodInFile>,
    /// How far each pair of them agrees.
    pub pairs: Vec<PairInFile>,
    /// Words that they disagree about.
    pub disagreements: Vec<DisagreementInFile>,
    /// How faithful each is.
    pub faithfulness: Vec<FaithfulnessInFile>,
    /// What random orders come to.
    pub random_orders: Vec<RandomInFile>,
    /// LIME over seeds.
    pub seeds: Option<SeedsInFile>,
    /// Each method before and after an edit.
    pub edits: Vec<EditInFile>,
}

/// A word.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WordInFile {
    /// What was typed.
    pub text: String,
    /// Its first token.
    pub first_token: usize,
    /// How many it has.
    pub tokens: usize,
}

/// A method.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MethodInFile {
    /// Which.
    pub method: ExplanationMethod,
    /// Whether its values will change no more.
    pub is_final: bool,
    /// One for each word; none where it gives a word no value.
    pub values: Vec<Option<f64>>,
}

/// A pair of methods.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PairInFile {
    /// One.
    pub one: ExplanationMethod,
    /// The other.
    pub other: ExplanationMethod,
    /// Words that both give a value.
    pub words: usize,
    /// Of their values.
    pub kendall_tau: Option<f64>,
    /// Of the sizes of their values.
    pub kendall_tau_of_magnitudes: Option<f64>,
    /// Words that are counted as the top.
    pub top: usize,
    /// The share of these that is the same.
    pub top_overlap: Option<f64>,
    /// The share of words with the same sign.
    pub same_sign: Option<f64>,
}

/// A word that methods disagree about.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DisagreementInFile {
    /// Its place among the words.
    pub word: usize,
    /// Whether it speaks for in one method and against in another.
    pub signs_differ: bool,
    /// Its place by size where it is most important, from 1.
    pub highest_place: usize,
    /// Where it is least important.
    pub lowest_place: usize,
}

/// How faithful a method is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FaithfulnessInFile {
    /// Which.
    pub method: ExplanationMethod,
    /// Its mean over all numbers of words.
    pub comprehensiveness: Option<f64>,
    /// Likewise.
    pub sufficiency: Option<f64>,
    /// The score while words are taken away, the highest value first.
    pub deletion: CurveInFile,
    /// While they are added.
    pub insertion: CurveInFile,
}

/// A curve.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CurveInFile {
    /// The score after 0, 1, 2, … words.
    pub scores: Vec<f64>,
    /// The area under it.
    pub area: Option<f64>,
}

/// Random orders.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RandomInFile {
    /// `deletion` or `insertion`.
    pub curves: &'static str,
    /// The mean score after 0, 1, 2, … words.
    pub mean: Vec<f64>,
    /// The standard deviation of each.
    pub standard_deviation: Vec<f64>,
    /// The area under each order's curve.
    pub areas: Vec<f64>,
}

/// LIME over seeds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SeedsInFile {
    /// How many seeds.
    pub runs: usize,
    /// Of the first seed's weights and another's.
    pub smallest_kendall_tau: Option<f64>,
    /// Of each word; none where some seed left it out.
    pub words: Vec<Option<SpreadInFile>>,
}

/// The weights of a word over seeds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SpreadInFile {
    /// Their mean.
    pub mean: f64,
    /// Their standard deviation.
    pub standard_deviation: Option<f64>,
    /// The lowest.
    pub lowest: f64,
    /// The highest.
    pub highest: f64,
}

/// A method's values of words that are in the text and in another that is nearly the same.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EditInFile {
    /// The other text.
    pub text: String,
    /// Which.
    pub method: ExplanationMethod,
    /// Of the values before and after.
    pub kendall_tau: Option<f64>,
    /// Words that are counted as the top.
    pub top: usize,
    /// The share of these that is the same.
    pub top_overlap: Option<f64>,
    /// The words, by their places.
    pub words: Vec<usize>,
    /// Their places by size before, from 1.
    pub places_before: Vec<usize>,
    /// After.
    pub places_after: Vec<usize>,
    /// Their values before.
    pub values_before: Vec<f64>,
    /// After.
    pub values_after: Vec<f64>,
}

/// All of it, as one JSON object on one line.
///
/// # Errors
/// If a number cannot be written, which serde_json reports; finite numbers always can.
pub fn agreement_json(file: &AgreementFile, model: &ModelInfo) -> serde_json::Result<String> {
    in_file(FORMAT, model, file)
}

/// A name for the files, without an ending.
pub fn agreement_file_name(input: &TextInput) -> String {
    format!("{FORMAT}{}", words_in_name(&input.text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn the_file_says_which_methods_it_is_about() {
        let pair = PairInFile {
            one: ExplanationMethod::Owen,
            other: ExplanationMethod::Lime,
            words: 3,
            kendall_tau: Some(1.0 / 3.0),
            kendall_tau_of_magnitudes: None,
            top: 3,
            top_overlap: Some(1.0),
            same_sign: Some(0.5),
        };
        let file = AgreementFile {
            text: "not bad".to_owned(),
            pair: None,
            target: None,
            link: Some(OutputLink::Logit),
            masking: Masking::default(),
            baseline: GradientBaseline::Zero,
            steps: 50,
            seed: 7,
            words: Vec::new(),
            methods: vec![MethodInFile {
                method: ExplanationMethod::GradientTimesAttention,
                is_final: true,
                values: vec![Some(0.25), None],
            }],
            pairs: vec![pair],
            disagreements: Vec::new(),
            faithfulness: Vec::new(),
            random_orders: Vec::new(),
            seeds: None,
            edits: Vec::new(),
        };
        let json = agreement_json(&file, &fixture::model(12)).unwrap();
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read["format"], "vitrine-agreement");
        assert_eq!(read["pairs"][0]["kendall_tau"], 1.0 / 3.0);
        assert_eq!(
            read["pairs"][0]["kendall_tau_of_magnitudes"],
            serde_json::Value::Null
        );
        assert_eq!(read["methods"][0]["method"], "gradient_times_attention");
        assert_eq!(read["methods"][0]["values"], serde_json::json!([0.25, null]));
        assert_eq!(
            (&read["link"], &read["baseline"]),
            (&"logit".into(), &"zero".into())
        );
    }
}
