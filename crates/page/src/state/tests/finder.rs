//! Looking for heads.

use vitrine_record::{HeadSurvey, SentenceSet};

use super::*;

fn find(state: &State, change: FinderChange) -> State {
    state.after(Action::Find(change))
}

/// A state in which an own list of two sentences is asked to be measured.
fn asked() -> (State, Request) {
    let own = find(&state(), FinderChange::Set(SentenceSet::Own));
    let listed = own.after(Action::SetOwnList("One.\n\nTwo.".into()));
    let asked = find(&listed, FinderChange::Survey);
    let request = asked.wanted_besides(RequestKind::SurveyHeads).unwrap();
    (asked, request)
}

fn survey(sentences: u32) -> Reply {
    Reply::HeadSurvey(Box::new(HeadSurvey {
        sentences,
        ..HeadSurvey::default()
    }))
}

fn part(state: &State, request: &Request, sentences: u32) -> State {
    state.after(Action::Worker(LinkEvent::Part {
        request: request.clone(),
        reply: survey(sentences),
    }))
}

#[test]
fn a_survey_needs_no_sentence_on_the_screen_and_outlives_it() {
    let (asked, request) = asked();
    assert!(
        matches!(&request, Request::SurveyHeads { sentences } if **sentences == ["One.", "Two."]),
        "{request:?}"
    );
    let some = part(&asked, &request, 1);
    assert!(!some.survey().unwrap().is_whole);
    let typed = some.after(Action::SetText("another film".into()));
    assert_eq!(
        typed.wanted_besides(RequestKind::SurveyHeads),
        Some(request.clone())
    );
    assert_eq!(
        typed.finder.asked_sentences().as_ptr(),
        asked.finder.asked_sentences().as_ptr(),
        "the sentences are held once"
    );
    let whole = typed.after(Action::Worker(LinkEvent::Reply {
        request: request.clone(),
        reply: survey(2),
    }));
    assert_eq!(whole.wanted_besides(RequestKind::SurveyHeads), None);
    assert_eq!(whole.survey().unwrap().value.sentences, 2);
    assert_eq!(whole.address(), typed.address(), "a list is in no address");
}

#[test]
fn a_survey_that_is_cancelled_leaves_the_list() {
    let (asked, request) = asked();
    let cancelled = find(&part(&asked, &request, 1), FinderChange::Cancel);
    assert_eq!(cancelled.wanted_besides(RequestKind::SurveyHeads), None);
    assert!(cancelled.survey().is_none());
    assert_eq!(&*cancelled.own_list, "One.\n\nTwo.");
    assert!(part(&cancelled, &request, 2).survey().is_none(), "a late part");
    let again = find(&cancelled, FinderChange::Survey);
    assert_eq!(again.wanted_besides(RequestKind::SurveyHeads), Some(request));
}

#[test]
fn what_failed_is_not_asked_again_until_a_person_does() {
    let (asked, request) = asked();
    let problem = Problem {
        kind: ProblemKind::RequestFailed,
        detail: "no".into(),
    };
    let failed = asked.after(Action::Worker(LinkEvent::RequestFailed {
        request: request.clone(),
        problem,
    }));
    assert_eq!(failed.wanted_besides(RequestKind::SurveyHeads), None);
    let again = find(&failed, FinderChange::Survey);
    assert_eq!(again.wanted_besides(RequestKind::SurveyHeads), Some(request));
    let empty = find(&state(), FinderChange::Set(SentenceSet::Own));
    assert!(find(&empty, FinderChange::Survey).finder.asked.is_none());
}

#[test]
fn a_drawing_belongs_to_its_number_of_tokens() {
    let drawn = |state: &State, cell| find(state, FinderChange::Cell { cell, is_drawn: true });
    let one = drawn(&state(), (2, 1));
    assert_eq!(one.finder.template_for(4).cells, BTreeSet::from([(2, 1)]));
    assert!(one.finder.template_for(5).cells.is_empty());
    assert_eq!(drawn(&one, (2, 4)), one, "there is no such token");
    let wiped = find(
        &one,
        FinderChange::Cell {
            cell: (2, 1),
            is_drawn: false,
        },
    );
    assert!(wiped.finder.template.cells.is_empty());
}

#[test]
fn a_head_that_is_found_is_looked_at_alone() {
    let finder = state().after(Action::SetView(AttentionView::Finder));
    let (layer, head) = (LayerIdx(4), HeadIdx(7));
    let opened = find(&finder, FinderChange::Open { layer, head });
    assert_eq!(
        (opened.link.view, opened.link.layer),
        (AttentionView::Head, layer)
    );
    assert_eq!(opened.link.heads, Some(BTreeSet::from([head])));
    assert_eq!(opened.history, HistoryStep::Push);
}
