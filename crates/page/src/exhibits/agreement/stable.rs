//! How far explanations depend on chance, and on what means the same.

use vitrine_picture::explanation::{NumberCell, NumberRow, NumberTable, ValueStyle};
use yew::prelude::*;

use super::compared::short_key;
use crate::{
    components::ExhibitField,
    context::{Context, use_page},
    exhibits::salience::NumberTableTwin,
    state::{Action, EditedRanks, SeedSpread},
};

/// LIME's weights over seeds, word by word.
pub fn seed_table(page: &Context, spread: &SeedSpread) -> NumberTable {
    let numbers = page.language().numbers();
    let largest = spread.words.iter().flatten();
    let largest = largest.map(|word| word.lowest.abs().max(word.highest.abs()));
    let style = ValueStyle::new(numbers, largest.fold(0.0, f64::max));
    let words = page.compared_words().into_iter().zip(&spread.words);
    let rows = words.map(|(word, spread)| {
        let of = |number: fn(&vitrine_explain::stability::Spread) -> Option<f64>| {
            NumberCell::of(spread.as_ref().and_then(number), |number| style.value(number))
        };
        NumberRow {
            name: word.text,
            is_typed: true,
            cells: vec![
                of(|spread| Some(spread.mean)),
                NumberCell::of(
                    spread.as_ref().and_then(|spread| spread.standard_deviation),
                    |number| style.score(number),
                ),
                of(|spread| Some(spread.lowest)),
                of(|spread| Some(spread.highest)),
            ],
        }
    });
    let columns = [
        "lime.mean",
        "lime.spread",
        "agreement.lowest",
        "agreement.highest",
    ];
    NumberTable {
        caption: page.fill(
            "agreement.seeds_table",
            &[("count", &spread.seeds.len().to_string())],
        ),
        corner: page.t("lime.word").to_owned(),
        columns: columns.map(|key| page.t(key).to_owned()).to_vec(),
        rows: rows.collect(),
    }
}

/// In words: how far the order of the weights holds, and whether any word changes sides.
fn said_of_seeds(page: &Context) -> String {
    if page.link.explanation.lime.samples.is_none() {
        return page.t("agreement.seeds_expected").to_owned();
    }
    let Some(spread) = page.seed_spread() else {
        return page.t("agreement.seeds_until").to_owned();
    };
    let style = ValueStyle::new(page.language().numbers(), 1.0);
    let count = spread.seeds.len().to_string();
    // Where all weights are the same, or there is one alone, no order is kept.
    let said = match spread.smallest_tau {
        Some(tau) => page.fill(
            "agreement.seeds",
            &[("count", &count), ("tau", &style.value(tau))],
        ),
        None => page.fill("agreement.seeds_no_tau", &[("count", &count)]),
    };
    let words = page.compared_words();
    // A word that occurs again has one weight, and is named once.
    let mut named = std::collections::BTreeSet::new();
    let changing: Vec<&str> = words
        .iter()
        .zip(&spread.words)
        .filter(|(_, spread)| spread.as_ref().is_some_and(|spread| spread.changes_sign()))
        .map(|(word, _)| word.text.as_str())
        .filter(|word| named.insert(*word))
        .collect();
    let key = match changing.is_empty() {
        true => "agreement.seeds_same",
        false => "agreement.seeds_change",
    };
    let changing = page.joined("join.in_quotes", changing);
    format!("{said} {}", page.fill(key, &[("words", &changing)]))
}

/// Places and values of the words that both texts have.
pub fn edit_table(page: &Context, ranks: &EditedRanks) -> NumberTable {
    let words = page.compared_words();
    let values = ranks.words.iter().flat_map(|word| [word.before.1, word.after.1]);
    let limit = values.map(f64::abs).fold(0.0, f64::max);
    let style = ValueStyle::new(page.language().numbers(), limit);
    let rows = ranks.words.iter().map(|word| {
        let cell = |(place, value): (usize, f64)| NumberCell::Number {
            exact: value,
            shown: page.fill(
                "agreement.placed",
                &[("place", &place.to_string()), ("value", &style.value(value))],
            ),
        };
        NumberRow {
            name: words
                .get(word.word)
                .map(|word| word.text.clone())
                .unwrap_or_default(),
            is_typed: true,
            cells: vec![cell(word.before), cell(word.after)],
        }
    });
    NumberTable {
        caption: page.fill(
            "agreement.edit_table",
            &[("method", page.t(short_key(ranks.method)))],
        ),
        corner: page.t("lime.word").to_owned(),
        columns: ["agreement.before", "agreement.after"]
            .map(|key| page.t(key).to_owned())
            .to_vec(),
        rows: rows.collect(),
    }
}

