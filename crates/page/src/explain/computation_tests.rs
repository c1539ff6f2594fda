use std::cell::Cell;

use vitrine_record::{
    Analysis, ExplanationMethod, ExplanationSettings, MaskedToken, Segment, Token, TokenId, TokenizedText,
    message::TextInput,
};

use super::*;
use crate::{
    explain::marks::Marks,
    state::{LONGEST_UNASKED_SECONDS, OrderedText, Shared},
};

const TEXT: &str = "not a bad film but one dull plot";

fn analysis(text: &str) -> Analysis {
    let words = text.split(' ');
    let pieces: Vec<&str> = ["[CLS]"].into_iter().chain(words).chain(["[SEP]"]).collect();
    let token = |(at, piece): (usize, &&str)| {
        let start = text.find(*piece).unwrap_or(0);
        let special = piece.starts_with('[');
        Token {
            text: (*piece).into(),
            piece: (*piece).into(),
            id: TokenId(at as u32),
            start,
            end: if special { start } else { start + piece.len() },
            segment: Segment::A,
            special,
        }
    };
    Analysis {
        model_hash: "made up".into(),
        text: text.into(),
        pair: None,
        tokens: pieces.iter().enumerate().map(token).collect(),
        prediction: None,
        attention: Vec::new(),
        thumbnails: Vec::new(),
        notices: Vec::new(),
    }
}

fn order(settings: ExplanationSettings) -> ExplanationOrder {
    order_of(TEXT, settings)
}

fn order_of(text: &str, settings: ExplanationSettings) -> ExplanationOrder {
    let analysis = analysis(text);
    ExplanationOrder {
        question: ExplanationQuestion {
            model_hash: analysis.model_hash.clone(),
            input: TextInput {
                text: analysis.text.clone(),
                pair: None,
            },
            settings,
            checked: None,
        },
        text: OrderedText::OnScreen(Shared::new(analysis)),
        is_paused: false,
        longest_seconds: Some(LONGEST_UNASKED_SECONDS),
    }
}

/// A model that adds up what is there: 1 for "bad", −2 for "not", and 3 for both together.
fn model(input: &MaskedInput) -> Vec<f32> {
    let is_there = |at: u32, word: &str| match input {
        MaskedInput::Tokens { tokens, .. } => tokens.contains(&MaskedToken::Kept(TokenId(at))),
        MaskedInput::Text(input) => input.text.contains(word),
    };
    let (not, bad) = (is_there(1, "not"), is_there(3, "bad"));
    let score =
        f32::from(u8::from(bad)) - 2.0 * f32::from(u8::from(not)) + 3.0 * f32::from(u8::from(not && bad));
    vec![score, 0.0]
}

/// Computes to its end what is turned to, each input taking so many milliseconds, and returns what is said.
fn drive(computation: &mut Computation, clock: &Cell<f64>, milliseconds: f64) -> Vec<ExplanationNews> {
    let mut news = Vec::new();
    for _ in 0..10_000 {
        let progress = computation.go_on(|| clock.get(), 1.0);
        news.extend(progress.news.map(|(_, news)| news));
        if progress.can_go_on {
            continue;
        }
        let inputs = computation.hand_out(5, clock.get());
        if inputs.is_empty() {
            return news;
        }
        clock.set(clock.get() + milliseconds * inputs.len() as f64);
        let outputs = inputs.iter().map(model).collect();
        computation.answered(inputs, outputs, clock.get());
    }
    panic!("it never ends");
}

fn values(news: &ExplanationNews) -> Vec<f64> {
    match news {
        ExplanationNews::Done(snapshot) => snapshot
            .explanation
            .features
            .iter()
            .map(|one| one.value)
            .collect(),
        other => panic!("it is not done: {other:?}"),
    }
}

fn logit(method: ExplanationMethod) -> ExplanationSettings {
    let mut settings = ExplanationSettings {
        method,
        ..ExplanationSettings::default()
    };
    settings.target.link = vitrine_record::OutputLink::Logit;
    settings
}

