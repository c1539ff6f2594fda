//! The ablation of each single head, step by step.

use vitrine_model::{HeadRanking, Intervention, ModelError};
use vitrine_record::HeadEffects;
use vitrine_record::message::Reply;

use crate::dispatch::Progress;
use crate::session::Session;

/// A ranking that was asked for.
pub enum Ranking {
    /// Nothing is computed yet.
    Asked {
        /// The text.
        text: String,
        /// A second text.
        pair: Option<String>,
        /// Changes to the run that every ablation is added to.
        interventions: Vec<Intervention>,
    },
    /// The text has been run with all its heads.
    UnderWay(HeadRanking),
}

impl Ranking {
    /// The first step runs the text with all its heads, each later one without some.
    pub(crate) fn advance(&mut self, session: &mut Session) -> Result<Progress, ModelError> {
        match self {
            Ranking::Asked {
                text,
                pair,
                interventions,
            } => {
                let run = session.run(text, pair.as_deref(), interventions)?;
                let ranking = HeadRanking::new(session.model(), run)?;
                let part = ranking.so_far().clone();
                *self = Ranking::UnderWay(ranking);
                Ok(Progress::Part(Reply::HeadEffects(part)))
            }
            Ranking::UnderWay(ranking) => {
                let effects = ranking.advance(session.model())?.to_vec();
                if ranking.is_done(session.model()) {
                    return Ok(Progress::Done(Reply::HeadEffects(ranking.so_far().clone())));
                }
                let prediction = ranking.so_far().prediction.clone();
                Ok(Progress::Part(Reply::HeadEffects(HeadEffects {
                    prediction,
                    effects,
                })))
            }
        }
    }
}
