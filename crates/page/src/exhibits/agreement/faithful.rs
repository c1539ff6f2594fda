//! Whether the prediction depends on what each method calls important.

use std::rc::Rc;

use vitrine_explain::faithfulness::{Faithfulness, Perturbation, PlayerOrder, RandomCurves};
use vitrine_picture::explanation::{
    Band, Curve, CurvePanel, CurveWords, Measures, NumberCell, NumberRow, NumberTable, Picture, ValueAxis,
    ValueStyle, curve_panel,
};
use vitrine_record::ExplanationMethod;
use yew::prelude::*;

use super::compared::short_key;
use crate::{
    context::{Context, use_page},
    exhibits::{
        explanation::{Layout, Pointed, PointedPicture, explained_name, explained_scale},
        salience::NumberTableTwin,
    },
    state::{CheckedAttributions, Shared},
};

/// A method's mean is told from random orders if it lies further from theirs than so many of their standard deviations.
const DEVIATIONS: f64 = 2.0;

/// A mean over all numbers of words taken away, or left alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OfOrders {
    /// The mean.
    pub mean: f64,
    /// The standard deviation over random orders.
    pub deviation: f64,
}

/// What random orders come to: the same means as comprehensiveness and sufficiency are.
pub fn of_random_orders(prediction: f64, curves: &RandomCurves) -> Option<OfOrders> {
    let (&first, &last) = (curves.mean.first()?, curves.mean.last()?);
    let words = (curves.mean.len() - 1) as f64;
    // An area by the trapezoidal rule lacks half of the last score and has half of the first.
    let of_order = |area: &f64| prediction - (area + (last - first) / (2.0 * words));
    let means: Vec<f64> = curves.areas.iter().map(of_order).collect();
    let count = means.len() as f64;
    let mean = means.iter().sum::<f64>() / count;
    let squares: f64 = means.iter().map(|one| (one - mean).powi(2)).sum();
    (words > 0.0 && count > 0.0).then(|| OfOrders {
        mean,
        deviation: (squares / count).sqrt(),
    })
}

/// Each method with what was found of it.
pub struct Checked {
    /// The methods.
    pub methods: CheckedAttributions,
    /// What was found, in the same order.
    pub found: Shared<Vec<Faithfulness>>,
    /// Whether all of it is there.
    pub is_done: bool,
}

impl Checked {
    /// As far as it has come.
    pub fn new(page: &Context) -> Option<Checked> {
        let (methods, found, is_done) = page.faithfulness()?;
        Some(Checked {
            methods,
            found,
            is_done,
        })
    }

    /// Each method with what was found of it.
    pub fn all(&self) -> impl Iterator<Item = (ExplanationMethod, &Faithfulness)> {
        let methods = self.methods.iter().map(|(method, _)| *method);
        methods.zip(self.found.iter())
    }

    fn words(&self) -> usize {
        self.methods.first().map_or(0, |(_, values)| values.len())
    }

    /// The score of the text.
    pub fn prediction(&self) -> Option<f64> {
        let curve = self
            .found
            .first()?
            .curve(Perturbation::Remove, PlayerOrder::Descending)?;
        curve.scores.first().copied()
    }

    /// The curves of random orders, which are the same for all methods.
    pub fn random(&self, perturbation: Perturbation) -> Option<&RandomCurves> {
        let mut random = self.found.iter().flat_map(|found| &found.random);
        random.find(|curves| curves.perturbation == perturbation && !curves.mean.is_empty())
    }

    /// What random orders come to by removing, or keeping, words.
    pub fn of_random(&self, perturbation: Perturbation) -> Option<OfOrders> {
        of_random_orders(self.prediction()?, self.random(perturbation)?)
    }

    /// All methods' curves of one kind.
    pub fn panel(&self, page: &Context, perturbation: Perturbation) -> CurvePanel {
        let curve = |(method, found): (ExplanationMethod, &Faithfulness)| {
            let curve = found.curve(perturbation, PlayerOrder::Descending)?;
            Some(Curve {
                name: page.t(short_key(method)).to_owned(),
                scores: curve.scores.clone(),
                area: curve.area,
            })
        };
        CurvePanel {
            features: self.words(),
            curves: self.all().filter_map(curve).collect(),
            random: self.random(perturbation).map(|random| Band {
                mean: random.mean.clone(),
                standard_deviation: random.standard_deviation.clone(),
            }),
        }
    }

    fn axis(&self, page: &Context) -> ValueAxis {
        let ends = Perturbation::ALL.map(|perturbation| {
            let axis = self.panel(page, perturbation).axis();
            [axis.least, axis.most]
        });
        let ends = ends.as_flattened();
        ValueAxis {
            least: ends.iter().copied().fold(f64::INFINITY, f64::min),
            most: ends.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        }
    }

