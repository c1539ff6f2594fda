//! All numbers of a survey as files.

use std::fmt::Write;

use serde::Serialize;
use vitrine_attention::{label_from, pattern_labels};
use vitrine_record::{
    HeadIdx, HeadMetric, HeadSurvey, LayerIdx, MeanPosition, ModelInfo, PerMetric, SentenceSet,
};

/// What a survey was made from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SurveySettings<'a> {
    /// The model that read the sentences.
    pub model: &'a ModelInfo,
    /// Where they come from.
    pub source: SentenceSet,
    /// All of them, in order; the survey is of as many of them as it says.
    pub sentences: &'a [String],
}

/// A line for each head and metric: RFC 4180, lines ended by CRLF. Mean and spread are empty where no sentence, or one
/// alone, has the score. Each line names the model by the hash of its weights.
pub fn csv(survey: &HeadSurvey, model_hash: &str) -> String {
    let mut csv = String::from("layer,head,metric,mean,standard_deviation,sentences,label,model_hash\r\n");
    for head in &survey.statistics {
        let labels = pattern_labels(head);
        for metric in HeadMetric::ALL {
            let statistics = &head.scores[metric];
            let number = |number: Option<f64>| number.map(|number| number.to_string()).unwrap_or_default();
            // Writing to a String cannot fail.
            let _ = write!(
                csv,
                "{},{},{},{},{},{},{},{model_hash}\r\n",
                head.layer,
                head.head,
                metric.name(),
                number(statistics.mean()),
                number(statistics.standard_deviation()),
                statistics.texts,
                labels.contains(&metric),
            );
        }
    }
    csv
}

#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    version: u32,
    model: &'a ModelInfo,
    source: SentenceSet,
    /// How many sentences the numbers are over.
    read: u32,
    /// How many of them were cut to `most_tokens`.
    cut: u32,
    most_tokens: usize,
    label_from: Named<f64>,
    heads: Vec<Head>,
    #[serde(skip_serializing_if = "Option::is_none")]
    likeness: Option<Likeness<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mean_attention: Option<Mean<'a>>,
    sentences: &'a [String],
}

/// Values by the names of metrics.
type Named<T> = std::collections::BTreeMap<&'static str, T>;

#[derive(Serialize)]
struct Head {
    layer: LayerIdx,
    head: HeadIdx,
    labels: Vec<&'static str>,
    scores: Named<Score>,
}

#[derive(Serialize)]
struct Score {
    mean: Option<f64>,
    standard_deviation: Option<f64>,
    sentences: u32,
}

#[derive(Serialize)]
struct Likeness<'a> {
    heads: &'a [(LayerIdx, HeadIdx)],
    /// `[head][head]`, in nats, summed over the rows of a sentence, mean over the sentences.
    jensen_shannon: Vec<&'a [f64]>,
    map: &'a [vitrine_record::HeadPoint],
    /// Which part of all differences the map shows.
    map_shows: f64,
}

#[derive(Serialize)]
struct Mean<'a> {
    positions: &'a [MeanPosition],
    /// How many sentences each row is a mean over.
    sentences: &'a [u32],
    /// `[layer][head][destination][source]`.
    attention: Vec<Vec<Vec<&'a [f32]>>>,
}

