//! The exhibits, and the pictures of those that have several.

use crate::named::named;

/// What is looked at: one question about one text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExhibitName {
    /// Who looks at whom.
    #[default]
    Attention,
    /// Which tokens made the prediction, in values that sum to it.
    Shap,
    /// Which words a simple local model needs to imitate the prediction.
    Lime,
    /// What gradients, and each token's absence, say about each token.
    Salience,
    /// How far explanations agree, and which of them the prediction bears out.
    Agreement,
    /// Which tokens matter over many texts.
    DataSet,
}

named!(ExhibitName {
    Attention = "attention",
    Shap = "shap",
    Lime = "lime",
    Salience = "salience",
    Agreement = "agreement",
    DataSet = "dataset",
});

/// How Shapley and Owen values are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ShapPicture {
    /// A force bar, and under it the text, each token in the colour of its value.
    #[default]
    Text,
    /// A bar for each token, the largest first.
    Bars,
    /// Steps from the base value to the prediction.
    Waterfall,
    /// A matrix of what pairs of tokens add together.
    Interactions,
    /// The groups that tokens are merged to.
    Hierarchy,
}

named!(ShapPicture {
    Text = "text",
    Bars = "bars",
    Waterfall = "waterfall",
    Interactions = "interactions",
    Hierarchy = "hierarchy",
});

/// How a local surrogate is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LimePicture {
    /// Signed weights of words, with what they are over several seeds, and the text in their colours.
    #[default]
    Weights,
    /// What the model says of each sample, by its distance from the text, and what the surrogate says.
    Samples,
}

named!(LimePicture {
    Weights = "weights",
    Samples = "samples",
});
