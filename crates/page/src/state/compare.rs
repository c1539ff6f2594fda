//! What the picture is compared with: another layer, another text, or the run without its changes.

use vitrine_attention::AttentionSlice;
use vitrine_record::{AttentionView, Comparison, LayerIdx, Run};

use super::State;

impl State {
    /// The layer that the picture is compared with: only the head view compares, and no layer with itself.
    pub fn compared_layer(&self) -> Option<LayerIdx> {
        let layer = self.link.compared_layer;
        layer.filter(|layer| self.attention_view() == Some(AttentionView::Head) && *layer != self.link.layer)
    }

    /// The runs that can be shown. Texts are compared as the model reads them without changes. A comparison of layers is
    /// of one run, and so is the neuron view; the model view has no room for two beside each other.
    pub fn offered_runs(&self) -> &'static [Run] {
        match self.link.view {
            AttentionView::Head if self.compared_text().is_some() => &[Run::Untouched],
            AttentionView::Head if self.compared_layer().is_none() => &Run::ALL,
            AttentionView::Model => &[Run::Untouched, Run::Changed, Run::Difference],
            AttentionView::Head | AttentionView::Neuron | AttentionView::Finder | AttentionView::Ablation => {
                &[Run::Untouched, Run::Changed]
            }
        }
    }

    /// The run that is chosen, or the changed one where that is not offered; without changes there is only the untouched
    /// one.
    pub fn chosen_run(&self) -> Run {
        match self.link.run {
            _ if !self.is_changed() => Run::Untouched,
            run if self.offered_runs().contains(&run) => run,
            _ if self.offered_runs() == [Run::Untouched] => Run::Untouched,
            _ => Run::Changed,
        }
    }

    /// Whether the picture is of what one layer, text or run has more than the other.
    pub fn shows_difference(&self) -> bool {
        if self.compared_layer().is_some() || self.compared_text().is_some() {
            self.link.comparison == Comparison::Difference
        } else {
            self.drawn_run() == Run::Difference
        }
    }

    /// The attention that is looked at; nothing until it arrives.
    pub fn slice(&self) -> Option<AttentionSlice> {
        let slice = self.slice_of(self.drawn_layer(), self.link.heads.as_ref())?;
        match (self.compared_layer(), self.link.comparison) {
            _ if self.compared_text().is_some() => match self.link.comparison {
                Comparison::SideBySide => Some(slice),
                Comparison::Difference => self.difference_of_texts(&slice),
            },
            (Some(layer), Comparison::Difference) => {
                let other = self.slice_of(layer, self.link.heads.as_ref())?;
                AttentionSlice::difference(&other, &slice, &self.link.options)
            }
            _ => Some(slice),
        }
    }

    /// The attention that is shown beside it: of the layer or of the text that it is compared with, or of the untouched
    /// run.
    pub fn slice_beside(&self) -> Option<AttentionSlice> {
        let heads = self.link.heads.as_ref();
        match (self.compared_layer(), self.link.comparison) {
            (None, Comparison::SideBySide) if self.compared_text().is_some() => {
                self.slice_of_other(self.drawn_layer(), heads)
            }
            (Some(layer), Comparison::SideBySide) => self.slice_of(layer, heads),
            (None, _) if self.drawn_run() == Run::Both => {
                self.slice_of_run(self.drawn_layer(), heads, Run::Untouched)
            }
            _ => None,
        }
    }

    pub(super) fn compare_with_layer(&mut self, layer: Option<LayerIdx>) {
        if layer != self.link.compared_layer || self.link.compared_text.is_some() {
            self.link.compared_layer = layer;
            self.link.compared_text = None;
            self.hover = None;
            self.clamp();
            self.chosen();
        }
    }
}
