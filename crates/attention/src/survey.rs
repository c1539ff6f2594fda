//! What heads do over many sentences, sentence by sentence.

use vitrine_record::{HeadDivergences, HeadLikeness, HeadSurvey, LayerAttention, Token};

use crate::divergence::Comparison;
use crate::{
    HeadStatisticsAccumulator, MeanAttentionAccumulator, ShapeError, add_divergences, head_map, head_scores,
};

/// About so many weights are compared at once: a step of tens of milliseconds.
const WEIGHTS_AT_ONCE: usize = 2_000_000;

/// A survey under way. Each sentence is [read](HeadSurveyor::read), and then its heads are
/// [compared](HeadSurveyor::compare) until they all are.
#[derive(Clone, Debug, Default)]
pub struct HeadSurveyor {
    statistics: HeadStatisticsAccumulator,
    mean_attention: MeanAttentionAccumulator,
    /// Summed over sentences.
    divergences: Option<HeadDivergences>,
    sentences: u32,
    cut: u32,
    comparing: Option<(Vec<LayerAttention>, Comparison)>,
}

impl HeadSurveyor {
    /// Adds a sentence but for the comparison of its heads, after that of the sentence before is done: all its layers from 0, and whether it was longer than was
    /// read of it.
    ///
    /// # Errors
    ///
    /// If the layers do not fit the tokens, each other or the sentences before. Nothing was added then.
    pub fn read(
        &mut self,
        layers: Vec<LayerAttention>,
        tokens: &[Token],
        is_cut: bool,
    ) -> Result<(), ShapeError> {
        while !self.compare()? {}
        let scores = head_scores(&layers, tokens)?;
        let comparison = Comparison::new(&layers)?;
        self.mean_attention.add_text(&layers)?;
        self.statistics.add_text(&scores);
        self.sentences += 1;
        self.cut += u32::from(is_cut);
        self.comparing = Some((layers, comparison));
        Ok(())
    }

    /// Compares some heads of the sentence that was read last, and says whether all of them are compared.
    ///
    /// # Errors
    ///
    /// If its heads are others than those of the sentences before.
    pub fn compare(&mut self) -> Result<bool, ShapeError> {
        let Some((layers, comparison)) = &mut self.comparing else {
            return Ok(true);
        };
        let mut looked_at = 0;
        while !comparison.is_done() && looked_at < WEIGHTS_AT_ONCE {
            looked_at += comparison.advance(layers);
        }
        if !comparison.is_done() {
            return Ok(false);
        }
        if let Some((layers, comparison)) = self.comparing.take() {
            let of_text = comparison.finish(&layers)?;
            self.divergences = Some(match &self.divergences {
                Some(before) => add_divergences(before, &of_text)?,
                None => of_text,
            });
        }
        Ok(true)
    }

    /// How many sentences have been read.
    pub fn sentences(&self) -> u32 {
        self.sentences
    }

    /// The statistics of all sentences so far.
    pub fn so_far(&self) -> HeadSurvey {
        HeadSurvey {
            sentences: self.sentences,
            cut: self.cut,
            statistics: self.statistics.statistics(),
            likeness: None,
            mean_attention: None,
        }
    }

    /// The survey of all sentences, which have to be compared as well.
    pub fn finish(&self) -> HeadSurvey {
        HeadSurvey {
            likeness: self.likeness(),
            mean_attention: self.mean_attention.mean(),
            ..self.so_far()
        }
    }

    fn likeness(&self) -> Option<HeadLikeness> {
        let sums = self.divergences.as_ref()?;
        let sentences = f64::from(self.sentences);
        let means = sums.values().iter().map(|sum| sum / sentences).collect();
        let divergences = HeadDivergences::new(sums.heads().to_vec(), means)?;
        let map = head_map(&divergences);
        Some(HeadLikeness { divergences, map })
    }
}
