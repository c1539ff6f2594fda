//! What several methods say of the words of a text: side by side, how far they agree, how faithful they are, and how
//! stable.

use std::{ops::Range, rc::Rc};

use vitrine_attention::{kendall_tau, places};
use vitrine_explain::{
    AttributionOfWords,
    agreement::{
        Agreement, WordDisagreement, WordRange, agreement, disagreements, tokens_of_words, values_by_word,
        word_ranges,
    },
    faithfulness::Faithfulness,
    stability::{Spread, spread_over_runs},
};
use vitrine_record::{
    ExhibitName, ExplainedFeature, Explanation, ExplanationMethod, ExplanationSettings, Token,
    message::TextInput,
};

use super::{Analysis, ExplanationPhase, ExplanationQuestion, SEEDS, Shared, State};

/// So many words with the largest values are compared as the top.
pub const TOP: usize = 3;

/// So many questions at most are the methods and the check of them; those that follow repeat one with something changed.
pub(super) const PARTS_OF_AGREEMENT: usize = 4;

/// Values below this share of their method's largest have no side that could be disagreed about.
const NEGLIGIBLE: f64 = 0.1;

/// A word of the text that is explained.
#[derive(Clone, Debug, PartialEq)]
pub struct ComparedWord {
    /// What was typed.
    pub text: String,
    /// Its tokens.
    pub tokens: Range<usize>,
}

/// What a method says of each word.
#[derive(Clone, Debug, PartialEq)]
pub struct MethodByWord {
    /// The method.
    pub method: ExplanationMethod,
    /// One for each word; none where it gives a word no value.
    pub values: Vec<Option<f64>>,
    /// Whether this will change no more.
    pub is_final: bool,
}

/// What each method gave each word, where it is asked how faithful that is.
pub type CheckedAttributions = Rc<[(ExplanationMethod, AttributionOfWords)]>;

/// How one method's values of a text compare with those of the same text, a little changed.
#[derive(Clone, Debug, PartialEq)]
pub struct EditedRanks {
    /// The method.
    pub method: ExplanationMethod,
    /// The words that are in both texts: their place in the first, and the places by size with the values before and after.
    pub words: Vec<EditedWord>,
    /// How far both agree on these words.
    pub agreement: Agreement,
}

/// A word before and after an edit.
#[derive(Clone, Debug, PartialEq)]
pub struct EditedWord {
    /// Its place among the words of the first text.
    pub word: usize,
    /// Its place by size, and its value, before.
    pub before: (usize, f64),
    /// After.
    pub after: (usize, f64),
}

/// How far LIME's weights depend on the seed.
#[derive(Clone, Debug, PartialEq)]
pub struct SeedSpread {
    /// The seeds.
    pub seeds: Vec<u32>,
    /// Of each word; none of words that some run left out.
    pub words: Vec<Option<Spread>>,
    /// The smallest Kendall's τ of the first run and another.
    pub smallest_tau: Option<f64>,
}

/// The words of tokens, special ones left out.
fn compared_words(tokens: &[Token], text: &str, pair: Option<&str>) -> Vec<ComparedWord> {
    let ranges = word_ranges(tokens).into_iter().zip(tokens_of_words(tokens));
    let typed = |range: &WordRange| {
        let of = match range.segment {
            vitrine_record::Segment::A => text,
            vitrine_record::Segment::B => pair.unwrap_or_default(),
        };
        let length = range.end.saturating_sub(range.start);
        of.chars().skip(range.start).take(length).collect()
    };
    ranges
        .map(|(range, tokens)| ComparedWord {
            text: typed(&range),
            tokens,
        })
        .collect()
}

/// The values of an explanation by word. A word of LIME's bag that occurs again has the same value there.
pub fn explained_words(explanation: &Explanation) -> Vec<Option<f64>> {
    let tokens = &explanation.tokens;
    let mut values = values_by_word(&word_ranges(tokens), &explanation.features);
    for (value, tokens) in values.iter_mut().zip(tokens_of_words(tokens)) {
        let at_tokens: f64 = explanation.values.get(tokens).unwrap_or_default().iter().sum();
        if value.is_none() && at_tokens != 0.0 {
            *value = Some(at_tokens);
        }
    }
    values
}

