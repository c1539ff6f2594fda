//! Sentences and names of the ablation view.

use vitrine_attention::{LITTLE_EFFECT, MUCH_EFFECT, Mark};
use vitrine_picture::{
    ablation::{Compared, Item, change_text},
    tiles,
};
use vitrine_record::{AblationOrder, EffectMeasure, Position, TokenMeasure};

use super::Both;
use crate::{
    context::Context,
    exhibits::attention::{interventions, words},
};

/// What is taken of attention.
pub fn measure(page: &Context, measure: TokenMeasure) -> String {
    match measure {
        TokenMeasure::ClsLast => page.t("ablation.cls_last").to_owned(),
        TokenMeasure::ClsLayer => page.fill("ablation.cls_layer", &[("layer", &page.link.layer.to_string())]),
        TokenMeasure::Received => page.t("ablation.received").to_owned(),
        TokenMeasure::Rollout => page.t("ablation.rollout").to_owned(),
    }
}

/// The key of what is measured of the prediction.
pub fn effect(measure: EffectMeasure) -> &'static str {
    match measure {
        EffectMeasure::Probability => "ablation.effect_probability",
        EffectMeasure::Logit => "ablation.effect_logit",
    }
}

/// The key of an order.
pub fn order(order: AblationOrder) -> &'static str {
    match order {
        AblationOrder::Place => "ablation.by_place",
        AblationOrder::Attention => "ablation.by_attention",
        AblationOrder::Effect => "ablation.by_effect",
    }
}

/// The key of how attention and effect disagree.
pub fn mark(mark: Mark) -> &'static str {
    match mark {
        Mark::MuchAttention => "ablation.mark_attention",
        Mark::MuchEffect => "ablation.mark_effect",
    }
}

/// A change as it stands below the name of its measure, which has the unit.
pub fn change(page: &Context, measure: EffectMeasure, change: f32) -> String {
    change_text(page.language().numbers(), measure, change)
}

/// A change in words; nothing until it is known.
fn change_in_words<Of>(page: &Context, measure: EffectMeasure, item: &Item<Of>) -> Option<String> {
    let key = match measure {
        EffectMeasure::Probability => "ablation.points",
        EffectMeasure::Logit => "ablation.logit",
    };
    let change = change(page, measure, item.change?.by(measure));
    Some(page.fill(key, &[("change", &change)]))
}

/// What is read aloud after the name of a row, instead of its numbers.
pub fn row<Of>(page: &Context, attention: &str, measure: EffectMeasure, item: &Item<Of>) -> String {
    let share = page.language().numbers().percent(item.attention);
    let row = page.fill("ablation.row", &[("measure", attention), ("attention", &share)]);
    let effect = match change_in_words(page, measure, item) {
        Some(change) => page.fill(
            "ablation.row_effect",
            &[("label", &label(page)), ("effect", &change)],
        ),
        None => page.t("ablation.row_later").to_owned(),
    };
    match item.mark {
        Some(of_item) => format!("{row} {effect} {}.", page.t(mark(of_item))),
        None => format!("{row} {effect}"),
    }
}

/// Both ends of the scale of effects.
pub fn limits<Of>(page: &Context, compared: &Compared<Of>) -> String {
    format!(
        "±{}",
        change(page, compared.measure, compared.effect_limit).trim_start_matches('+')
    )
}

/// The rank correlation, with the number of things that it is over; before all effects are there, that it follows.
pub fn correlation<Of>(page: &Context, compared: &Compared<Of>) -> String {
    let count = compared.counted.to_string();
    match compared.kendall_tau {
        Some(tau) => {
            let tau = page.language().numbers().fixed(tau as f32, 2);
            page.fill("ablation.tau", &[("tau", &tau), ("count", &count)])
        }
        None if compared.counted == 0 => page.t("ablation.tau_later").to_owned(),
        None => page.t("ablation.tau_none").to_owned(),
    }
}

/// The title of a panel of a figure.
pub fn title<Of>(page: &Context, key: &'static str, compared: &Compared<Of>) -> String {
    format!("{}: {}", page.t(key), correlation(page, compared))
}

