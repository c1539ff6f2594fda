//! The exhibits, and the pictures of those that have several.

use crate::named::named;

named! {
    /// What is looked at: one question about one text.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum ExhibitName {
        /// Who looks at whom.
        #[default]
        Attention = "attention",
        /// Which tokens made the prediction, in values that sum to it.
        Shap = "shap",
        /// Which words a simple local model needs to imitate the prediction.
        Lime = "lime",
        /// What gradients, and each token's absence, say about each token.
        Salience = "salience",
        /// How far explanations agree, and which of them the prediction bears out.
        Agreement = "agreement",
        /// Which tokens matter over many texts.
        DataSet = "dataset",
    }
}

named! {
    /// How Shapley and Owen values are drawn.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum ShapPicture {
        /// A force bar, and under it the text, each token in the colour of its value.
        #[default]
        Text = "text",
        /// A bar for each token, the largest first.
        Bars = "bars",
        /// Steps from the base value to the prediction.
        Waterfall = "waterfall",
        /// A matrix of what pairs of tokens add together.
        Interactions = "interactions",
        /// The groups that tokens are merged to.
        Hierarchy = "hierarchy",
    }
}

named! {
    /// How a local surrogate is drawn.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum LimePicture {
        /// Signed weights of words, with what they are over several seeds, and the text in their colours.
        #[default]
        Weights = "weights",
        /// What the model says of each sample, by its distance from the text, and what the surrogate says.
        Samples = "samples",
    }
}
