//! The names of the steps, and sentences made from what they came to.

use vitrine_picture::{
    FigureWords, Scene, Tile, neuron_view,
    neuron_view::{Formula, Script, Step, StepReading, StepWords},
    shortened, tiles,
};
use vitrine_record::{Analysis, HeadComputation, ModelInfo, Position};
use yew::prelude::*;

use crate::i18n::Language;

/// A larger difference than this, as a share of the largest number of the step, is not rounding.
const LARGEST_ROUNDING: f32 = 1e-3;

/// The name of a step.
pub fn step_name(language: Language, step: Step) -> &'static str {
    language.t(match step {
        Step::Query => "neuron.query",
        Step::Keys => "neuron.keys",
        Step::Products => "neuron.products",
        Step::Scores => "neuron.scores",
        Step::Probabilities => "neuron.probabilities",
        Step::Values => "neuron.values",
        Step::WeightedSum => "neuron.weighted_sum",
        Step::Projection => "neuron.projection",
        Step::Heads => "neuron.heads",
        Step::Residual => "neuron.residual",
        Step::Normalisation => "neuron.normalisation",
    })
}

/// A formula with its indices set lower.
pub fn formula(formula: &Formula) -> Html {
    let part = |(script, part)| match script {
        Script::Base => html! { <>{ part }</> },
        Script::Sub => html! { <sub>{ part }</sub> },
    };
    formula.parts().map(part).collect()
}

/// What a step came to, in one sentence.
pub fn reading(language: Language, computation: &HeadComputation, tiles: &[Tile], step: Step) -> String {
    let Some(reading) = neuron_view::reading(computation, step) else {
        return language.t("neuron.none").to_owned();
    };
    let style = language.numbers();
    let text = |position: Position| {
        tiles
            .get(position.0)
            .map_or_else(|| position.to_string(), |tile| tile.text.clone())
    };
    let number = |number: f32| style.significant(number);
    let token = text(computation.destination);
    let head = computation.head.to_string();
    let fill = |key: &'static str, arguments: &[(&str, String)]| {
        let mut all: Vec<(&str, &str)> = vec![("token", &token), ("head", &head)];
        all.extend(arguments.iter().map(|(name, value)| (*name, value.as_str())));
        language.fill(key, &all)
    };
    match reading {
        StepReading::Query {
            size,
            dimension,
            value,
        } => fill(
            "neuron.read_query",
            &[
                ("size", size.to_string()),
                ("dimension", dimension.to_string()),
                ("value", number(value)),
            ],
        ),
        StepReading::Keys {
            tokens,
            longest,
            length,
        } => fill(
            "neuron.read_keys",
            &[
                ("count", tokens.to_string()),
                ("other", text(longest)),
                ("length", number(length)),
            ],
        ),
        StepReading::Products {
            token,
            dimension,
            product,
        } => fill(
            "neuron.read_products",
            &[
                ("dimension", dimension.to_string()),
                ("other", text(token)),
                ("value", number(product)),
            ],
        ),
        StepReading::Scores {
            best,
            score,
            probability,
        } => fill(
            "neuron.read_scores",
            &[
                ("other", text(best)),
                ("value", number(score)),
                ("share", style.percent(probability)),
            ],
        ),
        StepReading::Probabilities { first, second } => {
            let (key, second) = match second {
                Some((second, share)) => ("neuron.read_probabilities", (text(second), style.percent(share))),
                None => ("neuron.read_probabilities_of_one", Default::default()),
            };
            fill(
                key,
                &[
                    ("other", text(first.0)),
                    ("share", style.percent(first.1)),
                    ("second", second.0),
                    ("second_share", second.1),
                ],
            )
        }
        StepReading::Values { longest, length } => fill(
            "neuron.read_values",
            &[("other", text(longest)), ("length", number(length))],
        ),
        StepReading::WeightedSum { most, part, length } => fill(
            "neuron.read_weighted_sum",
            &[
                ("other", text(most)),
                ("part", number(part)),
                ("length", number(length)),
            ],
        ),
        StepReading::Projection { size, hidden, length } => fill(
            "neuron.read_projection",
            &[
                ("size", size.to_string()),
                ("hidden", hidden.to_string()),
                ("length", number(length)),
            ],
        ),
        StepReading::Heads {
            heads,
            strongest,
            place,
            length,
        } => fill(
            if strongest.0 == computation.head {
                "neuron.read_heads_strongest"
            } else {
                "neuron.read_heads"
            },
            &[
                ("count", heads.to_string()),
                ("strongest", strongest.0.to_string()),
                ("most", number(strongest.1)),
                ("place", place.to_string()),
                ("length", number(length)),
            ],
        ),
        StepReading::Residual {
            before,
            added,
            cosine,
        } => fill(
            "neuron.read_residual",
            &[
                ("before", number(before)),
                ("length", number(added)),
                ("cosine", style.fixed(cosine, 2)),
            ],
        ),
        StepReading::Normalisation {
            mean,
            deviation,
            length,
        } => fill(
            "neuron.read_normalisation",
            &[
                ("mean", number(mean)),
                ("deviation", number(deviation)),
                ("length", number(length)),
            ],
        ),
    }
}

/// Whether each step follows from those before it, by the page's own arithmetic.
pub fn trust(language: Language, computation: &HeadComputation) -> String {
    if !computation.is_consistent() {
        return language.t("neuron.none").to_owned();
    }
    let deviation = neuron_view::largest_deviation(computation);
    let key = if deviation.share <= LARGEST_ROUNDING {
        "neuron.trust"
    } else {
        "neuron.trust_off"
    };
    language.fill(
        key,
        &[
            ("number", &deviation.step.number().to_string()),
            ("name", step_name(language, deviation.step)),
            ("deviation", &language.numbers().percent(deviation.share)),
        ],
    )
}

