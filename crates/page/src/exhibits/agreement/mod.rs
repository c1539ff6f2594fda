//! Agreement: what several methods say of the same words, how far they agree, and whether the model bears them out.

mod compared;
mod controls;
mod faithful;
mod files;
mod stable;
mod words;

use vitrine_picture::explanation::{MethodTable, MethodTableWords, TargetOf};
use vitrine_record::Position;
use yew::prelude::*;

use super::{
    explanation::{
        ExplanationProgress, Layout, Pointed, PointedPicture, class_name, figure_menu, keys, keys_handler,
    },
    salience::{NumberTableTwin, PathProgress},
};
use crate::{
    components::{Exhibit, use_menu_outcome},
    context::{Context, use_page},
    state::{ComparedWord, Shared},
};
use compared::Compared;
use controls::{Controls, More};
use faithful::FaithfulnessPanel;
use files::saves;
use stable::StabilityPanel;

/// The exhibit.
#[component]
pub fn Agreement() -> Html {
    let page = use_page();
    let shows_table = use_state(|| false);
    let toggle_table = {
        let shows_table = shows_table.clone();
        Callback::from(move |()| shows_table.set(!*shows_table))
    };
    let on_key = keys_handler(&page, &toggle_table, |_| {});
    let compared = Compared::new(&page);
    let trust = words::trust(&page, &compared);
    let has_values = !compared.methods.is_empty();
    let outcome = use_menu_outcome(has_values);
    let saves = has_values.then(|| saves(&page, &trust));
    html! {
        <Exhibit
            title={page.t("agreement.title")} question={page.t("agreement.question")}
            keys={keys(&page).into_iter().skip(1).collect::<Vec<_>>()} {on_key}
            controls={html! { <Controls /> }} choice={class_name(&page)} more={html! { <More /> }}
            run={html! { <><PathProgress /><ExplanationProgress /></> }} picture={html! { <Pictures /> }}
            reading={words::reading(&page, &compared)} {trust} warning={None::<AttrValue>}
            table={if has_values { below(&page, &compared, *shows_table) } else { Html::default() }}
            menu={figure_menu(&page, saves, &[], (*shows_table, &toggle_table), &outcome)}
        />
    }
}

/// The twin tables where they are wanted; then how faithful and how stable the methods are.
fn below(page: &Context, compared: &Compared, shows_table: bool) -> Html {
    html! {
        <>
            if shows_table {
                <NumberTableTwin table={compared.word_table(page)} id="agreement-caption" takes_focus={true} />
                <NumberTableTwin table={compared.pair_table(page)} id="pairs-caption" />
            }
            <FaithfulnessPanel {shows_table} />
            <StabilityPanel />
        </>
    }
}

/// Words and methods, what methods disagree about, and pairs of methods.
#[component]
fn Pictures() -> Html {
    let page = use_page();
    let methods = page.methods_by_word();
    let words = (page.language(), page.explained_class(), page.shown.model.clone());
    let layouts = use_memo((methods, words, page.shown.analysis.clone()), |_| {
        let compared = Compared::new(&page);
        let words = layout(
            &page,
            compared.method_table(&page),
            Compared::own_scales(&page),
            &compared.words,
        );
        let pairs = layout(&page, compared.tau_table(&page), Compared::one_scale(&page), &[]);
        [Shared::new(words), Shared::new(pairs)]
    });
    let compared = Compared::new(&page);
    if compared.methods.is_empty() {
        return html! { <p class="hint">{ page.t("explain.nothing_yet") }</p> };
    }
    let [of_words, of_pairs] = &*layouts;
    let label = page.fill("agreement.picture_label", &[("label", &class_name(&page))]);
    html! {
        <>
            <div class="methods"><PointedPicture layout={of_words.clone()} {label} /></div>
            <p class="hint salience__legend">
                { page.fill("agreement.legend", &[("label", &class_name(&page))]) }
            </p>
            <p class="comparison__about">{ words::disagreement(&page, &compared) }</p>
            if compared.methods.len() > 1 {
                <section class="comparison" aria-labelledby="pairs-title">
                    <h3 id="pairs-title">{ page.t("agreement.pairs") }</h3>
                    <p class="twin__caption">{ page.t("agreement.tau_matrix") }</p>
                    <div class="methods">
                        <PointedPicture layout={of_pairs.clone()} label={page.t("agreement.tau_matrix")} />
                    </div>
                    <p class="hint comparison__about">{ page.t("agreement.tau_about") }</p>
                    <NumberTableTwin table={compared.overlap_table(&page)} id="overlap-caption" />
                </section>
            }
        </>
    }
}

/// A table whose rows are words, or nothing that stands in the text.
fn layout(page: &Context, table: MethodTable, style: MethodTableWords, words: &[ComparedWord]) -> Layout {
    let scales = table.scales(style);
    let (names, page, words) = (table.clone(), page.clone(), words.to_vec());
    Layout {
        says_at: None,
        picture: Box::new(move |measures| table.picture(measures, style)),
        pointed: Box::new(move |target| {
            let &TargetOf::Cell { row, column } = &target.of else {
                return Pointed::nothing();
            };
            let value = names.value(row, column).zip(scales.get(column));
            let value = value.map(|(value, (_, style))| style.value(value));
            let name = |of: &[String], at: usize| of.get(at).cloned().unwrap_or_default();
            let tokens = words.get(row).map(|word| word.tokens.clone()).unwrap_or_default();
            Pointed {
                tokens: tokens.map(Position).collect(),
                name: page.fill(
                    "salience.cell",
                    &[
                        ("token", &name(&names.words, row)),
                        ("method", &name(&names.methods, column)),
                        ("value", &value.unwrap_or_default()),
                    ],
                ),
            }
        }),
    }
}
