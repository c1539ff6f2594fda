//! What is explained, what the surrogate is made of, and how it is drawn.

use vitrine_record::{LimeChoice, LimePicture, LimeWords};
use yew::prelude::*;

use crate::{
    components::{Choice, ChoiceItem, Picker, PickerItem, Slider, number_items},
    context::use_page,
    exhibits::explanation::{ExplainedPicker, NextSeed, ScorePicker, chooses, slides, words_key},
};

/// In the list of samples, the value of the fit that needs no chance.
const EXPECTED: &str = "expected";

/// The few that matter.
#[component]
pub fn Controls() -> Html {
    let page = use_page();
    let pictures = LimePicture::ALL.iter().map(|&picture| ChoiceItem {
        name: page.t(picture_key(picture)).into(),
        is_chosen: page.link.explanation.lime.picture == picture,
        on_choose: chooses(&page, move |choice, _: Event| choice.lime.picture = picture),
    });
    html! {
        <>
            <ExplainedPicker />
            <Choice name={page.t("explain.picture")} group="lime-picture" items={pictures.collect::<Vec<_>>()} />
        </>
    }
}

/// What a picture is called.
pub fn picture_key(picture: LimePicture) -> &'static str {
    match picture {
        LimePicture::Weights => "lime.picture_weights",
        LimePicture::Samples => "lime.picture_samples",
    }
}

/// The rest: scale, words, samples, features and kernel.
#[component]
pub fn More() -> Html {
    let page = use_page();
    let (choice, numbers) = (&page.link.explanation, page.language().numbers());
    let lime = choice.lime;
    let words = LimeWords::ALL.iter().map(|&words| ChoiceItem {
        name: page.t(words_key(words)).into(),
        is_chosen: lime.words == words,
        on_choose: chooses(&page, move |choice, _: Event| choice.lime.words = words),
    });
    let samples = number_items(&LimeChoice::SAMPLES, lime.samples, |count| {
        numbers.count(count as usize)
    });
    let expected = PickerItem {
        value: EXPECTED.into(),
        name: page.t("lime.samples_expected").into(),
    };
    let chosen = lime
        .samples
        .map_or(EXPECTED.to_owned(), |samples| samples.to_string());
    html! {
        <div class="options">
            <ScorePicker />
            <div class="options__row">
                <Choice name={page.t("lime.words")} group="lime-words" items={words.collect::<Vec<_>>()} />
                <Picker
                    name={page.t("lime.samples")} hint={page.t("lime.samples_hint")}
                    items={samples.chain([expected]).collect::<Vec<_>>()} {chosen}
                    on_choose={chooses(&page, |choice, value: String| choice.lime.samples = value.parse().ok())}
                />
                if lime.samples.is_some() {
                    <NextSeed />
                }
            </div>
            <div class="options__row">
                <Slider
                    name={page.t("lime.kernel")} hint={page.t("lime.kernel_hint")} value={lime.kernel_width}
                    range={LimeChoice::KERNEL_WIDTHS} step=5 said={lime.kernel_width.to_string()}
                    on_change={slides(&page, |choice, width| choice.lime.kernel_width = width)}
                />
                <Slider
                    name={page.t("lime.features")} hint={page.t("lime.features_hint")} value={lime.features}
                    range={LimeChoice::FEATURES} said={lime.features.to_string()}
                    on_change={slides(&page, |choice, features| choice.lime.features = features)}
                />
            </div>
            <p class="hint">{ page.t(words_about_key(lime.words)) }</p>
        </div>
    }
}

fn words_about_key(words: LimeWords) -> &'static str {
    match words {
        LimeWords::BagOfWords => "lime.bow_about",
        LimeWords::Positional => "lime.positional_about",
    }
}
