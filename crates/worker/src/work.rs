//! Requests that take many steps.

use vitrine_record::message::Problem;

use crate::dispatch::Progress;
use crate::evaluating::Evaluating;
use crate::ranking::Ranking;
use crate::salience::SalienceWork;
use crate::session::{Session, problem};
use crate::surveying::Surveying;
use crate::variant::VariantWork;

/// A long request that is under way.
pub enum Work {
    /// The ablation of each single head.
    Ranking(Ranking),
    /// What is made of attention.
    Variant(VariantWork),
    /// What heads do over many sentences.
    Surveying(Box<Surveying>),
    /// Outputs for inputs of many tokens.
    Evaluating(Evaluating),
    /// What gradients say about the tokens of a text.
    Salience(Box<SalienceWork>),
}

impl Work {
    pub(crate) fn advance(&mut self, session: &mut Session) -> Result<Progress, Problem> {
        match self {
            Work::Ranking(ranking) => ranking.advance(session).map_err(problem),
            Work::Variant(variant) => variant.advance(session).map_err(problem),
            Work::Evaluating(evaluating) => evaluating.advance(session.model()).map_err(problem),
            Work::Salience(salience) => salience.advance(session).map_err(problem),
            Work::Surveying(surveying) => surveying.advance(session.model()),
        }
    }
}
