//! The numbers of the ablation view as a file.

use std::fmt::Write;

use serde::Serialize;
use vitrine_attention::Mark;
use vitrine_record::{
    Analysis, EffectMeasure, HeadIdx, Intervention, LayerIdx, ModelInfo, Position, Prediction, Token,
    TokenMeasure,
};

use super::{Compared, Item};
use crate::{
    export::{Origin, quoted, words_of_text},
    number::exact,
};

/// What heads are measured by.
const CONFIDENCE: &str = "confidence";

/// What was looked at when a file was written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings<'a> {
    /// What is taken of attention as a token's importance.
    pub measure: TokenMeasure,
    /// The layer that is looked at.
    pub layer: LayerIdx,
    /// When the attention was computed.
    pub origin: Origin,
    /// What is changed in the run that every ablation is added to.
    pub interventions: &'a [Intervention],
}

/// A line for each token, then one for each head: RFC 4180, lines ended by CRLF. An effect that is not known is empty.
/// Each line names the model by the hash of its weights.
pub fn csv(
    tokens: &Compared<Position>,
    heads: &Compared<(LayerIdx, HeadIdx)>,
    analysis: &Analysis,
    measure: TokenMeasure,
) -> String {
    let mut csv = String::from(
        "what,position,piece,layer,head,attention_measure,attention,probability_change,logit_change,\
         place_by_attention,place_by_effect,mark,model_hash\r\n",
    );
    for item in &tokens.items {
        let piece = analysis.tokens.get(item.of.0).map(|token| quoted(&token.piece));
        let what = format!(
            "token,{},{},,,{}",
            item.of,
            piece.unwrap_or_default(),
            measure.name()
        );
        write_line(&mut csv, &what, item, analysis);
    }
    for item in &heads.items {
        let (layer, head) = item.of;
        let what = format!("head,,,{layer},{head},{CONFIDENCE}");
        write_line(&mut csv, &what, item, analysis);
    }
    csv
}

fn write_line<Of>(csv: &mut String, what: &str, item: &Item<Of>, analysis: &Analysis) {
    let change = |measure| {
        item.change
            .map(|change| exact(change.by(measure)))
            .unwrap_or_default()
    };
    let (by_attention, by_effect) = item.places.map_or_else(Default::default, |(one, other)| {
        (one.to_string(), other.to_string())
    });
    // Writing to a String cannot fail.
    let _ = write!(
        csv,
        "{what},{},{},{},{by_attention},{by_effect},{},{}\r\n",
        exact(item.attention),
        change(EffectMeasure::Probability),
        change(EffectMeasure::Logit),
        item.mark.map(Mark::name).unwrap_or_default(),
        analysis.model_hash,
    );
}

#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    version: u32,
    origin: Origin,
    model: &'a ModelInfo,
    settings: DocumentSettings<'a>,
    text: &'a str,
    pair: Option<&'a str>,
    tokens: &'a [Token],
    prediction: Option<&'a Prediction>,
    compared_tokens: Comparison<DocumentToken>,
    compared_heads: Comparison<DocumentHead>,
}

#[derive(Serialize)]
struct DocumentSettings<'a> {
    token_measure: TokenMeasure,
    head_measure: &'static str,
    layer: LayerIdx,
    effect: EffectMeasure,
    interventions: &'a [Intervention],
}

#[derive(Serialize)]
struct Comparison<Place> {
    kendall_tau: Option<f64>,
    counted: usize,
    items: Vec<DocumentItem<Place>>,
}

#[derive(Serialize)]
struct DocumentToken {
    position: Position,
}

#[derive(Serialize)]
struct DocumentHead {
    layer: LayerIdx,
    head: HeadIdx,
}

#[derive(Serialize)]
struct DocumentItem<Place> {
    #[serde(flatten)]
    place: Place,
    attention: f32,
    probability_change: Option<f32>,
    logit_change: Option<f32>,
    place_by_attention: Option<usize>,
    place_by_effect: Option<usize>,
    mark: Option<&'static str>,
}

fn comparison<Of: Copy, Place>(compared: &Compared<Of>, place: fn(Of) -> Place) -> Comparison<Place> {
    let item = |item: &Item<Of>| DocumentItem {
        place: place(item.of),
        attention: item.attention,
        probability_change: item.change.map(|change| change.probability),
        logit_change: item.change.map(|change| change.logit),
        place_by_attention: item.places.map(|places| places.0),
        place_by_effect: item.places.map(|places| places.1),
        mark: item.mark.map(Mark::name),
    };
    Comparison {
        kendall_tau: compared.kendall_tau,
        counted: compared.counted,
        items: compared.items.iter().map(item).collect(),
    }
}

