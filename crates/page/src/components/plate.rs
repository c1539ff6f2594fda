//! The plate beside the case: what is seen, how to read it, and one question.

use vitrine_record::{
    AttentionView, DataSetPicture, Drawing, ExhibitName, ImportPart, LimePicture, ShapPicture,
};
use yew::prelude::*;

use crate::context::{Context, use_page};

/// The words of the page that need a meaning, in the order in which they are met.
const WORDS: [(&str, &str); 6] = [
    ("word.sentiment", "meaning.sentiment"),
    ("word.token", "meaning.token"),
    ("word.special", "meaning.special"),
    ("word.query_key", "meaning.query_key"),
    ("word.attention", "meaning.attention"),
    ("word.logit", "meaning.logit"),
];

const WORDS_OF_SHAP: [(&str, &str); 5] = [
    ("word.shapley", "meaning.shapley"),
    ("word.owen", "meaning.owen"),
    ("word.base_value", "meaning.base_value"),
    ("word.masking", "meaning.masking"),
    ("word.logit", "meaning.logit"),
];

const WORDS_OF_DATA_SET: [(&str, &str); 3] = [
    ("dataset.word_size", "dataset.meaning_size"),
    ("dataset.word_occurrence", "dataset.meaning_occurrence"),
    ("dataset.word_truncated", "dataset.meaning_truncated"),
];
const WORDS_OF_LIME: [(&str, &str); 6] = [
    ("word.surrogate", "meaning.surrogate"),
    ("word.r2", "meaning.r2"),
    ("lime.intercept", "meaning.intercept"),
    ("lime.local_prediction", "meaning.local_prediction"),
    ("word.proximity", "meaning.proximity"),
    ("word.seed", "meaning.seed"),
];

const WORDS_OF_AGREEMENT: [(&str, &str); 4] = [
    ("word.kendall", "meaning.kendall"),
    ("word.overlap", "meaning.overlap"),
    ("word.comprehensiveness", "meaning.comprehensiveness"),
    ("word.sufficiency", "meaning.sufficiency"),
];

const WORDS_OF_SALIENCE: [(&str, &str); 4] = [
    ("word.baseline", "meaning.baseline"),
    ("word.completeness", "meaning.completeness"),
    ("word.occlusion", "meaning.occlusion"),
    ("word.logit", "meaning.logit"),
];

/// What the plate says about a view: keys of sentences, two where a pointer and a finger do different things.
struct Guide {
    how: &'static str,
    pointing: (&'static str, &'static str),
    question: &'static str,
    hint: &'static str,
    second_hint: Option<(&'static str, &'static str)>,
}

fn guide(view: AttentionView, drawing: Drawing, is_difference: bool) -> Guide {
    let is_heat_map = drawing == Drawing::HeatMap;
    match view {
        AttentionView::Head => Guide {
            how: match (is_heat_map, is_difference) {
                (false, false) => "plate.how",
                (true, false) => "plate.how_heat_map",
                (false, true) => "plate.how_difference",
                (true, true) => "plate.how_difference_heat_map",
            },
            pointing: if is_heat_map {
                ("plate.how_cell_pointer", "plate.how_cell_touch")
            } else {
                ("plate.how_pointer", "plate.how_touch")
            },
            question: "plate.question",
            hint: "plate.hint",
            second_hint: Some(("plate.hint_pointer", "plate.hint_touch")),
        },
        AttentionView::Model => Guide {
            how: "plate.how_model",
            pointing: ("plate.how_model_pointer", "plate.how_model_touch"),
            question: "plate.question_model",
            hint: "plate.hint_model",
            second_hint: None,
        },
        AttentionView::Neuron => Guide {
            how: "plate.how_neuron",
            pointing: ("plate.how_neuron_pointer", "plate.how_neuron_touch"),
            question: "plate.question_neuron",
            hint: "plate.hint_neuron",
            second_hint: None,
        },
        AttentionView::Finder => Guide {
            how: "plate.how_finder",
            pointing: ("plate.how_finder_pointer", "plate.how_finder_touch"),
            question: "plate.question_finder",
            hint: "plate.hint_finder",
            second_hint: None,
        },
        AttentionView::Ablation => Guide {
            how: "plate.how_ablation",
            pointing: ("plate.how_ablation_pointer", "plate.how_ablation_touch"),
            question: "plate.question_ablation",
            hint: "plate.hint_ablation",
            second_hint: None,
        },
    }
}

/// What the plate says of an exhibit.
struct Content {
    what: String,
    how: String,
    question: &'static str,
    hint: String,
    words: &'static [(&'static str, &'static str)],
    careful: &'static str,
}

