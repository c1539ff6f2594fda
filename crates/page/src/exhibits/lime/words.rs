//! Sentences made from the surrogate on the screen.

use vitrine_picture::explanation::{SeedWeights, SignedScale, ValueStyle};
use vitrine_record::{ExplainedFeature, Position};

use super::controls::picture_key;
use crate::{
    context::Context,
    exhibits::explanation::{explained_name, scale_name},
    state::Snapshot,
};

/// What the handle of the controls says where there is no room for them.
pub fn choice(page: &Context) -> String {
    let picture = page.t(picture_key(page.link.explanation.lime.picture));
    page.joined("join.list", [explained_name(page).as_str(), picture])
}

/// What the weights say: of the words that are looked at, or else of the one with the largest.
pub fn reading(page: &Context, snapshot: Option<&Snapshot>, seeds: &SeedWeights) -> String {
    let Some(snapshot) = snapshot else {
        return String::new();
    };
    let explanation = &*snapshot.explanation;
    let looked_at = page.focus().and_then(|focus| {
        let mut features = explanation.features.iter();
        features.find(|feature| {
            feature
                .tokens
                .clone()
                .any(|token| focus.positions.contains(&Position(token)))
        })
    });
    let by_size =
        |one: &&ExplainedFeature, other: &&ExplainedFeature| one.value.abs().total_cmp(&other.value.abs());
    let Some(feature) = looked_at.or_else(|| explanation.features.iter().max_by(by_size)) else {
        return String::new();
    };
    let values = SignedScale::of([explanation]).values(page.language().numbers());
    let key = match (looked_at.is_some(), feature.value) {
        (_, 0.0) => "lime.reading_none",
        (true, weight) if weight > 0.0 => "lime.reading_for",
        (true, _) => "lime.reading_against",
        (false, weight) if weight > 0.0 => "lime.reading_most_for",
        (false, _) => "lime.reading_most_against",
    };
    let mut sentence = page.fill(
        key,
        &[
            ("word", &feature.text),
            ("weight", &values.value(feature.value)),
            ("label", &explained_name(page)),
        ],
    );
    if let Some(over_seeds) = reading_of_seeds(page, feature, seeds, values) {
        sentence = format!("{sentence} {over_seeds}");
    }
    sentence
}

/// Between which weights the word is over the seeds, and which other words these chose.
fn reading_of_seeds(
    page: &Context,
    feature: &ExplainedFeature,
    seeds: &SeedWeights,
    values: ValueStyle,
) -> Option<String> {
    let word = seeds.of(feature).filter(|_| seeds.fits.len() > 1)?;
    let spread = word.spread()?;
    let (chosen, count) = (word.chosen_by(), seeds.fits.len());
    let key = match chosen {
        1 => "lime.reading_seeds_one",
        _ if chosen < count => "lime.reading_seeds_some",
        _ => "lime.reading_seeds",
    };
    let of_seeds = page.fill(
        key,
        &[
            ("mean", &values.value(spread.mean)),
            ("lowest", &values.value(spread.lowest)),
            ("highest", &values.value(spread.highest)),
            ("chosen", &chosen.to_string()),
            ("count", &count.to_string()),
        ],
    );
    let others: Vec<&str> = seeds.of_others().map(|word| word.feature.text.as_str()).collect();
    if others.is_empty() {
        return Some(of_seeds);
    }
    let others = page.joined("join.in_quotes", others);
    let others = page.fill("lime.reading_others", &[("words", &others)]);
    Some(format!("{of_seeds} {others}"))
}

/// What the fit was made from.
pub fn trust(page: &Context, snapshot: Option<&Snapshot>, seeds: &SeedWeights) -> String {
    let Some(snapshot) = snapshot else {
        return String::new();
    };
    let settings = &snapshot.explanation.settings;
    let numbers = page.language().numbers();
    let mut sentences = Vec::new();
    match settings.lime.samples {
        Some(all) => sentences.push(page.fill(
            match seeds.fits.len() {
                _ if snapshot.explanation.evaluations < all => "lime.trust_samples_so_far",
                0 | 1 => "lime.trust_samples_of_one",
                _ => "lime.trust_samples",
            },
            &[
                ("samples", &numbers.count(snapshot.explanation.evaluations)),
                ("all", &numbers.count(all)),
                ("seed", &settings.seed.to_string()),
                ("seeds", &seeds.fits.len().to_string()),
            ],
        )),
        None => sentences.push(page.t("lime.trust_expected").to_owned()),
    }
    if let Some(fit) = snapshot.explanation.check.surrogate() {
        let share = ValueStyle::new(numbers, 1.0).score(fit.r2);
        sentences.push(page.fill("lime.trust_r2", &[("r2", &share)]));
    }
    let kernel = settings.lime.kernel_width.to_string();
    sentences.push(page.fill(
        "lime.trust_kernel",
        &[("kernel", &kernel), ("link", scale_name(page, &settings.target))],
    ));
    sentences.join(" ")
}

/// What stands in a figure: how well the surrogate fits, what is wrong with it, and what it was made from.
pub fn note(page: &Context, snapshot: Option<&Snapshot>, warning: Option<&str>, trust: &str) -> String {
    let fit = snapshot.and_then(|snapshot| {
        let explanation = &snapshot.explanation;
        let fit = explanation.check.surrogate()?;
        let values = ValueStyle::new(page.language().numbers(), 1.0);
        Some(page.fill(
            "lime.fit",
            &[
                ("r2", &values.score(fit.r2)),
                ("intercept", &values.score(fit.intercept)),
                ("local", &values.score(fit.local_prediction)),
                ("prediction", &values.score(explanation.prediction)),
            ],
        ))
    });
    let lines: Vec<&str> = [fit.as_deref(), warning, Some(trust)]
        .into_iter()
        .flatten()
        .collect();
    lines.join("\n")
}
