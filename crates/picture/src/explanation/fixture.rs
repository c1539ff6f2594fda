//! Made-up explanations for the tests of the pictures.

use std::ops::Range;

use vitrine_explain::{Corpus, ExplainedText, TokenMasker};
use vitrine_record::{
    ExplainedFeature, Explanation, ExplanationCheck, ExplanationDetail, ExplanationMethod,
    ExplanationSettings, LimeSettings, LimeWords, Masking, MergedGroup, ModelOutput, OutputLink, Segment,
    SurrogateFit, SurrogateSample, Token, TokenId, TokenUnit, message::TextInput,
};

const TEXT: &str = "A lovely, not unwatchable film.";
const PIECES: [(&str, Range<usize>); 12] = [
    ("[CLS]", 0..0),
    ("a", 0..1),
    ("love", 2..6),
    ("##ly", 6..8),
    (",", 8..9),
    ("not", 10..13),
    ("un", 14..16),
    ("##watch", 16..21),
    ("##able", 21..25),
    ("film", 26..30),
    (".", 30..31),
    ("[SEP]", 0..0),
];
/// Of the ten typed tokens.
const VALUES: [f64; 10] = [
    0.0043, 0.2307, 0.0387, -0.0021, 0.0276, -0.0832, -0.0927, -0.1428, 0.0211, 0.0084,
];
const BASE_VALUE: f64 = 0.4825;

pub fn slice(text: &str, range: Range<usize>) -> String {
    text.chars().skip(range.start).take(range.len()).collect()
}

fn tokens() -> Vec<Token> {
    let token = |(at, (piece, range)): (usize, &(&str, Range<usize>))| Token {
        text: slice(TEXT, range.clone()),
        piece: (*piece).to_owned(),
        id: TokenId(at as u32),
        start: range.start,
        end: range.end,
        segment: Segment::A,
        special: range.is_empty(),
    };
    PIECES.iter().enumerate().map(token).collect()
}

/// The features that the engine makes of tokens, with or without the special ones.
fn features(text: &str, tokens: &[Token], special_players: bool, values: &[f64]) -> Vec<ExplainedFeature> {
    let text = ExplainedText {
        model_hash: String::new(),
        input: input(text),
        tokens: tokens.to_vec(),
    };
    let masking = Masking {
        special_players,
        ..Masking::default()
    };
    let mut features = TokenMasker::new(text, masking)
        .expect("there are tokens that were typed")
        .features();
    assert_eq!(features.len(), values.len());
    for (feature, value) in features.iter_mut().zip(values) {
        feature.value = *value;
    }
    features
}

fn input(text: &str) -> TextInput {
    TextInput {
        text: text.to_owned(),
        pair: None,
    }
}

pub fn explanation(tokens: Vec<Token>, features: Vec<ExplainedFeature>) -> Explanation {
    let mut values = vec![0.0; tokens.len()];
    for feature in &features {
        values[feature.tokens.start] = feature.value;
    }
    let sum: f64 = features.iter().map(|feature| feature.value).sum();
    Explanation {
        model_hash: "0".repeat(64),
        input: input(TEXT),
        settings: ExplanationSettings::default(),
        tokens,
        values,
        features,
        base_value: BASE_VALUE,
        prediction: BASE_VALUE + sum,
        evaluations: 100,
        exact_evaluations: Some(156),
        check: ExplanationCheck::Additivity { residual: 0.0 },
        detail: ExplanationDetail::Nothing,
    }
}

fn group(features: Range<usize>, is_resolved: bool, all: &[ExplainedFeature]) -> MergedGroup {
    MergedGroup {
        height: features.len() as f64 / all.len() as f64,
        value: all[features.clone()].iter().map(|feature| feature.value).sum(),
        features,
        is_resolved,
    }
}

fn owen(resolved: impl Fn(&Range<usize>) -> bool) -> Explanation {
    let tokens = tokens();
    let features = features(TEXT, &tokens, false, &VALUES);
    let mut explanation = explanation(tokens, features);
    let groups = [1..3, 0..3, 5..7, 5..8, 4..8, 3..8, 0..8, 8..10, 0..10];
    let groups = groups.into_iter().map(|range| {
        let is_resolved = resolved(&range);
        group(range, is_resolved, &explanation.features)
    });
    explanation.detail = ExplanationDetail::MergeTree(groups.collect());
    explanation
}

/// Owen values of all ten typed tokens.
pub fn exact() -> Explanation {
    owen(|_| true)
}

/// Owen values where the budget ended before two groups, of three and of four tokens, were told apart.
pub fn truncated() -> Explanation {
    let mut explanation = owen(|range| !(range.end <= 3 || (range.start >= 4 && range.end <= 8)));
    for block in [0..3, 4..8] {
        let share = VALUES[block.clone()].iter().sum::<f64>() / block.len() as f64;
        for feature in &mut explanation.features[block] {
            feature.value = share;
            explanation.values[feature.tokens.start] = share;
        }
    }
    if let ExplanationDetail::MergeTree(groups) = &mut explanation.detail {
        for group in groups {
            let features = &explanation.features[group.features.clone()];
            group.value = features.iter().map(|feature| feature.value).sum();
        }
    }
    explanation
}

