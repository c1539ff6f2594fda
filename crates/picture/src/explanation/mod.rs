//! Explanations of a prediction as pictures, figures, tables and files.
//!
//! Each picture is laid out from an [`Explanation`](vitrine_record::Explanation) alone, first as plain numbers, which are
//! also the rows of its table, then as a [`Picture`] of a width: shapes, and what of them can be pointed at.
//! [`Picture::scene`] makes the figure that is exported. All numbers of one explanation are written in one
//! [`ValueStyle`], all colours are of one [`SignedScale`], and several explanations can share both.

mod agreement_file;
mod axis;
mod bar_chart;
mod beeswarm;
mod columns;
mod corpus;
mod corpus_file;
mod curves;
mod detail_file;
mod file;
mod force_bar;
mod hierarchy;
mod html;
mod interaction_matrix;
mod matrix;
mod method_file;
mod method_table;
mod number_table;
mod part;
mod picture;
mod plot;
mod salience_file;
mod scale;
mod scatter_marks;
mod seed_weights;
mod signed_bars;
mod surrogate_file;
mod surrogate_scatter;
mod tables;
mod target;
mod target_values;
mod text_strips;
mod token_view;
mod waterfall;
mod weight_chart;

#[cfg(test)]
mod any_explanation_tests;
#[cfg(test)]
mod fixture;

pub use agreement_file::{
    AgreementFile, CurveInFile, DisagreementInFile, EditInFile, FaithfulnessInFile, PairInFile, RandomInFile,
    SeedsInFile, SpreadInFile, WordInFile, agreement_csv, agreement_file_name, agreement_json, curves_csv,
};
pub use axis::ValueAxis;
pub use bar_chart::{BarChart, BarRow};
pub use beeswarm::{Swarm, beeswarm};
pub use corpus::{Cohort, corpus_bars};
pub use corpus_file::{CorpusOrigin, corpus_csv, corpus_json, corpus_tokens_csv};
pub use curves::{Band, Curve, CurvePanel, CurveWords, curve_panel};
pub use detail_file::{detail_csv, masked_csv};
pub use file::{csv, file_name, json};
pub use force_bar::{Chevron, ForceBar};
pub use hierarchy::{Hierarchy, HierarchyNode};
pub use html::{HtmlPage, tables_html};
pub use interaction_matrix::InteractionMatrix;
pub use method_file::MethodInFile;
pub use method_table::{MethodLegend, MethodTable, MethodTableWords};
pub use number_table::{NumberCell, NumberRow, NumberTable};
pub use part::{
    Contribution, ContributionOf, Part, by_size, is_told_apart, largest, parts, remainder, standard_error,
    starting_value, stated_residual, text_of,
};
pub use picture::{ExplanationWords, Measures, Picture, Target, TargetOf};
pub use salience_file::{SalienceSettings, salience_csv, salience_file_name, salience_json};
pub use scale::{SignedScale, ValueScale, ValueStyle};
pub use seed_weights::{SeedFit, SeedWeights, SeedWord, spread_of};
pub use surrogate_file::{surrogate_csv, surrogate_json};
pub use surrogate_scatter::{DistinctSample, MOST_POINTS, ProximityLevel, ScatterWords, SurrogateScatter};
pub use tables::{TableWords, detail_table, explanation_tables, masked_table, value_table};
pub use target::{output_name, target_name};
pub use target_values::TargetValues;
pub use text_strips::{MOST_READABLE_STRIPS, text_strips};
pub use token_view::{TextRun, TokenView, text_runs};
pub use waterfall::{Waterfall, WaterfallRow};
pub use weight_chart::{WeightChart, WeightRow};
