//! What is explained over the texts, and how it is drawn.

use vitrine_record::{
    CohortsBy, DataSetChoice, DataSetPicture, PointColour, TextOrder, TokenOrder, TokenUnit,
};
use yew::prelude::*;

use super::{cohorts::most_frequent, view::View};
use crate::{
    components::{Choice, ChoiceItem, Picker, PickerItem, label_name},
    context::{Context, use_page},
    exhibits::explanation::{ExplainedPicker, ScorePicker},
    state::{Action, DataSetChange, Shared},
};

/// A callback that changes the choice by what it is told.
fn chooses<T: 'static>(page: &Context, change: impl Fn(&mut DataSetChoice, T) + 'static) -> Callback<T> {
    let (dispatcher, choice) = (page.state.dispatcher(), page.link.data_set);
    Callback::from(move |value| {
        let mut choice = choice;
        change(&mut choice, value);
        dispatcher.dispatch(Action::DataSet(DataSetChange::Choose(choice)));
    })
}

/// One of a few, by the key of each.
fn choice<T: Copy + PartialEq + 'static>(
    page: &Context,
    (name, group): (&'static str, &'static str),
    all: &[T],
    chosen: T,
    key: impl Fn(T) -> &'static str,
    set: fn(&mut DataSetChoice, T),
) -> Html {
    let items = all.iter().map(|&one| ChoiceItem {
        name: page.t(key(one)).into(),
        is_chosen: one == chosen,
        on_choose: chooses(page, move |choice, _: Event| set(choice, one)),
    });
    html! { <Choice name={page.t(name)} {group} items={items.collect::<Vec<_>>()} /> }
}

/// What a picture is called.
pub fn picture_key(picture: DataSetPicture) -> &'static str {
    match picture {
        DataSetPicture::Bars => "dataset.picture_bars",
        DataSetPicture::Swarm => "dataset.picture_swarm",
        DataSetPicture::HeatMap => "dataset.picture_heat_map",
    }
}

/// What tokens are in order by.
pub fn order_key(order: TokenOrder) -> &'static str {
    match order {
        TokenOrder::MeanSize => "dataset.order_mean",
        TokenOrder::TotalSize => "dataset.order_sum",
        TokenOrder::LargestSize => "dataset.order_largest",
        TokenOrder::Mean => "dataset.order_signed",
    }
}

/// Properties of [`Controls`].
#[derive(Properties, PartialEq)]
pub struct ControlsProps {
    /// What is drawn.
    pub view: Option<Shared<View>>,
}

/// The class, the picture, and the texts of which predicted class are shown.
#[component]
pub fn Controls(ControlsProps { view }: &ControlsProps) -> Html {
    let page = use_page();
    html! {
        <>
            <ExplainedPicker />
            { choice(
                &page, ("explain.picture", "data-set-picture"), DataSetPicture::ALL, page.link.data_set.picture,
                picture_key, |choice, picture| choice.picture = picture,
            ) }
            if let Some(view) = view {
                if view.has_classes() {
                    { predicted(&page, view) }
                }
                if view.choice.picture == DataSetPicture::Bars {
                    { beside(&page, view) }
                }
            }
        </>
    }
}

/// Which texts stand beside which others: by labels only where the list has several, by classes where there are some.
fn beside(page: &Context, view: &View) -> Html {
    let chosen = page.link.data_set.beside;
    let has_labels = most_frequent(&view.asked.labels).len() > 1;
    let offered = CohortsBy::ALL.iter().filter(|by| match by {
        CohortsBy::Label => has_labels || chosen == CohortsBy::Label,
        CohortsBy::Prediction => view.has_classes() || chosen == CohortsBy::Prediction,
        CohortsBy::Nothing | CohortsBy::Length => true,
    });
    let items = offered.map(|by| PickerItem {
        value: by.name().into(),
        name: page.t(beside_key(*by)).into(),
    });
    html! {
        <Picker
            name={page.t("dataset.beside")} hint={page.t("dataset.beside_hint")} items={items.collect::<Vec<_>>()}
            chosen={chosen.name()}
            on_choose={chooses(page, |choice, name: String| {
                choice.beside = CohortsBy::from_name(&name).unwrap_or_default();
            })}
        />
    }
}

