//! What the model answered besides the analysis of the text: the newest answer of each kind.

use vitrine_record::{
    AblationEffects, Analysis, HeadComputation, HeadEffects, HeadSurvey, Salience, TokenEffects,
    VariantAttention,
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
    /// Whether it is all of the answer, not only those parts that have come.
    pub is_whole: bool,
    /// The analysis that was on the screen: of the same text.
    pub analysis: Shared<Analysis>,
}

/// So many variants are kept at least: a comparison is made of two runs of two layers.
const LEAST_VARIANTS: usize = 4;

/// So many numbers of variants are kept at most, 16 MB, but for those that are kept at least.
const MOST_NUMBERS_OF_VARIANTS: usize = 4_000_000;

/// The newest answer of each kind, and the question of each kind that has none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answers {
    /// To [`Request::ComputeHead`].
    pub head_computation: Option<Answer<HeadComputation>>,
    /// To [`Request::Intervene`].
    pub changed_run: Option<Answer<Analysis>>,
    /// To [`Request::AnalyseOther`].
    pub other_text: Option<Answer<Analysis>>,
    /// To [`Request::RankHeads`], from its first part on.
    pub ranking: Option<Answer<HeadEffects>>,
    /// To [`Request::ComputeVariant`], the newest last: who goes through the layers comes by the same ones again.
    variants: Vec<Answer<VariantAttention>>,
    /// To [`Request::SurveyHeads`], from its first part on.
    pub survey: Option<Answer<HeadSurvey>>,
    /// To [`Request::RankTokens`], from its first part on.
    pub token_effects: Option<Answer<TokenEffects>>,
    /// What gradients say about each token, as far as their path was gone.
    pub salience: Option<Answer<Salience>>,
    failures: Vec<(Request, Problem)>,
}

impl Answers {
    /// Whether a question has been answered, or is known to have no answer.
    pub fn settles(&self, request: &Request) -> bool {
        self.problem(request).is_some()
            || is_answered(&self.head_computation, request)
            || is_answered(&self.ranking, request)
            || self.variants().any(|answer| answer.request == *request)
            || is_answered(&self.survey, request)
            || is_answered(&self.token_effects, request)
            || is_answered(&self.salience, request)
            || self.has_layer(request)
    }

    /// Whether the changed run, or the other text, that is asked for is here with the layer that is looked at.
    fn has_layer(&self, request: &Request) -> bool {
        let (answer, layer) = match request {
            Request::Intervene { layer, .. } => (&self.changed_run, layer),
            Request::AnalyseOther { layer, .. } => (&self.other_text, layer),
            _ => return false,
        };
        answer.as_ref().is_some_and(|answer| {
            run(&answer.request) == run(request) && answer.value.layer(*layer).is_some()
        })
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
        match (&request, reply) {
            (_, Reply::HeadComputation(computation)) => {
                self.head_computation = Some(whole(request, *computation, analysis));
            }
            // A changed run has the same tokens; what says otherwise could not be drawn beside them.
            (Request::Intervene { .. }, Reply::Analysis(changed))
                if changed.tokens.len() == analysis.tokens.len() =>
            {
                self.changed_run = Some(whole(request, *changed, analysis));
            }
            (Request::AnalyseOther { .. }, Reply::Analysis(other)) => {
                self.other_text = Some(whole(request, *other, analysis));
            }
            (_, Reply::HeadEffects(effects)) => self.ranking = Some(whole(request, effects, analysis)),
            (_, Reply::Attention(made)) => self.keep_variant(whole(request, *made, analysis)),
            (_, Reply::HeadSurvey(survey)) => self.survey = Some(whole(request, *survey, analysis)),
            (_, Reply::Salience(salience)) => self.keep_salience(request, *salience, true, analysis),
            (_, Reply::TokenEffects(effects)) => self.token_effects = Some(whole(request, effects, analysis)),
            _ => {}
        }
    }

