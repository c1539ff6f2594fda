use clap::Parser;
use vitrine_record::{
    ExplanationMethod, GradientBaseline, LimeWords, MaskWith, MaskingMode, ModelInfo, OutputLink,
};

use super::*;
use crate::arguments::{Arguments, Command};

fn model(labels: &[&str]) -> ModelInfo {
    ModelInfo {
        id: "tiny".to_owned(),
        hash: "hash".to_owned(),
        layers: 1,
        heads: 1,
        hidden: 1,
        intermediate: 1,
        max_tokens: 8,
        labels: labels.iter().map(|label| (*label).to_owned()).collect(),
    }
}

fn parsed(options: &str) -> Result<ExplainArguments, clap::Error> {
    let words = ["vitrine", "explain", "--text", "T", "--json"];
    let words = words.into_iter().chain(options.split_whitespace());
    match Arguments::try_parse_from(words)?.command {
        Command::Explain { options, .. } => Ok(options),
        other => panic!("{other:?}"),
    }
}

fn settings(options: &str) -> Result<ExplanationSettings, CliError> {
    let arguments = parsed(options).unwrap_or_else(|error| panic!("{options}: {error}"));
    arguments.settings(&model(&["no", "so-so", "yes"]), Some(2))
}

#[test]
fn what_is_not_said_is_the_default() {
    let found = settings("--method owen").unwrap();
    let expect = ExplanationSettings {
        target: ExplanationTarget {
            index: 2,
            ..ExplanationTarget::default()
        },
        ..ExplanationSettings::default()
    };
    assert_eq!(found, expect);
}

#[test]
fn every_option_arrives_in_the_settings() {
    let found = settings(
        "--method exact --target so-so --link logit --masking string --mask-with delete --special-players \
         --interactions --seed 7",
    )
    .unwrap();
    assert_eq!(found.method, ExplanationMethod::Exact);
    assert_eq!((found.target.index, found.target.link), (1, OutputLink::Logit));
    let masking = Masking {
        mode: MaskingMode::String,
        with: MaskWith::Delete,
        special_players: true,
    };
    assert_eq!(found.masking, masking);
    assert!(found.interactions);
    assert_eq!(found.seed, 7);
    let most = settings("--method kernel --max-evals 300")
        .unwrap()
        .most_evaluations;
    assert_eq!(most, Some(300));
    let lime = |options: &str| settings(&format!("--method lime {options}")).unwrap().lime;
    let found = lime("--lime-words positional --samples 50 --features 3");
    assert_eq!(
        (found.words, found.samples, found.features),
        (LimeWords::Positional, Some(50), 3)
    );
    assert_eq!(lime(""), LimeSettings::default());
    assert_eq!(lime("--samples expected").samples, None);
    let path = |options: &str| settings(&format!("--method ig {options}")).unwrap().path;
    let zero = GradientPath {
        baseline: GradientBaseline::Zero,
        steps: 300,
    };
    assert_eq!(path("--steps 300 --baseline zero"), zero);
    assert_eq!(path(""), GradientPath::default());
    assert_eq!(path("--mask-with mask").baseline, GradientBaseline::Mask);
    let kernel = |options: &str| settings(&format!("--method kernel {options}")).unwrap().kernel;
    assert_eq!(kernel(""), KernelSelection::All);
    assert_eq!(kernel("--kernel-features 10"), KernelSelection::Features(10));
    assert_eq!(kernel("--kernel-features bic"), KernelSelection::Bic);
}

#[test]
fn what_needs_no_class_is_explained_of_any_model() {
    let text = |text: &str| TextInput {
        text: text.to_owned(),
        pair: None,
    };
    for labels in [&["no", "yes"][..], &[]] {
        let target = |options: &str| {
            let arguments = parsed(options).unwrap();
            arguments.settings(&model(labels), Some(1)).unwrap().target
        };
        let similar = target("--method lime --similar-to good");
        assert_eq!(similar.output, ModelOutput::SimilarityTo(text("good")));
        assert_eq!((similar.index, similar.scale()), (0, None));
        let (from, to) = (text("bad"), text("good"));
        let towards = target("--method ig --towards good --away-from bad");
        assert_eq!(towards.output, ModelOutput::Direction { from, to });
    }
}

