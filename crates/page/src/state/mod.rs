//! Everything that the page knows, and the one function that changes it.

mod action;
mod answers;
pub mod heads;
mod selection;
mod shown;
mod variant;

use std::{collections::BTreeSet, rc::Rc};

pub use action::Action;
pub use answers::{Answer, Answers};
use heads::{HeadChoice, HeadsOn};
pub use shown::{Engine, Origin, Shared, Shown};
pub use variant::Missing;
use vitrine_attention::AttentionSlice;
use vitrine_link::LinkEvent;
use vitrine_picture::{Focus, Selection};
use vitrine_record::{
    Analysis, AttentionOptions, AttentionVariant, AttentionView, HeadIdx, LayerIdx, Permalink, Position,
    Side,
    message::{Problem, Reply, Request, RequestKind, WeightsSource},
};
use yew::Reducible;

use crate::{address::Query, i18n::Language, theme::Appearance};

/// What a change of the state means for the history of the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryStep {
    /// The change came from the address, or concerns nothing in it.
    Keep,
    /// The change can be gone back from.
    Push,
    /// The change refines the one before it.
    Replace,
}

/// What the last change of the address was, where the next one may refine it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum LastChange {
    /// Typing: what is typed next belongs to it.
    Typing,
    /// A head was switched: isolating the same head, as a double click does, belongs to it.
    HeadToggle {
        /// The head.
        head: HeadIdx,
        /// What was on before.
        before: HeadChoice,
    },
    /// What is shown of attention was changed: a slider that is drawn on belongs to it.
    Options,
    /// Something that nothing refines.
    #[default]
    Other,
}

/// The state of the page.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// What the address keeps.
    pub link: Permalink,
    /// How the last change of `link` enters the history.
    pub history: HistoryStep,
    /// What the last change of `link` was.
    pub last_change: LastChange,
    /// What the tokens of `link` were chosen in, if that is not the text of `link`: when the answer for that text
    /// arrives, the choice follows its words.
    pub selected_in: Option<Shared<Analysis>>,
    /// Counts the times that the input fields have to take their text from here.
    pub field_epoch: u32,
    /// Whether a token that is chosen is chosen besides those that are.
    pub selects_several: bool,
    /// The token under the pointer or the keyboard's focus.
    pub hover: Option<Focus>,
    /// What was chosen of language and theme, in the address or on the page.
    pub query: Query,
    /// The language of the page.
    pub language: Language,
    /// Light or dark.
    pub appearance: Appearance,
    /// Whether the page is made for a lecture hall.
    pub present: bool,
    /// What is on the screen.
    pub shown: Shown,
    /// How far the model is.
    pub engine: Engine,
    /// Whether a worker may be started and load the weights: always, unless the visitor saves data, has not said
    /// so, and they are not known to be kept.
    pub may_load: bool,
    /// Counts the workers that were started.
    pub generation: u32,
    /// Why the text could not be analysed.
    pub request_problem: Option<Problem>,
    /// What the model answered besides.
    pub answers: Answers,
}

impl State {
    /// The tokens that are looked at: the one under the pointer, else the selected ones.
    pub fn focus(&self) -> Option<Selection> {
        self.hover.map(Selection::from).or_else(|| self.selection())
    }

    /// The selected tokens.
    pub fn selection(&self) -> Option<Selection> {
        (!self.link.tokens.is_empty()).then(|| Selection {
            positions: self.link.tokens.clone(),
            side: self.link.side,
        })
    }

    /// The attention that is looked at; nothing until it arrives.
    pub fn slice(&self) -> Option<AttentionSlice> {
        let (tokens, heads) = (&self.shown.analysis.tokens, self.link.heads.as_ref());
        if self.variant() != AttentionVariant::Raw {
            return AttentionSlice::of_variant(self.made()?, tokens, heads, &self.link.options);
        }
        let attention = self.shown.analysis.layer(self.drawn_layer())?;
        AttentionSlice::new(attention, tokens, heads, &self.link.options)
    }

