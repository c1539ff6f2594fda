//! Choices about explanations that an address can hold, and what follows from them.

use proptest::prelude::*;

use super::{
    address::{EVALUATIONS, SAMPLES, STEPS},
    *,
};
use crate::{GapLevel, GradientBaseline, LimePicture, LimeWords, MaskingMode, address::MOST_CLASS};

prop_compose! {
    fn any_lime()(
        words in proptest::sample::select(LimeWords::ALL),
        samples in proptest::option::of(SAMPLES),
        features in LimeChoice::FEATURES,
        kernel_width in LimeChoice::KERNEL_WIDTHS,
        picture in proptest::sample::select(LimePicture::ALL),
    ) -> LimeChoice {
        LimeChoice { words, samples, features, kernel_width, picture }
    }
}

prop_compose! {
    fn any_score()(
        kind in proptest::sample::select(ScoreKind::ALL), like in ".{0,20}", unlike in ".{0,20}",
    ) -> ScoreChoice {
        ScoreChoice { kind, like, unlike }
    }
}

prop_compose! {
    /// Choices that an address can hold.
    pub(crate) fn any_choice()(
        score in any_score(),
        target in proptest::option::of(0..=MOST_CLASS),
        link in proptest::sample::select(OutputLink::ALL),
        mode in proptest::sample::select(MaskingMode::ALL),
        with in proptest::sample::select(MaskWith::ALL),
        special_players in any::<bool>(),
        method in proptest::sample::select(&ExplanationMethod::SHAPLEY),
        most_evaluations in proptest::option::of(EVALUATIONS),
        grouping in prop_oneof![
            Just(Grouping::Scores),
            Just(Grouping::Proposed),
            proptest::collection::vec(proptest::sample::select(&GapLevel::ALL), 1..6).prop_map(Grouping::Chosen),
        ],
        kernel in prop_oneof![
            Just(KernelSelection::All),
            (1..100_usize).prop_map(KernelSelection::Features),
            Just(KernelSelection::Aic),
            Just(KernelSelection::Bic),
        ],
        picture in proptest::sample::select(ShapPicture::ALL),
        lime in any_lime(),
        path in (proptest::sample::select(GradientBaseline::ALL), STEPS)
            .prop_map(|(baseline, steps)| GradientPath { baseline, steps }),
        seed in any::<u32>(),
    ) -> ExplanationChoice {
        let masking = Masking { mode, with, special_players };
        let mut choice = ExplanationChoice {
            score, target, link, masking, method, grouping, kernel, most_evaluations, picture, lime, path, seed,
        };
        choice.clamp(None);
        choice
    }
}

#[test]
fn a_class_that_the_model_lacks_is_not_explained() {
    let mut choice = ExplanationChoice {
        target: Some(2),
        ..ExplanationChoice::default()
    };
    choice.clamp(None);
    assert_eq!(
        choice.target,
        Some(2),
        "how many classes there are is not known yet"
    );
    choice.clamp(Some(2));
    assert_eq!(choice.target, None);
}

#[test]
fn a_score_of_no_class_has_neither_class_nor_scale() {
    let mut choice = ExplanationChoice {
        target: Some(1),
        link: OutputLink::Logit,
        ..ExplanationChoice::default()
    };
    choice.score.kind = ScoreKind::Similarity;
    assert_eq!(
        choice.score.output(2),
        None,
        "nothing to compare with is typed yet"
    );
    choice.score.like = "not bad".to_owned();
    let output = choice.score.output(2).unwrap();
    let target = choice.owen_settings(output.clone(), 1).target;
    assert_eq!(
        (target.index, target.link, target.scale()),
        (0, OutputLink::Probability, None)
    );

    let mut chosen = ExplanationChoice::default();
    chosen.choose_target(&target);
    assert_eq!((chosen.score.output(2), chosen.target), (Some(output), None));
    let class = ExplanationTarget {
        index: 1,
        ..ExplanationTarget::default()
    };
    chosen.choose_target(&class);
    assert_eq!(chosen.owen_settings(ModelOutput::Logits, 0).target, class);
}

#[test]
fn only_kernel_shap_selects_features() {
    let choice = ExplanationChoice {
        method: ExplanationMethod::Kernel,
        kernel: KernelSelection::Bic,
        ..ExplanationChoice::default()
    };
    let selected = |choice: &ExplanationChoice| choice.shapley_settings(ModelOutput::Logits, 1).kernel;
    assert_eq!(selected(&choice), KernelSelection::Bic);
    let of_pairs = ExplanationChoice {
        picture: ShapPicture::Interactions,
        ..choice.clone()
    };
    let owen = ExplanationChoice {
        method: ExplanationMethod::Owen,
        ..choice
    };
    assert_eq!([&of_pairs, &owen].map(selected), [KernelSelection::All; 2]);
}

#[test]
fn interactions_are_computed_from_all_coalitions() {
    let choice = ExplanationChoice {
        picture: ShapPicture::Interactions,
        ..ExplanationChoice::default()
    };
    let settings = choice.shapley_settings(ModelOutput::Logits, 1);
    assert_eq!(
        (settings.method, settings.interactions, settings.target.index),
        (ExplanationMethod::Exact, true, 1)
    );
    let settings = choice.lime_settings(ModelOutput::Logits, 1, 7);
    assert_eq!((settings.interactions, settings.seed), (false, 7));
}