/// Values of tokens by word.
fn by_word(tokens: &[Token], values: &[f64]) -> Vec<Option<f64>> {
    let feature = |(token, value): (&Token, &f64)| ExplainedFeature {
        text: String::new(),
        start: token.start,
        end: token.end,
        segment: token.segment,
        tokens: 0..0,
        value: *value,
    };
    let typed = tokens.iter().zip(values).filter(|(token, _)| !token.special);
    values_by_word(&word_ranges(tokens), &typed.map(feature).collect::<Vec<_>>())
}

impl State {
    /// The explanations that the exhibit of agreement is made of: one for each method, then how faithful all of them are,
    /// then what they are over seeds and after an edit.
    pub(super) fn agreement_questions(
        &self,
        input: &TextInput,
        [owen, occlusion]: [ExplanationSettings; 2],
        lime: impl Fn(u32) -> ExplanationSettings,
    ) -> Vec<ExplanationQuestion> {
        let ask = |input, settings: &ExplanationSettings| self.question(input, settings.clone());
        let mut questions = [&owen, &occlusion, &lime(0)]
            .map(|settings| ask(input, settings))
            .to_vec();
        if let Some(checked) = self.checked_attributions(&questions) {
            let mut question = ask(input, &occlusion);
            question.checked = Some(checked);
            questions.push(question);
        }
        // The expected fit knows no chance that could be repeated, and what would take long is not repeated unasked.
        let is_first_seed_done = questions
            .get(2)
            .and_then(|first| self.explaining.of(first))
            .is_some_and(|known| known.phase == ExplanationPhase::Done);
        if is_first_seed_done && self.link.explanation.lime.samples.is_some() {
            questions.extend((1..SEEDS).map(|more| ask(input, &lime(more))));
        }
        if let Some(edited) = self.edited_analysis() {
            let input = TextInput {
                text: edited.text.clone(),
                pair: edited.pair.clone(),
            };
            questions.extend([&owen, &occlusion].map(|settings| ask(&input, settings)));
        }
        questions
    }

    /// What all methods gave each word, once all are there that will be.
    fn checked_attributions(&self, questions: &[ExplanationQuestion]) -> Option<CheckedAttributions> {
        let is_over = |phase: &ExplanationPhase| {
            matches!(
                phase,
                ExplanationPhase::Done | ExplanationPhase::Failed(_) | ExplanationPhase::Cancelled
            )
        };
        let are_over = questions.iter().all(|question| {
            let known = self.explaining.of(question);
            known.is_some_and(|known| is_over(&known.phase))
        });
        let is_path_over = self.salience_phase().is_none_or(|phase| is_over(&phase));
        if !are_over || !is_path_over {
            return None;
        }
        let values = |of: MethodByWord| {
            let values: Vec<f64> = of.values.iter().map(|value| value.unwrap_or(0.0)).collect();
            (of.method, values)
        };
        let methods = self.methods_by_word_of(questions).into_iter();
        let checked: CheckedAttributions = methods.filter(|of| of.is_final).map(values).collect();
        (!checked.is_empty()).then_some(checked)
    }

    /// The words of the text on the screen.
    pub fn compared_words(&self) -> Vec<ComparedWord> {
        let analysis = &self.shown.analysis;
        compared_words(&analysis.tokens, &analysis.text, analysis.pair.as_deref())
    }

    /// What each method says of each word, as far as it has come.
    pub fn methods_by_word(&self) -> Vec<MethodByWord> {
        let questions: Vec<ExplanationQuestion> = self.explanation_questions().into_iter().take(3).collect();
        self.methods_by_word_of(&questions)
    }

