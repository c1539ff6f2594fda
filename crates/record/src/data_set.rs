//! What the address keeps of the data-set view: choices about many texts at once, but none of the texts.

use serde::Serialize;

use crate::{
    bundled_opinions, bundled_sentences, listed_sentences,
    named::named,
    sentences::{bundled_labels, listed_labels},
};

/// The texts that are looked at together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SentenceSet {
    /// Free text that comes with Vitrine.
    #[default]
    Bundled,
    /// Opinions that come with Vitrine.
    Opinions,
    /// The person's own.
    Own,
}

named!(SentenceSet {
    Bundled = "free-text",
    Opinions = "opinions",
    Own = "own",
});

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

/// What counts as one token where texts are put together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenUnit {
    /// Words, which are what the pieces of the vocabulary join to.
    #[default]
    Words,
    /// Pieces of the vocabulary.
    Pieces,
}

named!(TokenUnit {
    Words = "words",
    Pieces = "pieces",
});

/// By what tokens are put in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenOrder {
    /// The mean size of the values of their occurrences.
    #[default]
    MeanSize,
    /// The sum of these sizes.
    TotalSize,
    /// The largest of these sizes.
    LargestSize,
    /// The mean of the values with their signs, whichever it has.
    Mean,
}

named!(TokenOrder {
    MeanSize = "mean",
    TotalSize = "sum",
    LargestSize = "largest",
    Mean = "signed-mean",
});

/// How the explanations of many texts are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DataSetPicture {
    /// A bar for each of the tokens that matter most.
    #[default]
    Bars,
    /// A dot for each occurrence.
    Swarm,
    /// A row of cells for each text.
    HeatMap,
}

named!(DataSetPicture {
    Bars = "bars",
    Swarm = "swarm",
    HeatMap = "heat-map",
});

/// What the colour of a point says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PointColour {
    /// Its value.
    #[default]
    Value,
    /// The prediction of its text.
    Prediction,
}

named!(PointColour {
    Value = "value",
    Prediction = "prediction",
});

/// In what order texts stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TextOrder {
    /// The largest prediction first.
    #[default]
    Prediction,
    /// Texts in which the same tokens matter alike beside each other.
    Likeness,
    /// First the few that together show most (Ribeiro, Singh & Guestrin 2016, section 4).
    Pick,
    /// As they stand in the list.
    List,
}

named!(TextOrder {
    Prediction = "prediction",
    Likeness = "likeness",
    Pick = "pick",
    List = "list",
});

/// Which texts stand beside which others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CohortsBy {
    /// All stand together.
    #[default]
    Nothing,
    /// Those that are predicted to be of one class beside those of the others.
    Prediction,
    /// Short ones beside long ones.
    Length,
    /// Those with one label of the list beside those with others.
    Label,
}

named!(CohortsBy {
    Nothing = "none",
    Prediction = "prediction",
    Length = "length",
    Label = "label",
});

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

    /// Reads a key of an address; other keys, and values that cannot be read, leave everything as it is.
    pub(crate) fn read(&mut self, key: &str, value: &str) {
        match key {
            "data" => self.set = SentenceSet::from_name(value).unwrap_or_default(),
            "data_budget" => self.most_evaluations = nearest(value, &Self::BUDGETS, self.most_evaluations),
            "data_unit" => self.unit = TokenUnit::from_name(value).unwrap_or_default(),
            "data_picture" => self.picture = DataSetPicture::from_name(value).unwrap_or_default(),
            "data_order" => self.token_order = TokenOrder::from_name(value).unwrap_or_default(),
            "data_least" => self.least_occurrences = nearest(value, &Self::LEAST, self.least_occurrences),
            "data_colour" => self.colour = PointColour::from_name(value).unwrap_or_default(),
            "data_rows" => self.text_order = TextOrder::from_name(value).unwrap_or_default(),
            "data_beside" => self.beside = CohortsBy::from_name(value).unwrap_or_default(),
            "data_class" => {
                self.cohort = value
                    .parse()
                    .ok()
                    .filter(|class| *class <= crate::explanation_choice::MOST_CLASS);
            }
            _ => {}
        }
    }

    /// Keys and values for an address: those that are not as by default.
    pub(crate) fn in_address(&self) -> impl Iterator<Item = (&'static str, String)> {
        let default = DataSetChoice::default();
        let named = |is_changed: bool, name: &str| is_changed.then(|| name.to_owned());
        let all = [
            ("data", named(self.set != default.set, self.set.name())),
            (
                "data_budget",
                named(
                    self.most_evaluations != default.most_evaluations,
                    &self.most_evaluations.to_string(),
                ),
            ),
            ("data_unit", named(self.unit != default.unit, self.unit.name())),
            (
                "data_picture",
                named(self.picture != default.picture, self.picture.name()),
            ),
            (
                "data_order",
                named(self.token_order != default.token_order, self.token_order.name()),
            ),
            (
                "data_least",
                named(
                    self.least_occurrences != default.least_occurrences,
                    &self.least_occurrences.to_string(),
                ),
            ),
            (
                "data_colour",
                named(self.colour != default.colour, self.colour.name()),
            ),
            (
                "data_rows",
                named(self.text_order != default.text_order, self.text_order.name()),
            ),
            (
                "data_beside",
                named(self.beside != default.beside, self.beside.name()),
            ),
            ("data_class", self.cohort.map(|class| class.to_string())),
        ];
        all.into_iter().filter_map(|(key, value)| Some((key, value?)))
    }

    /// Holds the class to a model's.
    pub fn clamp(&mut self, classes: Option<usize>) {
        if let Some(classes) = classes {
            self.cohort = self.cohort.filter(|class| *class < classes);
        }
    }
}

/// The number that is offered and nearest to the one that is written.
fn nearest(value: &str, offered: &[u32], otherwise: u32) -> u32 {
    let Ok(number) = value.parse::<u32>() else {
        return otherwise;
    };
    let nearest = offered.iter().min_by_key(|offer| offer.abs_diff(number));
    nearest.copied().unwrap_or(otherwise)
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::explanation_choice::MOST_CLASS;

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
