//! The ablation of each single head, or of each single token, step by step.

use vitrine_model::{Ablatable, AblationRanking, Intervention, ModelError};
use vitrine_record::message::Reply;
use vitrine_record::{AblationEffects, HeadIdx, LayerIdx, Position};

use crate::dispatch::Progress;
use crate::session::Session;

/// A ranking that was asked for.
pub enum Ranking {
    /// Of all heads.
    Heads(Steps<(LayerIdx, HeadIdx)>),
    /// Of all tokens.
    Tokens(Steps<Position>),
}

impl Ranking {
    pub(crate) fn advance(&mut self, session: &mut Session) -> Result<Progress, ModelError> {
        match self {
            Ranking::Heads(steps) => steps.advance(session, Reply::HeadEffects),
            Ranking::Tokens(steps) => steps.advance(session, Reply::TokenEffects),
        }
    }
}

/// How far it has come.
pub enum Steps<Ablated> {
    /// Nothing is computed yet.
    Asked {
        /// The text.
        text: String,
        /// A second text.
        pair: Option<String>,
        /// Changes to the run that every ablation is added to.
        interventions: Vec<Intervention>,
    },
    /// The text has been run with nothing ablated.
    UnderWay(AblationRanking<Ablated>),
}

impl<Ablated: Ablatable> Steps<Ablated> {
    pub(crate) fn asked(text: &str, pair: Option<&str>, interventions: &[Intervention]) -> Self {
        Steps::Asked {
            text: text.to_owned(),
            pair: pair.map(str::to_owned),
            interventions: interventions.to_vec(),
        }
    }

    /// The first step runs the text as it is, each later one without some heads or tokens.
    fn advance(
        &mut self,
        session: &mut Session,
        reply: fn(AblationEffects<Ablated>) -> Reply,
    ) -> Result<Progress, ModelError> {
        match self {
            Steps::Asked {
                text,
                pair,
                interventions,
            } => {
                let run = session.run(text, pair.as_deref(), interventions)?;
                let ranking = AblationRanking::new(session.model(), run)?;
                let part = ranking.so_far().clone();
                *self = Steps::UnderWay(ranking);
                Ok(Progress::Part(reply(part)))
            }
            Steps::UnderWay(ranking) => {
                let effects = ranking.advance(session.model())?.to_vec();
                if ranking.is_done() {
                    return Ok(Progress::Done(reply(ranking.so_far().clone())));
                }
                let prediction = ranking.so_far().prediction.clone();
                Ok(Progress::Part(reply(AblationEffects { prediction, effects })))
            }
        }
    }
}
