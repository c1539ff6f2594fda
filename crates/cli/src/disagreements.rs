//! `vitrine disagreements`.

use std::path::Path;
use std::rc::Rc;

use vitrine_attention::{find_disagreement, token_importance};
use vitrine_model::{Layers, Model, ModelError, TokenRanking, analyse};
use vitrine_picture::NumberStyle;
use vitrine_record::{Disagreement, Disagreements, LayerIdx, TokenInDisagreement};

use crate::arguments::DisagreementArguments;
use crate::error::CliError;
use crate::output::{write, write_json};

/// The column of a table that holds its sentences.
const COLUMN: &str = "text";

/// Looks at each sentence of the files, and prints those in which attention and ablation disagree most.
pub fn disagreements(model: &Model, arguments: &DisagreementArguments) -> Result<(), CliError> {
    let mut sentences = Vec::new();
    for file in &arguments.sentences {
        sentences.extend(read_sentences(file)?);
    }
    let found = find(model, &sentences, arguments)?;
    if arguments.json {
        write_json(&found)
    } else {
        write([lines(&found), "\n".to_owned()])
    }
}

/// The sentences of a tab-separated table with a heading.
fn read_sentences(file: &Path) -> Result<Vec<String>, CliError> {
    let text = std::fs::read_to_string(file).map_err(|source| ModelError::File {
        path: file.to_owned(),
        source,
    })?;
    let mut lines = text.lines();
    let heading = lines.next().unwrap_or_default();
    let column = heading
        .split('\t')
        .position(|name| name == COLUMN)
        .ok_or_else(|| {
            CliError::Choice(format!(
                "{} has no column `{COLUMN}`: its first line must name its columns, with tabs between them",
                file.display()
            ))
        })?;
    let sentence = |(index, line): (usize, &str)| match line.split('\t').nth(column) {
        Some(sentence) if !sentence.trim().is_empty() => Ok(sentence.to_owned()),
        _ => Err(CliError::Choice(format!(
            "line {} of {} has no sentence in its column `{COLUMN}`",
            index + 2,
            file.display()
        ))),
    };
    lines.enumerate().map(sentence).collect()
}

fn find(
    model: &Model,
    sentences: &[String],
    arguments: &DisagreementArguments,
) -> Result<Disagreements, CliError> {
    let measure = arguments.measure.into();
    let info = model.info();
    let mut examples = Vec::new();
    for sentence in sentences {
        let (analysis, run) = analyse(model, sentence, None, &[], Layers::All)?;
        // No measure that is offered here is of a layer that is chosen.
        let attention = token_importance(&analysis.attention, info.layers, measure, LayerIdx::default())
            .map_err(|error| CliError::Choice(error.to_string()))?;
        let mut ranking = TokenRanking::new(model, Rc::new(run))?;
        while !ranking.is_done() {
            ranking.advance(model)?;
        }
        let effects = ranking.so_far();
        examples.extend(find_disagreement(
            sentence,
            &analysis.tokens,
            &attention,
            effects,
            &info.labels,
        ));
    }
    let found = examples.len();
    examples.sort_by(|one: &Disagreement, other| other.score.total_cmp(&one.score));
    examples.truncate(arguments.most);
    Ok(Disagreements {
        format: Disagreements::FORMAT.to_owned(),
        version: Disagreements::VERSION,
        model: info.id.clone(),
        model_hash: info.hash.clone(),
        measure,
        sentences: sentences.len(),
        found,
        examples,
    })
}

fn lines(found: &Disagreements) -> String {
    let style = NumberStyle::Export;
    let mut lines = format!(
        "{} of {} sentences, attention by {}; changes are percentage points of probability",
        found.found,
        found.sentences,
        found.measure.name()
    );
    let token = |token: &TokenInDisagreement| {
        let (attention, points) = (
            style.percent(token.attention),
            style.points(token.probability_change),
        );
        format!("`{}` has {attention}, hidden {points}", token.piece)
    };
    for example in &found.examples {
        let Disagreement {
            text,
            label,
            probability,
            most_attention,
            most_effect,
            ..
        } = example;
        lines.push_str(&format!(
            "\n{label} {}: {}; {}: {text}",
            style.percent(*probability),
            token(most_attention),
            token(most_effect)
        ));
    }
    lines
}
