//! Everything that the page knows, and the one function that changes it.

pub mod heads;
mod selection;

use std::{ops::Deref, rc::Rc};

use heads::{HeadChoice, HeadsOn};
use vitrine_link::LinkEvent;
use vitrine_picture::Focus;
use vitrine_record::{
    Analysis, HeadIdx, LayerIdx, ModelInfo, Permalink, Position, Side,
    message::{Problem, Reply, Request, WeightsSource},
};
use yew::Reducible;

use crate::{
    address::Query,
    i18n::Language,
    theme::{Appearance, ThemeChoice},
};

/// A large value that is compared by identity.
#[derive(Debug)]
pub struct Shared<T>(Rc<T>);

impl<T> Shared<T> {
    /// Takes a value that will not change any more.
    pub fn new(value: T) -> Self {
        Shared(Rc::new(value))
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Shared(Rc::clone(&self.0))
    }
}

impl<T> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// Where the picture on the screen comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// The example that the page carries with it.
    Recorded,
    /// The model in this tab, asked for this text and pair.
    Live {
        /// What was asked.
        text: String,
        /// What was asked with it.
        pair: Option<String>,
    },
}

/// What is on the screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// The model that said it.
    pub model: Shared<ModelInfo>,
    /// What it said.
    pub analysis: Shared<Analysis>,
    /// How the page came by it.
    pub origin: Origin,
}

/// How far the model in this tab is.
#[derive(Clone, Debug, PartialEq)]
pub enum Engine {
    /// The visitor saves data and has not yet said that the weights may be fetched.
    AskingConsent,
    /// The worker is being started, or it is being found out whether the visitor must be asked first.
    Starting,
    /// The weights are coming.
    Loading {
        /// Bytes so far.
        received: u64,
        /// Bytes in all.
        total: u64,
        /// Where they come from.
        source: WeightsSource,
        /// Whether a first attempt was broken.
        retried: bool,
    },
    /// Requests are answered.
    Ready {
        /// Where the weights came from.
        source: WeightsSource,
    },
    /// Nothing will be answered until it is started again.
    Failed(Problem),
}

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
    /// What the token of `link` was chosen in, if that is not the text of `link`: when the answer for that text
    /// arrives, the choice follows its word.
    pub selected_in: Option<Shared<Analysis>>,
    /// Counts the times that the input fields have to take their text from here.
    pub field_epoch: u32,
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
    /// Why the last request was not answered.
    pub request_problem: Option<Problem>,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Someone typed.
    SetText(String),
    /// Someone typed into the field for the second text; empty means none.
    SetPair(String),
    /// Someone chose an example.
    ChooseExample(String),
    /// The address changed under the page: back, forward, or by hand.
    Navigate(Permalink),
    /// A layer was chosen.
    SetLayer(LayerIdx),
    /// A head was switched.
    ToggleHead(HeadIdx),
    /// A head was isolated, or, if it was alone, all were restored.
    IsolateHead(HeadIdx),
    /// The second click of a double click: what the first one, a toggle of the same head, found is what counts, and
    /// its entry of the history is this one's.
    IsolateToggledHead(HeadIdx),
    /// All heads on.
    AllHeads,
    /// A token was chosen, or, if it was chosen already, let go.
    Select(Focus),
    /// No token is chosen any more.
    ClearSelection,
    /// The pointer or the focus is on a token, or has left.
    Hover(Option<Focus>),
    /// A language was chosen.
    SetLanguage(Language),
    /// A theme was chosen.
    SetTheme(ThemeChoice),
    /// The system changed between light and dark.
    SystemTheme {
        /// Whether it is dark now.
        dark: bool,
    },
    /// The weights would have to be fetched: a visitor who saves data is asked.
    AskConsent,
    /// The visitor allows the weights to be fetched, or they are kept and nothing has to be.
    Consent,
    /// A new worker was started.
    Restart,
    /// The worker said something, or failed to.
    Worker(LinkEvent),
}

impl State {
    /// The token that is looked at: under the pointer, else the selected one.
    pub fn focus(&self) -> Option<Focus> {
        self.hover.or(self.selection())
    }

    /// The selected token.
    pub fn selection(&self) -> Option<Focus> {
        self.link.token.map(|position| Focus {
            position,
            side: self.link.side,
        })
    }

    /// What the address says: not a choice that was made in another text than its own.
    pub fn address(&self) -> Permalink {
        let mut link = self.link.clone();
        if self.selected_in.is_some() && !self.is_current() {
            link.token = None;
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

    /// Whether an answer is being waited for.
    pub fn is_computing(&self) -> bool {
        matches!(self.engine, Engine::Ready { .. })
            && self.request_problem.is_none()
            && self.wanted().is_some()
    }

    /// The layer that the picture can show: the chosen one, or, until its attention arrives, one that is there.
    pub fn drawn_layer(&self) -> LayerIdx {
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
            Action::AllHeads => {
                next.link.heads = None;
                next.chosen();
            }
            Action::Select(focus) if self.selection() == Some(focus) => next.deselect(),
            Action::Select(focus) => {
                next.link.token = Some(focus.position);
                next.link.side = focus.side;
                next.selected_in = (!self.is_current()).then(|| self.shown.analysis.clone());
                next.clamp();
                next.chosen();
            }
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

    /// The text is about to change by typing.
    fn typed(&mut self) {
        if self.is_current() && self.link.token.is_some() {
            self.selected_in = Some(self.shown.analysis.clone());
        } else if self.selected_in.is_none() {
            // The choice came with an address whose text was never read: there is no word to follow.
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
        if self.link.token.is_some() {
            self.forget_selection();
            self.chosen();
        }
    }

    fn forget_selection(&mut self) {
        self.link.token = None;
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
                if let (Some(chosen_in), Some(position)) = (self.selected_in.take(), self.link.token) {
                    match selection::follow(&chosen_in.tokens, &self.shown.analysis.tokens, position) {
                        Some(position) => self.link.token = Some(position),
                        None => self.forget_selection(),
                    }
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
