//! The masked inputs that were run, with what the model said of each.

use vitrine_picture::explanation::SignedScale;
use yew::prelude::*;

use super::draw::explained_name;
use crate::{
    components::{signed_bar, use_kept_focus},
    context::use_page,
    state::Snapshot,
};

/// So many rows stand there before someone asks for more.
const FIRST_ROWS: usize = 8;

/// Each time someone does there are so many times as many.
const TIMES_AS_MANY: usize = 5;

/// Properties of [`MaskedInputs`].
#[derive(Properties, PartialEq)]
pub struct MaskedInputsProps {
    /// What is known of the explanation.
    pub snapshot: Snapshot,
}

/// A table of masked inputs, in the order of the list.
#[component]
pub fn MaskedInputs(MaskedInputsProps { snapshot }: &MaskedInputsProps) -> Html {
    let page = use_page();
    let most = use_state(|| FIRST_ROWS);
    let (buttons, onfocusin) = use_kept_focus();
    let (listed, explanation) = (&snapshot.masked.listed, &snapshot.explanation);
    if listed.is_empty() {
        return Html::default();
    }
    let whole = explanation.prediction;
    let changes = listed.iter().map(|run| run.score - whole);
    let scale = SignedScale::of_values(changes);
    let numbers = page.language().numbers();
    let values = scale.values(numbers);
    let rows = listed.iter().take(*most).map(|run| {
        let change = run.score - whole;
        let texts = [Some(&run.shown.text), run.shown.pair.as_ref()];
        let texts: Vec<&str> = texts.into_iter().flatten().map(String::as_str).collect();
        let text = match texts.join(" / ") {
            text if text.trim_matches([' ', '/']).is_empty() => {
                html! { <em lang={page.language().tag()}>{ page.t("masked.nothing") }</em> }
            }
            text => html! { { text } },
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
    let shown = numbers.count(listed.len().min(*most));
    let count = numbers.count(snapshot.masked.count);
    let shows = |rows: usize| {
        let most = most.setter();
        Callback::from(move |_: MouseEvent| most.set(rows))
    };
    html! {
        <details class="more masked">
            <summary>{ page.t("masked.title") }</summary>
            <p class="hint">{ page.t("masked.about") }</p>
            <div class="twin" role="region" tabindex="0" aria-label={page.t("masked.title")}>
                <table>
                    <thead><tr>{ for columns }</tr></thead>
                    <tbody>{ for rows }</tbody>
                </table>
            </div>
            <div class="masked__shown" ref={buttons} {onfocusin}>
                <p class="hint number">{ page.fill("masked.shown", &[("shown", &shown), ("count", &count)]) }</p>
                if listed.len() > *most {
                    <button
                        type="button" class="button button--small" onclick={shows(*most * TIMES_AS_MANY)}
                    >
                        { page.t("masked.more") }
                    </button>
                }
                if *most > FIRST_ROWS {
                    <button type="button" class="button button--small" onclick={shows(FIRST_ROWS)}>
                        { page.t("masked.fewer") }
                    </button>
                }
            </div>
        </details>
    }
}