/// The class that effects are changes of.
fn label(page: &Context) -> String {
    let prediction = page
        .analysis_of_run()
        .and_then(|analysis| analysis.prediction.as_ref());
    let label = prediction.and_then(|prediction| page.shown.model.labels.get(prediction.top()?));
    label
        .map(|label| crate::components::label_name(page.language(), label))
        .unwrap_or_default()
}

/// What is measured of the prediction, with the class, as a figure has it.
pub fn effect_of_figure(page: &Context) -> String {
    let effect = page.t(effect(page.link.ablation.effect));
    page.fill(
        "ablation.effect_of",
        &[("effect", effect), ("label", &label(page))],
    )
}

/// The heading of an exported figure.
pub fn heading(page: &Context) -> String {
    page.fill(
        "ablation.figure_heading",
        &[("text", &words::text_of_heading(page))],
    )
}

/// The note below it.
pub fn note(page: &Context) -> String {
    let is_changed = !page.interventions_shown().is_empty();
    let of_run = is_changed.then(|| interventions::note_of_changes(page));
    words::note_of(
        page,
        "ablation.figure_note",
        of_run.into_iter().chain([rule(page)]),
    )
}

/// By which rule marks are given.
fn rule(page: &Context) -> String {
    let style = page.language().numbers();
    let (little, much) = (
        style.percent(LITTLE_EFFECT as f32),
        style.percent(MUCH_EFFECT as f32),
    );
    page.fill("ablation.rule", &[("little", &little), ("much", &much)])
}

/// The trust line: what an effect is, and by which rule the marks are given.
pub fn trust(page: &Context) -> String {
    format!(
        "{} {}",
        page.fill("ablation.trust", &[("label", &label(page))]),
        rule(page)
    )
}

/// The reading line: the token that is looked at; else, of the words, the one with most attention beside the one whose
/// hiding does most.
pub fn reading(page: &Context, both: Option<&Both>) -> String {
    let Some(tokens) = both.and_then(|both| both.tokens.as_ref().ok()) else {
        return String::new();
    };
    let shown = tiles(&page.shown.analysis.tokens);
    let name = |item: &Item<Position>| {
        shown
            .get(item.of.0)
            .map(|tile| tile.text.clone())
            .unwrap_or_default()
    };
    let style = page.language().numbers();
    let share = |item: &Item<Position>| style.percent(item.attention);
    let effect = |item: &Item<Position>| change_in_words(page, tokens.measure, item);
    let label = label(page);
    let focus = page.focus().and_then(|focus| focus.positions.first().copied());
    let looked_at = focus.and_then(|position| tokens.items.iter().find(|item| item.of == position));
    if let Some((item, change)) = looked_at.and_then(|item| Some((item, effect(item)?))) {
        let arguments = [
            ("token", name(item)),
            ("attention", share(item)),
            ("effect", change),
            ("label", label),
        ];
        return page.fill(
            "ablation.reading_one",
            &arguments.each_ref().map(|(key, text)| (*key, text.as_str())),
        );
    }
    let is_typed = |item: &Item<Position>| shown.get(item.of.0).is_some_and(|tile| !tile.special);
    let has_place = |item: &Item<Position>| item.places.is_some() && is_typed(item);
    let first = |order| tokens.first(order, has_place);
    let (Some(most), Some(strongest)) = (first(AblationOrder::Attention), first(AblationOrder::Effect))
    else {
        return page.t("ablation.reading_later").to_owned();
    };
    let place = strongest
        .places
        .map_or(0, |(by_attention, _)| by_attention)
        .to_string();
    let key = if most.of == strongest.of {
        "ablation.reading_same"
    } else {
        "ablation.reading"
    };
    let arguments = [
        ("token", name(most)),
        ("attention", share(most)),
        ("effect", effect(most).unwrap_or_default()),
        ("other", name(strongest)),
        ("other_attention", share(strongest)),
        ("other_effect", effect(strongest).unwrap_or_default()),
        ("place", place),
        ("count", tokens.counted.to_string()),
        ("label", label),
    ];
    page.fill(
        key,
        &arguments.each_ref().map(|(key, text)| (*key, text.as_str())),
    )
}
