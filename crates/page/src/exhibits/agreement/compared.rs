//! What is on the screen, as tables: words and methods, and pairs of methods.

use vitrine_explain::agreement::{Agreement, WordDisagreement};
use vitrine_picture::explanation::{
    MethodTable, MethodTableWords, NumberCell, NumberRow, NumberTable, ValueStyle,
};

use vitrine_record::ExplanationMethod;
use yew::prelude::*;

use crate::{
    context::Context,
    exhibits::{
        explanation::{explained_name, method_key},
        salience::without_sides,
    },
    state::{ComparedWord, MethodByWord, Shared, TOP, marked_words, pair_agreements},
};

/// What a method is called where there is little room, and where Owen values stand for all of SHAP.
pub fn short_key(method: ExplanationMethod) -> &'static str {
    match method {
        ExplanationMethod::Owen => "shap.title",
        method => method_key(method),
    }
}

/// Words, methods, and how they agree.
pub struct Compared {
    /// The words.
    pub words: Vec<ComparedWord>,
    /// What each method says of each.
    pub methods: Vec<MethodByWord>,
    /// How far each pair of methods agrees.
    pub pairs: Vec<(usize, usize, Agreement)>,
    /// The words that they disagree about.
    pub marked: Vec<WordDisagreement>,
}

/// The same, found once for all that is drawn of it, and anew only when it has come further.
#[hook]
pub fn use_compared(page: &Context) -> Shared<Compared> {
    let compared = use_memo(
        (page.compared_words(), page.methods_by_word()),
        |(words, methods)| Shared::new(Compared::of(words.clone(), methods.clone())),
    );
    (*compared).clone()
}

impl Compared {
    /// As far as it has come.
    pub fn new(page: &Context) -> Compared {
        Compared::of(page.compared_words(), page.methods_by_word())
    }

    fn of(words: Vec<ComparedWord>, methods: Vec<MethodByWord>) -> Compared {
        Compared {
            words,
            pairs: pair_agreements(&methods),
            marked: marked_words(&methods),
            methods,
        }
    }

