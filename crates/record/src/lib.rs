//! Plain data that the page, the worker and the command line of Vitrine share.
//!
//! Nothing here runs a model: an [`Analysis`] is what a model said about a text, a [`message`] is how it travels
//! between page and worker, a [`Permalink`] is the part of the page's state that is kept in its address, and a
//! [`Manifest`] describes the weights beside the page. Layers, heads, neurons and positions count from 0 everywhere.

mod ablation_comparison;
mod ablation_effects;
mod address;
mod analysis;
mod attention_import;
mod attention_options;
mod attention_variant;
mod comparison;
mod data_set;
mod disagreements;
mod exhibit_name;
mod explanation;
mod explanation_choice;
mod explanation_settings;
mod head_computation;
mod head_scores;
mod head_survey;
mod index;
mod intervention;
mod kernel_selection;
mod manifest;
mod masked_input;
pub mod message;
mod missing_tokens;
mod named;
mod permalink;
mod run_changes;
mod salience;
mod sentences;
mod thumbnails;
mod token;

pub use ablation_comparison::{AblationComparison, AblationOrder, EffectMeasure, TokenMeasure};
pub use ablation_effects::{AblationEffect, AblationEffects, HeadEffects, TokenEffects};
pub use analysis::{Analysis, LayerAttention, ModelInfo, Notice, Prediction};
pub use attention_import::{
    AttentionImport, IMPORT_FORMAT, IMPORT_VERSION, ImportPart, ImportedStack, RowsOff, UnreadableImport,
};
pub use attention_options::{AttentionOptions, AttentionView, Drawing, Percent, SegmentFilter};
pub use attention_variant::{AttentionVariant, VariantAttention};
pub use comparison::Comparison;
pub use data_set::{
    CohortsBy, DataSetChoice, DataSetPicture, PointColour, SentenceSet, TextOrder, TokenOrder, TokenUnit,
};
pub use disagreements::{Disagreement, Disagreements, TokenInDisagreement};
pub use exhibit_name::{ExhibitName, LimePicture, ShapPicture};
pub use explanation::{
    ExplainedFeature, Explanation, ExplanationCheck, ExplanationDetail, MergedGroup, SurrogateFit,
    SurrogateSample,
};
pub use explanation_choice::{ExplanationChoice, GradientPath, LimeChoice, ScoreChoice, ScoreKind};
pub use explanation_settings::{
    ExplanationMethod, ExplanationSettings, ExplanationTarget, GapLevel, Grouping, LimeSettings, LimeWords,
    MaskWith, Masking, MaskingMode, OutputLink,
};
pub use head_computation::{HeadComputation, LayerNormalisation};
pub use head_scores::{
    HeadDivergences, HeadMap, HeadMetric, HeadPoint, HeadScores, HeadStatistics, PerMetric, ScoreStatistics,
};
pub use head_survey::{HeadLikeness, HeadSurvey, MeanAttention, MeanPosition};
pub use index::{HeadIdx, HiddenStateIdx, LayerIdx, NeuronIdx, Position, Side, TokenId};
pub use intervention::Intervention;
pub use kernel_selection::KernelSelection;
pub use manifest::{Manifest, UnreadableManifest, WEIGHTS_CACHE};
pub use masked_input::{MaskedInput, MaskedRun, MaskedToken, ModelOutput};
pub use missing_tokens::MissingTokens;
pub use permalink::{PERMALINK_VERSION, Permalink};
pub use run_changes::{Run, RunChanges};
pub use salience::{GradientBaseline, Salience};
pub use sentences::{SentenceList, bundled_opinions, bundled_sentences, listed_sentences};
pub use thumbnails::AttentionThumbnails;
pub use token::{Segment, Token, TokenizedText, Truncation};

/// Names this build: page and worker of one build carry the same, so that a worker left over in a browser's
/// cache is noticed instead of misunderstood. `cargo xtask` sets it from the sources; elsewhere it is `dev`.
pub const BUILD_ID: &str = match option_env!("VITRINE_BUILD_ID") {
    Some(id) => id,
    None => "dev",
};