#[test]
fn an_explanation_is_computed_to_its_end_and_nothing_is_run_twice() {
    let (mut computation, clock) = (Computation::default(), Cell::new(0.0));
    computation.turn_to(Some(order(logit(ExplanationMethod::Exact))));
    let news = drive(&mut computation, &clock, 1.0);
    let found = values(news.last().unwrap());
    for (value, expect) in found.iter().zip([-0.5, 0.0, 2.5, 0.0, 0.0, 0.0, 0.0, 0.0]) {
        assert!((value - expect).abs() < 1e-6, "{found:?}");
    }
    let ExplanationNews::Done(snapshot) = &news[news.len() - 1] else {
        panic!()
    };
    assert_eq!(snapshot.computed, 256);
    assert_eq!((snapshot.explanation.evaluations, snapshot.arrived), (256, 0));
    let telling = &snapshot.masked.listed[0];
    assert_eq!(
        (telling.shown.text.as_str(), telling.missing),
        ("not a [MASK] film but one dull plot", 1)
    );
    computation.turn_to(Some(order(logit(ExplanationMethod::Kernel))));
    let again = drive(&mut computation, &clock, 1.0);
    let ExplanationNews::Done(snapshot) = again.last().unwrap() else {
        panic!("{again:?}")
    };
    assert_eq!(snapshot.computed, 0, "another method asks for what is known");
}

#[test]
fn what_would_take_long_is_said_once_there_is_a_picture() {
    let (mut computation, clock) = (Computation::default(), Cell::new(0.0));
    let order = order(logit(ExplanationMethod::Exact));
    computation.turn_to(Some(order.clone()));
    let slow = ExplanationOrder {
        longest_seconds: Some(0.1),
        ..order.clone()
    };
    computation.turn_to(Some(slow));
    let owen = ExplanationOrder {
        question: ExplanationQuestion {
            settings: logit(ExplanationMethod::Owen),
            ..order.question
        },
        longest_seconds: Some(0.1),
        ..order
    };
    computation.turn_to(Some(owen.clone()));
    let news = drive(&mut computation, &clock, 1000.0);
    let place = news
        .iter()
        .position(|news| matches!(news, ExplanationNews::Costly { .. }));
    assert!(
        place.is_some_and(|place| place > 0 && place + 1 == news.len()),
        "{news:?}"
    );
    computation.turn_to(None);
    computation.turn_to(Some(ExplanationOrder {
        longest_seconds: None,
        ..owen
    }));
    let news = drive(&mut computation, &clock, 1000.0);
    assert!(matches!(news.last(), Some(ExplanationNews::Done(_))));
}

#[test]
fn what_would_take_long_is_said_even_without_a_picture_where_that_takes_too_long() {
    let (mut computation, clock) = (Computation::default(), Cell::new(0.0));
    computation.turn_to(Some(order(logit(ExplanationMethod::Lime))));
    let news = drive(&mut computation, &clock, 400.0);
    assert!(
        matches!(news[..], [ExplanationNews::Costly { evaluations, .. }] if evaluations == 5000),
        "{news:?}"
    );
    assert!(clock.get() < 10_000.0, "{}", clock.get());
}

#[test]
fn a_rough_estimate_stops_only_what_clearly_takes_too_long() {
    for (share, is_stopped) in [(1.0, true), (0.5, false)] {
        let mut computation = Computation::default();
        let mut order = order(logit(ExplanationMethod::Exact));
        order.longest_seconds = Some(50.0);
        computation.turn_to(Some(order));
        computation.go_on(|| 0.0, share);
        let inputs = computation.hand_out(8, 0.0);
        let outputs = inputs.iter().map(model).collect();
        let now = 500.0 * inputs.len() as f64;
        // About 250 more of half a second each are two minutes for one, and one minute for two.
        computation.answered(inputs, outputs, now);
        let picture = computation.go_on(|| now, share).news;
        assert!(
            matches!(picture, Some((_, ExplanationNews::Progress(_)))),
            "{picture:?}"
        );
        let news = computation.go_on(|| now, share).news;
        let is_costly = matches!(news, Some((_, ExplanationNews::Costly { .. })));
        assert_eq!(is_costly, is_stopped, "{share}: {news:?}");
    }
}

