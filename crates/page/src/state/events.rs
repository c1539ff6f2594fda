//! What the page makes of what its worker says.

use vitrine_link::LinkEvent;
use vitrine_record::{
    Position,
    message::{Reply, Request, RequestKind, WeightsSource},
};

use super::{Engine, HistoryStep, Origin, Shared, State};

impl State {
    pub(super) fn heard(&mut self, event: LinkEvent) {
        match event {
            LinkEvent::Progress {
                received,
                total,
                source,
            } => {
                let retried = matches!(self.engine, Engine::Loading { retried: true, .. });
                self.engine = Engine::Loading {
                    received,
                    total,
                    source,
                    retried,
                };
            }
            LinkEvent::Retried => {
                let total = match self.engine {
                    Engine::Loading { total, .. } => total,
                    _ => 0,
                };
                let source = WeightsSource::Network;
                self.engine = Engine::Loading {
                    received: 0,
                    total,
                    source,
                    retried: true,
                };
            }
            LinkEvent::Ready { model, source } => {
                self.engine = Engine::Ready { source };
                self.shown.model = Shared::new(model);
                let before = self.link.clone();
                self.clamp();
                if self.link != before {
                    self.history = HistoryStep::Replace;
                }
            }
            LinkEvent::Reply {
                request: Request::Tokenize { inputs },
                reply: Reply::Tokenized(texts),
            } => self.hear_tokens(&inputs, texts),
            LinkEvent::Reply { request, reply } if request.kind() != RequestKind::Analyse => {
                if self.wanted_besides(request.kind()).as_ref() == Some(&request) {
                    self.answers.take(request, reply, &self.shown.analysis);
                }
            }
            LinkEvent::Part { request, reply } => {
                if self.wanted_besides(request.kind()).as_ref() == Some(&request) {
                    self.answers.take_part(request, reply, &self.shown.analysis);
                }
            }
            LinkEvent::RequestFailed { request, problem } if request.kind() != RequestKind::Analyse => {
                self.answers.fail(request, problem);
            }
            // Whoever undoes a change before it was answered wants to keep the picture that is there.
            LinkEvent::Reply { request, .. } | LinkEvent::RequestFailed { request, .. }
                if self.wanted().as_ref() != Some(&request) => {}
            LinkEvent::Reply {
                request: Request::Analyse { text, pair, .. },
                reply: Reply::Analysis(analysis),
            } => {
                let before = (self.link.clone(), self.address());
                self.shown.analysis = Shared::new(*analysis);
                self.shown.origin = Origin::Live { text, pair };
                self.request_problem = None;
                let tokens = self.shown.analysis.tokens.len();
                self.hover = self.hover.filter(|focus| focus.position < Position(tokens));
                self.follow_words();
                self.hold_grouping_to_text();
                self.clamp();
                // What was chosen in another text is said again, even if it is as it was.
                if (&self.link, &self.address()) != (&before.0, &before.1) {
                    self.history = HistoryStep::Replace;
                }
            }
            // The link lets through what answers the request, and the page asks for nothing else. What a worker has ended
            // concerns whoever computes explanations.
            LinkEvent::Reply { .. } | LinkEvent::Freed => {}
            LinkEvent::RequestFailed { problem, .. } => self.request_problem = Some(problem),
            LinkEvent::Failed(problem) => self.engine = Engine::Failed(problem),
        }
    }
}
