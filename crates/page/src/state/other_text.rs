//! Another text that the text on the screen is compared with: as typed, as answered, and what corresponds in the two.

use std::collections::BTreeSet;

use vitrine_attention::{AttentionSlice, Correspondence, Unit};
use vitrine_picture::{Focus, Selection, TokenEnds};
use vitrine_record::{
    Analysis, AttentionVariant, AttentionView, Comparison, ExhibitName, HeadIdx, LayerIdx, Position, Token,
    message::{Request, RequestKind},
};

use super::{Action, LastChange, Shared, State};

/// Which of two texts something is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhichText {
    /// That on the screen in any case.
    #[default]
    First,
    /// The one that it is compared with.
    Other,
}

impl WhichText {
    /// What pointing at a token, or choosing one, comes to in a picture of this text.
    pub fn action(self, action: Action) -> Action {
        match self {
            WhichText::First => action,
            WhichText::Other => Action::InOtherText(Box::new(action)),
        }
    }
}

/// What is known of the other text besides what the address keeps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OtherText {
    /// What was last typed for it, also while nothing is compared with it.
    pub typed: Option<String>,
    /// Counts the times that its field has to take its text from here.
    pub field_epoch: u32,
    /// Its token under the pointer or the keyboard's focus.
    pub hover: Option<Focus>,
    /// What corresponds in the two texts.
    correspondence: Option<KnownCorrespondence>,
}

/// A correspondence, and what it is of.
#[derive(Clone, Debug, PartialEq)]
struct KnownCorrespondence {
    first: Shared<Analysis>,
    other: Shared<Analysis>,
    merges_words: bool,
    value: Shared<Correspondence>,
}

/// How many tokens, or words where their pieces are merged, a difference between two texts compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ComparedUnits {
    /// Those that correspond.
    pub compared: usize,
    /// Those of the first text that are left out.
    pub left_out: usize,
    /// Those of the other text that are left out.
    pub left_out_of_other: usize,
}

impl State {
    /// The text that the picture is compared with, as it was typed: of attention only the head view compares, attention
    /// itself, and that of the model; explanations are compared where they are compared with each other.
    pub fn compared_text(&self) -> Option<&str> {
        let is_offered = match self.link.exhibit {
            // The other text is read without a second one.
            ExhibitName::Agreement => self.link.pair.is_none(),
            _ => self.attention_view() == Some(AttentionView::Head) && self.offers_other_text(),
        };
        self.link.compared_text.as_deref().filter(|_| is_offered)
    }

    /// Whether another text can be compared with. What was imported has no model that could read one.
    pub fn offers_other_text(&self) -> bool {
        self.imported().is_none() && self.variant() == AttentionVariant::Raw
    }

    /// Whether the picture is compared with another layer or another text.
    pub fn is_compared(&self) -> bool {
        self.compared_layer().is_some() || self.compared_text().is_some()
    }

    /// What the model says about the other text, or, until it has read that, about what was typed there before.
    pub fn other_analysis(&self) -> Option<&Shared<Analysis>> {
        self.compared_text()?;
        self.answers.other_text.as_ref().map(|answer| &answer.value)
    }

    /// What corresponds in the two texts, as they were last answered.
    pub fn correspondence(&self) -> Option<&Shared<Correspondence>> {
        self.compared_text()?;
        self.other_text.correspondence.as_ref().map(|known| &known.value)
    }