/// All numbers with what they were made from.
///
/// # Errors
/// None that is known: there is nothing in it that JSON cannot hold.
pub fn json(survey: &HeadSurvey, settings: &SurveySettings) -> serde_json::Result<String> {
    let named = |value: PerMetric<Option<f64>>| -> Named<f64> {
        let values = HeadMetric::ALL.into_iter();
        values
            .filter_map(|metric| Some((metric.name(), value[metric]?)))
            .collect()
    };
    let heads = survey.statistics.iter().map(|head| Head {
        layer: head.layer,
        head: head.head,
        labels: pattern_labels(head).into_iter().map(HeadMetric::name).collect(),
        scores: HeadMetric::ALL
            .into_iter()
            .map(|metric| {
                let statistics = &head.scores[metric];
                let score = Score {
                    mean: statistics.mean(),
                    standard_deviation: statistics.standard_deviation(),
                    sentences: statistics.texts,
                };
                (metric.name(), score)
            })
            .collect(),
    });
    let likeness = survey.likeness.as_ref().map(|likeness| Likeness {
        heads: likeness.divergences.heads(),
        jensen_shannon: likeness
            .divergences
            .values()
            .chunks_exact(likeness.divergences.heads().len().max(1))
            .collect(),
        map: &likeness.map.points,
        map_shows: likeness.map.shown,
    });
    let mean_attention = survey.mean_attention.as_ref().map(|mean| Mean {
        positions: &mean.positions,
        sentences: &mean.sentences,
        attention: mean
            .layers
            .iter()
            .map(|layer| {
                let rows = |head| (0..layer.tokens()).map(|row| layer.row(head, row)).collect();
                (0..layer.heads()).map(rows).collect()
            })
            .collect(),
    });
    serde_json::to_string_pretty(&Document {
        format: "vitrine-head-survey",
        version: 1,
        model: settings.model,
        source: settings.source,
        read: survey.sentences,
        cut: survey.cut,
        most_tokens: HeadSurvey::MOST_TOKENS.min(settings.model.max_tokens),
        label_from: named(PerMetric::from_fn(label_from)),
        heads: heads.collect(),
        likeness,
        mean_attention,
        sentences: settings.sentences,
    })
}

#[cfg(test)]
mod tests {
    use vitrine_record::{HeadStatistics, ScoreStatistics};

    use super::*;

    fn survey() -> HeadSurvey {
        let mut scores = PerMetric::<ScoreStatistics>::default();
        scores[HeadMetric::Previous] = ScoreStatistics {
            texts: 3,
            mean: 2.0 / 3.0,
            squared_deviations: 0.02,
        };
        HeadSurvey {
            sentences: 3,
            statistics: vec![HeadStatistics {
                layer: LayerIdx(1),
                head: HeadIdx(0),
                scores,
            }],
            ..HeadSurvey::default()
        }
    }

    #[test]
    fn the_csv_reads_back_to_the_same_bits() {
        let csv = csv(&survey(), "abc");
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(records.len(), HeadMetric::COUNT);
        let first: Vec<&str> = records[0].iter().collect();
        assert_eq!(first[..3], ["1", "0", "previous"]);
        assert_eq!(first[3].parse::<f64>().unwrap(), 2.0 / 3.0);
        assert_eq!(first[4..], ["0.1", "3", "true", "abc"]);
        assert_eq!(
            records[1].iter().skip(3).collect::<Vec<_>>(),
            ["", "", "0", "false", "abc"]
        );
    }

    #[test]
    fn the_json_says_what_it_was_made_from() {
        let model = ModelInfo {
            id: "model".into(),
            hash: "abc".into(),
            layers: 2,
            heads: 1,
            hidden: 4,
            intermediate: 8,
            max_tokens: 64,
            labels: Vec::new(),
        };
        let sentences = ["One.".to_owned(), "Two.".to_owned(), "Three.".to_owned()];
        let settings = SurveySettings {
            model: &model,
            source: SentenceSet::Own,
            sentences: &sentences,
        };
        let json: serde_json::Value = serde_json::from_str(&json(&survey(), &settings).unwrap()).unwrap();
        assert_eq!(json["source"], "own");
        assert_eq!(json["most_tokens"], 64);
        assert_eq!(json["sentences"][2], "Three.");
        assert_eq!(json["label_from"]["previous"], 0.5);
        let head = &json["heads"][0];
        assert_eq!(head["labels"][0], "previous");
        assert_eq!(head["scores"]["previous"]["mean"].as_f64(), Some(2.0 / 3.0));
        assert!(head["scores"]["entropy"]["mean"].is_null());
        assert!(json.get("likeness").is_none());
    }
}
