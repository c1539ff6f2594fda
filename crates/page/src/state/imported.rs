//! Attention that was not computed for the typed text: what another program wrote, or this page over several texts.
//!
//! It is looked at in place of the typed text's while `link.import` names one of its parts. What is said about the
//! model does not hold of it, so nothing is asked of the model meanwhile. Whoever leaves it finds the typed text as it
//! was left; whoever goes back and forth in the browser's history finds either, as long as the page is open.

use std::collections::BTreeMap;

use vitrine_picture::{TokenEnds, shortened};
use vitrine_record::{
    Analysis, AttentionImport, AttentionView, ImportPart, ImportedStack, LayerAttention, LayerIdx, Permalink,
    RowsOff, Run, RunChanges, Segment, SegmentFilter, Side, Token, TokenId,
};

use super::{Shared, State};

/// Where attention comes from that was not computed for the typed text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportSource {
    /// Another program wrote it, in a file of this name.
    File(String),
    /// This page computed it, over several texts; the name of the attention says over which.
    ThisPage,
}

/// Such attention, with its tokens as the page shows tokens.
#[derive(Debug)]
pub struct ImportedAttention {
    /// Where it comes from.
    pub source: ImportSource,
    attention: Shared<AttentionImport>,
    encoder_tokens: Vec<Token>,
    decoder_tokens: Vec<Token>,
    rows_off: Vec<RowsOff>,
}

impl ImportedAttention {
    fn new(import: Shared<AttentionImport>, source: ImportSource) -> ImportedAttention {
        let tokens = |stack: &Option<ImportedStack>| {
            stack
                .as_ref()
                .map(|stack| tokens(&stack.tokens))
                .unwrap_or_default()
        };
        ImportedAttention {
            source,
            encoder_tokens: tokens(&import.encoder),
            decoder_tokens: tokens(&import.decoder),
            rows_off: import.rows_off(),
            attention: import,
        }
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.attention.name
    }

    /// The same as far as it fits into a sentence.
    pub fn short_name(&self) -> String {
        const MOST: usize = 48;
        shortened(self.name(), MOST)
    }

    /// The parts that it has.
    pub fn parts(&self) -> impl Iterator<Item = ImportPart> {
        self.attention.parts()
    }

    /// The layers of a part, from 0.
    pub fn layers(&self, part: ImportPart) -> &[LayerAttention] {
        self.attention.layers(part)
    }

    /// The tokens at an end of a part.
    pub fn tokens(&self, part: ImportPart, side: Side) -> &[Token] {
        match (part, side) {
            (ImportPart::Encoder, _) | (ImportPart::Cross, Side::Source) => &self.encoder_tokens,
            (ImportPart::Decoder, _) | (ImportPart::Cross, Side::Destination) => &self.decoder_tokens,
        }
    }

    /// The rows of a part that do not sum to 1; nothing if all do.
    pub fn rows_off(&self, part: ImportPart) -> Option<&RowsOff> {
        self.rows_off.iter().find(|off| off.part == part)
    }

    /// The part that is asked for, or else the first that is there.
    fn nearest_part(&self, part: ImportPart) -> ImportPart {
        let is_there = self.parts().any(|there| there == part);
        let first = || self.parts().next().unwrap_or(part);
        if is_there { part } else { first() }
    }
}

/// Tokens that tokenizers add to a text, as they are usually written. A file does not say which of its tokens are.
const SPECIAL_PIECES: [&str; 8] = [
    "[CLS]",
    "[SEP]",
    "[PAD]",
    "<s>",
    "</s>",
    "<pad>",
    "<|endoftext|>",
    "<bos>",
];

/// Tokens of a file as the page shows tokens: equal pieces have the same number, and no place in a text is known.
fn tokens(pieces: &[String]) -> Vec<Token> {
    let mut numbers = BTreeMap::<&str, u32>::new();
    let mut found = Vec::with_capacity(pieces.len());
    for piece in pieces {
        // As many as there are tokens, which are a few hundred.
        let next = numbers.len() as u32;
        found.push(Token {
            text: piece.strip_prefix("##").unwrap_or(piece).to_owned(),
            piece: piece.clone(),
            id: TokenId(*numbers.entry(piece).or_insert(next)),
            start: 0,
            end: 0,
            segment: Segment::A,
            special: SPECIAL_PIECES.contains(&piece.as_str()),
        });
    }
    found
}

