//! Everything that the page knows, and the one function that changes it.

mod ablation;
mod action;
mod agreement;
mod answers;
mod compare;
mod data_set;
mod events;
mod explaining;
mod finder;
mod grouping;
pub mod heads;
mod history;
mod imported;
mod other_text;
mod requests;
mod run_change;
mod salience;
mod selection;
mod shown;
mod variant;

use std::{collections::BTreeSet, rc::Rc};

pub use action::Action;
use agreement::PARTS_OF_AGREEMENT;
pub use agreement::{
    CheckedAttributions, ComparedWord, EditedRanks, EditedWord, MethodByWord, SeedSpread, TOP, marked_words,
    pair_agreements,
};
pub use answers::{Answer, Answers};
pub use data_set::{AskedDataSet, DataSet, DataSetChange, DataSetPhase, DataSetText, Labels};
pub use explaining::{
    Explaining, ExplanationChange, ExplanationFailure, ExplanationNews, ExplanationOrder, ExplanationPhase,
    ExplanationQuestion, KnownExplanation, LONGEST_UNASKED_SECONDS, MaskedList, OrderedText, SEEDS, Snapshot,
};
pub use finder::{Finder, FinderChange, FinderTool, Template};
use heads::HeadsOn;
pub use history::{HistoryStep, LastChange};
pub use imported::{ImportSource, ImportedAttention, Imports, LookedAt};
pub use other_text::{ComparedUnits, OtherText, WhichText};
pub use run_change::RunChange;
pub use salience::{MethodValues, SaliencePath};
pub use shown::{Engine, Origin, Shared, Shown};
pub use variant::Missing;
use vitrine_picture::{Focus, Selection};
use vitrine_record::{
    Analysis, AttentionOptions, AttentionVariant, AttentionView, ExhibitName, LayerIdx, Permalink, Position,
    Run, Side,
    message::{Problem, Request},
};
use yew::Reducible;

use crate::{address::Query, i18n::Language, theme::Appearance};

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
    /// The same of the hidden tokens.
    pub hidden_in: Option<Shared<Analysis>>,
    /// Counts the times that the input fields have to take their text from here.
    pub field_epoch: u32,
    /// Whether a token that is chosen is chosen besides those that are.
    pub selects_several: bool,
    /// The token under the pointer or the keyboard's focus.
    pub hover: Option<Focus>,
    /// All tokens that are looked at together with it, where it stands for several.
    pub hovered_together: BTreeSet<Position>,
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
    /// The ranking of the heads that is looked at, as it was asked for.
    pub ranking: Option<Request>,
    /// What is looked for among heads.
    pub finder: Finder,
    /// The person's own list as it was typed, a text in each line. It stays in the tab.
    pub own_list: Rc<str>,
    /// The texts that are explained together.
    pub data_set: DataSet,
    /// The long text whose tokens and heads the ablation view is to ablate one by one, as someone asked for it.
    pub long_text_to_ablate: Option<(String, Option<String>)>,
    /// What the model answered besides.
    pub answers: Answers,
    /// Attention that was not computed for the typed text.
    pub imports: Imports,
    /// The text that the text on the screen is compared with.
    pub other_text: OtherText,
    /// What is explained, and what was.
    pub explaining: Explaining,
}

impl State {
    /// What the address says: not a choice that was made in another text than its own.
    pub fn address(&self) -> Permalink {
        let mut link = self.link.clone();
        if self.selected_in.is_some() && !self.is_current() {
            link.tokens.clear();
            link.side = Side::default();
        }
        if self.hidden_in.is_some() && !self.is_current() {
            link.changes.hidden_keys.clear();
        }
        link
    }

