//! The masked inputs that were run, with what the model said of each.

use vitrine_picture::explanation::SignedScale;
use vitrine_record::{MaskWith, MaskedRun};
use yew::prelude::*;

use super::draw::explained_name;
use crate::{
    components::signed_bar,
    context::use_page,
    state::{Shared, Snapshot},
};

/// So many rows stand there before someone asks for more.
const FIRST_ROWS: usize = 8;

/// Properties of [`MaskedInputs`].
#[derive(Properties, PartialEq)]
pub struct MaskedInputsProps {
    /// What is known of the explanation.
    pub snapshot: Snapshot,
}

/// A table of masked inputs, the most telling first.
#[component]
pub fn MaskedInputs(MaskedInputsProps { snapshot }: &MaskedInputsProps) -> Html {
    let page = use_page();
    let shows_all = use_state(|| false);
    let (masked, explanation): (&Shared<Vec<MaskedRun>>, _) = (&snapshot.masked, &snapshot.explanation);
    if masked.is_empty() {
        return Html::default();
    }
    let whole = explanation.prediction;
    let changes = masked.iter().map(|run| run.score - whole);
    let scale = SignedScale::of_values(changes);
    let values = scale.values(page.language().numbers());
    let most = if *shows_all { masked.len() } else { FIRST_ROWS };
    let rows = masked.iter().take(most).map(|run| {
        let change = run.score - whole;
        let text = match run.text() {
            None => html! { <em lang={page.language().tag()}>{ page.t("masked.nothing") }</em> },
            Some(text) => html! { { text } },
        };
        html! {
            <tr>
                <th scope="row" class="masked__text" lang="en">{ text }</th>
                <td class="number">{ run.missing }</td>
                <td class="number">{ values.score(run.score) }</td>
                <td>{ signed_bar(scale.place(change), 1.0) }</td>
                <td class="number">{ values.value(change) }</td>
            </tr>
        }
    });
    let label = explained_name(&page);
    let columns = [
        ("masked.text", "1"),
        ("masked.missing", "1"),
        ("masked.score", "1"),
        ("masked.change", "2"),
    ];
    let columns = columns.map(|(key, colspan)| {
        html! { <th scope="col" {colspan}>{ page.fill(key, &[("label", &label)]) }</th> }
    });
    let toggle = {
        let shows_all = shows_all.clone();
        Callback::from(move |_: MouseEvent| shows_all.set(!*shows_all))
    };
    html! {
        <details class="more masked">
            <summary>{ page.t("masked.title") }</summary>
            <p class="hint">{ page.t("masked.about") }</p>
            if explanation.settings.masking.with == MaskWith::Attention {
                <p class="hint">{ page.t("masking.attention_about") }</p>
            }
            <div class="twin" role="region" tabindex="0" aria-label={page.t("masked.title")}>
                <table>
                    <thead><tr>{ for columns }</tr></thead>
                    <tbody>{ for rows }</tbody>
                </table>
            </div>
            if masked.len() > FIRST_ROWS {
                <button type="button" class="button button--small" onclick={toggle}>
                    { page.t(if *shows_all { "masked.fewer" } else { "masked.more" }) }
                </button>
            }
        </details>
    }
}
