//! What a person takes along.

use std::rc::Rc;

use vitrine_explain::{
    agreement::Agreement,
    faithfulness::{Faithfulness, Perturbation, PlayerOrder},
};
use vitrine_picture::{
    FigureWords, Scene,
    explanation::{
        AgreementFile, CurveInFile, DisagreementInFile, EditInFile, FaithfulnessInFile, HtmlPage, Measures,
        MethodInFile, PairInFile, Picture, RandomInFile, SeedsInFile, SpreadInFile, WordInFile,
        agreement_csv, agreement_file_name, agreement_json, curves_csv, tables_html,
    },
};
use yew::Callback;

use super::{
    compared::Compared,
    faithful::Checked,
    stable::{edit_table, seed_table},
};
use crate::{
    components::CsvTable,
    context::Context,
    exhibits::{
        explanation::{fact, fact_of_model, figure_heading},
        salience::{TableEnds, path_facts, table_picture},
    },
    explain::CHECKED,
    export::Figure,
};

/// What is on the screen, as files.
pub fn figure<'a>(page: &'a Context, note: &'a str, on_failed: Callback<()>) -> Figure<'a> {
    Figure {
        scene: Box::new(move || Some(scene(page, note))),
        csv: Box::new(std::iter::once_with(move || {
            agreement_csv(&file(page), &page.shown.model)
        })),
        json: Box::new(move || agreement_json(&file(page), &page.shown.model)),
        html: Some(Box::new(move || html(page, note))),
        theme: page.appearance.theme(),
        name: agreement_file_name(&page.shown.input()),
        on_failed,
    }
}

fn heading(page: &Context) -> String {
    figure_heading(page, page.t("agreement.title"), &page.shown.analysis.text)
}

/// Words and methods, pairs of methods, and as far as they are known the curves.
fn scene(page: &Context, note: &str) -> Scene {
    let compared = Compared::new(page);
    let measures = Measures::EXPORT;
    let (words, pairs) = (compared.method_table(page), compared.tau_table(page));
    let (of_class, of_orders) = (TableEnds::of_class(page), TableEnds::of_orders(page));
    let words = table_picture(page, &words, Compared::own_scales(page), &of_class, measures);
    let pairs = table_picture(page, &pairs, Compared::one_scale(page), &of_orders, measures);
    let mut picture = words.above(pairs.under(page.t("agreement.tau_matrix")));
    if let Some(checked) = Checked::new(page) {
        picture = Perturbation::ALL
            .into_iter()
            .fold(picture, |above: Picture, perturbation| {
                above.above(checked.picture(page, perturbation, measures))
            });
    }
    picture.scene(&FigureWords {
        heading: &heading(page),
        note,
        numbers: page.language().numbers(),
    })
}

/// The curves, where there are some: they have other columns than the values.
pub fn csv_tables(page: &Context) -> Vec<CsvTable> {
    let of = page.clone();
    let curves = Checked::new(page).map(|_| CsvTable {
        key: "agreement.csv_curves",
        name: format!("{}-curves", agreement_file_name(&page.shown.input())),
        write: Rc::new(move || curves_csv(&file(&of), &of.shown.model)),
    });
    curves.into_iter().collect()
}