/// The plate beside the exhibit that is looked at.
#[component]
pub fn Plate() -> Html {
    let page = use_page();
    let content = match page.link.exhibit {
        ExhibitName::Attention => of_attention(&page),
        ExhibitName::Shap => of_shap(&page),
        ExhibitName::Lime => of_lime(&page),
        ExhibitName::Salience => of_salience(&page),
        ExhibitName::Agreement => of_agreement(&page),
        ExhibitName::DataSet => of_data_set(&page),
    };
    let words = content.words.iter().map(|(word, meaning)| {
        html! { <><dt>{ page.t(word) }</dt><dd>{ page.t(meaning) }</dd></> }
    });
    html! {
        <aside class="plate" aria-labelledby="plate-title">
            <h2 id="plate-title">{ page.t("plate.title") }</h2>
            <div class="plate__body">
            <p>{ content.what }</p>
            <p>{ content.how }</p>
            <p class="plate__question">{ page.t(content.question) }</p>
            <p>{ content.hint }</p>
            <details>
                <summary>{ page.t("plate.words_title") }</summary>
                <dl class="glossary">{ for words }</dl>
            </details>
            <details>
                <summary>{ page.t("plate.careful_title") }</summary>
                <p>{ page.t(content.careful) }</p>
            </details>
            </div>
        </aside>
    }
}

fn of_attention(page: &Context) -> Content {
    let (layers, heads) = (page.layers().to_string(), page.heads().to_string());
    let (what, name) = match page.imported() {
        None => ("plate.what", String::new()),
        Some((imported, ImportPart::Encoder)) => ("import.plate_encoder", imported.short_name()),
        Some((imported, ImportPart::Decoder)) => ("import.plate_decoder", imported.short_name()),
        Some((imported, ImportPart::Cross)) => ("import.plate_cross", imported.short_name()),
    };
    let guide = guide(page.link.view, page.link.drawing, page.shows_difference());
    let second_hint = guide.second_hint.map(|keys| page.by_device(keys));
    let (question, hint) = match page.looked_at().is_within_text() {
        true => (
            guide.question,
            format!("{} {}", page.t(guide.hint), second_hint.unwrap_or_default()),
        ),
        false => ("import.plate_question", page.t("import.plate_hint").to_owned()),
    };
    Content {
        what: page.fill(what, &[("layers", &layers), ("heads", &heads), ("name", &name)]),
        how: format!("{} {}", page.t(guide.how), page.by_device(guide.pointing)),
        question,
        hint,
        words: &WORDS,
        careful: "plate.careful",
    }
}

fn of_shap(page: &Context) -> Content {
    let how = match page.link.explanation.picture {
        ShapPicture::Text => "plate.how_shap_text",
        ShapPicture::Bars => "plate.how_shap_bars",
        ShapPicture::Waterfall => "plate.how_shap_waterfall",
        ShapPicture::Interactions => "plate.how_shap_interactions",
        ShapPicture::Hierarchy => "plate.how_shap_hierarchy",
    };
    let pointing = ("plate.how_shap_pointer", "plate.how_shap_touch");
    Content {
        what: page.t("plate.what_shap").to_owned(),
        how: format!("{} {}", page.t(how), page.by_device(pointing)),
        question: "plate.question_shap",
        hint: page.t("plate.hint_shap").to_owned(),
        words: &WORDS_OF_SHAP,
        careful: "plate.careful_shap",
    }
}

fn of_salience(page: &Context) -> Content {
    let pointing = page.by_device(("plate.how_shap_pointer", "plate.how_shap_touch"));
    Content {
        what: page.t("plate.what_salience").to_owned(),
        how: format!("{} {pointing}", page.t("plate.how_salience")),
        question: "plate.question_salience",
        hint: page.t("plate.hint_salience").to_owned(),
        words: &WORDS_OF_SALIENCE,
        careful: "plate.careful_salience",
    }
}

fn of_agreement(page: &Context) -> Content {
    let pointing = page.by_device(("plate.how_shap_pointer", "plate.how_shap_touch"));
    Content {
        what: page.t("plate.what_agreement").to_owned(),
        how: format!("{} {pointing}", page.t("plate.how_agreement")),
        question: "plate.question_agreement",
        hint: page.t("plate.hint_agreement").to_owned(),
        words: &WORDS_OF_AGREEMENT,
        careful: "plate.careful_agreement",
    }
}

fn of_data_set(page: &Context) -> Content {
    let how = match page.link.data_set.picture {
        DataSetPicture::Bars => "dataset.plate_how_bars",
        DataSetPicture::Swarm => "dataset.plate_how_swarm",
        DataSetPicture::HeatMap => "dataset.plate_how_heat_map",
    };
    Content {
        what: page.t("dataset.plate_what").to_owned(),
        how: page.t(how).to_owned(),
        question: "dataset.plate_question",
        hint: page.t("dataset.plate_hint").to_owned(),
        words: &WORDS_OF_DATA_SET,
        careful: "dataset.plate_careful",
    }
}

fn of_lime(page: &Context) -> Content {
    let how = match page.link.explanation.lime.picture {
        LimePicture::Weights => "plate.how_lime_weights",
        LimePicture::Samples => "plate.how_lime_samples",
    };
    Content {
        what: page.t("plate.what_lime").to_owned(),
        how: page.t(how).to_owned(),
        question: "plate.question_lime",
        hint: page.t("plate.hint_lime").to_owned(),
        words: &WORDS_OF_LIME,
        careful: "plate.careful_lime",
    }
}