/// Both comparisons, and what they are of, as one JSON object on one line.
///
/// # Errors
/// If a number cannot be written, which serde_json reports; finite numbers always can.
pub fn json(
    tokens: &Compared<Position>,
    heads: &Compared<(LayerIdx, HeadIdx)>,
    analysis: &Analysis,
    model: &ModelInfo,
    settings: &Settings,
) -> Result<String, serde_json::Error> {
    serde_json::to_string(&Document {
        format: "vitrine-ablation",
        version: 1,
        origin: settings.origin,
        model,
        settings: DocumentSettings {
            token_measure: settings.measure,
            head_measure: CONFIDENCE,
            layer: settings.layer,
            effect: tokens.measure,
            interventions: settings.interventions,
        },
        text: &analysis.text,
        pair: analysis.pair.as_deref(),
        tokens: &analysis.tokens,
        prediction: analysis.prediction.as_ref(),
        compared_tokens: comparison(tokens, |position| DocumentToken { position }),
        compared_heads: comparison(heads, |(layer, head)| DocumentHead { layer, head }),
    })
}

/// A name for the files of the ablation view, without an ending: the view, the sentence as far as it fits, the measure.
pub fn file_name(analysis: &Analysis, measure: TokenMeasure) -> String {
    format!("vitrine-ablation{}-{}", words_of_text(analysis), measure.name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ablation::tests::compared, fixture};

    fn heads() -> Compared<(LayerIdx, HeadIdx)> {
        let attention = [((LayerIdx(0), HeadIdx(1)), 0.75)];
        Compared::new(attention, None, false, EffectMeasure::Probability)
    }

    fn analysis() -> Analysis {
        let attention = fixture::layer(1, 4, |_, _, _| 1.0);
        fixture::analysis(&["[CLS]", "a,b", "x", "[SEP]"], attention)
    }

    #[test]
    fn csv_has_each_token_and_head_once_and_reads_back() {
        let analysis = analysis();
        let tokens = compared(true, 3, EffectMeasure::Probability);
        let written = csv(&tokens, &heads(), &analysis, TokenMeasure::Rollout);
        let mut reader = csv::Reader::from_reader(written.as_bytes());
        let records: Vec<_> = reader.records().map(Result::unwrap).collect();
        let line = |at: usize| records[at].iter().collect::<Vec<_>>();
        let hash = analysis.model_hash.as_str();
        assert_eq!(records.len(), 5);
        assert_eq!(
            line(1),
            [
                "token", "1", "a,b", "", "", "rollout", "0.25", "0.25", "1", "2", "2", "", hash
            ]
        );
        assert_eq!(line(2)[7..12], ["", "", "", "", ""], "what has no effect");
        assert_eq!(line(3)[11], "little-attention-much-effect");
        assert_eq!(line(4)[..7], ["head", "", "", "0", "1", "confidence", "0.75"]);
    }

    #[test]
    fn json_has_the_settings_and_both_comparisons() {
        let settings = Settings {
            measure: TokenMeasure::ClsLast,
            layer: LayerIdx(2),
            origin: Origin::Live,
            interventions: &[],
        };
        let tokens = compared(true, 3, EffectMeasure::Logit);
        let written = json(&tokens, &heads(), &analysis(), &fixture::model(2), &settings).unwrap();
        let read: serde_json::Value = serde_json::from_str(&written).unwrap();
        assert_eq!(read["settings"]["token_measure"], "cls-last");
        assert_eq!(read["settings"]["effect"], "logit");
        assert_eq!(read["compared_tokens"]["kendall_tau"], -1.0);
        let last = &read["compared_tokens"]["items"][3];
        assert_eq!(
            (&last["position"], &last["logit_change"]),
            (&3.into(), &(-2.0).into())
        );
        assert_eq!(read["compared_heads"]["items"][0]["head"], 1);
        assert_eq!(read["compared_heads"]["kendall_tau"], serde_json::Value::Null);
        assert_eq!(
            file_name(&analysis(), TokenMeasure::ClsLast),
            "vitrine-ablation-cls-a-b-x-sep-cls-last"
        );
    }
}
