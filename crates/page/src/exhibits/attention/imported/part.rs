//! The parts of what was imported.

use vitrine_record::ImportPart;
use yew::prelude::*;

use crate::{
    components::{Choice, ChoiceItem},
    context::use_page,
    state::Action,
};

/// Which part is looked at; nothing where there is one alone, or nothing was imported.
#[component]
pub fn PartPicker() -> Html {
    let page = use_page();
    let Some((imported, shown)) = page
        .imported()
        .filter(|(imported, _)| imported.parts().count() > 1)
    else {
        return Html::default();
    };
    let items = imported
        .parts()
        .map(|part| ChoiceItem {
            name: page.t(part_key(part)).into(),
            is_chosen: part == shown,
            on_choose: page.sends(Action::ChooseImportPart(part)),
        })
        .collect::<Vec<_>>();
    html! { <Choice name={page.t("import.part")} group="import-part" {items} /> }
}

/// What a part is called.
pub fn part_key(part: ImportPart) -> &'static str {
    match part {
        ImportPart::Encoder => "import.encoder",
        ImportPart::Decoder => "import.decoder",
        ImportPart::Cross => "import.cross",
    }
}
