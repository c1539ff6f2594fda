//! `vitrine heads`.

use std::path::Path;

use vitrine_attention::HeadSurveyor;
use vitrine_model::{Model, ModelError, attention_of_text};
use vitrine_picture::head_survey::{SurveySettings, csv, json};
use vitrine_record::{HeadSurvey, SentenceSet};

use crate::arguments::HeadsFormat;
use crate::error::CliError;
use crate::output::write;

/// Prints what every head does over the sentences of a file, or over those that come with Vitrine.
pub fn heads(model: &Model, file: Option<&Path>, format: &HeadsFormat) -> Result<(), CliError> {
    let (source, sentences) = match file {
        None => (SentenceSet::Bundled, SentenceSet::Bundled.sentences("")),
        Some(path) => {
            let list = std::fs::read_to_string(path).map_err(|source| ModelError::File {
                path: path.to_owned(),
                source,
            })?;
            (SentenceSet::Own, SentenceSet::Own.sentences(&list))
        }
    };
    if sentences.is_empty() {
        return Err(CliError::Choice(
            "--sentences names a file without a sentence: write one in each line".to_owned(),
        ));
    }
    let survey = survey(model, &sentences)?;
    if survey.cut > 0 {
        let most = HeadSurvey::MOST_TOKENS.min(model.info().max_tokens);
        eprintln!(
            "warning: {} sentences were cut to their first {most} tokens",
            survey.cut
        );
    }
    let settings = SurveySettings {
        model: model.info(),
        source,
        sentences: &sentences,
    };
    let printed = if format.csv {
        csv(&survey, &model.info().hash)
    } else {
        json(&survey, &settings).map_err(|error| CliError::Format(error.to_string()))? + "\n"
    };
    write([printed])
}

fn survey(model: &Model, sentences: &[String]) -> Result<HeadSurvey, CliError> {
    let mut surveyor = HeadSurveyor::default();
    for sentence in sentences {
        let (encoding, layers) = attention_of_text(model, sentence, HeadSurvey::MOST_TOKENS)?;
        let is_cut = !encoding.truncations.is_empty();
        let read = surveyor.read(layers, &encoding.tokens, is_cut);
        read.map_err(|error| CliError::Format(error.to_string()))?;
        while !surveyor
            .compare()
            .map_err(|error| CliError::Format(error.to_string()))?
        {}
    }
    Ok(surveyor.finish())
}