/// The neuron view as a picture that stands alone, with its heading and the model that the numbers come from.
pub fn figure(
    language: Language,
    computation: &HeadComputation,
    analysis: &Analysis,
    model: &ModelInfo,
    of_run: Option<&str>,
) -> Option<Scene> {
    const MOST: usize = 64;
    let tiles = tiles(&analysis.tokens);
    let token = tiles.get(computation.destination.0)?.text.as_str();
    let heading = language.fill(
        "neuron.heading",
        &[
            ("layer", &computation.layer.to_string()),
            ("head", &computation.head.to_string()),
            ("token", token),
            ("text", &shortened(&analysis.text, MOST)),
        ],
    );
    let mut note = vec![language.fill(
        "neuron.note",
        &[("model", &model.id), ("hash", model.short_hash())],
    )];
    if tiles.len() > neuron_view::MOST_TOKENS_OF_A_FIGURE {
        let count = neuron_view::MOST_TOKENS_OF_A_FIGURE.to_string();
        note.push(language.fill("neuron.note_left_out", &[("count", &count)]));
    }
    note.extend(of_run.map(str::to_owned));
    let words = StepWords {
        figure: FigureWords {
            heading: &heading,
            note: &note.join("\n"),
            numbers: language.numbers(),
        },
        names: Step::ALL.map(|step| step_name(language, step)),
    };
    neuron_view::scene(computation, &analysis.tokens, &words)
}

#[cfg(test)]
mod tests {
    use vitrine_record::{HeadIdx, LayerIdx, LayerNormalisation, Segment, Token, TokenId};

    use super::*;

    const PIECES: [&str; 3] = ["not", "bad", "film"];

    /// Query, keys and values are plain numbers, and nothing but shapes has to agree.
    fn computation() -> HeadComputation {
        HeadComputation {
            layer: LayerIdx(1),
            head: HeadIdx(1),
            destination: Position(0),
            query: vec![1.0, 2.0],
            keys: vec![0.0, 1.0, 2.0, 3.0, 4.0, -5.0],
            values: vec![1.0, 0.0, 0.0, 1.0, 0.5, 0.5],
            scores: vec![1.4, 5.7, -4.2],
            probabilities: vec![0.25, 0.5, 0.25],
            head_output: vec![0.4, 0.6],
            output_weight: vec![0.1; 8],
            contributions: vec![3.0, 0.0, 0.0, 4.0, 0.1, 0.1, 0.1, 0.1],
            output_bias: vec![0.0; 4],
            residual: vec![1.0, -1.0, 1.0, -1.0],
            normalisation: LayerNormalisation {
                gain: vec![1.0; 4],
                shift: vec![0.0; 4],
                epsilon: 1e-12,
            },
            normalised: vec![0.5; 4],
        }
    }

    fn tokens() -> Vec<Token> {
        let token = |(index, piece): (usize, &&str)| Token {
            text: (*piece).to_owned(),
            piece: (*piece).to_owned(),
            id: TokenId(index as u32),
            start: 0,
            end: 0,
            segment: Segment::A,
            special: false,
        };
        PIECES.iter().enumerate().map(token).collect()
    }

    #[test]
    fn every_step_has_a_sentence_without_gaps() {
        for language in Language::ALL {
            let mut sentences: Vec<String> = Step::ALL
                .map(|step| reading(language, &computation(), &tiles(&tokens()), step))
                .into();
            assert!(
                sentences.iter().all(|sentence| !sentence.contains(['{', '}'])),
                "{sentences:?}"
            );
            sentences.sort();
            sentences.dedup();
            assert_eq!(sentences.len(), Step::ALL.len());
        }
    }

    #[test]
    fn the_best_match_is_named_with_its_score_and_share() {
        let sentence = reading(Language::English, &computation(), &tiles(&tokens()), Step::Scores);
        assert_eq!(
            sentence,
            "“not” asks; it matches “bad” best: q·k/√d = 5.70, 50% of its attention."
        );
    }

    #[test]
    fn a_step_that_does_not_follow_is_named() {
        for language in Language::ALL {
            let sentence = trust(language, &computation());
            let number = vitrine_picture::neuron_view::largest_deviation(&computation())
                .step
                .number();
            assert!(
                sentence.contains(&number.to_string()) && !sentence.contains('{'),
                "{sentence}"
            );
            assert_ne!(
                sentence,
                trust(
                    language,
                    &HeadComputation {
                        scores: vec![],
                        ..computation()
                    }
                )
            );
        }
    }

    #[test]
    fn the_figure_says_what_it_shows_and_what_it_was_computed_with() {
        let analysis = Analysis {
            model_hash: "ab".repeat(32),
            text: "not bad film".into(),
            pair: None,
            tokens: tokens(),
            prediction: None,
            attention: Vec::new(),
            thumbnails: Vec::new(),
            notices: Vec::new(),
        };
        let model = ModelInfo {
            id: "made-up".into(),
            hash: "ab".repeat(32),
            layers: 2,
            heads: 2,
            hidden: 4,
            intermediate: 8,
            max_tokens: 8,
            labels: Vec::new(),
        };
        for language in Language::ALL {
            let scene = figure(language, &computation(), &analysis, &model, Some("Changed run.")).unwrap();
            assert!(scene.title.contains("not bad film") && !scene.title.contains('{'));
            assert!(scene.description.contains("abababababab") && !scene.description.contains('{'));
            assert!(scene.description.ends_with("Changed run."));
        }
    }
}
