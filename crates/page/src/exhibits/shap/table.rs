//! The twin of the picture: the same numbers as a table.

use vitrine_record::Explanation;
use yew::prelude::*;

use crate::{
    context::use_page,
    exhibits::{
        explanation::{detail_table, value_table},
        salience::NumberTableTwin,
    },
    state::Shared,
};

/// Properties of [`ShapTable`].
#[derive(Properties, PartialEq)]
pub struct ShapTableProps {
    /// The numbers.
    pub explanation: Shared<Explanation>,
}

/// A row for each token, what they are added to, and what they sum to; under it, pairs and groups where there are such.
#[component]
pub fn ShapTable(ShapTableProps { explanation }: &ShapTableProps) -> Html {
    let page = use_page();
    let detail = detail_table(&page, explanation);
    html! {
        <>
            <NumberTableTwin table={value_table(&page, explanation)} id="explained-caption" takes_focus={true} />
            if let Some(table) = detail {
                <NumberTableTwin {table} id="explained-detail-caption" />
            }
        </>
    }
}
