//! What a method knows beyond the values, as a table.

use std::fmt::Write;

use vitrine_record::{Explanation, ExplanationDetail, MaskedRun, MergedGroup, ModelInfo, SurrogateSample};

use super::{
    file::{name_of, number},
    part::text_of,
    target::target_name,
};
use crate::export::quoted;

/// A line for each group, pair or sample of an explanation that has such: RFC 4180, lines ended by CRLF, each with the hash
/// of the model's weights. Standard errors stand beside the values, in [`csv`](super::csv).
pub fn detail_csv(explanation: &Explanation) -> Option<String> {
    match &explanation.detail {
        ExplanationDetail::MergeTree(groups) => Some(lines_of_groups(explanation, groups)),
        ExplanationDetail::Interactions(values) => Some(lines_of_pairs(explanation, values)),
        ExplanationDetail::Samples(samples) => Some(lines_of_samples(explanation, samples)),
        ExplanationDetail::Nothing | ExplanationDetail::StandardErrors(_) => None,
    }
}

fn lines_of_groups(explanation: &Explanation, groups: &[MergedGroup]) -> String {
    let mut csv = String::from("first_feature,features,text,height,value,is_resolved,model_hash\r\n");
    for group in groups {
        // Writing to a String cannot fail.
        let _ = write!(
            csv,
            "{},{},{},{},{},{},{}\r\n",
            group.features.start,
            group.features.len(),
            quoted(&text_of(explanation, group.features.clone())),
            number(group.height),
            number(group.value),
            group.is_resolved,
            explanation.model_hash,
        );
    }
    csv
}

fn lines_of_pairs(explanation: &Explanation, values: &[f64]) -> String {
    let mut csv = String::from("feature,other_feature,text,other_text,interaction,model_hash\r\n");
    let features = explanation.features.len();
    let name = |feature: usize| quoted(&text_of(explanation, feature..feature + 1));
    for (place, value) in values.iter().enumerate().take(features * features) {
        let (row, column) = (place / features, place % features);
        // Writing to a String cannot fail.
        let _ = write!(
            csv,
            "{row},{column},{},{},{},{}\r\n",
            name(row),
            name(column),
            number(*value),
            explanation.model_hash,
        );
    }
    csv
}

fn lines_of_samples(explanation: &Explanation, samples: &[SurrogateSample]) -> String {
    let mut csv = String::from("sample,missing_features,proximity,score,surrogate,model_hash\r\n");
    for (place, sample) in samples.iter().enumerate() {
        let missing: Vec<String> = sample.missing.iter().map(u32::to_string).collect();
        // Writing to a String cannot fail.
        let _ = write!(
            csv,
            "{place},{},{},{},{},{}\r\n",
            missing.join(" "),
            number(sample.proximity),
            number(sample.score),
            number(sample.surrogate),
            explanation.model_hash,
        );
    }
    csv
}

/// A line for each masked input, with the model's score of it and how far that is from the score of the whole text: RFC
/// 4180, lines ended by CRLF. The second text of a pair is empty where there is none.
pub fn masked_csv(explanation: &Explanation, masked: &[MaskedRun], model: &ModelInfo) -> String {
    let mut csv = String::from(
        "masked_input,text,pair,missing_features,score,change,prediction,target,target_index,link,masking,mask_with,\
         model_hash\r\n",
    );
    let settings = &explanation.settings;
    let constants = [
        number(explanation.prediction),
        quoted(&target_name(&settings.target, model).unwrap_or_default()),
        settings.target.index.to_string(),
        name_of(&settings.target.link),
        name_of(&settings.masking.mode),
        name_of(&settings.masking.with),
        explanation.model_hash.clone(),
    ]
    .join(",");
    for (place, run) in masked.iter().enumerate() {
        // Writing to a String cannot fail.
        let _ = write!(
            csv,
            "{place},{},{},{},{},{},{constants}\r\n",
            quoted(&run.shown.text),
            quoted(run.shown.pair.as_deref().unwrap_or_default()),
            run.missing,
            number(run.score),
            number(run.score - explanation.prediction),
        );
    }
    csv
}

#[cfg(test)]
mod tests {
    use vitrine_record::message::TextInput;

    use super::*;
    use crate::explanation::fixture;

    fn rows(explanation: &Explanation) -> Vec<csv::StringRecord> {
        let csv = detail_csv(explanation).unwrap();
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        reader.records().map(Result::unwrap).collect()
    }

    #[test]
    fn each_group_pair_and_sample_has_a_line() {
        let groups = rows(&fixture::truncated());
        assert_eq!(
            (groups.len(), &groups[1][2], &groups[1][5]),
            (9, "A lovely", "false")
        );
        let pairs = rows(&fixture::with_interactions());
        assert_eq!(pairs.len(), 100);
        for row in 0..10 {
            for column in 0..10 {
                assert_eq!(pairs[row * 10 + column][4], pairs[column * 10 + row][4]);
            }
        }
        let explanation = fixture::surrogate();
        let samples = rows(&explanation);
        assert_eq!(samples.len(), 16);
        assert_eq!((&samples[0][1], &samples[5][1]), ("", "0 2"));
        let ExplanationDetail::Samples(expect) = &explanation.detail else {
            panic!("a surrogate has samples");
        };
        for (row, sample) in samples.iter().zip(expect) {
            assert_eq!(row[3].parse::<f64>().unwrap(), sample.score, "to the last bit");
        }
    }

    #[test]
    fn masked_inputs_stand_with_what_came_of_them() {
        let explanation = fixture::of_a_pair();
        let run = MaskedRun {
            shown: TextInput {
                text: "A ‹lovely›, film".to_owned(),
                pair: Some("\"".to_owned()),
            },
            missing: 2,
            score: 0.125,
        };
        let csv = masked_csv(&explanation, &[run], &crate::fixture::model(2));
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 1);
        assert_eq!(
            (&rows[0][1], &rows[0][2], &rows[0][3]),
            ("A ‹lovely›, film", "\"", "2")
        );
        assert_eq!(rows[0][5].parse::<f64>().unwrap(), 0.125 - explanation.prediction);
        assert_eq!(
            (&rows[0][7], &rows[0][8], &rows[0][9]),
            ("POSITIVE", "1", "logit")
        );
    }

    #[test]
    fn what_a_method_does_not_know_is_no_file() {
        assert_eq!(detail_csv(&fixture::with_special_players()), None);
    }
}
