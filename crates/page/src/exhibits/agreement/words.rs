//! Sentences made from the comparison on the screen.

use vitrine_explain::agreement::{WordDisagreement, places_by_size};
use vitrine_picture::explanation::ValueStyle;
use vitrine_record::{ExplanationChoice, ExplanationMethod};

use super::compared::Compared;
use crate::{
    context::Context,
    exhibits::{
        explanation::{explained_name, explained_scale},
        shap::masking_name,
    },
    i18n::Language,
};

/// So many words that methods disagree about are said, those that they disagree about most.
const MOST_SAID: usize = 3;

/// Of a word that is looked at, its place for each method; else which methods agree most and least.
pub fn reading(page: &Context, compared: &Compared) -> String {
    let focus = page.focus();
    let looked_at = focus.iter().flat_map(|focus| &focus.positions).next();
    let word = looked_at.and_then(|at| compared.words.iter().position(|word| word.tokens.contains(&at.0)));
    match word {
        Some(word) if !compared.methods.is_empty() => about_word(page, compared, word),
        _ => about_pairs(page, compared),
    }
}

fn about_word(page: &Context, compared: &Compared, word: usize) -> String {
    let said = compared.methods.iter().enumerate().filter_map(|(method, of)| {
        let place = places_by_size(&of.values).get(word).copied().flatten()?;
        let arguments = [
            ("method", compared.name(page, method)),
            ("place", &place.to_string()),
        ];
        Some(page.fill("salience.place", &arguments))
    });
    let places = page.joined("join.list", said);
    page.fill(
        "agreement.reading_word",
        &[
            ("word", &compared.words[word].text),
            ("count", &compared.words.len().to_string()),
            ("places", &places),
        ],
    )
}

fn about_pairs(page: &Context, compared: &Compared) -> String {
    let style = ValueStyle::new(page.language().numbers(), 1.0);
    let mut pairs: Vec<(f64, usize, usize)> = compared
        .pairs
        .iter()
        .filter_map(|(one, other, agreement)| Some((agreement.kendall_tau?, *one, *other)))
        .collect();
    pairs.sort_by(|one, other| other.0.total_cmp(&one.0));
    let name = |method: usize| compared.name(page, method);
    match (pairs.first(), pairs.last()) {
        (Some(most), Some(least)) if pairs.len() > 1 => page.fill(
            "agreement.reading",
            &[
                ("one", name(most.1)),
                ("other", name(most.2)),
                ("tau", &style.value(most.0)),
                ("third", name(least.1)),
                ("fourth", name(least.2)),
                ("least", &style.value(least.0)),
            ],
        ),
        (Some(only), _) => page.fill(
            "agreement.reading_one",
            &[
                ("one", name(only.1)),
                ("other", name(only.2)),
                ("tau", &style.value(only.0)),
            ],
        ),
        _ => String::new(),
    }
}

/// The words that methods disagree about, and how.
pub fn disagreement(page: &Context, compared: &Compared) -> String {
    if compared.pairs.is_empty() {
        return String::new();
    }
    let mut marked: Vec<&WordDisagreement> = compared.marked.iter().collect();
    marked.sort_by_key(|word| (word.highest_place, std::cmp::Reverse(word.place_spread())));
    if marked.is_empty() {
        return page.t("agreement.disagree_none").to_owned();
    }
    let mut said: Vec<String> = marked
        .iter()
        .take(MOST_SAID)
        .map(|word| about_disagreement(page, compared, word))
        .collect();
    let more = marked.len().saturating_sub(MOST_SAID);
    if more > 0 {
        said.push(page.fill("agreement.disagree_more", &[("count", &more.to_string())]));
    }
    said.join(" ")
}

fn about_disagreement(page: &Context, compared: &Compared, word: &WordDisagreement) -> String {
    let text = &compared.words[word.word].text;
    let value = |method: usize| compared.methods[method].values.get(word.word).copied().flatten();
    let all = || 0..compared.methods.len();
    if word.signs_differ {
        let of = |sign: f64| -> String {
            let finals = all().filter(|method| compared.methods[*method].is_final);
            let methods = finals.filter(|method| value(*method).is_some_and(|value| value * sign > 0.0));
            page.joined("join.list", methods.map(|method| compared.name(page, method)))
        };
        return page.fill(
            "agreement.disagree_sign",
            &[
                ("word", text),
                ("label", &explained_name(page)),
                ("for", &of(1.0)),
                ("against", &of(-1.0)),
            ],
        );
    }
    page.fill(
        "agreement.disagree_place",
        &[
            ("word", text),
            ("highest", &word.highest_place.to_string()),
            ("lowest", &word.lowest_place.to_string()),
        ],
    )
}

/// What stands for missing words: LIME has a way of its own.
fn maskings(language: Language, choice: &ExplanationChoice) -> String {
    let [masking, lime] =
        [choice.masking, choice.lime.words.masking()].map(|masking| masking_name(language, &masking));
    match masking == lime {
        true => masking,
        false => language.fill(
            "agreement.masking_but_lime",
            &[("masking", &masking), ("lime", &lime)],
        ),
    }
}

/// What the comparison rests on, and what of it is missing.
pub fn trust(page: &Context, compared: &Compared) -> String {
    if compared.methods.is_empty() {
        return String::new();
    }
    let choice = &page.link.explanation;
    let mut sentences = Vec::new();
    let are_final = compared.methods.iter().filter(|of| of.is_final).count();
    let all = ExplanationMethod::COMPARED.len();
    if are_final < all {
        let (count, all) = (are_final.to_string(), all.to_string());
        sentences.push(page.fill("agreement.trust_partial", &[("count", &count), ("all", &all)]));
    }
    sentences.push(page.fill(
        "agreement.trust",
        &[
            ("count", &compared.words.len().to_string()),
            ("masking", &maskings(page.language(), choice)),
            ("link", explained_scale(page)),
        ],
    ));
    sentences.join(" ")
}

#[cfg(test)]
mod tests {
    use vitrine_record::LimeWords;

    use super::*;

    #[test]
    fn lime_is_named_where_its_words_are_missing_in_another_way() {
        let mut choice = ExplanationChoice::default();
        let said = |choice: &ExplanationChoice| maskings(Language::English, choice);
        assert_eq!(
            said(&choice),
            "[MASK], in the token ids (for LIME: deleted, in the text)"
        );
        choice.masking = LimeWords::BagOfWords.masking();
        choice.lime.words = LimeWords::BagOfWords;
        assert_eq!(said(&choice), "deleted, in the text");
        choice.lime.words = LimeWords::Positional;
        assert_eq!(
            said(&choice),
            "deleted, in the text (for LIME: [MASK], in the text)"
        );
    }
}