    /// What the address says: not a choice that was made in another text than its own.
    pub fn address(&self) -> Permalink {
        let mut link = self.link.clone();
        if self.selected_in.is_some() && !self.is_current() {
            link.tokens.clear();
            link.side = Side::default();
        }
        link
    }

    /// The heads that are on.
    pub fn heads_on(&self) -> HeadsOn {
        heads::heads_on(&self.link.heads, self.shown.model.heads)
    }

    /// Whether the picture on the screen is of the text in the input field.
    pub fn is_current(&self) -> bool {
        match &self.shown.origin {
            Origin::Recorded => {
                self.link.text == self.shown.analysis.text && self.link.pair == self.shown.analysis.pair
            }
            Origin::Live { text, pair } => self.link.text == *text && self.link.pair == *pair,
        }
    }

    /// What has to be asked so that the screen shows what it should; nothing if it does.
    pub fn wanted(&self) -> Option<Request> {
        let satisfied = self.is_current()
            && self.shown.origin != Origin::Recorded
            && self.shown.analysis.layer(self.link.layer).is_some();
        (!satisfied).then(|| Request::Analyse {
            text: self.link.text.clone(),
            pair: self.link.pair.clone(),
            layer: self.link.layer,
        })
    }

    /// The token whose computation the neuron view shows: the first that is selected, else the first that was typed.
    pub fn destination(&self) -> Position {
        let first = self.link.tokens.first().copied();
        first.unwrap_or_else(|| {
            let tokens = &self.shown.analysis.tokens;
            Position(tokens.iter().position(|token| !token.special).unwrap_or_default())
        })
    }

    /// The head whose computation the neuron view shows: the first that is on.
    pub fn first_head(&self) -> HeadIdx {
        let first = self.link.heads.as_ref().and_then(|heads| heads.first());
        first.copied().unwrap_or_default()
    }

    /// What has to be asked of a kind, besides the analysis, so that the screen shows what it should; nothing if it
    /// does. It is about the text on the screen, so it waits for that to be the one in the field.
    pub fn wanted_besides(&self, kind: RequestKind) -> Option<Request> {
        let is_live = self.is_current() && self.shown.origin != Origin::Recorded;
        let request = self.besides(kind).filter(|_| is_live)?;
        (!self.answers.settles(&request)).then_some(request)
    }

    /// What the screen is to show of a kind, besides the analysis.
    pub fn besides(&self, kind: RequestKind) -> Option<Request> {
        let (text, pair) = (self.link.text.clone(), self.link.pair.clone());
        match kind {
            RequestKind::ComputeHead if self.link.view == AttentionView::Neuron => {
                Some(Request::ComputeHead {
                    text,
                    pair,
                    layer: self.link.layer,
                    head: self.first_head(),
                    destination: self.destination(),
                    interventions: Vec::new(),
                })
            }
            RequestKind::ComputeVariant => self.wanted_variant(),
            _ => None,
        }
    }

    /// Whether an answer is being waited for.
    pub fn is_computing(&self) -> bool {
        matches!(self.engine, Engine::Ready { .. })
            && self.request_problem.is_none()
            && self.wanted().is_some()
    }

    /// The layer that the picture can show: the chosen one, or, until its attention arrives, one that is there.
    pub fn drawn_layer(&self) -> LayerIdx {
        if let Some(made) = self.made() {
            return made.attention.layer;
        }
        let analysis = &self.shown.analysis;
        match analysis.layer(self.link.layer) {
            Some(_) => self.link.layer,
            None => analysis
                .attention
                .first()
                .map_or(self.link.layer, |attention| attention.layer),
        }
    }