/// What is known, as files write it.
fn file(page: &Context) -> AgreementFile {
    let compared = Compared::new(page);
    let checked = Checked::new(page);
    let spread = page.seed_spread();
    let ranks = page.edited_ranks();
    let edited = page.edited_analysis().map(|edited| edited.text.clone());
    let pair = |one: &usize, other: &usize, agreement: &Agreement| PairInFile {
        one: compared.methods[*one].method,
        other: compared.methods[*other].method,
        words: agreement.words,
        kendall_tau: agreement.kendall_tau,
        kendall_tau_of_magnitudes: agreement.kendall_tau_of_magnitudes,
        top: agreement.top,
        top_overlap: agreement.top_overlap,
        same_sign: agreement.same_sign,
    };
    AgreementFile {
        text: page.shown.analysis.text.clone(),
        pair: page.shown.analysis.pair.clone(),
        target: page.explained_target().unwrap_or_default(),
        masking: page.link.explanation.masking,
        words: compared
            .words
            .iter()
            .map(|word| WordInFile {
                text: word.text.clone(),
                first_token: word.tokens.start,
                tokens: word.tokens.len(),
            })
            .collect(),
        methods: compared
            .methods
            .iter()
            .filter_map(|of| {
                Some(MethodInFile {
                    explanation: page.explanation_by(of.method)?,
                    is_final: of.is_final,
                    values: of.values.clone(),
                })
            })
            .collect(),
        pairs: compared
            .pairs
            .iter()
            .map(|(one, other, agreement)| pair(one, other, agreement))
            .collect(),
        disagreements: compared
            .marked
            .iter()
            .map(|word| DisagreementInFile {
                word: word.word,
                signs_differ: word.signs_differ,
                highest_place: word.highest_place,
                lowest_place: word.lowest_place,
            })
            .collect(),
        faithfulness: checked.iter().flat_map(faithfulness).collect(),
        random_orders: checked.iter().flat_map(random).collect(),
        seeds: spread.map(|spread| SeedsInFile {
            seeds: spread.seeds,
            smallest_kendall_tau: spread.smallest_tau,
            words: spread
                .words
                .iter()
                .map(|word| {
                    word.as_ref().map(|word| SpreadInFile {
                        mean: word.mean,
                        standard_deviation: word.standard_deviation,
                        lowest: word.lowest,
                        highest: word.highest,
                    })
                })
                .collect(),
        }),
        edits: ranks
            .iter()
            .zip(edited.iter().cycle())
            .map(|(ranks, text)| EditInFile {
                text: text.clone(),
                method: ranks.method,
                kendall_tau: ranks.agreement.kendall_tau,
                top: ranks.agreement.top,
                top_overlap: ranks.agreement.top_overlap,
                words: ranks.words.iter().map(|word| word.word).collect(),
                places_before: ranks.words.iter().map(|word| word.before.0).collect(),
                places_after: ranks.words.iter().map(|word| word.after.0).collect(),
                values_before: ranks.words.iter().map(|word| word.before.1).collect(),
                values_after: ranks.words.iter().map(|word| word.after.1).collect(),
            })
            .collect(),
    }
}

fn faithfulness(checked: &Checked) -> Vec<FaithfulnessInFile> {
    let curve = |found: &Faithfulness, perturbation| {
        let curve = found.curve(perturbation, PlayerOrder::Descending);
        CurveInFile {
            scores: curve.map(|curve| curve.scores.clone()).unwrap_or_default(),
            area: curve.and_then(|curve| curve.area),
        }
    };
    let of = |(method, found): (_, &Faithfulness)| FaithfulnessInFile {
        method,
        comprehensiveness: found.comprehensiveness_aopc(),
        sufficiency: found.sufficiency_aopc(),
        deletion: curve(found, Perturbation::Remove),
        insertion: curve(found, Perturbation::Keep),
    };
    checked.all().map(of).collect()
}

fn random(checked: &Checked) -> Vec<RandomInFile> {
    let names = [
        (Perturbation::Remove, "deletion"),
        (Perturbation::Keep, "insertion"),
    ];
    let of = |(perturbation, curves)| {
        let random = checked.random(perturbation)?;
        Some(RandomInFile {
            curves,
            seed: CHECKED.seed,
            mean: random.mean.clone(),
            standard_deviation: random.standard_deviation.clone(),
            areas: random.areas.clone(),
        })
    };
    names.into_iter().filter_map(of).collect()
}

fn html(page: &Context, note: &str) -> String {
    let compared = Compared::new(page);
    let mut tables = vec![compared.word_table(page), compared.pair_table(page)];
    if let Some(checked) = Checked::new(page) {
        tables.push(checked.table(page));
        tables.extend(Perturbation::ALL.map(|perturbation| checked.steps(page, perturbation)));
    }
    tables.extend(page.seed_spread().map(|spread| seed_table(page, &spread)));
    tables.extend(page.edited_ranks().iter().map(|ranks| edit_table(page, ranks)));
    let seed = fact(page, "word.seed", page.link.explanation.seed.to_string());
    let facts = [path_facts(page).to_vec(), vec![seed, fact_of_model(page)]].concat();
    let title = heading(page);
    tables_html(
        &page.shown.input(),
        &[scene(page, "")],
        &tables,
        &HtmlPage {
            language: page.language().tag(),
            title: &title,
            note,
            facts: &facts,
        },
    )
}