    fn methods_by_word_of(&self, questions: &[ExplanationQuestion]) -> Vec<MethodByWord> {
        let of = |&method: &ExplanationMethod| {
            let of_question = |question: &&ExplanationQuestion| question.settings.method == method;
            if let Some(question) = questions.iter().find(of_question) {
                let known = self.explaining.of(question)?;
                let is_final = known.phase == ExplanationPhase::Done;
                // Values of occlusion that have not come would look like zeros.
                let explanation = known
                    .explanation()
                    .filter(|_| is_final || method != ExplanationMethod::Occlusion)?;
                return Some(MethodByWord {
                    method,
                    values: explained_words(explanation),
                    is_final,
                });
            }
            let (answer, is_asked) = self.salience()?;
            let values = answer.value.values(method).filter(|_| is_asked)?;
            Some(MethodByWord {
                method,
                values: by_word(&self.shown.analysis.tokens, values),
                is_final: true,
            })
        };
        ExplanationMethod::COMPARED.iter().filter_map(of).collect()
    }

    /// How faithful the methods are, as far as it has come: of each in the order in which they were asked.
    pub fn faithfulness(&self) -> Option<(CheckedAttributions, Shared<Vec<Faithfulness>>, bool)> {
        let known = self
            .explanations()
            .into_iter()
            .find(|known| known.question.checked.is_some())?;
        let found = known.snapshot?.faithfulness?;
        Some((
            known.question.checked?,
            found,
            known.phase == ExplanationPhase::Done,
        ))
    }

    /// LIME's weights over all seeds that are finished; nothing of fewer than two.
    pub fn seed_spread(&self) -> Option<SeedSpread> {
        let finished = self.finished_explanations();
        let of_lime = finished
            .iter()
            .filter(|explanation| explanation.settings.method == ExplanationMethod::Lime);
        let seeds = of_lime.clone().map(|explanation| explanation.settings.seed);
        let runs: Vec<Vec<Option<f64>>> = of_lime
            .clone()
            .map(|explanation| explained_words(explanation))
            .collect();
        let words = runs.iter().map(Vec::len).min().filter(|_| runs.len() > 1)?;
        let spread = |word: usize| {
            let values: Option<Vec<Vec<f64>>> = runs
                .iter()
                .map(|run| Some(vec![run.get(word).copied()??]))
                .collect();
            spread_over_runs(&values?).first().copied()
        };
        let zero =
            |run: &Vec<Option<f64>>| -> Vec<f64> { run.iter().map(|value| value.unwrap_or(0.0)).collect() };
        let first = zero(runs.first()?);
        let taus = runs
            .iter()
            .skip(1)
            .filter_map(|run| kendall_tau(&first, &zero(run)));
        Some(SeedSpread {
            seeds: seeds.collect(),
            words: (0..words).map(spread).collect(),
            smallest_tau: taus.reduce(f64::min),
        })
    }

    /// What the model says about the edited text, where that is what was typed and has words.
    pub fn edited_analysis(&self) -> Option<&Shared<Analysis>> {
        let typed = self.compared_text()?;
        let edited = self.other_analysis()?;
        let has_words = edited.tokens.iter().any(|token| !token.special);
        let is_other = edited.text == typed && edited.text != self.shown.analysis.text;
        (self.link.exhibit == ExhibitName::Agreement && is_other && has_words).then_some(edited)
    }

    /// The analysis of the text that a question is about.
    pub(super) fn analysis_of(&self, question: &ExplanationQuestion) -> &Shared<Analysis> {
        let edited = self.edited_analysis();
        let is_edited = |edited: &&Shared<Analysis>| edited.text == question.input.text;
        edited.filter(is_edited).unwrap_or(&self.shown.analysis)
    }

