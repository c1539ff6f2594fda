//! The numbers of a surrogate as tables: the same on the page and in files.

use std::ops::Range;

use vitrine_explain::{lime::SampledText, stability::Spread};
use vitrine_picture::explanation::{
    NumberCell, NumberRow, NumberTable, SeedFit, SeedWeights, SignedScale, SurrogateScatter, ValueStyle,
    spread_of,
};
use vitrine_record::{Explanation, LimeSettings, LimeWords, SurrogateFit, message::TextInput};

use super::{draw::explained_name, files::fact};
use crate::{components::label_name, context::Context};

/// A row for each word that some seed chose, with its weight by each seed; below them what these add up to.
pub fn weights_table(page: &Context, explanation: &Explanation, seeds: &SeedWeights) -> NumberTable {
    let numbers = page.language().numbers();
    let all = seeds.words.iter().flat_map(|word| word.weights.iter().flatten());
    let values = SignedScale::of_values(all.copied()).values(numbers);
    let has_spread = seeds.fits.len() > 1;
    let spread_cells = |spread: Option<Spread>, write: &dyn Fn(f64) -> String| {
        let of = |number: fn(&Spread) -> f64| NumberCell::of(spread.as_ref().map(number), write);
        let deviation = spread.and_then(|spread| spread.standard_deviation);
        [
            of(|spread| spread.mean),
            NumberCell::of(deviation, |deviation| {
                ValueStyle::new(numbers, deviation).score(deviation)
            }),
            of(|spread| spread.lowest),
            of(|spread| spread.highest),
        ]
    };
    let words = seeds.words.iter().map(|word| {
        let weights = word.weights.iter().map(|weight| match weight {
            Some(weight) => NumberCell::of(Some(*weight), |weight| values.value(weight)),
            None => NumberCell::Words(page.t("lime.not_chosen").to_owned()),
        });
        let mut cells: Vec<NumberCell> = weights.collect();
        if has_spread {
            let chosen_by = (word.chosen_by() as f64, seeds.fits.len().to_string());
            cells.push(NumberCell::of(Some(chosen_by.0), |count| {
                page.fill(
                    "lime.of_seeds",
                    &[("chosen", &count.to_string()), ("count", &chosen_by.1)],
                )
            }));
            cells.extend(spread_cells(word.spread(), &|weight| values.value(weight)));
        }
        NumberRow {
            name: word.feature.text.clone(),
            is_typed: true,
            cells,
        }
    });
    let scores = ValueStyle::new(numbers, 1.0);
    let of_fits = |of: fn(SurrogateFit) -> f64| {
        seeds
            .fits
            .iter()
            .map(|of_seed| of(of_seed.fit))
            .collect::<Vec<f64>>()
    };
    // What the model says does not hang on seeds.
    let fits = [
        ("lime.intercept", of_fits(|fit| fit.intercept), true),
        ("lime.local_prediction", of_fits(|fit| fit.local_prediction), true),
        (
            "lime.model_prediction",
            vec![explanation.prediction; seeds.fits.len()],
            false,
        ),
        ("lime.r2", of_fits(|fit| fit.r2), true),
    ];
    let fits = fits.map(|(key, of_seeds, varies)| {
        let mut cells: Vec<NumberCell> = of_seeds
            .iter()
            .map(|number| NumberCell::of(Some(*number), |number| scores.score(number)))
            .collect();
        if has_spread {
            cells.push(NumberCell::Nothing);
            let spread = varies.then(|| spread_of(of_seeds)).flatten();
            cells.extend(spread_cells(spread, &|number| scores.score(number)));
        }
        NumberRow {
            name: page.t(key).to_owned(),
            is_typed: false,
            cells,
        }
    });
    let of_seed = |fit: &SeedFit| page.fill("lime.seed", &[("seed", &fit.seed.to_string())]);
    let mut columns: Vec<String> = match has_spread {
        true => seeds.fits.iter().map(of_seed).collect(),
        false => vec![page.t("lime.weight").to_owned()],
    };
    if has_spread {
        let over = [
            "lime.chosen_by",
            "lime.mean",
            "lime.spread",
            "lime.lowest",
            "lime.highest",
        ];
        columns.extend(over.map(|key| page.t(key).to_owned()));
    }
    let mut caption = page.fill("lime.table", &[("label", &explained_name(page))]);
    if has_spread {
        caption = format!("{caption}. {}", page.t("lime.table_over"));
    }
    NumberTable {
        caption,
        corner: page.t("lime.word").to_owned(),
        columns,
        rows: words.chain(fits).collect(),
    }
}

/// The line of the scatter: a row for each proximity, the nearest first.
pub fn levels_table(page: &Context, explanation: &Explanation) -> Option<NumberTable> {
    let numbers = page.language().numbers();
    let scores = ValueStyle::new(numbers, 1.0);
    let scatter = SurrogateScatter::new(explanation)?;
    let rows = scatter.levels.iter().rev().map(|level| NumberRow {
        name: scores.score(level.proximity),
        is_typed: false,
        cells: vec![
            NumberCell::of(Some(level.samples as f64), |_| numbers.count(level.samples)),
            NumberCell::of(Some(level.mean_score), |score| scores.score(score)),
            NumberCell::of(Some(level.mean_surrogate), |score| scores.score(score)),
        ],
    });
    Some(NumberTable {
        caption: page.t("lime.table_levels").to_owned(),
        corner: page.t("lime.proximity").to_owned(),
        columns: ["lime.samples", "lime.mean_model", "lime.mean_surrogate"]
            .map(|key| page.t(key).to_owned())
            .to_vec(),
        rows: rows.collect(),
    })
}

