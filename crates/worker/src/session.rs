//! A loaded model, and what it last said.

use std::rc::Rc;

use vitrine_model::{Evaluator, Intervention, Layers, Model, ModelError, Run, analyse};
use vitrine_record::message::{Problem, ProblemKind, Reply, Request, TextInput};
use vitrine_record::{Analysis, LayerIdx, ModelOutput, TokenizedText};

use crate::dispatch::{Answer, Engine, Progress};
use crate::evaluating::{Evaluated, Evaluating};
use crate::ranking::{Ranking, Steps};
use crate::salience::{AskedSalience, KeptSalience, SalienceWork};
use crate::surveying::Surveying;
use crate::variant::{SoFar, VariantWork};
use crate::work::Work;

/// A model, and what it last said of a text as it is, of a changed run, and of a text to compare with: what is asked
/// about any of them costs at most one layer, but for all heads or all tokens.
pub struct Session {
    model: Model,
    untouched: Option<Kept>,
    intervened: Option<Kept>,
    compared: Option<Kept>,
    /// Of the output that was last asked for: a job of many inputs comes in many requests.
    evaluator: Option<Rc<Evaluator>>,
    evaluated: Evaluated,
    /// What gradients were last asked for, until it is answered.
    salience: Option<KeptSalience>,
}

/// What is kept of a text. The attention of all layers is kept of a short text only; of a long one, of which it would
/// be tens of megabytes, a layer's is computed again from the hidden state before it.
struct Kept {
    analysis: Analysis,
    run: Rc<Run>,
}

impl Kept {
    fn is_of(&self, text: &str, pair: Option<&str>, interventions: &[Intervention]) -> bool {
        self.analysis.text == text
            && self.analysis.pair.as_deref() == pair
            && self.run.interventions() == interventions
    }

    /// The analysis, with the attention of at least this layer.
    fn analysis(&mut self, model: &Model, layer: LayerIdx) -> Result<Analysis, ModelError> {
        let attention = std::mem::take(&mut self.analysis.attention);
        let mut analysis = self.analysis.clone();
        if self.run.tokens() <= Analysis::MOST_TOKENS_FOR_ALL_LAYERS {
            self.analysis.attention.clone_from(&attention);
        }
        let wanted = layer.min(LayerIdx(model.info().layers.saturating_sub(1)));
        analysis.attention = attention;
        if analysis.layer(wanted).is_none() {
            analysis.attention = vec![self.run.attention(model, wanted)?];
        }
        Ok(analysis)
    }
}

impl Session {
    /// Begins with a loaded model.
    pub fn new(model: Model) -> Session {
        Session {
            model,
            untouched: None,
            intervened: None,
            compared: None,
            evaluator: None,
            evaluated: Evaluated::default(),
            salience: None,
        }
    }

    /// What is kept of this text under these interventions, made now if it is not there.
    fn kept(
        &mut self,
        text: &str,
        pair: Option<&str>,
        interventions: &[Intervention],
        layer: LayerIdx,
    ) -> Result<(&Model, &mut Kept), ModelError> {
        let place = if interventions.is_empty() {
            &mut self.untouched
        } else {
            &mut self.intervened
        };
        let kept = keep(place, &self.model, (text, pair), interventions, layer)?;
        Ok((&self.model, kept))
    }

    /// The run of this text under these interventions.
    pub(crate) fn run(
        &mut self,
        text: &str,
        pair: Option<&str>,
        interventions: &[Intervention],
    ) -> Result<Rc<Run>, ModelError> {
        let (_, kept) = self.kept(text, pair, interventions, LayerIdx::default())?;
        Ok(Rc::clone(&kept.run))
    }

    pub(crate) fn model(&self) -> &Model {
        &self.model
    }

    /// The model, and the place of what gradients were last asked for.
    pub(crate) fn model_and_salience(&mut self) -> (&Model, &mut Option<KeptSalience>) {
        (&self.model, &mut self.salience)
    }

