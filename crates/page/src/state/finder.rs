//! What a person looks for among heads: over which sentences, by which metric, or by which drawing.

use std::collections::BTreeSet;

use vitrine_record::{HeadIdx, HeadMetric, HeadSurvey, LayerIdx, SentenceSet, message::Request};

use super::{Answer, State};

/// By what heads are looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FinderTool {
    /// By a metric over many sentences.
    #[default]
    Metrics,
    /// By which heads are alike.
    Map,
    /// By what they give to which position on average.
    MeanAttention,
    /// By a drawing, in the sentence on the screen.
    Template,
}

impl FinderTool {
    /// All of them, in the order in which they are offered.
    pub const ALL: [FinderTool; 4] = [
        FinderTool::Metrics,
        FinderTool::Map,
        FinderTool::MeanAttention,
        FinderTool::Template,
    ];
}

/// Cells of a sentence's tokens by tokens, `(destination, source)`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    /// Number of tokens of the sentence that it was drawn for.
    pub tokens: usize,
    /// What is drawn.
    pub cells: BTreeSet<(usize, usize)>,
}

/// What is looked for. It is no part of the address.
#[derive(Clone, Debug, PartialEq)]
pub struct Finder {
    /// By what.
    pub tool: FinderTool,
    /// Over which sentences.
    pub set: SentenceSet,
    /// The metric.
    pub metric: HeadMetric,
    /// The survey that was asked for, and over which set.
    pub asked: Option<(SentenceSet, Request)>,
    /// What is drawn.
    pub template: Template,
}

impl Default for Finder {
    fn default() -> Self {
        Finder {
            tool: FinderTool::default(),
            set: SentenceSet::default(),
            metric: HeadMetric::Previous,
            asked: None,
            template: Template::default(),
        }
    }
}

/// What a person does in the finder.
#[derive(Clone, Debug, PartialEq)]
pub enum FinderChange {
    /// Looks by something else.
    Tool(FinderTool),
    /// Chooses the sentences of the next survey.
    Set(SentenceSet),
    /// Chooses a metric.
    Metric(HeadMetric),
    /// Asks for a survey.
    Survey,
    /// Does not want the survey any more.
    Cancel,
    /// Draws or wipes a cell, `(destination, source)`.
    Cell {
        /// Where.
        cell: (usize, usize),
        /// Whether it is drawn.
        is_drawn: bool,
    },
    /// Draws these cells and no others.
    Template(BTreeSet<(usize, usize)>),
    /// Looks at a head token by token.
    Open {
        /// The layer.
        layer: LayerIdx,
        /// The head within it.
        head: HeadIdx,
    },
}

impl Finder {
    /// The sentences of the survey that was asked for.
    pub fn asked_sentences(&self) -> &[String] {
        match &self.asked {
            Some((_, Request::SurveyHeads { sentences })) => sentences,
            _ => &[],
        }
    }

    /// The drawing for a sentence of so many tokens; an empty one if it was drawn for another number.
    pub fn template_for(&self, tokens: usize) -> Template {
        if self.template.tokens == tokens {
            self.template.clone()
        } else {
            Template {
                tokens,
                cells: BTreeSet::new(),
            }
        }
    }
}

impl State {
    /// The survey as far as it has come.
    pub fn survey(&self) -> Option<&Answer<HeadSurvey>> {
        let (_, asked) = self.finder.asked.as_ref()?;
        let answer = self.answers.survey.as_ref();
        answer.filter(|answer| answer.request == *asked)
    }

    pub(super) fn change_finder(&mut self, change: FinderChange) {
        let finder = &mut self.finder;
        match change {
            FinderChange::Tool(tool) => finder.tool = tool,
            FinderChange::Set(set) => finder.set = set,
            FinderChange::Metric(metric) => finder.metric = metric,
            FinderChange::Survey => {
                let sentences = finder.set.sentences(&self.own_list);
                if !sentences.is_empty() {
                    let request = Request::SurveyHeads {
                        sentences: sentences.into(),
                    };
                    self.answers.forget_failure_of(&request);
                    finder.asked = Some((finder.set, request));
                }
            }
            FinderChange::Cancel => {
                finder.asked = None;
                self.answers.survey = None;
            }
            FinderChange::Cell { cell, is_drawn } => {
                let tokens = self.shown.analysis.tokens.len();
                let mut template = finder.template_for(tokens);
                if cell.0 >= tokens || cell.1 >= tokens {
                    return;
                }
                if is_drawn {
                    template.cells.insert(cell);
                } else {
                    template.cells.remove(&cell);
                }
                finder.template = template;
            }
            FinderChange::Template(cells) => {
                let tokens = self.shown.analysis.tokens.len();
                finder.template = Template { tokens, cells };
            }
            FinderChange::Open { layer, head } => self.open_head(layer, head),
        }
    }
}
