//! What the address keeps of the data-set view: choices about many texts at once, but none of the texts.

use serde::Serialize;

use crate::{
    address::{AddressKeys, AddressValue, Class, Offered},
    bundled_opinions, bundled_sentences, listed_sentences,
    named::named,
    sentences::{bundled_labels, listed_labels},
};

named! {
    /// The texts that are looked at together.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
    #[serde(rename_all = "lowercase")]
    pub enum SentenceSet {
        /// Free text that comes with Vitrine.
        #[default]
        Bundled = "free-text",
        /// Opinions that come with Vitrine.
        Opinions = "opinions",
        /// The person's own.
        Own = "own",
    }
}

impl SentenceSet {
    /// The texts; `list` is the person's own, a text in each line.
    pub fn sentences(self, list: &str) -> Vec<String> {
        match self {
            SentenceSet::Bundled => bundled_sentences(),
            SentenceSet::Opinions => bundled_opinions(),
            SentenceSet::Own => listed_sentences(list),
        }
    }

    /// The label of each of these texts, where the list gives it one: of the free text what it was taken from, of a
    /// person's own what stands in a line before a tab.
    pub fn labels(self, list: &str) -> Vec<Option<String>> {
        match self {
            SentenceSet::Bundled => bundled_labels(),
            SentenceSet::Opinions => vec![None; bundled_opinions().len()],
            SentenceSet::Own => listed_labels(list),
        }
    }
}

named! {
    /// What counts as one token where texts are put together.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum TokenUnit {
        /// Words, which are what the pieces of the vocabulary join to.
        #[default]
        Words = "words",
        /// Pieces of the vocabulary.
        Pieces = "pieces",
    }
}

named! {
    /// By what tokens are put in order.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum TokenOrder {
        /// The mean size of the values of their occurrences.
        #[default]
        MeanSize = "mean",
        /// The sum of these sizes.
        TotalSize = "sum",
        /// The largest of these sizes.
        LargestSize = "largest",
        /// The mean of the values with their signs, whichever it has.
        Mean = "signed-mean",
    }
}

named! {
    /// How the explanations of many texts are drawn.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum DataSetPicture {
        /// A bar for each of the tokens that matter most.
        #[default]
        Bars = "bars",
        /// A dot for each occurrence.
        Swarm = "swarm",
        /// A row of cells for each text.
        HeatMap = "heat-map",
    }
}

named! {
    /// What the colour of a point says.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum PointColour {
        /// Its value.
        #[default]
        Value = "value",
        /// The prediction of its text.
        Prediction = "prediction",
    }
}

named! {
    /// In what order texts stand.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum TextOrder {
        /// The largest prediction first.
        #[default]
        Prediction = "prediction",
        /// Texts in which the same tokens matter alike beside each other.
        Likeness = "likeness",
        /// First the few that together show most (Ribeiro, Singh & Guestrin 2016, section 4).
        Pick = "pick",
        /// As they stand in the list.
        List = "list",
    }
}

named! {
    /// Which texts stand beside which others.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum CohortsBy {
        /// All stand together.
        #[default]
        Nothing = "none",
        /// Those that are predicted to be of one class beside those of the others.
        Prediction = "prediction",
        /// Short ones beside long ones.
        Length = "length",
        /// Those with one label of the list beside those with others.
        Label = "label",
    }
}

/// What a person chose of how many texts are explained together.
///
/// ```
/// use vitrine_record::{DataSetPicture, Permalink};
/// let link = Permalink::from_fragment("exhibit=dataset&data_picture=swarm&data_budget=7", "An example");
/// assert_eq!(link.data_set.picture, DataSetPicture::Swarm);
/// assert_eq!(link.data_set.most_evaluations, 100, "the nearest that is offered");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataSetChoice {
    /// The texts.
    pub set: SentenceSet,
    /// Inputs that may be asked for at most for each text: one of [`DataSetChoice::BUDGETS`].
    pub most_evaluations: u32,
    /// What counts as one token.
    pub unit: TokenUnit,
    /// How they are drawn.
    pub picture: DataSetPicture,
    /// By what tokens are put in order.
    pub token_order: TokenOrder,
    /// Tokens that occur less often are not shown: one of [`DataSetChoice::LEAST`].
    pub least_occurrences: u32,
    /// What the colour of a point says.
    pub colour: PointColour,
    /// In what order texts stand.
    pub text_order: TextOrder,
    /// Only texts that are predicted to be of this class, in label-id order.
    pub cohort: Option<usize>,
    /// Which texts stand beside which others in the bars.
    pub beside: CohortsBy,
}

impl Default for DataSetChoice {
    fn default() -> DataSetChoice {
        DataSetChoice {
            // They are few, and a classifier has something to say of each.
            set: SentenceSet::Opinions,
            most_evaluations: 500,
            unit: TokenUnit::default(),
            picture: DataSetPicture::default(),
            token_order: TokenOrder::default(),
            least_occurrences: 1,
            colour: PointColour::default(),
            text_order: TextOrder::default(),
            cohort: None,
            beside: CohortsBy::default(),
        }
    }
}

impl DataSetChoice {
    /// Numbers of inputs for each text that are offered.
    pub const BUDGETS: [u32; 3] = [100, 500, 2000];
    /// Numbers of occurrences that a token needs to be shown.
    pub const LEAST: [u32; 4] = [1, 2, 5, 10];

    /// Holds the class to a model's.
    pub fn clamp(&mut self, classes: Option<usize>) {
        if let Some(classes) = classes {
            self.cohort = self.cohort.filter(|class| *class < classes);
        }
    }
}

impl AddressKeys for DataSetChoice {
    fn each_key(&mut self, visit: &mut dyn FnMut(&'static str, &mut dyn AddressValue)) {
        visit("data", &mut self.set);
        visit(
            "data_budget",
            &mut Offered(&mut self.most_evaluations, &Self::BUDGETS),
        );
        visit("data_unit", &mut self.unit);
        visit("data_picture", &mut self.picture);
        visit("data_order", &mut self.token_order);
        visit(
            "data_least",
            &mut Offered(&mut self.least_occurrences, &Self::LEAST),
        );
        visit("data_colour", &mut self.colour);
        visit("data_rows", &mut self.text_order);
        visit("data_beside", &mut self.beside);
        visit("data_class", &mut Class(&mut self.cohort));
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::address::MOST_CLASS;

    prop_compose! {
        /// Choices that an address can hold.
        pub(crate) fn any_data_set()(
            set in proptest::sample::select(SentenceSet::ALL),
            most_evaluations in proptest::sample::select(&DataSetChoice::BUDGETS),
            unit in proptest::sample::select(TokenUnit::ALL),
            picture in proptest::sample::select(DataSetPicture::ALL),
            token_order in proptest::sample::select(TokenOrder::ALL),
            least_occurrences in proptest::sample::select(&DataSetChoice::LEAST),
            colour in proptest::sample::select(PointColour::ALL),
            text_order in proptest::sample::select(TextOrder::ALL),
            cohort in proptest::option::of(0..=MOST_CLASS),
            beside in proptest::sample::select(CohortsBy::ALL),
        ) -> DataSetChoice {
            DataSetChoice {
                set, most_evaluations, unit, picture, token_order, least_occurrences, colour, text_order, cohort,
                beside,
            }
        }
    }
}