    /// The picture of one kind of curves, on the scale of both.
    pub fn picture(&self, page: &Context, perturbation: Perturbation, measures: Measures) -> Picture {
        let axis = self.axis(page);
        let (title, share) = match perturbation {
            Perturbation::Remove => ("agreement.deletion", "agreement.share_removed"),
            Perturbation::Keep => ("agreement.insertion", "agreement.share_kept"),
        };
        let score = format!("{} ({})", explained_name(page), explained_scale(page));
        let words = CurveWords {
            title: page.t(title),
            share: page.t(share),
            score: &score,
            random: page.t("agreement.random_orders"),
            values: ValueStyle::new(page.language().numbers(), axis.most.abs().max(axis.least.abs())),
        };
        curve_panel(&self.panel(page, perturbation), Some(axis), measures, &words)
    }

    /// Comprehensiveness, sufficiency and areas of each method, and of random orders.
    pub fn table(&self, page: &Context) -> NumberTable {
        let style = ValueStyle::new(page.language().numbers(), 1.0);
        let cell = |number: Option<f64>| NumberCell::of(number, |number| style.score(number));
        let area = |found: &Faithfulness, perturbation: Perturbation| {
            found.curve(perturbation, PlayerOrder::Descending)?.area
        };
        let rows = self.all().map(|(method, found)| {
            let is_whole = area(found, Perturbation::Keep).is_some();
            NumberRow {
                name: page.t(short_key(method)).to_owned(),
                is_typed: false,
                cells: vec![
                    cell(found.comprehensiveness_aopc().filter(|_| is_whole)),
                    cell(found.sufficiency_aopc().filter(|_| is_whole)),
                    cell(area(found, Perturbation::Remove)),
                    cell(area(found, Perturbation::Keep)),
                ],
            }
        });
        let with_deviation = |of: Option<OfOrders>| match of {
            Some(OfOrders { mean, deviation }) => NumberCell::Number {
                exact: mean,
                shown: plus_minus(style, mean, deviation),
            },
            None => NumberCell::Nothing,
        };
        let areas = |perturbation: Perturbation| {
            let areas = &self.random(perturbation)?.areas;
            let count = areas.len() as f64;
            let mean = areas.iter().sum::<f64>() / count;
            let squares: f64 = areas.iter().map(|area| (area - mean).powi(2)).sum();
            (!areas.is_empty()).then(|| OfOrders {
                mean,
                deviation: (squares / count).sqrt(),
            })
        };
        let random = NumberRow {
            name: page.t("agreement.random_orders").to_owned(),
            is_typed: false,
            cells: vec![
                with_deviation(self.of_random(Perturbation::Remove)),
                with_deviation(self.of_random(Perturbation::Keep)),
                with_deviation(areas(Perturbation::Remove)),
                with_deviation(areas(Perturbation::Keep)),
            ],
        };
        let columns = [
            "agreement.comprehensiveness",
            "agreement.sufficiency",
            "agreement.area_deletion",
            "agreement.area_insertion",
        ];
        NumberTable {
            caption: page.t("agreement.faithfulness_table").to_owned(),
            corner: page.t("agreement.method").to_owned(),
            columns: columns.map(|key| page.t(key).to_owned()).to_vec(),
            rows: rows.chain([random]).collect(),
        }
    }

    /// The scores of one kind of curves, step by step.
    pub fn steps(&self, page: &Context, perturbation: Perturbation) -> NumberTable {
        let panel = self.panel(page, perturbation);
        let style = ValueStyle::new(page.language().numbers(), 1.0);
        let rows = (0..=panel.features).map(|step| {
            let of_curves = panel
                .curves
                .iter()
                .map(|curve| NumberCell::of(curve.scores.get(step).copied(), |score| style.score(score)));
            let of_random = panel.random.as_ref().and_then(|band| {
                let (mean, deviation) = (*band.mean.get(step)?, *band.standard_deviation.get(step)?);
                Some(NumberCell::Number {
                    exact: mean,
                    shown: plus_minus(style, mean, deviation),
                })
            });
            NumberRow {
                name: step.to_string(),
                is_typed: false,
                cells: of_curves
                    .chain([of_random.unwrap_or(NumberCell::Nothing)])
                    .collect(),
            }
        });
        let (caption, corner) = match perturbation {
            Perturbation::Remove => ("agreement.deletion", "agreement.words_removed"),
            Perturbation::Keep => ("agreement.insertion", "agreement.words_kept"),
        };
        let names = panel.curves.iter().map(|curve| curve.name.clone());
        NumberTable {
            caption: page.t(caption).to_owned(),
            corner: page.t(corner).to_owned(),
            columns: names
                .chain([page.t("agreement.random_orders").to_owned()])
                .collect(),
            rows: rows.collect(),
        }
    }