/// What there is of such attention besides the part that `link.import` names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Imports {
    /// What was given to be looked at last.
    pub at_hand: Option<Shared<ImportedAttention>>,
    /// Of the typed text, what is looked at when this is left.
    typed: Option<Typed>,
    /// An address that names a part of attention that is not here: what it says of the picture is done when some is.
    pub awaited: Option<Permalink>,
}

/// What is put aside while the typed text's attention is not looked at.
#[derive(Clone, Debug, PartialEq)]
struct Typed {
    link: Permalink,
    selected_in: Option<Shared<Analysis>>,
    hidden_in: Option<Shared<Analysis>>,
}

/// Layers of attention and the tokens at both of their ends, from wherever they are: what pictures, tables, sentences
/// and files read.
#[derive(Clone, Debug, PartialEq)]
pub enum LookedAt {
    /// What the model said about a text.
    Analysed(Shared<Analysis>),
    /// A part of what was imported.
    Imported(Shared<ImportedAttention>, ImportPart),
}

impl LookedAt {
    /// The layers that are here.
    pub fn layers(&self) -> &[LayerAttention] {
        match self {
            LookedAt::Analysed(analysis) => &analysis.attention,
            LookedAt::Imported(imported, part) => imported.layers(*part),
        }
    }

    /// A layer, if it is here.
    pub fn layer(&self, layer: LayerIdx) -> Option<&LayerAttention> {
        self.layers().iter().find(|attention| attention.layer == layer)
    }

    /// The tokens at an end.
    pub fn tokens(&self, side: Side) -> &[Token] {
        match self {
            LookedAt::Analysed(analysis) => &analysis.tokens,
            LookedAt::Imported(imported, part) => imported.tokens(*part, side),
        }
    }

    /// Whether the tokens at both ends are the same.
    pub fn is_within_text(&self) -> bool {
        !matches!(self, LookedAt::Imported(_, ImportPart::Cross))
    }
}

impl State {
    /// The imported attention that is looked at, and the part of it; nothing while the typed text's is.
    pub fn imported(&self) -> Option<(&Shared<ImportedAttention>, ImportPart)> {
        self.imports.at_hand.as_ref().zip(self.link.import)
    }

    /// What is looked at; of a run that is changed, the run that is drawn.
    pub fn looked_at(&self) -> LookedAt {
        match self.imported() {
            Some((imported, part)) => LookedAt::Imported(imported.clone(), part),
            None => LookedAt::Analysed(self.drawn_analysis().clone()),
        }
    }

    /// What the scores of heads are of: what is looked at, but of a run that is changed the untouched one.
    pub fn scored(&self) -> LookedAt {
        match self.imported() {
            Some(_) => self.looked_at(),
            None => LookedAt::Analysed(self.shown.analysis.clone()),
        }
    }

    /// How many layers there are to choose from.
    pub fn layers(&self) -> usize {
        match self.imported() {
            Some((imported, part)) => imported.layers(part).len(),
            None => self.shown.model.layers,
        }
    }

    /// How many heads each of these layers has.
    pub fn heads(&self) -> usize {
        match self.imported() {
            Some((imported, part)) => imported.layers(part).first().map_or(0, LayerAttention::heads),
            None => self.shown.model.heads,
        }
    }

    /// The tokens at an end of what is looked at.
    pub fn tokens(&self, side: Side) -> &[Token] {
        match self.imported() {
            Some((imported, part)) => imported.tokens(part, side),
            None => &self.shown.analysis.tokens,
        }
    }