    fn compute(&mut self, request: &Request) -> Result<Answer<Work>, ModelError> {
        let mut analysis = |text: &str, pair: Option<&str>, interventions: &[_], layer| {
            let (model, kept) = self.kept(text, pair, interventions, layer)?;
            kept.analysis(model, layer).map(Box::new).map(Reply::Analysis)
        };
        let reply = match request {
            Request::Analyse { text, pair, layer } => analysis(text, pair.as_deref(), &[], *layer)?,
            Request::Intervene {
                text,
                pair,
                layer,
                interventions,
            } => analysis(text, pair.as_deref(), interventions, *layer)?,
            Request::AnalyseOther { text, layer } => {
                let kept = keep(&mut self.compared, &self.model, (text, None), &[], *layer)?;
                Reply::Analysis(Box::new(kept.analysis(&self.model, *layer)?))
            }
            Request::Evaluate { inputs, output } => {
                let evaluator = keep_evaluator(&mut self.evaluator, &self.model, output)?;
                let evaluation = evaluator.begin(&self.model, inputs)?;
                self.evaluated.add(&self.model, evaluation.tokens());
                let work = Evaluating {
                    evaluator,
                    evaluation,
                };
                return work.begin(&self.model);
            }
            Request::Tokenize { inputs } => Reply::Tokenized(
                inputs
                    .iter()
                    .map(|input| tokenize(&self.model, input))
                    .collect::<Result<_, _>>()?,
            ),
            Request::ComputeHead {
                text,
                pair,
                layer,
                head,
                destination,
                interventions,
            } => {
                let (model, kept) = self.kept(text, pair.as_deref(), interventions, *layer)?;
                let computation = kept.run.compute_head(model, *layer, *head, *destination)?;
                Reply::HeadComputation(Box::new(computation))
            }
            Request::RankHeads {
                text,
                pair,
                interventions,
            } => {
                let steps = Steps::asked(text, pair.as_deref(), interventions);
                return Ok(Answer::Work(Work::Ranking(Ranking::Heads(steps))));
            }
            Request::RankTokens {
                text,
                pair,
                interventions,
            } => {
                let steps = Steps::asked(text, pair.as_deref(), interventions);
                return Ok(Answer::Work(Work::Ranking(Ranking::Tokens(steps))));
            }
            Request::ComputeVariant {
                text,
                pair,
                layer,
                variant,
                interventions,
            } => {
                return Ok(Answer::Work(Work::Variant(VariantWork {
                    text: text.clone(),
                    pair: pair.clone(),
                    layer: *layer,
                    variant: *variant,
                    interventions: interventions.clone(),
                    so_far: SoFar::default(),
                })));
            }
            Request::ComputeSalience {
                input,
                target,
                steps,
                baseline,
            } => {
                return Ok(Answer::Work(Work::Salience(Box::new(SalienceWork::new(
                    AskedSalience {
                        input: input.clone(),
                        target: target.clone(),
                        steps: *steps,
                        baseline: *baseline,
                    },
                )))));
            }
            Request::SurveyHeads { sentences } => {
                let surveying = Box::new(Surveying::new(sentences.to_vec()));
                return Ok(Answer::Work(Work::Surveying(surveying)));
            }
        };
        Ok(Answer::Reply(reply))
    }
}

/// What is kept in a place of a text and perhaps its pair, made now if it is not there.
fn keep<'a>(
    place: &'a mut Option<Kept>,
    model: &Model,
    (text, pair): (&str, Option<&str>),
    interventions: &[Intervention],
    layer: LayerIdx,
) -> Result<&'a mut Kept, ModelError> {
    // What was there is let go first, so that the two are not in memory at once.
    let kept = match place.take().filter(|kept| kept.is_of(text, pair, interventions)) {
        Some(kept) => kept,
        None => {
            let (analysis, run) = analyse(model, text, pair, interventions, Layers::LookedAt(layer))?;
            Kept {
                analysis,
                run: Rc::new(run),
            }
        }
    };
    Ok(place.insert(kept))
}

fn tokenize(model: &Model, TextInput { text, pair }: &TextInput) -> Result<TokenizedText, ModelError> {
    let encoding = model
        .tokenizer()
        .encode(text, pair.as_deref(), model.info().max_tokens)?;
    Ok(TokenizedText {
        tokens: encoding.tokens,
        truncations: encoding.truncations,
    })
}

/// The evaluator of an output, made now if the one that is kept is of another.
fn keep_evaluator(
    place: &mut Option<Rc<Evaluator>>,
    model: &Model,
    output: &ModelOutput,
) -> Result<Rc<Evaluator>, ModelError> {
    let evaluator = match place.take().filter(|evaluator| evaluator.output() == output) {
        Some(evaluator) => evaluator,
        None => Rc::new(Evaluator::new(model, output)?),
    };
    Ok(Rc::clone(place.insert(evaluator)))
}

impl Engine for Session {
    type Work = Work;

    fn answer(&mut self, request: &Request) -> Result<Answer<Work>, Problem> {
        self.compute(request).map_err(problem)
    }

    fn advance(&mut self, work: &mut Work) -> Result<Progress, Problem> {
        work.advance(self)
    }
}

pub(crate) fn problem(error: ModelError) -> Problem {
    Problem {
        kind: ProblemKind::RequestFailed,
        detail: error.to_string(),
    }
}

#[cfg(test)]
#[path = "session_tests/mod.rs"]
mod tests;
