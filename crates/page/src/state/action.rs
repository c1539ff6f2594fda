//! What can happen to the page.

use std::{collections::BTreeSet, rc::Rc};

use vitrine_link::LinkEvent;
use vitrine_picture::Focus;
use vitrine_record::{
    AblationComparison, AttentionImport, AttentionOptions, AttentionVariant, AttentionView, Comparison,
    Drawing, ExhibitName, HeadIdx, ImportPart, LayerIdx, Permalink, Position, Run, message::Request,
};

use super::{
    DataSetChange, ExplanationChange, ExplanationNews, ExplanationQuestion, FinderChange, ImportSource,
    RunChange, Shared,
};
use crate::{i18n::Language, theme::ThemeChoice};

/// What can happen.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Someone typed.
    SetText(String),
    /// Someone typed into the field for the second text; empty means none.
    SetPair(String),
    /// Someone chose an example.
    ChooseExample(String),
    /// Someone chose a sentence in which attention and ablation disagree.
    ChooseDisagreement(String),
    /// What tokens and heads are compared by was chosen.
    CompareBy(AblationComparison),
    /// The tokens and heads of the long text in the field are to be ablated one by one, or no more.
    AblateLongText(bool),
    /// A head was chosen to be looked at alone, token by token.
    OpenHead {
        /// The layer.
        layer: LayerIdx,
        /// The head within it.
        head: HeadIdx,
    },
    /// The address changed under the page: back, forward, or by hand.
    Navigate(Permalink),
    /// A layer was chosen.
    SetLayer(LayerIdx),
    /// A layer was passed by on the way through the layers: all of them together are one step of the history.
    ScrubLayer(LayerIdx),
    /// A head was switched.
    ToggleHead(HeadIdx),
    /// A head was isolated, or, if it was alone, all were restored.
    IsolateHead(HeadIdx),
    /// The second click of a double click: what the first one, a toggle of the same head, found is what counts, and
    /// its entry of the history is this one's.
    IsolateToggledHead(HeadIdx),
    /// A head of a layer was chosen to be looked at alone, or, if it was already, all heads of the layer.
    ChooseHead {
        /// The layer.
        layer: LayerIdx,
        /// The head within it.
        head: HeadIdx,
    },
    /// All heads on.
    AllHeads,
    /// A token was chosen, or, if it alone was chosen already, let go.
    Select(Focus),
    /// A token was chosen besides those that are, or, if it was one of them, let go.
    SelectAlso(Focus),
    /// These tokens were chosen, or, if they were already, let go.
    SelectTogether(BTreeSet<Position>),
    /// From now on what is chosen is chosen besides what is, or no more.
    SelectSeveral(bool),
    /// An exhibit was chosen.
    SetExhibit(ExhibitName),
    /// Something was done about an explanation.
    Explain(ExplanationChange),
    /// Someone typed into the list of own texts.
    SetOwnList(Rc<str>),
    /// Something was done about the texts that are explained together.
    DataSet(DataSetChange),
    /// Something is said of an explanation that is computed.
    Explained {
        /// What was asked.
        question: Box<ExplanationQuestion>,
        /// What is said of it.
        news: ExplanationNews,
    },
    /// How long the path of integrated gradients will still take was measured.
    SaliencePace {
        /// What was asked.
        request: Box<Request>,
        /// The seconds.
        seconds: f64,
    },
    /// A view was chosen.
    SetView(AttentionView),
    /// A drawing was chosen.
    SetDrawing(Drawing),
    /// What is taken for attention was chosen.
    SetVariant(AttentionVariant),
    /// The layer to compare with was chosen, or nothing at all.
    CompareWithLayer(Option<LayerIdx>),
    /// Another text was chosen to compare with.
    CompareWithText,
    /// Someone typed the other text.
    SetOtherText(String),
    /// Someone typed the text, a little changed, to see whether explanations of it stay; nothing ends that.
    CompareWithEdited(String),
    /// Such a change was chosen.
    ChooseEdited(String),
    /// A token of the other text was pointed at or chosen.
    InOtherText(Box<Action>),
    /// The way to compare was chosen.
    SetComparison(Comparison),
    /// What is shown of attention was changed.
    SetOptions(AttentionOptions),
    /// The run was changed.
    ChangeRun(RunChange),
    /// The untouched run, the changed one or their difference was chosen to be shown.
    SetRun(Run),
    /// All heads are to be ranked by what becomes of the prediction without them.
    RankHeads,
    /// The ranking is not wanted any more.
    ForgetRanking,
    /// Attention that was not computed for the typed text is to be looked at in its place.
    LookAtImport {
        /// The attention.
        import: Shared<AttentionImport>,
        /// Where it comes from.
        source: ImportSource,
    },
    /// Another part of it was chosen.
    ChooseImportPart(ImportPart),
    /// The typed text's attention is to be looked at again.
    LeaveImport,
    /// Something was done in the finder.
    Find(FinderChange),
    /// No token is chosen any more.
    ClearSelection,
    /// The pointer or the focus is on a token, or has left.
    Hover(Option<Focus>),
    /// The pointer or the focus is on something that stands for several tokens together.
    HoverTogether(BTreeSet<Position>),
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