/// A row for each sample that differs, the nearest to the text first: what the model read, and what it and the surrogate say
/// of it. Only those at some of the places, counted from the nearest.
pub fn samples_table(page: &Context, explanation: &Explanation, places: Range<usize>) -> Option<NumberTable> {
    let numbers = page.language().numbers();
    let scores = ValueStyle::new(numbers, 1.0);
    let scatter = SurrogateScatter::new(explanation)?;
    let sampled = SampledText::new(explanation);
    // Chance draws the same words several times; where all are fitted at once, each is there once.
    let is_drawn = explanation.is_by_chance();
    let nearest = scatter.distinct.iter();
    let rows = nearest.skip(places.start).take(places.len()).map(|distinct| {
        let sample = &scatter.samples[distinct.sample];
        let missing = sampled
            .words(sample)
            .filter(|(_, is_missing)| *is_missing)
            .count();
        let times = NumberCell::of(Some(distinct.times as f64), |_| numbers.count(distinct.times));
        let score = |score: f64| NumberCell::of(Some(score), |score| scores.score(score));
        let read = said(&sampled.read_as(sample));
        NumberRow {
            is_typed: read.is_some(),
            name: read.unwrap_or_else(|| page.t("masked.nothing").to_owned()),
            cells: std::iter::once(NumberCell::of(Some(missing as f64), |_| numbers.count(missing)))
                .chain(is_drawn.then_some(times))
                .chain([sample.proximity, sample.score, sample.surrogate].map(score))
                .collect(),
        }
    });
    let columns = [
        Some("lime.missing"),
        is_drawn.then_some("lime.drawn"),
        Some("lime.proximity"),
        Some("lime.model_says"),
        Some("lime.surrogate_says"),
    ];
    Some(NumberTable {
        caption: page.t("lime.table_samples").to_owned(),
        corner: page.t("masked.text").to_owned(),
        columns: columns
            .into_iter()
            .flatten()
            .map(|key| page.t(key).to_owned())
            .collect(),
        rows: rows.collect(),
    })
}

/// Both texts beside each other; nothing of what has no character but spaces.
fn said(input: &TextInput) -> Option<String> {
    let texts = [Some(input.text.trim()), input.pair.as_deref().map(str::trim)];
    let texts: Vec<&str> = texts.into_iter().flatten().collect();
    let has_characters = texts.iter().any(|text| !text.is_empty());
    has_characters.then(|| texts.join(" / "))
}

/// All tables of a surrogate, for a file; samples where they are what is drawn.
pub fn surrogate_tables(
    page: &Context,
    explanation: &Explanation,
    seeds: &SeedWeights,
    has_samples: bool,
) -> Vec<NumberTable> {
    let weights = weights_table(page, explanation, seeds);
    let samples = has_samples.then(|| {
        [
            levels_table(page, explanation),
            samples_table(page, explanation, 0..usize::MAX),
        ]
    });
    let first = prediction_table(page).into_iter().chain([weights]);
    first.chain(samples.into_iter().flatten().flatten()).collect()
}

/// What a surrogate was made from, as facts of a file.
pub fn surrogate_facts(page: &Context, lime: LimeSettings) -> [(String, String); 4] {
    let samples = lime.samples.map(|samples| samples.to_string());
    [
        fact(page, "lime.words", page.t(words_key(lime.words))),
        fact(
            page,
            "lime.samples",
            samples.unwrap_or_else(|| page.t("lime.samples_expected").to_owned()),
        ),
        fact(page, "lime.kernel", lime.kernel_width.to_string()),
        fact(page, "lime.features", lime.features.to_string()),
    ]
}

/// What counts as a word, in a few words.
pub fn words_key(words: LimeWords) -> &'static str {
    match words {
        LimeWords::BagOfWords => "lime.words_bow",
        LimeWords::Positional => "lime.words_positional",
    }
}

/// What the model says of the text itself, class by class.
fn prediction_table(page: &Context) -> Option<NumberTable> {
    let numbers = page.language().numbers();
    let prediction = page.shown.analysis.prediction.as_ref()?;
    let labels = page.shown.model.labels.iter();
    let rows = labels.zip(&prediction.probabilities).zip(&prediction.logits);
    let rows = rows.map(|((label, probability), logit)| NumberRow {
        name: label_name(page.language(), label),
        is_typed: false,
        cells: vec![
            NumberCell::of(Some(f64::from(*probability)), |_| numbers.percent(*probability)),
            NumberCell::of(Some(f64::from(*logit)), |_| numbers.fixed(*logit, 2)),
        ],
    });
    Some(NumberTable {
        caption: page.t("prediction.title").to_owned(),
        corner: page.t("prediction.class").to_owned(),
        columns: ["prediction.probability", "prediction.logit"]
            .map(|key| page.t(key).to_owned())
            .to_vec(),
        rows: rows.collect(),
    })
}