#[test]
fn all_inputs_in_which_one_token_is_missing_are_listed_first() {
    let text = "a b c d e f g h i j k l m";
    let (mut computation, clock) = (Computation::default(), Cell::new(0.0));
    computation.turn_to(Some(order_of(text, logit(ExplanationMethod::Exact))));
    let news = drive(&mut computation, &clock, 0.1);
    let Some(ExplanationNews::Done(snapshot)) = news.last() else {
        panic!("it is not done")
    };
    let masked = &snapshot.masked;
    let alone: Vec<_> = masked.listed.iter().map(|run| run.missing == 1).collect();
    assert!(alone.iter().take(13).all(|is_alone| *is_alone), "{alone:?}");
    assert_eq!(alone.iter().filter(|is_alone| **is_alone).count(), 13);
    assert_eq!((masked.count, masked.listed.len()), ((1 << 13) - 1, 13 + 1_000));
}

#[test]
fn a_pause_hands_nothing_out_and_asks_anew_for_what_was_out() {
    let mut computation = Computation::default();
    let order = order(logit(ExplanationMethod::Exact));
    computation.turn_to(Some(order.clone()));
    computation.go_on(|| 0.0, 1.0);
    let out = computation.hand_out(3, 0.0);
    assert!(!out.is_empty() && computation.out() == out.len());
    let (was_busy, _) = computation.turn_to(Some(ExplanationOrder {
        is_paused: true,
        ..order.clone()
    }));
    assert!(was_busy);
    assert!(computation.go_on(|| 0.0, 1.0).news.is_none());
    assert!(computation.hand_out(3, 0.0).is_empty());
    computation.turn_to(Some(order));
    computation.go_on(|| 0.0, 1.0);
    assert_eq!(computation.hand_out(3, 0.0), out);
}

/// Evaluates inputs, 5 ms each, until at least so many are; a piece more is handed out and stays out.
fn leave_some_out(computation: &mut Computation, clock: &Cell<f64>, least: usize) {
    let mut evaluated = 0;
    while computation.go_on(|| clock.get(), 1.0).can_go_on || evaluated < least {
        let inputs = computation.hand_out(5, clock.get());
        let (came, stay) = inputs.split_at(inputs.len().min(3));
        clock.set(clock.get() + 5.0 * came.len() as f64);
        evaluated += came.len();
        computation.answered(came.to_vec(), came.iter().map(model).collect(), clock.get());
        if stay.is_empty() {
            continue;
        }
        if evaluated >= least {
            return;
        }
        clock.set(clock.get() + 5.0 * stay.len() as f64);
        evaluated += stay.len();
        computation.answered(stay.to_vec(), stay.iter().map(model).collect(), clock.get());
    }
    panic!("nothing is out");
}

const MINUTE: f64 = 60_000.0;

#[test]
fn a_pause_is_no_time_of_computing() {
    let (mut computation, clock) = (Computation::default(), Cell::new(0.0));
    let order = order(logit(ExplanationMethod::Exact));
    computation.turn_to(Some(order.clone()));
    leave_some_out(&mut computation, &clock, 30);
    computation.turn_to(Some(ExplanationOrder {
        is_paused: true,
        ..order.clone()
    }));
    clock.set(clock.get() + MINUTE);
    computation.turn_to(Some(order));
    let news = drive(&mut computation, &clock, 5.0);
    let Some(ExplanationNews::Done(snapshot)) = news.last() else {
        panic!("{:?}", news.last());
    };
    assert!((snapshot.milliseconds - (clock.get() - MINUTE)).abs() < 1e-6);
}

#[test]
fn what_was_dropped_does_not_slow_what_is_asked_next() {
    let (mut computation, clock) = (Computation::default(), Cell::new(0.0));
    computation.turn_to(Some(order(logit(ExplanationMethod::Exact))));
    leave_some_out(&mut computation, &clock, 30);
    computation.turn_to(None);
    let begun = clock.get() + MINUTE;
    clock.set(begun);
    computation.turn_to(Some(order(logit(ExplanationMethod::Owen))));
    let news = drive(&mut computation, &clock, 5.0);
    let Some(ExplanationNews::Done(snapshot)) = news.last() else {
        panic!("{:?}", news.last());
    };
    assert!((snapshot.milliseconds - (clock.get() - begun)).abs() < 1e-6);
}