    /// Takes a part of an answer that is long in the making.
    pub fn take_part(&mut self, request: Request, reply: Reply, analysis: &Shared<Analysis>) {
        match reply {
            Reply::HeadEffects(part) => grow(&mut self.ranking, request, part, analysis),
            Reply::TokenEffects(part) => grow(&mut self.token_effects, request, part, analysis),
            Reply::Attention(made) => self.take_layer_below(request, *made, analysis),
            Reply::Salience(part) => self.keep_salience(request, *part, false, analysis),
            // A part of a survey is about all sentences so far.
            Reply::HeadSurvey(part) => {
                self.survey = Some(Answer {
                    is_whole: false,
                    ..whole(request, *part, analysis)
                });
            }
            _ => {}
        }
    }

    /// What says something of each token of the text; anything else could not be drawn beside them.
    fn keep_salience(
        &mut self,
        request: Request,
        salience: Salience,
        is_whole: bool,
        analysis: &Shared<Analysis>,
    ) {
        if salience.gradient_norm.len() == analysis.tokens.len() {
            self.salience = Some(Answer {
                is_whole,
                ..whole(request, salience, analysis)
            });
        }
    }

    /// A layer below the one that a variant was asked of is the answer to the same question about that layer.
    fn take_layer_below(
        &mut self,
        mut request: Request,
        made: VariantAttention,
        analysis: &Shared<Analysis>,
    ) {
        if let Request::ComputeVariant { layer, .. } = &mut request {
            *layer = made.attention.layer;
            self.keep_variant(whole(request, made, analysis));
        }
    }

    /// The variants that are here, the newest first.
    pub fn variants(&self) -> impl Iterator<Item = &Answer<VariantAttention>> {
        self.variants.iter().rev()
    }

    fn keep_variant(&mut self, answer: Answer<VariantAttention>) {
        self.variants.retain(|old| old.request != answer.request);
        self.variants.push(answer);
        let numbers = |answer: &Answer<VariantAttention>| {
            let attention = &answer.value.attention;
            attention.heads() * attention.tokens() * attention.sources()
        };
        let mut kept = 0;
        let old = self.variants.iter().rev().enumerate().find(|(place, answer)| {
            kept += numbers(answer);
            *place >= LEAST_VARIANTS && kept > MOST_NUMBERS_OF_VARIANTS
        });
        if let Some((place, _)) = old {
            self.variants.drain(..self.variants.len() - place);
        }
    }

    /// Notes that a question has no answer, so that it is not asked again and again.
    pub fn fail(&mut self, request: Request, problem: Problem) {
        self.forget_failure(&request);
        self.failures.push((request, problem));
    }

    /// A new worker may answer what the old one could not.
    pub fn forget_failures(&mut self) {
        self.failures.clear();
    }

    /// Whoever asks for something again wants to know whether it fails again.
    pub fn forget_failure_of(&mut self, request: &Request) {
        self.failures.retain(|(failed, _)| failed != request);
    }

    fn forget_failure(&mut self, request: &Request) {
        self.failures
            .retain(|(failed, _)| failed.kind() != request.kind());
    }
}

/// Adds a part to what has come of the same answer, or begins with it.
fn grow<Ablated: Clone + PartialEq>(
    answer: &mut Option<Answer<AblationEffects<Ablated>>>,
    request: Request,
    part: AblationEffects<Ablated>,
    analysis: &Shared<Analysis>,
) {
    let before = answer.take().filter(|answer| answer.request == request);
    let so_far = match before {
        Some(before) => {
            let mut so_far = (*before.value).clone();
            so_far.add(part);
            so_far
        }
        None => part,
    };
    *answer = Some(Answer {
        is_whole: false,
        ..whole(request, so_far, analysis)
    });
}

fn whole<T>(request: Request, value: T, analysis: &Shared<Analysis>) -> Answer<T> {
    Answer {
        request,
        value: Shared::new(value),
        is_whole: true,
        analysis: analysis.clone(),
    }
}

fn is_answered<T>(answer: &Option<Answer<T>>, request: &Request) -> bool {
    answer
        .as_ref()
        .is_some_and(|answer| answer.is_whole && answer.request == *request)
}

/// A request for a changed run or for another text, whichever layer is looked at.
fn run(request: &Request) -> Option<Request> {
    let mut run = request.clone();
    match &mut run {
        Request::Intervene { layer, .. } | Request::AnalyseOther { layer, .. } => *layer = Default::default(),
        _ => return None,
    }
    Some(run)
}