    /// Which method finds the words that the prediction depends on, and which do no better than chance.
    pub fn said(&self, page: &Context) -> String {
        let style = ValueStyle::new(page.language().numbers(), 1.0);
        let Some(random) = self.of_random(Perturbation::Remove).filter(|_| self.is_done) else {
            return page.t("agreement.faithfulness_partial").to_owned();
        };
        let mut methods: Vec<(ExplanationMethod, f64)> = self
            .all()
            .filter_map(|(method, found)| Some((method, found.comprehensiveness_aopc()?)))
            .collect();
        methods.sort_by(|one, other| other.1.total_cmp(&one.1));
        let Some((best, most)) = methods.first() else {
            return String::new();
        };
        let is_chance = |value: f64| value <= random.mean + DEVIATIONS * random.deviation;
        let like_chance: Vec<&str> = methods
            .iter()
            .filter(|(_, value)| is_chance(*value))
            .map(|(method, _)| page.t(short_key(*method)))
            .collect();
        let mut said = page.fill(
            "agreement.faithful",
            &[
                ("method", page.t(short_key(*best))),
                ("value", &style.score(*most)),
                ("random", &plus_minus(style, random.mean, random.deviation)),
            ],
        );
        said.push(' ');
        if like_chance.is_empty() {
            said.push_str(page.t("agreement.faithful_all"));
        } else {
            said += &page.fill(
                "agreement.faithful_chance",
                &[("methods", &page.joined("join.list", like_chance))],
            );
        }
        said
    }
}

fn plus_minus(style: ValueStyle, mean: f64, deviation: f64) -> String {
    format!("{} ± {}", style.score(mean), style.score(deviation))
}

/// Properties of [`FaithfulnessPanel`].
#[derive(Properties, PartialEq)]
pub struct FaithfulnessPanelProps {
    /// Whether the scores stand there as tables too.
    pub shows_table: bool,
}

/// The curves, what they come to, and in words whether that is more than chance.
#[component]
pub fn FaithfulnessPanel(FaithfulnessPanelProps { shows_table }: &FaithfulnessPanelProps) -> Html {
    let page = use_page();
    let checked = page.faithfulness();
    let words = (page.language(), page.explained_target());
    let layouts = use_memo((checked, words), |_| {
        let checked = Rc::new(Checked::new(&page)?);
        let of = |perturbation| Shared::new(layout(&page, Rc::clone(&checked), perturbation));
        Some(Perturbation::ALL.map(of))
    });
    let Some(checked) = Checked::new(&page) else {
        return html! {
            <section class="comparison" aria-labelledby="faithfulness-title">
                <h3 id="faithfulness-title">{ page.t("agreement.faithfulness") }</h3>
                <p class="hint">{ page.t("agreement.faithfulness_until") }</p>
            </section>
        };
    };
    let names = ["agreement.deletion", "agreement.insertion"];
    let panels = layouts.iter().flatten().zip(names).map(|(layout, name)| {
        html! { <PointedPicture layout={layout.clone()} label={page.t(name)} /> }
    });
    html! {
        <section class="comparison" aria-labelledby="faithfulness-title">
            <h3 id="faithfulness-title">{ page.t("agreement.faithfulness") }</h3>
            <p class="hint">
                { page.fill("agreement.faithfulness_about", &[("label", &explained_name(&page))]) }
            </p>
            <div class="comparison__pictures">{ for panels }</div>
            <NumberTableTwin table={checked.table(&page)} id="faithfulness-caption" />
            <p class="hint">{ page.t("agreement.faithfulness_meaning") }</p>
            if *shows_table {
                <NumberTableTwin table={checked.steps(&page, Perturbation::Remove)} id="deletion-caption" />
                <NumberTableTwin table={checked.steps(&page, Perturbation::Keep)} id="insertion-caption" />
            }
            <p class="reading">{ checked.said(&page) }</p>
            <p class="trust">{ page.t("agreement.faithfulness_trust") }</p>
        </section>
    }
}

fn layout(page: &Context, checked: Rc<Checked>, perturbation: Perturbation) -> Layout {
    let page = page.clone();
    Layout {
        picture: Box::new(move |measures| checked.picture(&page, perturbation, measures)),
        pointed: Box::new(|_| Pointed::nothing()),
    }
}

#[cfg(test)]
mod tests {
    use vitrine_explain::{
        Coalition, explain,
        faithfulness::{FaithfulnessCheck, FaithfulnessSettings},
    };

    use super::*;

    #[test]
    fn random_orders_are_measured_as_methods_are() {
        let worth = [0.5, -0.125, 0.25];
        let score = |present: &Coalition| present.iter().map(|word| worth[word]).sum::<f64>();
        let settings = FaithfulnessSettings {
            random_orders: 400,
            infidelity_samples: 0,
            ..FaithfulnessSettings::default()
        };
        let check = FaithfulnessCheck::new(&worth, settings);
        let found =
            explain(check, |wanted| Ok::<_, ()>(wanted.iter().map(score).collect())).expect("it cannot fail");
        let removed = of_random_orders(0.625, &found.random[0]).expect("there are random orders");
        let mean: f64 = found.random[0].mean[1..].iter().sum::<f64>() / 3.0;
        assert!((removed.mean - (0.625 - mean)).abs() < 1e-12);
        // After k of three words, k thirds of the score are gone on average: two thirds over all k.
        assert!((removed.mean - 0.625 * 2.0 / 3.0).abs() < 0.03);
        assert!(found.comprehensiveness_aopc().expect("all is known") > removed.mean);
        assert!(removed.deviation > 0.0);
    }
}