    /// The state after an action.
    #[must_use]
    pub fn after(&self, action: Action) -> State {
        let mut next = self.clone();
        next.history = HistoryStep::Keep;
        match action {
            Action::SetText(text) if text == self.link.text => {}
            Action::SetText(text) => {
                next.typed();
                next.link.text = text;
            }
            Action::SetPair(pair) => {
                let pair = (!pair.is_empty()).then_some(pair);
                if pair != self.link.pair {
                    next.typed();
                    next.link.pair = pair;
                }
            }
            Action::ChooseExample(text) => {
                next.link.text = text;
                next.link.pair = None;
                next.forget_selection();
                next.field_epoch += 1;
                next.hover = None;
                next.request_problem = None;
                next.chosen();
            }
            Action::Navigate(link) => {
                next.link = link;
                next.selected_in = None;
                next.clamp();
                next.field_epoch += 1;
                next.last_change = LastChange::Other;
                next.hover = None;
                next.request_problem = None;
            }
            Action::SetLayer(layer) => {
                next.link.layer = layer;
                next.clamp();
                next.request_problem = None;
                next.chosen();
            }
            Action::ToggleHead(head) => {
                let before = self.link.heads.clone();
                next.link.heads = heads::toggle(&before, head, self.shown.model.heads);
                next.chosen();
                next.last_change = LastChange::HeadToggle { head, before };
            }
            Action::IsolateHead(head) => {
                next.chosen();
                next.link.heads = heads::isolate(&self.link.heads, head, self.shown.model.heads);
            }
            Action::IsolateToggledHead(head) => {
                next.chosen();
                let before = match &self.last_change {
                    LastChange::HeadToggle {
                        head: toggled,
                        before,
                    } if *toggled == head => {
                        next.history = HistoryStep::Replace;
                        before
                    }
                    _ => &self.link.heads,
                };
                next.link.heads = heads::isolate(before, head, self.shown.model.heads);
            }
            Action::ChooseHead { layer, head } => {
                let alone = Some(BTreeSet::from([head]));
                let is_chosen = self.link.layer == layer && self.link.heads == alone;
                next.link.layer = layer;
                next.link.heads = if is_chosen { None } else { alone };
                next.clamp();
                next.request_problem = None;
                next.chosen();
            }
            Action::AllHeads => {
                next.link.heads = None;
                next.chosen();
            }
            Action::Select(focus) if self.selects_several => next.select_also(focus),
            Action::Select(focus) if self.selection() == Some(focus.into()) => next.deselect(),
            Action::Select(focus) => next.select(focus.into()),
            Action::SelectAlso(focus) => next.select_also(focus),
            Action::SelectSeveral(several) => next.selects_several = several,
            Action::SetView(view) if view != self.link.view => {
                next.link.view = view;
                next.hover = None;
                next.chosen();
            }
            Action::SetDrawing(drawing) if drawing != self.link.drawing => {
                next.link.drawing = drawing;
                next.hover = None;
                next.chosen();
            }
            Action::SetVariant(variant) if variant != self.link.variant => {
                next.link.variant = variant;
                next.hover = None;
                next.chosen();
            }
            Action::SetView(_) | Action::SetDrawing(_) | Action::SetVariant(_) => {}
            Action::SetOptions(options) => next.set_options(options),
            Action::ClearSelection => {
                next.hover = None;
                next.deselect();
            }
            Action::Hover(focus) => next.hover = focus,
            Action::SetLanguage(language) => {
                next.language = language;
                next.query.language = Some(language);
            }
            Action::SetTheme(choice) => {
                next.appearance.choice = choice;
                next.query.theme = Some(choice);
            }
            Action::SystemTheme { dark } => next.appearance.system_dark = dark,
            Action::AskConsent | Action::Consent if self.may_load => {}
            Action::AskConsent => next.engine = Engine::AskingConsent,
            Action::Consent => {
                next.may_load = true;
                next.engine = Engine::Starting;
            }
            Action::Restart => {
                next.engine = if self.may_load {
                    Engine::Starting
                } else {
                    Engine::AskingConsent
                };
                next.generation += 1;
                next.request_problem = None;
            }
            Action::Worker(event) => next.heard(event),
        }
        next
    }

    fn select(&mut self, selection: Selection) {
        self.selected_in = (!self.is_current()).then(|| self.shown.analysis.clone());
        self.link.tokens = selection.positions;
        self.link.side = selection.side;
        self.clamp();
        self.chosen();
    }

