//! What a method knows beyond the values, as a table.

use std::fmt::Write;

use vitrine_record::{Explanation, ExplanationDetail, MaskedRun, MergedGroup, ModelInfo, SurrogateSample};

use super::{columns::Columns, file::number, part::text_of};
use crate::export::quoted;

/// A line for each group, pair or sample of an explanation that has such: RFC 4180, lines ended by CRLF, each with what the
/// explanation is of and how it came about. Standard errors stand beside the values, in [`csv`](super::csv).
pub fn detail_csv(explanation: &Explanation, model: &ModelInfo) -> Option<String> {
    let of = Columns::of_explanation(explanation, model);
    match &explanation.detail {
        ExplanationDetail::MergeTree(groups) => Some(lines_of_groups(explanation, groups, &of)),
        ExplanationDetail::Interactions(values) => Some(lines_of_pairs(explanation, values, &of)),
        ExplanationDetail::Samples(samples) => Some(lines_of_samples(samples, &of)),
        ExplanationDetail::Nothing | ExplanationDetail::StandardErrors(_) => None,
    }
}

fn lines_of_groups(explanation: &Explanation, groups: &[MergedGroup], of: &Columns) -> String {
    let constants = of.fields();
    let mut csv = format!(
        "first_feature,features,text,height,value,is_resolved,{}\r\n",
        of.headings()
    );
    for group in groups {
        // Writing to a String cannot fail.
        let _ = write!(
            csv,
            "{},{},{},{},{},{},{constants}\r\n",
            group.features.start,
            group.features.len(),
            quoted(&text_of(explanation, group.features.clone())),
            number(group.height),
            number(group.value),
            group.is_resolved,
        );
    }
    csv
}

fn lines_of_pairs(explanation: &Explanation, values: &[f64], of: &Columns) -> String {
    let constants = of.fields();
    let mut csv = format!(
        "feature,other_feature,text,other_text,interaction,{}\r\n",
        of.headings()
    );
    let features = explanation.features.len();
    let name = |feature: usize| quoted(&text_of(explanation, feature..feature + 1));
    for (place, value) in values.iter().enumerate().take(features * features) {
        let (row, column) = (place / features, place % features);
        // Writing to a String cannot fail.
        let _ = write!(
            csv,
            "{row},{column},{},{},{},{constants}\r\n",
            name(row),
            name(column),
            number(*value),
        );
    }
    csv
}

fn lines_of_samples(samples: &[SurrogateSample], of: &Columns) -> String {
    let constants = of.fields();
    let mut csv = format!(
        "sample,missing_tokens,proximity,score,surrogate,{}\r\n",
        of.headings()
    );
    for (place, sample) in samples.iter().enumerate() {
        let missing: Vec<String> = sample.missing.iter().map(u32::to_string).collect();
        // Writing to a String cannot fail.
        let _ = write!(
            csv,
            "{place},{},{},{},{},{constants}\r\n",
            missing.join(" "),
            number(sample.proximity),
            number(sample.score),
            number(sample.surrogate),
        );
    }
    csv
}

/// A line for each masked input, with the model's score of it and how far that is from the score of the whole text: RFC
/// 4180, lines ended by CRLF, likewise. The second text of a pair is empty where there is none.
pub fn masked_csv(explanation: &Explanation, masked: &[MaskedRun], model: &ModelInfo) -> String {
    let constants = Columns::of_explanation(explanation, model);
    let mut csv = format!(
        "masked_input,text,pair,missing_features,score,change,{}\r\n",
        constants.headings(),
    );
    let constants = constants.fields();
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
        let csv = detail_csv(explanation, &crate::fixture::model(2)).unwrap();
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
        let headings = reader.headers().unwrap().clone();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 1);
        assert_eq!(
            (&rows[0][1], &rows[0][2], &rows[0][3]),
            ("A ‹lovely›, film", "\"", "2")
        );
        assert_eq!(rows[0][5].parse::<f64>().unwrap(), 0.125 - explanation.prediction);
        let read = |name: &str| &rows[0][headings.iter().position(|heading| heading == name).unwrap()];
        assert_eq!(
            ["target", "target_index", "link", "method"].map(read),
            ["POSITIVE", "1", "logit", "owen"]
        );
    }

    #[test]
    fn what_a_method_does_not_know_is_no_file() {
        assert_eq!(
            detail_csv(&fixture::with_special_players(), &crate::fixture::model(2)),
            None
        );
    }
}