/// Values of all twelve tokens.
pub fn with_special_players() -> Explanation {
    let tokens = tokens();
    let values: Vec<f64> = [0.01].into_iter().chain(VALUES).chain([-0.02]).collect();
    let features = features(TEXT, &tokens, true, &values);
    let mut explanation = explanation(tokens, features);
    explanation.settings.masking.special_players = true;
    explanation
}

/// Shapley values with interactions of all pairs, whose rows sum to the values.
pub fn with_interactions() -> Explanation {
    let tokens = tokens();
    let mut features = features(TEXT, &tokens, false, &VALUES);
    let count = features.len();
    let mut interactions = vec![0.0; count * count];
    for (row, column) in (0..count).flat_map(|row| (0..count).map(move |column| (row, column))) {
        // Any numbers that are the same in both orders.
        let product = ((row * column + row + column) % 7) as f64 - 3.0;
        interactions[row * count + column] = if row == column {
            VALUES[row]
        } else {
            product / 40.0
        };
    }
    for (row, feature) in features.iter_mut().enumerate() {
        feature.value = interactions[row * count..(row + 1) * count].iter().sum();
    }
    let mut explanation = explanation(tokens, features);
    explanation.settings.method = ExplanationMethod::Exact;
    explanation.settings.interactions = true;
    explanation.detail = ExplanationDetail::Interactions(interactions);
    explanation
}

/// A local surrogate over a text in which a word stands twice.
pub fn surrogate() -> Explanation {
    let text = "A great film, not a bad film at all.";
    let words: [(&str, Range<usize>, f64); 4] = [
        ("great", 2..7, 0.24),
        ("film", 8..12, 0.01),
        ("not", 14..17, -0.08),
        ("bad", 20..23, -0.11),
    ];
    let tokens: Vec<Token> = words
        .iter()
        .enumerate()
        .map(|(at, (word, range, _))| Token {
            text: (*word).to_owned(),
            piece: (*word).to_owned(),
            id: TokenId(at as u32),
            start: range.start,
            end: range.end,
            segment: Segment::A,
            special: false,
        })
        .collect();
    let values: Vec<f64> = words.iter().map(|(_, _, value)| *value).collect();
    let features = features(text, &tokens, false, &values);
    let mut explanation = explanation(tokens, features);
    explanation.input.text = text.to_owned();
    explanation.settings = ExplanationSettings {
        method: ExplanationMethod::Lime,
        lime: LimeSettings {
            words: LimeWords::BagOfWords,
            ..LimeSettings::default()
        },
        seed: 7,
        ..ExplanationSettings::default()
    };
    explanation.prediction = 0.61;
    let intercept = 0.52;
    let score_without = |missing: &[u32]| {
        let kept = (0..4u32).filter(|feature| !missing.contains(feature));
        intercept + kept.map(|feature| values[feature as usize]).sum::<f64>()
    };
    let samples = (0..16u32).map(|bits| {
        let missing: Vec<u32> = (0..4).filter(|feature| bits >> feature & 1 == 1).collect();
        let surrogate = score_without(&missing);
        SurrogateSample {
            proximity: 1.0 / (1.0 + missing.len() as f64),
            score: surrogate + 0.03 * (f64::from(bits % 5) - 2.0),
            surrogate,
            missing: missing.into(),
        }
    });
    explanation.check = ExplanationCheck::Surrogate(SurrogateFit {
        r2: 0.83,
        intercept,
        local_prediction: score_without(&[]),
    });
    explanation.detail = ExplanationDetail::Samples(samples.collect());
    explanation
}

/// The same by three seeds, each of which does without a word: "film" is in the second only.
pub fn seeds() -> Vec<Explanation> {
    let with = |seed: u32, left_out: &str, more: f64| {
        let mut explanation = surrogate();
        explanation.settings.seed = seed;
        explanation.features.retain(|feature| feature.text != left_out);
        explanation.features[0].value += more;
        let sum: f64 = explanation.features.iter().map(|feature| feature.value).sum();
        if let ExplanationCheck::Surrogate(fit) = &mut explanation.check {
            fit.local_prediction = fit.intercept + sum;
        }
        explanation
    };
    vec![with(7, "film", 0.0), with(8, "not", 0.01), with(9, "film", 0.02)]
}

/// An explanation with another output, link and pair, for files.
pub fn of_a_pair() -> Explanation {
    let mut explanation = with_special_players();
    explanation.input.pair = Some("A \"second\" text".to_owned());
    explanation.settings.target.output = ModelOutput::Logits;
    explanation.settings.target.index = 1;
    explanation.settings.target.link = OutputLink::Logit;
    explanation.features[9].segment = Segment::B;
    explanation
}

/// Explanations of texts of unequal length.
pub fn several() -> Vec<Explanation> {
    vec![exact(), surrogate(), with_special_players()]
}

/// All of them, by their places.
pub fn corpus(explanations: &[Explanation], unit: TokenUnit) -> Corpus {
    let mut corpus = Corpus::new(unit);
    for (place, explanation) in explanations.iter().enumerate() {
        corpus.add(place, explanation);
    }
    corpus
}