fn said_of_edit(page: &Context, ranks: &EditedRanks) -> String {
    let style = ValueStyle::new(page.language().numbers(), 1.0);
    let agreement = &ranks.agreement;
    let share = agreement.top_overlap.unwrap_or_default();
    // It is a share of these few words.
    let count = (share * agreement.top as f64).round() as usize;
    let tau = agreement.kendall_tau.map(|tau| style.value(tau));
    let key = if tau.is_some() {
        "agreement.edited"
    } else {
        "agreement.edited_no_tau"
    };
    page.fill(
        key,
        &[
            ("method", page.t(short_key(ranks.method))),
            ("tau", &tau.unwrap_or_default()),
            ("count", &count.to_string()),
            ("top", &agreement.top.to_string()),
        ],
    )
}

/// Small edits that leave the meaning as it is: what they are called, and what they make of a text.
fn edits(text: &str) -> Vec<(&'static str, String)> {
    let trimmed = text.trim_end();
    let bare = trimmed.trim_end_matches(['.', '!', '?']);
    let with_end = |end: &str| format!("{bare}{end}");
    let ends = [
        ("agreement.edit_no_end", bare.to_owned()),
        ("agreement.edit_full_stop", with_end(".")),
        ("agreement.edit_exclamation", with_end("!")),
        ("agreement.edit_quoted", format!("\"{trimmed}\"")),
    ];
    ends.into_iter()
        .filter(|(_, edited)| *edited != trimmed && !edited.is_empty())
        .collect()
}

/// Spread over seeds, and what becomes of ranks in a text that is a little changed.
#[component]
pub fn StabilityPanel() -> Html {
    let page = use_page();
    let spread = page.seed_spread();
    html! {
        <section class="comparison" aria-labelledby="stability-title">
            <h3 id="stability-title">{ page.t("agreement.stability") }</h3>
            <p class="reading">{ said_of_seeds(&page) }</p>
            if let Some(spread) = &spread {
                <details class="more">
                    <summary>{ page.fill("agreement.seeds_table", &[("count", &spread.seeds.len().to_string())]) }</summary>
                    <NumberTableTwin table={seed_table(&page, spread)} id="seeds-caption" />
                </details>
            }
            <EditedText />
        </section>
    }
}

#[component]
fn EditedText() -> Html {
    let page = use_page();
    let dispatcher = page.state.dispatcher();
    let on_text = Callback::from(move |text| dispatcher.dispatch(Action::CompareWithEdited(text)));
    let buttons = edits(&page.link.text).into_iter().map(|(key, edited)| {
        let onclick = page.sends(Action::ChooseEdited(edited));
        html! { <button type="button" class="button button--small" {onclick}>{ page.t(key) }</button> }
    });
    if page.link.pair.is_some() {
        return html! { <p class="hint">{ page.t("agreement.edit_pair") }</p> };
    }
    let ranks = page.edited_ranks();
    let typed = page.other_text.typed.clone();
    html! {
        <>
            <p class="hint">{ page.t("agreement.edit_about") }</p>
            <div class="comparison__edits">{ for buttons }</div>
            <ExhibitField
                id="edited-text" label={page.t("agreement.edited_text")} text={typed.unwrap_or_default()}
                epoch={page.other_text.field_epoch} {on_text} described_by="edited-text-state"
            />
            <p id="edited-text-state" class="reading" role="status">
                if ranks.is_empty() {
                    { page.t(state_key(&page)) }
                } else {
                    { ranks.iter().map(|ranks| said_of_edit(&page, ranks)).collect::<Vec<_>>().join(" ") }
                }
            </p>
            { for ranks.iter().zip(["owen-edit-caption", "occlusion-edit-caption"]).map(|(ranks, id)| html! {
                <NumberTableTwin table={edit_table(&page, ranks)} {id} />
            }) }
        </>
    }
}

/// Why there is nothing to compare yet.
fn state_key(page: &Context) -> &'static str {
    match page.compared_text() {
        None => "agreement.edit_none",
        Some(text) if text == page.link.text => "agreement.edit_same",
        Some(_) if page.is_reading_other_text() => "agreement.edit_reading",
        Some(_) if page.edited_analysis().is_none() => "agreement.edit_no_words",
        Some(_) => "agreement.edit_computing",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_change_the_text_and_leave_its_words() {
        let made =
            |text: &str| -> Vec<String> { edits(text).into_iter().map(|(_, edited)| edited).collect() };
        assert_eq!(made("Not bad."), ["Not bad", "Not bad!", "\"Not bad.\""]);
        assert_eq!(made("Not bad"), ["Not bad.", "Not bad!", "\"Not bad\""]);
        assert_eq!(made("?"), [".", "!", "\"?\""]);
    }
}