    /// What becomes of each method's values by the edit, as far as it is finished.
    pub fn edited_ranks(&self) -> Vec<EditedRanks> {
        let Some(edited) = self.edited_analysis() else {
            return Vec::new();
        };
        let finished = self.finished_explanations();
        let of = |method: ExplanationMethod, text: &str| {
            let is_it = |explanation: &&Shared<Explanation>| {
                explanation.settings.method == method && explanation.input.text == text
            };
            finished
                .iter()
                .find(is_it)
                .map(|explanation| explained_words(explanation))
        };
        let pairs = self.corresponding_words(edited);
        let methods = [ExplanationMethod::Owen, ExplanationMethod::Occlusion];
        let ranks = methods.into_iter().filter_map(|method| {
            let (before, after) = (of(method, &self.shown.analysis.text)?, of(method, &edited.text)?);
            Some(ranks_of_pairs(method, &pairs, &before, &after))
        });
        ranks.collect()
    }

    /// The words of both texts that correspond: each word of the first with that of the other that its first token
    /// corresponds to.
    fn corresponding_words(&self, edited: &Analysis) -> Vec<(usize, usize)> {
        let Some(correspondence) = self.correspondence() else {
            return Vec::new();
        };
        let others = tokens_of_words(&edited.tokens);
        let words = tokens_of_words(&self.shown.analysis.tokens);
        let other = |tokens: &Range<usize>| {
            let position = correspondence.position_in_second(vitrine_record::Position(tokens.start))?;
            others.iter().position(|other| other.contains(&position.0))
        };
        let pairs = words.iter().enumerate();
        pairs
            .filter_map(|(word, tokens)| Some((word, other(tokens)?)))
            .collect()
    }
}

fn ranks_of_pairs(
    method: ExplanationMethod,
    pairs: &[(usize, usize)],
    before: &[Option<f64>],
    after: &[Option<f64>],
) -> EditedRanks {
    let value = |values: &[Option<f64>], word: usize| values.get(word).copied().flatten();
    let both: Vec<(usize, f64, f64)> = pairs
        .iter()
        .filter_map(|&(word, other)| Some((word, value(before, word)?, value(after, other)?)))
        .collect();
    let sizes = |of: fn(&(usize, f64, f64)) -> f64| -> Vec<usize> {
        places(&both.iter().map(|pair| of(pair).abs()).collect::<Vec<_>>())
    };
    let (places_before, places_after) = (sizes(|pair| pair.1), sizes(|pair| pair.2));
    let some = |of: fn(&(usize, f64, f64)) -> f64| -> Vec<Option<f64>> {
        both.iter().map(|pair| Some(of(pair))).collect()
    };
    EditedRanks {
        method,
        agreement: agreement(&some(|pair| pair.1), &some(|pair| pair.2), TOP),
        words: both
            .iter()
            .zip(places_before.into_iter().zip(places_after))
            .map(
                |((word, before, after), (place_before, place_after))| EditedWord {
                    word: *word,
                    before: (place_before, *before),
                    after: (place_after, *after),
                },
            )
            .collect(),
    }
}

/// How far each pair of methods agrees, by their places; of values that will still change nothing is said.
pub fn pair_agreements(methods: &[MethodByWord]) -> Vec<(usize, usize, Agreement)> {
    let pairs = (0..methods.len()).flat_map(|one| (one + 1..methods.len()).map(move |other| (one, other)));
    pairs
        .filter(|(one, other)| methods[*one].is_final && methods[*other].is_final)
        .map(|(one, other)| {
            let found = agreement(&methods[one].values, &methods[other].values, TOP);
            (one, other, found)
        })
        .collect()
}

/// The words that methods disagree about: in which direction they speak, or, among the most important of any method, by at
/// least half of all places. Of values that will still change nothing is said.
pub fn marked_words(methods: &[MethodByWord]) -> Vec<WordDisagreement> {
    let values: Vec<Vec<Option<f64>>> = methods
        .iter()
        .filter(|of| of.is_final)
        .map(|of| of.values.clone())
        .filter(|values| values.iter().any(Option::is_some))
        .collect();
    if values.len() < 2 {
        return Vec::new();
    }
    let found = disagreements(&values, NEGLIGIBLE);
    let least = (found.len() / 2).max(TOP);
    found
        .into_iter()
        .filter(|word| word.signs_differ || (word.highest_place <= TOP && word.place_spread() >= least))
        .collect()
}