/// Which texts stand beside which others, in words.
pub fn beside_key(by: CohortsBy) -> &'static str {
    match by {
        CohortsBy::Nothing => "dataset.beside_nothing",
        CohortsBy::Prediction => "dataset.beside_prediction",
        CohortsBy::Length => "dataset.beside_length",
        CohortsBy::Label => "dataset.beside_label",
    }
}

/// Only the texts that are predicted to be of one class.
fn predicted(page: &Context, view: &View) -> Html {
    let numbers = page.language().numbers();
    let item = |name: String, cohort: Option<usize>, count: usize| ChoiceItem {
        name: page
            .fill(
                "dataset.cohort_counted",
                &[("name", &name), ("count", &numbers.count(count))],
            )
            .into(),
        is_chosen: page.link.data_set.cohort == cohort,
        on_choose: chooses(page, move |choice, _: Event| choice.cohort = cohort),
    };
    let all = item(
        page.t("dataset.cohort_all").to_owned(),
        None,
        view.asked.explained.len(),
    );
    let labels = page.shown.model.labels.iter().zip(&view.of_class).enumerate();
    let classes =
        labels.map(|(class, (label, count))| item(label_name(page.language(), label), Some(class), *count));
    let items: Vec<ChoiceItem> = std::iter::once(all).chain(classes).collect();
    html! { <Choice name={page.t("dataset.cohort")} group="data-set-cohort" {items} /> }
}

/// The value that stands for a number in a list.
fn value_of(number: u32) -> &'static str {
    match number {
        1 => "1",
        2 => "2",
        5 => "5",
        10 => "10",
        100 => "100",
        2000 => "2000",
        _ => "500",
    }
}

/// The rest: what is computed, what counts as one, and in what order things stand.
#[component]
pub fn More() -> Html {
    let page = use_page();
    let chosen = page.link.data_set;
    let numbers = page.language().numbers();
    let counted = |key: &'static str, number: u32| PickerItem {
        value: value_of(number).into(),
        name: page
            .fill(key, &[("count", &numbers.count(number as usize))])
            .into(),
    };
    let budgets = DataSetChoice::BUDGETS.map(|budget| counted("shap.budget_count", budget));
    let least = DataSetChoice::LEAST.map(|least| counted("dataset.least_count", least));
    html! {
        <div class="options">
            <ScorePicker />
            <div class="options__row">
                <Picker
                    name={page.t("dataset.budget")} hint={page.t("shap.budget_hint")} items={budgets.to_vec()}
                    chosen={value_of(chosen.most_evaluations)}
                    on_choose={chooses(&page, |choice, value: String| {
                        choice.most_evaluations = value.parse().unwrap_or(choice.most_evaluations);
                    })}
                />
            </div>
            <p class="hint">{ page.t("dataset.settings_about") }</p>
            <div class="options__row">
                { choice(
                    &page, ("dataset.unit", "data-set-unit"), TokenUnit::ALL, chosen.unit,
                    |unit| match unit {
                        TokenUnit::Words => "dataset.unit_words",
                        TokenUnit::Pieces => "dataset.unit_pieces",
                    },
                    |choice, unit| choice.unit = unit,
                ) }
                { choice(
                    &page, ("dataset.token_order", "data-set-order"), TokenOrder::ALL, chosen.token_order,
                    order_key,
                    |choice, order| choice.token_order = order,
                ) }
                <Picker
                    name={page.t("dataset.least")} hint={page.t("dataset.least_hint")} items={least.to_vec()}
                    chosen={value_of(chosen.least_occurrences)}
                    on_choose={chooses(&page, |choice, value: String| {
                        choice.least_occurrences = value.parse().unwrap_or(choice.least_occurrences);
                    })}
                />
            </div>
            <div class="options__row">
                { choice(
                    &page, ("dataset.colour", "data-set-colour"), PointColour::ALL, chosen.colour,
                    |colour| match colour {
                        PointColour::Value => "dataset.colour_value",
                        PointColour::Prediction => "dataset.colour_prediction",
                    },
                    |choice, colour| choice.colour = colour,
                ) }
                { choice(
                    &page, ("dataset.text_order", "data-set-rows"), TextOrder::ALL, chosen.text_order,
                    |order| match order {
                        TextOrder::Prediction => "dataset.rows_prediction",
                        TextOrder::Likeness => "dataset.rows_likeness",
                        TextOrder::Pick => "dataset.rows_pick",
                        TextOrder::List => "dataset.rows_list",
                    },
                    |choice, order| choice.text_order = order,
                ) }
            </div>
        </div>
    }
}