#[test]
fn the_methods_have_the_names_of_their_options() {
    for (name, expect) in [
        ("owen", ExplanationMethod::Owen),
        ("exact", ExplanationMethod::Exact),
        ("permutation", ExplanationMethod::Permutation),
        ("kernel", ExplanationMethod::Kernel),
        ("lime", ExplanationMethod::Lime),
        ("ig", ExplanationMethod::IntegratedGradients),
        ("gradxinput", ExplanationMethod::GradientTimesInput),
        ("occlusion", ExplanationMethod::Occlusion),
    ] {
        assert_eq!(settings(&format!("--method {name}")).unwrap().method, expect);
    }
}

#[test]
fn what_would_do_nothing_is_refused_with_what_to_do() {
    let check = |options: &str, expect: &str| {
        let error = settings(options).unwrap_err();
        assert_eq!(error.exit_code(), 2, "{options}");
        assert!(error.to_string().contains(expect), "{options}: {error}");
    };
    check("--method owen --target maybe", "choose one of no, so-so, yes");
    check(
        "--method owen --features 3",
        "choose --method lime in place of owen",
    );
    check(
        "--method owen --samples 300",
        "choose --method lime in place of owen",
    );
    check(
        "--method kernel --lime-words bow",
        "choose --method lime in place of kernel",
    );
    check(
        "--method owen --interactions",
        "choose --method exact in place of owen",
    );
    check("--method exact --max-evals 100", "leave it out");
    check("--method ig --max-evals 100", "leave it out");
    check("--method lime --special-players", "leave out --special-players");
    check("--method ig --special-players", "leave out --special-players");
    check("--method lime --masking ids", "leave out --masking ids");
    check("--method lime --mask-with mask", "leave out --mask-with");
    check(
        "--method gradxinput --mask-with mask",
        "leave out --masking and --mask-with",
    );
    check("--method ig --masking ids", "leave out --masking and --mask-with");
    check("--method ig --mask-with delete", "choose pad or mask");
    check(
        "--method ig --mask-with pad --baseline zero",
        "leave out --mask-with",
    );
    check(
        "--method gradnorm --steps 20",
        "choose --method ig in place of gradnorm",
    );
    check(
        "--method owen --baseline zero",
        "choose --method ig in place of owen",
    );
    check(
        "--method owen --kernel-features 10",
        "choose --method kernel in place of owen",
    );
    check("--method owen --similar-to=", "the text of --similar-to is empty");
    check(
        "--method owen --towards= --away-from bad",
        "the text of --towards is empty",
    );
    check(
        "--method owen --masking string --mask-with attention",
        "choose mask, delete or pad",
    );
    let arguments = parsed("--method owen").unwrap();
    let error = arguments.settings(&model(&[]), None).unwrap_err();
    for expect in [
        "no classifier",
        "--similar-to TEXT",
        "--towards TEXT --away-from TEXT",
        "--model DIR",
    ] {
        assert!(error.to_string().contains(expect), "{error}");
    }
    assert_eq!(error.exit_code(), 2);
}

#[test]
fn what_agrees_with_the_method_is_no_mistake() {
    for options in [
        "--method lime --masking string --mask-with delete",
        "--method lime --lime-words positional --mask-with mask --masking string",
        "--method ig --mask-with pad",
        "--method owen --masking ids --mask-with attention",
        "--method occlusion --special-players",
    ] {
        assert!(settings(options).is_ok(), "{options}");
    }
}

#[test]
fn numbers_and_names_that_mean_nothing_are_not_read() {
    for (options, expect) in [
        ("--method shap", "owen"),
        ("--method owen --link log", "prob"),
        ("--method owen --max-evals 0", "--max-evals"),
        ("--method lime --samples 1", "give a number from 2"),
        ("--method lime --samples many", "give a number from 2"),
        ("--method lime --features 0", "--features"),
        ("--method kernel --kernel-features 0", "give a number from 1"),
        ("--method ig --steps 0", "--steps"),
        ("--method ig --steps 1001", "1..=1000"),
        ("--method ig --baseline delete", "zero"),
        ("--method owen --towards good", "--away-from"),
        ("--method owen --away-from bad", "--towards"),
        ("--method owen --similar-to good --target yes", "--target"),
        ("--method owen --similar-to good --link logit", "--link"),
        (
            "--method owen --similar-to good --towards good --away-from bad",
            "--towards",
        ),
        ("--method owen --seed one", "--seed"),
        ("--method owen --seed 4294967296", "--seed"),
        ("--method owen --svg", "--json"),
    ] {
        let error = parsed(options).unwrap_err().to_string();
        assert!(error.contains(expect), "{options}: {error}");
    }
}