#[test]
fn a_text_that_occurs_twice_in_a_list_is_done_twice() {
    let (mut computation, clock) = (Computation::default(), Cell::new(0.0));
    for computed in [256, 0] {
        // Each time it is another text with the same words.
        computation.turn_to(Some(order(logit(ExplanationMethod::Exact))));
        let news = drive(&mut computation, &clock, 1.0);
        let Some(ExplanationNews::Done(snapshot)) = news.last() else {
            panic!("{news:?}");
        };
        assert_eq!(snapshot.computed, computed);
    }
}

/// The same text, as one of a list.
fn listed(order: &ExplanationOrder) -> ExplanationOrder {
    ExplanationOrder {
        text: OrderedText::Listed(Shared::new(TokenizedText {
            tokens: order.text.tokens().to_vec(),
            ..TokenizedText::default()
        })),
        ..order.clone()
    }
}

#[test]
fn masked_inputs_are_listed_of_what_is_on_the_screen_alone() {
    let (mut computation, clock) = (Computation::default(), Cell::new(0.0));
    let on_screen = order(logit(ExplanationMethod::Exact));
    let listed_of = |computation: &mut Computation| {
        let news = drive(computation, &clock, 1.0);
        let Some(ExplanationNews::Done(snapshot)) = news.last() else {
            panic!("{news:?}");
        };
        snapshot.masked.listed.len()
    };
    computation.turn_to(Some(listed(&on_screen)));
    assert_eq!(listed_of(&mut computation), 0);
    // Someone opens a text that is being explained as one of the list.
    computation.turn_to(Some(listed(&on_screen)));
    computation.turn_to(Some(on_screen));
    assert_eq!(listed_of(&mut computation), 255);
}

#[test]
fn a_picture_has_a_slice_of_its_own_where_steps_used_theirs_up() {
    let mut computation = Computation::default();
    computation.turn_to(Some(order(logit(ExplanationMethod::Exact))));
    let now = Cell::new(0.0);
    let slow = || {
        now.set(now.get() + 2.0 * SLICE);
        now.get()
    };
    computation.go_on(slow, 1.0);
    let inputs = computation.hand_out(16, now.get());
    let outputs = inputs.iter().map(model).collect();
    computation.answered(inputs, outputs, now.get());
    let steps = computation.go_on(slow, 1.0);
    assert!(steps.news.is_none() && steps.can_go_on, "{steps:?}");
    let picture = computation.go_on(slow, 1.0).news;
    assert!(
        matches!(picture, Some((_, ExplanationNews::Progress(_)))),
        "{picture:?}"
    );
}

#[test]
fn an_explanation_on_the_screen_leaves_few_marks_and_a_text_of_a_list_none() {
    let (mut marks, clock) = (Marks::default(), Cell::new(0.0));
    let on_screen = order(logit(ExplanationMethod::Exact));
    let mut marked = |order: &ExplanationOrder| {
        let mut computation = Computation::default();
        computation.turn_to(Some(order.clone()));
        let news = drive(&mut computation, &clock, 10.0);
        assert!(news.len() > 3, "{news:?}");
        let mut left = vec![marks.of_order(Some(order)), marks.of_order(Some(order))];
        left.extend(news.iter().map(|news| marks.of_news(&order.question, news)));
        left.into_iter().flatten().collect::<Vec<_>>()
    };
    let all = [
        "vitrine:explain-asked",
        "vitrine:explain-part",
        "vitrine:explained",
    ];
    assert_eq!(marked(&on_screen), all);
    assert!(marked(&listed(&on_screen)).is_empty());
    assert_eq!(marked(&on_screen), all, "it was asked for anew");
}

#[test]
fn what_a_method_cannot_do_is_said_at_once() {
    let mut computation = Computation::default();
    let mut order = order(ExplanationSettings::default());
    order.question.settings.masking.mode = vitrine_record::MaskingMode::String;
    order.question.settings.masking.with = vitrine_record::MaskWith::Attention;
    let (_, news) = computation.turn_to(Some(order));
    assert!(matches!(
        news,
        Some((_, ExplanationNews::Failed(ExplanationFailure::Unsuited(_))))
    ));
}
