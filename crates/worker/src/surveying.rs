//! A survey of heads over many sentences, step by step.

use vitrine_attention::{HeadSurveyor, ShapeError};
use vitrine_model::{Model, attention_of_text};
use vitrine_record::HeadSurvey;
use vitrine_record::message::{Problem, ProblemKind, Reply};

use crate::dispatch::Progress;
use crate::session::problem;

/// A part of the answer comes after the first sentence, and then after so many.
const SENTENCES_OF_A_PART: u32 = 8;

/// A survey that was asked for.
pub struct Surveying {
    sentences: Vec<String>,
    surveyor: HeadSurveyor,
    /// Whether the heads of the sentence that was read last are still being compared.
    is_comparing: bool,
}

impl Surveying {
    /// Nothing is computed yet.
    pub(crate) fn new(sentences: Vec<String>) -> Surveying {
        Surveying {
            sentences,
            surveyor: HeadSurveyor::default(),
            is_comparing: false,
        }
    }

    /// Reads the next sentence and compares its heads, or, of a long one, some of them.
    pub(crate) fn advance(&mut self, model: &Model) -> Result<Progress, Problem> {
        if !self.is_comparing {
            let Some(sentence) = self.sentences.get(self.surveyor.sentences() as usize) else {
                return Ok(done(&self.surveyor));
            };
            let (encoding, layers) =
                attention_of_text(model, sentence, HeadSurvey::MOST_TOKENS).map_err(problem)?;
            let is_cut = !encoding.truncations.is_empty();
            self.surveyor
                .read(layers, &encoding.tokens, is_cut)
                .map_err(shape_problem)?;
        }
        self.is_comparing = !self.surveyor.compare().map_err(shape_problem)?;
        let read = self.surveyor.sentences();
        if self.is_comparing {
            Ok(Progress::Nothing)
        } else if read as usize == self.sentences.len() {
            Ok(done(&self.surveyor))
        } else if read % SENTENCES_OF_A_PART == 1 {
            let so_far = self.surveyor.so_far();
            Ok(Progress::Part(Reply::HeadSurvey(Box::new(so_far))))
        } else {
            Ok(Progress::Nothing)
        }
    }
}

fn done(surveyor: &HeadSurveyor) -> Progress {
    Progress::Done(Reply::HeadSurvey(Box::new(surveyor.finish())))
}

fn shape_problem(error: ShapeError) -> Problem {
    Problem {
        kind: ProblemKind::RequestFailed,
        detail: error.to_string(),
    }
}