    /// The heads that are on.
    pub fn heads_on(&self) -> HeadsOn {
        heads::heads_on(&self.link.heads, self.heads())
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

    /// The layer that the picture can show: the chosen one, or, until its attention arrives, one that is there.
    pub fn drawn_layer(&self) -> LayerIdx {
        if self.imported().is_some() {
            return self.link.layer;
        }
        if self.variant() != AttentionVariant::Raw {
            return self.drawn_variant().0;
        }
        let analysis = &self.shown.analysis;
        let other = self.other_analysis();
        let here = || analysis.attention.iter().map(|attention| attention.layer);
        let is_of_both = |layer: &LayerIdx| other.is_none_or(|other| other.layer(*layer).is_some());
        let chosen = here().find(|layer| *layer == self.link.layer);
        chosen
            .filter(is_of_both)
            .or_else(|| here().find(is_of_both))
            .or(chosen)
            .or_else(|| here().next())
            .unwrap_or(self.link.layer)
    }

    /// The state after an action.
    #[must_use]
    pub fn after(&self, action: Action) -> State {
        let mut next = self.clone();
        next.history = HistoryStep::Keep;
        let is_navigation = matches!(action, Action::Navigate(_));
        match action {
            Action::SetText(text) if text == self.link.text => {}
            Action::SetText(text) => {
                next.leave_import();
                next.typed();
                next.link.text = text;
            }
            Action::SetPair(pair) => {
                let pair = (!pair.is_empty()).then_some(pair);
                if pair != self.link.pair {
                    next.leave_import();
                    next.typed();
                    next.link.pair = pair;
                }
            }
            Action::ChooseExample(text) => next.choose_example(text),
            Action::ChooseDisagreement(text) => next.choose_disagreement(text),
            Action::CompareBy(comparison) => next.compare_by(comparison),
            Action::AblateLongText(is_wanted) => next.ablate_long_text(is_wanted),
            Action::OpenHead { layer, head } => next.open_head(layer, head),
            Action::Navigate(link) => {
                next.open(link);
                next.field_epoch += 1;
                next.other_text.field_epoch += 1;
                next.last_change = LastChange::Other;
                next.hover = None;
                next.request_problem = None;
            }
            Action::SetLayer(layer) => {
                next.set_layer(layer);
                next.chosen();
            }
            Action::ScrubLayer(layer) => {
                next.set_layer(layer);
                next.refines(LastChange::Scrub);
            }
            Action::ToggleHead(head) => {
                let before = self.link.heads.clone();
                next.link.heads = heads::toggle(&before, head, self.heads());
                next.chosen();
                next.last_change = LastChange::HeadToggle { head, before };
            }
            Action::IsolateHead(head) => {
                next.chosen();
                next.link.heads = heads::isolate(&self.link.heads, head, self.heads());
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
                next.link.heads = heads::isolate(before, head, self.heads());
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
            Action::SelectTogether(tokens) if self.link.tokens == tokens => next.deselect(),
            Action::SelectTogether(positions) => next.select(Selection {
                positions,
                side: Side::Destination,
            }),
            Action::SelectAlso(focus) => next.select_also(focus),
            Action::SelectSeveral(several) => next.selects_several = several,
            Action::LookAtImport { import, source } => next.look_at_import(import, source),
            Action::ChooseImportPart(part) => next.choose_import_part(part),
            Action::LeaveImport => next.leave_import(),
            Action::SetExhibit(exhibit) if exhibit == self.link.exhibit => {}
            Action::SetExhibit(exhibit) => next.open_exhibit(exhibit),
            Action::Explain(change) => next.change_explanation(change),
            Action::SetOwnList(list) => next.own_list = list,
            Action::DataSet(change) => next.change_data_set(change),
            Action::Explained { question, news } => {
                next.hear_of_explanation(&question, news);
                next.history = self.history;
            }
            Action::SaliencePace { request, seconds } => {
                next.hear_of_salience_pace(*request, seconds);
                next.history = self.history;
            }
            Action::SetView(view) if view.is_of_model() && self.imported().is_some() => {}
            Action::ChangeRun(_) | Action::SetRun(_) | Action::SetVariant(_) | Action::RankHeads
                if self.imported().is_some() => {}
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
            Action::CompareWithLayer(layer) => next.compare_with_layer(layer),
            Action::CompareWithText => next.compare_with_text(),
            Action::SetOtherText(text) => next.type_other_text(text),
            Action::CompareWithEdited(text) => next.compare_with_edited(text, LastChange::TypingOther),
            Action::ChooseEdited(text) => {
                next.compare_with_edited(text, LastChange::Other);
                next.other_text.field_epoch += 1;
            }
            Action::InOtherText(action) => next.act_in_other_text(*action),
            Action::SetComparison(comparison) if comparison != self.link.comparison => {
                next.link.comparison = comparison;
                next.chosen();
            }
            Action::SetView(_) | Action::SetDrawing(_) | Action::SetVariant(_) | Action::SetComparison(_) => {
            }
            Action::SetOptions(options) => next.set_options(options),
            Action::ChangeRun(change) => next.change_run(change),
            Action::SetRun(run) if run != self.link.run => {
                next.link.run = run;
                next.chosen();
            }
            Action::SetRun(_) => {}
            Action::RankHeads => next.rank_heads(),
            Action::ForgetRanking => next.forget_ranking(),
            Action::Find(change) => next.change_finder(change),
            Action::ClearSelection => {
                next.hover = None;
                next.deselect();
            }
            Action::Hover(focus) => {
                next.look_at(focus.into_iter().collect());
                // What a choice takes off the screen is left by the pointer before the address is written.
                next.history = self.history;
            }
            Action::HoverTogether(positions) => {
                let focus = |position| Focus {
                    position,
                    side: Side::Destination,
                };
                next.look_at(positions.into_iter().map(focus).collect());
                next.history = self.history;
            }
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
                next.answers.forget_failures();
                next.forget_failed_explanations();
            }
            Action::Worker(event) => next.heard(event),
        }
        if (&next.link.text, &next.link.pair) != (&self.link.text, &self.link.pair) {
            next.forget_ranking();
            next.explaining.is_paused = false;
            // An address has the text that its grouping is of.
            if !is_navigation {
                next.forget_grouping();
            }
        }
        if next.link.changes.is_empty() {
            next.link.run = Run::default();
        }
        next.follow_list();
        next.follow_work();
        next.follow_texts();
        next.follow_other_text(self);
        next
    }

    /// The view of attention; nothing while another exhibit is looked at.
    pub fn attention_view(&self) -> Option<AttentionView> {
        (self.link.exhibit == ExhibitName::Attention).then_some(self.link.view)
    }

    /// Attention that was imported belongs to its exhibit, the typed text to all.
    fn open_exhibit(&mut self, exhibit: ExhibitName) {
        self.leave_import();
        self.link.exhibit = exhibit;
        self.explaining.is_paused = false;
        self.hover = None;
        self.chosen();
    }

    fn set_layer(&mut self, layer: LayerIdx) {
        self.link.layer = layer;
        self.clamp();
        self.request_problem = None;
    }

    fn choose_example(&mut self, text: String) {
        self.leave_import();
        self.link.text = text;
        self.link.pair = None;
        self.forget_selection();
        self.forget_hidden();
        self.field_epoch += 1;
        self.hover = None;
        self.request_problem = None;
        self.chosen();
    }

    fn set_options(&mut self, mut options: AttentionOptions) {
        options.clamp();
        if options == self.link.options {
            return;
        }
        self.link.options = options;
        self.refines(LastChange::Options);
    }

    /// Tokens are counted only while the picture is of the text in the field: a link to a text that has yet to
    /// be computed may name a token that the recorded example lacks.
    fn clamp(&mut self) {
        let tokens = self.choosable_tokens();
        self.link.clamp(self.layers(), self.heads(), tokens);
        let classes = self.shown.model.labels.len();
        self.link.explanation.clamp((classes > 0).then_some(classes));
        self.link.data_set.clamp((classes > 0).then_some(classes));
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
