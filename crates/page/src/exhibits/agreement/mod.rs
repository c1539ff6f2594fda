//! Agreement: what several methods say of the same words, how far they agree, and whether the model bears them out.

mod compared;
mod controls;
mod faithful;
mod files;
mod stable;
mod words;

use vitrine_record::Position;
use yew::prelude::*;

use super::{
    explanation::{ExplanationProgress, PointedPicture, explained_name, figure_menu, keys, keys_handler},
    salience::{NumberTableTwin, PathProgress, TableEnds, table_layout},
};
use crate::{
    components::{Exhibit, use_exhibit_menu},
    context::{Context, use_page},
    state::Shared,
};
use compared::{Compared, use_compared};
use controls::{Controls, More};
use faithful::FaithfulnessPanel;
use files::{csv_tables, figure};
use stable::StabilityPanel;

/// The exhibit.
#[component]
pub fn Agreement() -> Html {
    let page = use_page();
    let menu = use_exhibit_menu();
    let on_key = keys_handler(&page, &menu.toggle_table, |_| {});
    let compared = use_compared(&page);
    let trust = words::trust(&page, &compared);
    let has_values = !compared.methods.is_empty();
    html! {
        <Exhibit
            title={page.t("agreement.title")} question={page.t("agreement.question")}
            keys={keys(&page).into_iter().skip(1).collect::<Vec<_>>()} {on_key}
            controls={html! { <Controls /> }} choice={explained_name(&page)} more={html! { <More /> }}
            run={html! { <><PathProgress /><ExplanationProgress /></> }}
            picture={html! { <Pictures compared={compared.clone()} /> }}
            reading={words::reading(&page, &compared)} trust={trust.clone()} warning={None::<AttrValue>}
            table={if has_values { below(&page, &compared, menu.shows_table) } else { Html::default() }}
            menu={figure_menu(&page, &menu, has_values.then_some(figure), &csv_tables(&page), &trust)}
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

/// Properties of [`Pictures`].
#[derive(Properties, PartialEq)]
struct PicturesProps {
    /// What is drawn.
    compared: Shared<Compared>,
}

/// Words and methods, what methods disagree about, and pairs of methods.
#[component]
fn Pictures(PicturesProps { compared }: &PicturesProps) -> Html {
    let page = use_page();
    let words = (page.language(), page.explained_target(), page.shown.model.clone());
    let layouts = use_memo((compared.clone(), words), |(compared, _)| {
        let tokens = compared.words.iter().map(|word| word.tokens.clone());
        let tokens = tokens.map(|tokens| tokens.map(Position).collect()).collect();
        let words = table_layout(
            &page,
            compared.method_table(&page),
            Compared::own_scales(&page),
            TableEnds::of_class(&page),
            tokens,
        );
        // Its rows are methods, for which no token stands.
        let pairs = table_layout(
            &page,
            compared.tau_table(&page),
            Compared::one_scale(&page),
            TableEnds::of_orders(&page),
            Vec::new(),
        );
        [Shared::new(words), Shared::new(pairs)]
    });
    if compared.methods.is_empty() {
        return html! { <p class="hint">{ page.t("explain.nothing_yet") }</p> };
    }
    let [of_words, of_pairs] = &*layouts;
    let label = page.fill("agreement.picture_label", &[("label", &explained_name(&page))]);
    html! {
        <>
            <div class="methods"><PointedPicture layout={of_words.clone()} {label} /></div>
            <p class="hint salience__legend">
                { page.fill("agreement.legend", &[("label", &explained_name(&page))]) }
            </p>
            <p class="comparison__about">{ words::disagreement(&page, compared) }</p>
            if compared.methods.len() > 1 {
                <section class="comparison" aria-labelledby="pairs-title">
                    <h3 id="pairs-title">{ page.t("agreement.pairs") }</h3>
                    <p class="twin__caption">{ page.t("agreement.tau_matrix") }</p>
                    <div class="methods">
                        <PointedPicture layout={of_pairs.clone()} label={page.t("agreement.tau_matrix")} />
                    </div>
                    <p class="hint comparison__about">{ page.t("agreement.tau_about") }</p>
                    <NumberTableTwin table={compared.overlap_table(&page)} id="overlap-caption" />
                    <p class="hint comparison__about">{ page.t("agreement.overlap_about") }</p>
                </section>
            }
        </>
    }
}