    /// What a method is called.
    pub fn name(&self, page: &Context, method: usize) -> &'static str {
        let of = self.methods.get(method);
        of.map_or("", |of| page.t(short_key(of.method)))
    }

    /// How far two methods agree, in either order.
    pub fn pair(&self, one: usize, other: usize) -> Option<&Agreement> {
        let is_it = |pair: &&(usize, usize, Agreement)| (pair.0, pair.1) == (one.min(other), one.max(other));
        self.pairs.iter().find(is_it).map(|(_, _, agreement)| agreement)
    }

    /// The methods' names; those whose values will still change have points behind them.
    fn names(&self, page: &Context) -> Vec<String> {
        let name = |(method, of): (usize, &MethodByWord)| {
            let name = self.name(page, method);
            if of.is_final {
                name.to_owned()
            } else {
                page.fill("text.to_be_continued", &[("text", name)])
            }
        };
        self.methods.iter().enumerate().map(name).collect()
    }

    /// Words and methods.
    pub fn method_table(&self, page: &Context) -> MethodTable {
        MethodTable {
            words: self.words.iter().map(|word| word.text.clone()).collect(),
            methods: self.names(page),
            without_sides: without_sides(self.methods.iter().map(|of| of.method)),
            values: self.methods.iter().map(|of| of.values.clone()).collect(),
            marked: self.marked.iter().map(|word| word.word).collect(),
        }
    }

    /// Kendall's τ of each pair; that of a method with itself is 1.
    pub fn tau_table(&self, page: &Context) -> MethodTable {
        let count = self.methods.len();
        let tau = |one: usize, other: usize| match one == other {
            true => Some(1.0),
            false => self.pair(one, other)?.kendall_tau,
        };
        MethodTable {
            words: self.names(page),
            methods: self.names(page),
            values: (0..count)
                .map(|column| (0..count).map(|row| tau(row, column)).collect())
                .collect(),
            without_sides: Default::default(),
            marked: Default::default(),
        }
    }

    /// How the table of words and methods is written.
    pub fn own_scales(page: &Context) -> MethodTableWords {
        MethodTableWords {
            numbers: page.language().numbers(),
            is_shared_scale: false,
        }
    }

    /// How the table of pairs is written.
    pub fn one_scale(page: &Context) -> MethodTableWords {
        MethodTableWords {
            numbers: page.language().numbers(),
            is_shared_scale: true,
        }
    }

    /// The words and methods to be read, with the place of each value by size.
    pub fn word_table(&self, page: &Context) -> NumberTable {
        let table = self.method_table(page);
        let scales = table.scales(Self::own_scales(page));
        let rows = self.words.iter().enumerate().map(|(row, word)| NumberRow {
            name: word.text.clone(),
            is_typed: true,
            cells: (0..self.methods.len())
                .map(|method| {
                    NumberCell::of(table.value(row, method), |value| {
                        scales
                            .get(method)
                            .map(|scale| scale.written(value))
                            .unwrap_or_default()
                    })
                })
                .collect(),
        });
        NumberTable {
            caption: page.fill("agreement.table", &[("label", &explained_name(page))]),
            corner: page.t("lime.word").to_owned(),
            columns: self.names(page),
            rows: rows.collect(),
        }
    }

    /// How many of the words with the largest values each pair has in common.
    pub fn overlap_table(&self, page: &Context) -> NumberTable {
        let rows = (0..self.methods.len()).map(|row| NumberRow {
            name: self.name(page, row).to_owned(),
            is_typed: false,
            cells: (0..self.methods.len())
                .map(|column| match self.pair(row, column) {
                    Some(agreement) if row != column => overlap_cell(page, agreement),
                    _ => NumberCell::Nothing,
                })
                .collect(),
        });
        NumberTable {
            caption: page.fill("agreement.overlap", &[("top", &TOP.to_string())]),
            corner: page.t("agreement.method").to_owned(),
            columns: self.names(page),
            rows: rows.collect(),
        }
    }

    /// Everything that is known of each pair.
    pub fn pair_table(&self, page: &Context) -> NumberTable {
        let style = ValueStyle::new(page.language().numbers(), 1.0);
        let rows = self.pairs.iter().map(|(one, other, agreement)| NumberRow {
            name: page.fill(
                "agreement.pair",
                &[("one", self.name(page, *one)), ("other", self.name(page, *other))],
            ),
            is_typed: false,
            cells: vec![
                NumberCell::of(agreement.kendall_tau, |tau| style.value(tau)),
                NumberCell::of(agreement.kendall_tau_of_magnitudes, |tau| style.value(tau)),
                overlap_cell(page, agreement),
                NumberCell::of(agreement.same_sign, |share| {
                    // A percentage is shown to two figures.
                    page.language().numbers().percent(share as f32)
                }),
                NumberCell::Words(agreement.words.to_string()),
            ],
        });
        let columns = [
            "agreement.tau",
            "agreement.tau_of_sizes",
            "agreement.in_common",
            "agreement.same_sign",
            "agreement.words",
        ];
        NumberTable {
            caption: page.t("agreement.pairs").to_owned(),
            corner: page.t("agreement.methods").to_owned(),
            columns: columns.map(|key| page.t(key).to_owned()).to_vec(),
            rows: rows.collect(),
        }
    }
}

fn overlap_cell(page: &Context, agreement: &Agreement) -> NumberCell {
    NumberCell::of(agreement.top_overlap, |share| {
        // It is a share of these few words.
        let count = (share * agreement.top as f64).round() as usize;
        let (count, top) = (count.to_string(), agreement.top.to_string());
        page.fill("agreement.of_top", &[("count", &count), ("top", &top)])
    })
}
