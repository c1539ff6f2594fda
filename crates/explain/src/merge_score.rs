//! How well two neighbouring groups of tokens go together.
//!
//! The rules and their weights are those of the shap package,
//! <https://github.com/shap/shap/blob/v0.51.0/shap/maskers/_text.py> (`merge_score`).

use std::ops::Range;

/// What a BERT puts between two texts.
const SEPARATOR: &str = "[SEP]";

/// Scores groups of neighbouring labels, and remembers which brackets have found their counterparts.
pub(crate) struct MergeScores<'a> {
    labels: Vec<&'a str>,
    /// Of each label whether it is a bracket at the end of a group whose other end is its counterpart.
    is_balanced: Vec<bool>,
}

impl<'a> MergeScores<'a> {
    pub(crate) fn new(labels: Vec<&'a str>) -> MergeScores<'a> {
        MergeScores {
            is_balanced: vec![false; labels.len()],
            labels,
        }
    }

    /// The score of two groups, neither of them empty: the larger, the sooner they should be merged.
    pub(crate) fn of(&self, left: &Range<usize>, right: &Range<usize>) -> f64 {
        let (first, last) = (self.labels[left.start], self.labels[left.end - 1]);
        let (next, end) = (self.labels[right.start], self.labels[right.end - 1]);
        let is_name = |label: &str| label.starts_with('[') && label.ends_with(']');
        let is_connector = |label: &str| matches!(label, "but" | "and" | "or");
        let ends_sentence = |label: &str| matches!(label, "." | "?" | "!");
        let is_ending = |label: &str| matches!(label, "t" | "s");

        let mut score = -((left.len() + right.len()) as f64);
        let mut add = |applies: bool, points: f64| {
            if applies {
                score += points;
            }
        };
        add(last == SEPARATOR && next == SEPARATOR, f64::NEG_INFINITY);
        add(next.starts_with("##"), 20.0);
        add(
            next == "'" && (right.len() == 1 || right.len() == 2 && is_ending(end)),
            15.0,
        );
        add(last == "'" && is_ending(next), 15.0);
        add(is_name(first) != is_name(end), -1000.0);
        add(next == "(" && !self.is_balanced[right.start], -100.0);
        add(last == ")" && !self.is_balanced[left.end - 1], -100.0);
        add(first == "(", -2.0);
        add(is_connector(last) || is_connector(next), -2.0);
        add(last == ",", -10.0);
        add(next == ",", if right.len() > 1 { -10.0 } else { -1.0 });
        add(ends_sentence(last), -20.0);
        add(ends_sentence(next), if right.len() > 1 { -20.0 } else { -1.0 });
        score
    }

    /// Must be told of each merge.
    pub(crate) fn note_merge(&mut self, left: &Range<usize>, right: &Range<usize>) {
        if self.labels[left.start] == "(" && self.labels[right.end - 1] == ")" {
            self.is_balanced[left.start] = true;
            self.is_balanced[right.end - 1] = true;
        }
    }
}