    /// The tokens at both ends of a picture of one of the texts.
    pub fn token_ends_of(&self, text: WhichText) -> TokenEnds<'_> {
        match text {
            WhichText::First => self.token_ends(),
            WhichText::Other => {
                let tokens: &[Token] = self.other_analysis().map_or(&[], |analysis| &analysis.tokens);
                tokens.into()
            }
        }
    }

    /// The tokens that are looked at in a picture of one of the texts: in the other text, those that correspond to what
    /// is looked at in the first, and the other way round.
    pub fn focus_in(&self, text: WhichText) -> Option<Selection> {
        let (other, first) = (self.other_analysis().and(self.other_text.hover), self.hover);
        let hover = match text {
            WhichText::First => first
                .map(|first| self.hovered_with(first))
                .or_else(|| self.in_first_text(other?).map(Selection::from)),
            WhichText::Other => other.or_else(|| self.in_other_text(first?)).map(Selection::from),
        };
        hover.or_else(|| self.selection_in(text))
    }

    /// The selected tokens, or those of the other text that correspond to them.
    pub fn selection_in(&self, text: WhichText) -> Option<Selection> {
        let selection = self.selection()?;
        match text {
            WhichText::First => Some(selection),
            WhichText::Other => {
                let side = selection.side;
                let place = |position| self.in_other_text(Focus { position, side });
                let places = selection.positions.into_iter().filter_map(place);
                let positions: BTreeSet<Position> = places.map(|focus| focus.position).collect();
                (!positions.is_empty()).then_some(Selection { positions, side })
            }
        }
    }

    /// The token of the first text that corresponds to one of the other.
    pub fn in_first_text(&self, focus: Focus) -> Option<Focus> {
        let position = self.correspondence()?.position_in_first(focus.position)?;
        Some(Focus { position, ..focus })
    }

    /// Whether a token of one of the texts corresponds to one of the other; so does any while no text is compared with.
    pub fn corresponds(&self, text: WhichText, focus: Focus) -> bool {
        self.correspondence().is_none()
            || match text {
                WhichText::First => self.in_other_text(focus).is_some(),
                WhichText::Other => self.in_first_text(focus).is_some(),
            }
    }

    fn in_other_text(&self, focus: Focus) -> Option<Focus> {
        let position = self.correspondence()?.position_in_second(focus.position)?;
        Some(Focus { position, ..focus })
    }

    /// The attention in a layer of the other text; nothing until it arrives.
    pub(super) fn slice_of_other(
        &self,
        layer: LayerIdx,
        heads: Option<&BTreeSet<HeadIdx>>,
    ) -> Option<AttentionSlice> {
        let analysis = self.other_analysis()?;
        AttentionSlice::new(
            analysis.layer(layer)?,
            &analysis.tokens,
            heads,
            &self.link.options,
        )
    }

    /// What the first text's attention has more than the other's where the two correspond.
    pub(super) fn difference_of_texts(&self, slice: &AttentionSlice) -> Option<AttentionSlice> {
        let heads = slice.heads().iter().copied().collect();
        let other = self.slice_of_other(slice.layer(), Some(&heads))?;
        AttentionSlice::difference_between_texts(&other, slice, self.correspondence()?, &self.link.options)
    }

    /// How much of the two texts is compared in a difference between them; of what options leave out, nothing is counted.
    pub fn compared_units(&self) -> Option<ComparedUnits> {
        if self.link.comparison != Comparison::Difference {
            return None;
        }
        // Units are the same whichever heads are on.
        let (layer, no_heads) = (self.drawn_layer(), BTreeSet::new());
        let slice = self.slice_of(layer, Some(&no_heads))?;
        let other = self.slice_of_other(layer, Some(&no_heads))?;
        let difference = self.difference_of_texts(&slice)?;
        let [compared, of_first, of_other] = [&difference, &slice, &other].map(|slice| {
            let units: BTreeSet<Position> = slice
                .destinations()
                .iter()
                .chain(slice.sources())
                .map(|unit: &Unit| unit.first)
                .collect();
            units.len()
        });
        Some(ComparedUnits {
            compared,
            left_out: of_first - compared,
            left_out_of_other: of_other - compared,
        })
    }

    /// What has to be asked so that the other text is there.
    pub(super) fn wanted_other_text(&self) -> Option<Request> {
        self.compared_text().map(|text| Request::AnalyseOther {
            text: text.to_owned(),
            layer: self.link.layer,
        })
    }

    /// Whether the other text that was typed is yet to come.
    pub fn is_reading_other_text(&self) -> bool {
        self.wanted_besides(RequestKind::AnalyseOther).is_some()
    }

    /// Compares with what was last typed for the other text, and at first with the text itself, to be changed there.
    pub(super) fn compare_with_text(&mut self) {
        if self.link.compared_text.is_some() {
            return;
        }
        let text = self
            .other_text
            .typed
            .get_or_insert_with(|| self.link.text.clone());
        self.link.compared_text = Some(text.clone());
        self.other_text.field_epoch += 1;
        self.hover = None;
        self.clamp();
        self.chosen();
    }

    /// The text, a little changed, was typed or chosen; nothing ends the comparison.
    pub(super) fn compare_with_edited(&mut self, text: String, change: LastChange) {
        let edited = (!text.trim().is_empty()).then_some(text);
        if edited != self.link.compared_text {
            self.other_text.typed.clone_from(&edited);
            self.link.compared_text = edited;
            self.clamp();
            self.refines(change);
        }
    }

    /// Someone typed the other text; where nothing is compared with it any more, it is remembered.
    pub(super) fn type_other_text(&mut self, text: String) {
        self.other_text.typed = Some(text.clone());
        if self
            .link
            .compared_text
            .as_ref()
            .is_some_and(|typed| *typed != text)
        {
            self.link.compared_text = Some(text);
            self.refines(LastChange::TypingOther);
        }
    }

    /// Something happened to a token of the other text: what is chosen there is what corresponds to it in the first.
    pub(super) fn act_in_other_text(&mut self, action: Action) {
        match action {
            Action::Hover(focus) => {
                self.hover = None;
                self.other_text.hover = focus;
            }
            Action::Select(focus) | Action::SelectAlso(focus) => {
                if let Some(focus) = self.in_first_text(focus) {
                    let also = matches!(action, Action::SelectAlso(_));
                    *self = self.after(if also {
                        Action::SelectAlso(focus)
                    } else {
                        Action::Select(focus)
                    });
                }
            }
            _ => {}
        }
    }

    /// Brings what is known of the other text up to date with what is on the screen.
    pub(super) fn follow_other_text(&mut self, before: &State) {
        if self.link.compared_text.is_none() {
            self.answers.other_text = None;
        } else if self.link.compared_text != before.link.compared_text {
            self.other_text.typed.clone_from(&self.link.compared_text);
        }
        if self.hover.is_some() || self.other_analysis() != before.other_analysis() {
            self.other_text.hover = None;
        }
        let merges_words = self.link.options.merge_words;
        let first = &self.shown.analysis;
        self.other_text.correspondence =
            self.other_analysis()
                .cloned()
                .map(|other| match &self.other_text.correspondence {
                    Some(known)
                        if (&known.first, &known.other, known.merges_words)
                            == (first, &other, merges_words) =>
                    {
                        known.clone()
                    }
                    _ => KnownCorrespondence {
                        value: Shared::new(Correspondence::new(
                            &first.tokens,
                            &other.tokens,
                            &self.link.options,
                        )),
                        first: first.clone(),
                        other,
                        merges_words,
                    },
                });
    }
}
