//! Lists of sentences that something is computed over.

use std::{ops::Deref, sync::Arc};

use serde::{Deserialize, Serialize, Serializer};

use crate::HeadSurvey;

/// The sentences that come with Vitrine: a heading, then source and sentence in each line.
const FREE_TEXT: &str = include_str!("../../../www/sentences/free-text.tsv");
const OPINIONS: &str = include_str!("../../../www/sentences/opinions.tsv");

/// What has more characters is no sentence, and is cut: a token has one at least.
const MOST_CHARACTERS: usize = 4_000;

/// The free text that comes with Vitrine.
pub fn bundled_sentences() -> Vec<String> {
    sentences_of_table(FREE_TEXT)
}

/// The opinions that come with Vitrine.
pub fn bundled_opinions() -> Vec<String> {
    sentences_of_table(OPINIONS)
}

fn sentences_of_table(table: &str) -> Vec<String> {
    kept(rows_of_table(table).map(|(_, text)| text))
}

/// Where each sentence of the free text that comes with Vitrine was taken from.
pub(crate) fn bundled_labels() -> Vec<Option<String>> {
    rows_of_table(FREE_TEXT)
        .map(|(source, _)| Some(source.to_owned()))
        .collect()
}

fn rows_of_table(table: &str) -> impl Iterator<Item = (&str, &str)> {
    table.lines().skip(1).filter_map(|line| line.split_once('\t'))
}

/// The sentences of a list, one in each line; lines without a letter or digit are none. What stands in a line before a
/// tab is the sentence's label.
///
/// ```
/// let listed = vitrine_record::listed_sentences(" One.\r\n\n…\nodd\tTwo, three! \n");
/// assert_eq!(listed, ["One.", "Two, three!"]);
/// ```
pub fn listed_sentences(list: &str) -> Vec<String> {
    kept(rows_of_list(list).map(|(_, sentence)| sentence))
}

/// The label of each sentence of a list.
pub(crate) fn listed_labels(list: &str) -> Vec<Option<String>> {
    let labels = rows_of_list(list).map(|(label, _)| label.map(str::to_owned));
    labels.take(HeadSurvey::MOST_SENTENCES).collect()
}

fn rows_of_list(list: &str) -> impl Iterator<Item = (Option<&str>, &str)> {
    list.lines().map(row).filter(|(_, sentence)| has_word(sentence))
}

fn row(line: &str) -> (Option<&str>, &str) {
    match line.split_once('\t') {
        Some((label, sentence)) if has_word(label) && has_word(sentence) => {
            (Some(label.trim()), sentence.trim())
        }
        _ => (None, line.trim()),
    }
}

fn has_word(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// Sentences in order, held once however often the list is cloned, and at once equal to a clone.
///
/// ```
/// let list: vitrine_record::SentenceList = vec!["One.".to_owned(), "Two.".to_owned()].into();
/// assert_eq!(list.len(), 2);
/// assert_eq!(list, list.clone());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "Vec<String>")]
pub struct SentenceList(Arc<Vec<String>>);

impl From<Vec<String>> for SentenceList {
    fn from(sentences: Vec<String>) -> Self {
        SentenceList(Arc::new(sentences))
    }
}

impl Deref for SentenceList {
    type Target = [String];

    fn deref(&self) -> &[String] {
        &self.0
    }
}

impl Serialize for SentenceList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.as_slice().serialize(serializer)
    }
}

/// As many as a survey reads.
fn kept<'a>(sentences: impl Iterator<Item = &'a str>) -> Vec<String> {
    let cut = |sentence: &str| sentence.chars().take(MOST_CHARACTERS).collect();
    sentences.take(HeadSurvey::MOST_SENTENCES).map(cut).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_set_has_at_least_two_hundred_sentences() {
        let bundled = bundled_sentences();
        assert!(bundled.len() >= 200, "{}", bundled.len());
        let words = |sentence: &String| sentence.split_whitespace().count();
        assert!(bundled.iter().all(|sentence| (6..=22).contains(&words(sentence))));
        let opinions = bundled_opinions();
        assert!(opinions.len() >= 50 && opinions.iter().all(|sentence| !sentence.contains('\t')));
    }

    #[test]
    fn a_list_has_limits() {
        assert!(listed_sentences(" \n–\n").is_empty());
        let most = HeadSurvey::MOST_SENTENCES;
        assert_eq!(listed_sentences(&"a\n".repeat(most + 1)).len(), most);
        assert_eq!(
            listed_sentences(&"ç".repeat(9_999))[0].chars().count(),
            MOST_CHARACTERS
        );
    }

    #[test]
    fn each_sentence_has_the_label_that_stands_before_it() {
        use crate::SentenceSet;
        let list = "good\tA fine film.\nNo label.\n\tNone either.\n bad \t Dull. \nno sentence\t…\n";
        let sentences = SentenceSet::Own.sentences(list);
        assert_eq!(
            sentences,
            [
                "A fine film.",
                "No label.",
                "None either.",
                "Dull.",
                "no sentence\t…"
            ]
        );
        let labels = SentenceSet::Own.labels(list);
        let labels: Vec<Option<&str>> = labels.iter().map(Option::as_deref).collect();
        assert_eq!(labels, [Some("good"), None, None, Some("bad"), None]);
        for &set in SentenceSet::ALL {
            assert_eq!(set.labels(list).len(), set.sentences(list).len());
        }
        assert_eq!(SentenceSet::Bundled.labels("")[0].as_deref(), Some("austen"));
    }

    #[test]
    fn a_list_travels_as_its_sentences() {
        let sentences = vec!["One.".to_owned(), "Two.".to_owned()];
        let list = SentenceList::from(sentences.clone());
        let json = serde_json::to_value(&list).unwrap();
        assert_eq!(json, serde_json::json!(sentences));
        let read: SentenceList = serde_json::from_value(json).unwrap();
        assert_eq!(read, list, "equal to one that it shares nothing with");
        assert_ne!(read, SentenceList::from(sentences[..1].to_vec()));
    }
}