    fn select_also(&mut self, focus: Focus) {
        let mut selection = self.selection().filter(|selection| selection.side == focus.side);
        if let Some(selection) = &mut selection
            && !selection.positions.remove(&focus.position)
        {
            selection.positions.insert(focus.position);
        }
        let selection = selection.unwrap_or_else(|| focus.into());
        if selection.positions.is_empty() {
            self.deselect();
        } else {
            self.select(selection);
        }
    }

    fn set_options(&mut self, mut options: AttentionOptions) {
        options.clamp();
        if options == self.link.options {
            return;
        }
        self.link.options = options;
        self.history = if self.last_change == LastChange::Options {
            HistoryStep::Replace
        } else {
            HistoryStep::Push
        };
        self.last_change = LastChange::Options;
    }

    /// The text is about to change by typing.
    fn typed(&mut self) {
        if self.is_current() && !self.link.tokens.is_empty() {
            self.selected_in = Some(self.shown.analysis.clone());
        } else if self.selected_in.is_none() {
            // The choice came with an address whose text was never read: there are no words to follow.
            self.forget_selection();
        }
        self.history = if self.last_change == LastChange::Typing {
            HistoryStep::Replace
        } else {
            HistoryStep::Push
        };
        self.last_change = LastChange::Typing;
        self.hover = None;
        self.request_problem = None;
    }

    fn chosen(&mut self) {
        self.history = HistoryStep::Push;
        self.last_change = LastChange::Other;
    }

    fn deselect(&mut self) {
        if !self.link.tokens.is_empty() {
            self.forget_selection();
            self.chosen();
        }
    }

    fn forget_selection(&mut self) {
        self.link.tokens.clear();
        self.link.side = Side::default();
        self.selected_in = None;
    }

    /// Tokens are counted only while the picture is of the text in the field: a link to a text that has yet to
    /// be computed may name a token that the recorded example lacks.
    fn clamp(&mut self) {
        let tokens = self.is_current().then_some(self.shown.analysis.tokens.len());
        self.link
            .clamp(self.shown.model.layers, self.shown.model.heads, tokens);
    }

    fn heard(&mut self, event: LinkEvent) {
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
            // Whoever undoes a change before it was answered wants to keep the picture that is there.
            LinkEvent::Reply { request, reply } if request.kind() != RequestKind::Analyse => {
                if self.wanted_besides(request.kind()).as_ref() == Some(&request) {
                    self.answers.take(request, reply, &self.shown.analysis);
                }
            }
            LinkEvent::RequestFailed { request, problem } if request.kind() != RequestKind::Analyse => {
                self.answers.fail(request, problem);
            }
            LinkEvent::Reply { request, .. } | LinkEvent::RequestFailed { request, .. }
                if self.wanted().as_ref() != Some(&request) => {}
            LinkEvent::Reply {
                request: Request::Analyse { text, pair, .. },
                reply: Reply::Analysis(analysis),
            } => {
                self.shown.analysis = Shared::new(*analysis);
                self.shown.origin = Origin::Live { text, pair };
                self.request_problem = None;
                let tokens = self.shown.analysis.tokens.len();
                self.hover = self.hover.filter(|focus| focus.position < Position(tokens));
                let before = self.link.clone();
                if let Some(chosen_in) = self.selected_in.take() {
                    let (before, now) = (&chosen_in.tokens, &self.shown.analysis.tokens);
                    let chosen: BTreeSet<Position> = std::mem::take(&mut self.link.tokens);
                    self.link.tokens = chosen
                        .into_iter()
                        .filter_map(|position| selection::follow(before, now, position))
                        .collect();
                }
                self.clamp();
                if self.link != before {
                    self.history = HistoryStep::Replace;
                }
            }
            // The link lets through what answers the request, and the page asks for nothing else.
            LinkEvent::Part { .. } | LinkEvent::Reply { .. } => {}
            LinkEvent::RequestFailed { problem, .. } => self.request_problem = Some(problem),
            LinkEvent::Failed(problem) => self.engine = Engine::Failed(problem),
        }
    }
}

impl Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let next = self.after(action);
        if next == *self { self } else { Rc::new(next) }
    }
}

#[cfg(test)]
mod tests;
