//! Changes to the run, as a person makes them, and what comes of them on the screen.

use std::{collections::BTreeSet, mem};

use vitrine_attention::AttentionSlice;
use vitrine_record::{
    Analysis, AttentionVariant, HeadEffects, HeadIdx, Intervention, LayerIdx, Percent, Position, Run,
    RunChanges,
    message::{Request, RequestKind},
};

use super::{Answer, LastChange, Origin, Shared, State, heads, selection};

/// A change to the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunChange {
    /// What a head adds is multiplied by a factor.
    ScaleHead {
        /// The layer.
        layer: LayerIdx,
        /// The head within it.
        head: HeadIdx,
        /// The factor.
        factor: Percent,
    },
    /// A head is as the model has it.
    RestoreHead {
        /// The layer.
        layer: LayerIdx,
        /// The head within it.
        head: HeadIdx,
    },
    /// The heads of the chosen layer that are on are ablated.
    AblateHeadsOn,
    /// The tokens that are selected are hidden from all queries, as far as one at least stays.
    HideSelection,
    /// A token is no longer hidden.
    ShowToken(Position),
    /// The run is as the model has it.
    Clear,
}

impl State {
    /// The changes as the model is told them; none for the run as it is.
    pub fn interventions(&self) -> Vec<Intervention> {
        self.link.changes.interventions(self.shown.model.layers)
    }

    /// Whether a run is looked at that is not the model's own.
    pub fn is_changed(&self) -> bool {
        self.link.changes.has_effect()
    }

    /// What the model says with the newest changes that it has answered; nothing without changes, or until there is an
    /// answer for the text on the screen.
    pub fn changed_analysis(&self) -> Option<&Shared<Analysis>> {
        let answer = self.answers.changed_run.as_ref()?;
        let Request::Intervene { text, pair, .. } = &answer.request else {
            return None;
        };
        let is_of_shown = matches!(&self.shown.origin,
            Origin::Live { text: shown, pair: shown_pair } if (shown, shown_pair) == (text, pair));
        (is_of_shown && self.is_changed()).then_some(&answer.value)
    }

    /// The run that the picture can show: the chosen one, or, until the changed run arrives, the untouched one.
    pub fn drawn_run(&self) -> Run {
        if self.variant() != AttentionVariant::Raw {
            return self.drawn_variant().1;
        }
        let changed = self
            .changed_analysis()
            .and_then(|changed| changed.layer(self.drawn_layer()));
        match changed {
            Some(_) => self.chosen_run(),
            None => Run::Untouched,
        }
    }

    /// The run whose attention is looked at; where the difference is, the changed one.
    pub fn drawn_analysis(&self) -> &Shared<Analysis> {
        match (self.drawn_run(), self.changed_analysis()) {
            (Run::Changed | Run::Both | Run::Difference, Some(changed)) => changed,
            _ => &self.shown.analysis,
        }
    }

    /// The attention of heads of a layer (all of them for `None`) as it is looked at.
    pub fn slice_of(&self, layer: LayerIdx, heads: Option<&BTreeSet<HeadIdx>>) -> Option<AttentionSlice> {
        self.slice_of_run(layer, heads, self.drawn_run())
    }

    /// The same of a run.
    pub(super) fn slice_of_run(
        &self,
        layer: LayerIdx,
        heads: Option<&BTreeSet<HeadIdx>>,
        run: Run,
    ) -> Option<AttentionSlice> {
        let ends = self.token_ends();
        let of = |is_changed| {
            let attention = self.attention_of(layer, is_changed)?;
            let (asking, asked, options) = (ends.destinations, ends.sources, &self.link.options);
            match self.variant() {
                AttentionVariant::Raw => AttentionSlice::between(attention, asking, asked, heads, options),
                // What is made of attention is made of that within a text.
                variant => AttentionSlice::of_variant(variant, attention, asking, heads, options),
            }
        };
        match run {
            Run::Untouched => of(false),
            Run::Changed | Run::Both => of(true),
            Run::Difference => AttentionSlice::difference(&of(false)?, &of(true)?, &self.link.options),
        }
    }

