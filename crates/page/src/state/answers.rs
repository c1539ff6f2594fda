//! What the model answered besides the analysis of the text: the newest answer of each kind.

use vitrine_record::{
    Analysis, HeadComputation, VariantAttention,
    message::{Problem, Reply, Request},
};

use super::Shared;

/// An answer, and what was on the screen when it came.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer<T> {
    /// What was asked.
    pub request: Request,
    /// What was answered.
    pub value: Shared<T>,
    /// The analysis that was on the screen: of the same text.
    pub analysis: Shared<Analysis>,
}

impl<T> Answer<T> {
    fn new(request: Request, value: T, analysis: &Shared<Analysis>) -> Answer<T> {
        Answer {
            request,
            value: Shared::new(value),
            analysis: analysis.clone(),
        }
    }
}

/// The newest answer of each kind, and the question of each kind that has none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answers {
    /// To [`Request::ComputeHead`].
    pub head_computation: Option<Answer<HeadComputation>>,
    /// To [`Request::ComputeVariant`].
    pub variant: Option<Answer<VariantAttention>>,
    failures: Vec<(Request, Problem)>,
}

impl Answers {
    /// Whether a question has been answered, or is known to have no answer.
    pub fn settles(&self, request: &Request) -> bool {
        self.problem(request).is_some()
            || self
                .head_computation
                .as_ref()
                .is_some_and(|answer| answer.request == *request)
            || self
                .variant
                .as_ref()
                .is_some_and(|answer| answer.request == *request)
    }

    /// Why a question has no answer.
    pub fn problem(&self, request: &Request) -> Option<&Problem> {
        self.failures
            .iter()
            .find(|(failed, _)| failed == request)
            .map(|(_, problem)| problem)
    }

    /// Takes an answer. One of a kind that is not kept here is let go.
    pub fn take(&mut self, request: Request, reply: Reply, analysis: &Shared<Analysis>) {
        self.forget_failure(&request);
        match reply {
            Reply::HeadComputation(computation) => {
                self.head_computation = Some(Answer::new(request, *computation, analysis));
            }
            Reply::Attention(made) => self.variant = Some(Answer::new(request, *made, analysis)),
            _ => {}
        }
    }

    /// Notes that a question has no answer, so that it is not asked again and again.
    pub fn fail(&mut self, request: Request, problem: Problem) {
        self.forget_failure(&request);
        self.failures.push((request, problem));
    }

    fn forget_failure(&mut self, request: &Request) {
        self.failures
            .retain(|(failed, _)| failed.kind() != request.kind());
    }
}
