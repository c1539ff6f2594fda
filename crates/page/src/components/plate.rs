//! The plate beside the case: what is seen, how to read it, and one question.

use yew::prelude::*;

use crate::{browser, context::use_page};

/// The words of the page that need a meaning, in the order in which they are met.
const WORDS: [(&str, &str); 6] = [
    ("word.sentiment", "meaning.sentiment"),
    ("word.token", "meaning.token"),
    ("word.special", "meaning.special"),
    ("word.query_key", "meaning.query_key"),
    ("word.attention", "meaning.attention"),
    ("word.logit", "meaning.logit"),
];

/// The plate of the attention exhibit.
#[component]
pub fn Plate() -> Html {
    let page = use_page();
    let (layers, heads) = (
        page.shown.model.layers.to_string(),
        page.shown.model.heads.to_string(),
    );
    let (pointing, isolating) = if browser::matches_media("(pointer: coarse)") {
        ("plate.how_touch", "plate.hint_touch")
    } else {
        ("plate.how_pointer", "plate.hint_pointer")
    };
    let words = WORDS.iter().map(|(word, meaning)| {
        html! { <><dt>{ page.t(word) }</dt><dd>{ page.t(meaning) }</dd></> }
    });
    html! {
        <aside class="plate" aria-labelledby="plate-title">
            <h2 id="plate-title">{ page.t("plate.title") }</h2>
            <div class="plate__body">
            <p>{ page.fill("plate.what", &[("layers", &layers), ("heads", &heads)]) }</p>
            <p>{ page.t("plate.how") }{ " " }{ page.t(pointing) }</p>
            <p class="plate__question">{ page.t("plate.question") }</p>
            <p>{ page.t("plate.hint") }{ " " }{ page.t(isolating) }</p>
            <details>
                <summary>{ page.t("plate.words_title") }</summary>
                <dl class="glossary">{ for words }</dl>
            </details>
            <details>
                <summary>{ page.t("plate.careful_title") }</summary>
                <p>{ page.t("plate.careful") }</p>
            </details>
            </div>
        </aside>
    }
}