    /// Whether a token of the text on the screen is hidden from the queries of the changed run.
    pub fn is_hidden(&self, position: Position) -> bool {
        let is_of_shown = self.is_current() || self.hidden_in.is_some();
        is_of_shown && self.link.changes.hidden_keys.contains(&position)
    }

    /// Whether the changed run that is chosen is yet to come.
    pub fn is_changing(&self) -> bool {
        self.wanted_besides(RequestKind::Intervene).is_some()
    }

    /// The ranking of the heads as far as it has come.
    pub fn ranking(&self) -> Option<&Answer<HeadEffects>> {
        let asked = self.ranking.as_ref()?;
        let answer = self.answers.ranking.as_ref();
        answer.filter(|answer| answer.request == *asked)
    }

    pub(super) fn change_run(&mut self, change: RunChange) {
        let before = self.link.changes.clone();
        let mut last_change = LastChange::Other;
        let changes = &mut self.link.changes;
        match change {
            RunChange::ScaleHead { layer, head, factor } => {
                changes.heads.insert((layer, head), factor);
                last_change = LastChange::Scale { layer, head };
            }
            RunChange::RestoreHead { layer, head } => {
                changes.heads.remove(&(layer, head));
            }
            RunChange::AblateHeadsOn => {
                for head in (0..self.shown.model.heads).map(HeadIdx) {
                    if heads::is_on(&self.link.heads, head) {
                        changes.heads.insert((self.link.layer, head), RunChanges::ABLATED);
                    }
                }
            }
            RunChange::HideSelection => self.hide_selection(),
            RunChange::ShowToken(position) => {
                changes.hidden_keys.remove(&position);
            }
            RunChange::Clear => *changes = RunChanges::default(),
        }
        self.clamp();
        if self.link.changes == before {
            return;
        }
        self.refines(last_change);
    }

    fn hide_selection(&mut self) {
        if !self.is_current() {
            if self.hidden_in.is_none() {
                // Those of an address whose text was never read name places in another text.
                self.link.changes.hidden_keys.clear();
            }
            self.hidden_in = Some(self.shown.analysis.clone());
        }
        let tokens = self.shown.analysis.tokens.len();
        for &position in &self.link.tokens {
            self.link.changes.hide(position, tokens);
        }
    }

    /// The text is about to change by typing: hidden tokens will follow their words.
    pub(super) fn remember_hidden(&mut self) {
        if self.is_current() && !self.link.changes.hidden_keys.is_empty() {
            self.hidden_in = Some(self.shown.analysis.clone());
        } else if self.hidden_in.is_none() {
            self.forget_hidden();
        }
    }

    pub(super) fn forget_hidden(&mut self) {
        self.link.changes.hidden_keys.clear();
        self.hidden_in = None;
    }

    /// What was chosen in another text follows its words into the one on the screen.
    pub(super) fn follow_words(&mut self) {
        let now = &self.shown.analysis.tokens;
        for (chosen_in, positions) in [
            (self.selected_in.take(), &mut self.link.tokens),
            (self.hidden_in.take(), &mut self.link.changes.hidden_keys),
        ] {
            if let Some(chosen_in) = chosen_in {
                *positions = mem::take(positions)
                    .into_iter()
                    .filter_map(|position| selection::follow(&chosen_in.tokens, now, position))
                    .collect();
            }
        }
    }

    /// Asks for the ranking of the run as it is changed now.
    pub(super) fn rank_heads(&mut self) {
        self.ranking = Some(Request::RankHeads {
            text: self.link.text.clone(),
            pair: self.link.pair.clone(),
            interventions: self.interventions(),
        });
    }

    pub(super) fn forget_ranking(&mut self) {
        self.ranking = None;
        self.answers.ranking = None;
    }
}