    /// The tokens at both ends of what is looked at.
    pub fn token_ends(&self) -> TokenEnds<'_> {
        TokenEnds {
            destinations: self.tokens(Side::Destination),
            sources: self.tokens(Side::Source),
        }
    }

    pub(super) fn look_at_import(&mut self, import: Shared<AttentionImport>, source: ImportSource) {
        let imported = Shared::new(ImportedAttention::new(import, source));
        let Some(first) = imported.parts().next() else {
            return;
        };
        self.put_typed_aside();
        let link = match self.imports.awaited.take() {
            Some(awaited) => Permalink {
                text: self.link.text.clone(),
                pair: self.link.pair.clone(),
                ..awaited
            },
            // Layers, heads and tokens of one thing are none of another.
            None => Permalink {
                import: Some(first),
                text: self.link.text.clone(),
                pair: self.link.pair.clone(),
                view: self.link.view,
                drawing: self.link.drawing,
                options: self.link.options,
                ..Permalink::default()
            },
        };
        self.imports.at_hand = Some(imported);
        self.link = link;
        self.show_import();
        self.chosen();
    }

    pub(super) fn choose_import_part(&mut self, part: ImportPart) {
        if self.imported().is_none_or(|(_, shown)| shown == part) {
            return;
        }
        self.link = Permalink {
            import: Some(part),
            heads: None,
            tokens: Default::default(),
            side: Side::default(),
            ..self.link.clone()
        };
        self.show_import();
        self.chosen();
    }

    pub(super) fn leave_import(&mut self) {
        if self.imported().is_none() {
            return;
        }
        let typed = self.imports.typed.take();
        let (text, pair) = (self.link.text.clone(), self.link.pair.clone());
        self.link = typed.as_ref().map(|typed| typed.link.clone()).unwrap_or_default();
        self.link.text = text;
        self.link.pair = pair;
        self.selected_in = typed.as_ref().and_then(|typed| typed.selected_in.clone());
        self.hidden_in = typed.and_then(|typed| typed.hidden_in);
        self.hover = None;
        self.clamp();
        self.chosen();
    }

    /// Takes an address as it was opened or gone back to.
    pub(super) fn open(&mut self, link: Permalink) {
        if link.import.is_some() && self.imports.at_hand.is_some() {
            self.put_typed_aside();
            self.link = link;
            self.show_import();
            return;
        }
        self.imports.typed = None;
        self.imports.awaited = None;
        self.link = link;
        // A pause was one of what was looked at before.
        self.explaining.is_paused = false;
        self.await_import();
        self.selected_in = None;
        self.hidden_in = None;
        self.clamp();
    }

    /// If the address names a part of attention that is not here, puts what it says of the picture aside, and looks at
    /// the typed text.
    pub fn await_import(&mut self) {
        if self.link.import.is_some() && self.imports.at_hand.is_none() {
            let typed = Permalink {
                text: self.link.text.clone(),
                pair: self.link.pair.clone(),
                ..Permalink::default()
            };
            self.imports.awaited = Some(std::mem::replace(&mut self.link, typed));
        }
    }

    fn put_typed_aside(&mut self) {
        if self.imported().is_none() {
            self.imports.typed = Some(Typed {
                link: self.link.clone(),
                selected_in: self.selected_in.take(),
                hidden_in: self.hidden_in.take(),
            });
        }
    }

    /// Holds what is chosen to what the import has, and lets go of what has no meaning there.
    fn show_import(&mut self) {
        if let Some((imported, part)) = self.imported() {
            self.link.import = Some(imported.nearest_part(part));
        }
        if self.link.view.is_of_model() {
            self.link.view = AttentionView::Head;
        }
        self.link.changes = RunChanges::default();
        self.link.run = Run::default();
        self.link.options.segments = SegmentFilter::default();
        self.link.compared_text = None;
        self.hover = None;
        self.clamp();
    }

    /// How many tokens there are to be chosen from at the end that tokens are chosen at, where that is known.
    pub(super) fn choosable_tokens(&self) -> Option<usize> {
        let is_known = self.imported().is_some() || self.is_current();
        is_known.then(|| self.tokens(self.link.side).len())
    }
}
