//! What the page's own worker was asked to evaluate.

use vitrine_record::{MaskedInput, ModelOutput, message::Request};

/// It evaluates the inputs of an explanation while there is no pool, and others only to see how long that takes. Both may
/// be out at once, so each answer is held to what was asked.
#[derive(Debug, Default)]
pub struct OwnWorker {
    explained: Option<Request>,
    /// The other inputs, and when they were asked for, in milliseconds.
    measured: Option<(Request, f64)>,
}

/// What an answer belongs to.
#[derive(Debug, PartialEq)]
pub enum Answered {
    /// To these inputs of an explanation.
    Explanation(Vec<MaskedInput>),
    /// To the others; so many milliseconds went by for each of their tokens.
    Measurement(f64),
}

impl OwnWorker {
    /// Whether it has inputs of an explanation.
    pub fn is_explaining(&self) -> bool {
        self.explained.is_some()
    }

    /// Is to be asked for inputs of an explanation.
    pub fn explain(&mut self, inputs: Vec<MaskedInput>, output: ModelOutput) -> Request {
        let request = Request::Evaluate { inputs, output };
        self.explained = Some(request.clone());
        request
    }

    /// Is to be asked, at a time, for inputs to see how long they take. Returned is what no answer is wanted to any more,
    /// and what to ask.
    pub fn measure(
        &mut self,
        inputs: Vec<MaskedInput>,
        output: ModelOutput,
        now: f64,
    ) -> (Option<Request>, Request) {
        let request = Request::Evaluate { inputs, output };
        let before = self.measured.replace((request.clone(), now));
        (before.map(|(request, _)| request), request)
    }

    /// The explanation waits no longer for its inputs: what no answer is wanted to any more.
    pub fn stop_explaining(&mut self) -> Option<Request> {
        self.explained.take()
    }

    /// Something was answered at a time, or failed: what that was, if an answer is still wanted.
    pub fn answered(&mut self, request: &Request, now: f64) -> Option<Answered> {
        if let Some((_, since)) = self.measured.take_if(|(measured, _)| measured == request) {
            let tokens = tokens(request).max(1) as f64;
            return Some(Answered::Measurement((now - since) / tokens));
        }
        match self.explained.take_if(|explained| explained == request)? {
            Request::Evaluate { inputs, .. } => Some(Answered::Explanation(inputs)),
            _ => None,
        }
    }

    /// The worker is lost, with all that it had.
    pub fn lost(&mut self) {
        *self = OwnWorker::default();
    }
}

/// How many tokens are read for a request; none of a text, which is cut into tokens only where it is read.
fn tokens(request: &Request) -> usize {
    let Request::Evaluate { inputs, .. } = request else {
        return 0;
    };
    let length = |input: &MaskedInput| match input {
        MaskedInput::Tokens { tokens, .. } => tokens.len(),
        MaskedInput::Text(_) => 0,
    };
    inputs.iter().map(length).sum()
}

#[cfg(test)]
mod tests {
    use vitrine_record::{MaskedToken, Segment};

    use super::*;

    fn inputs(tokens: usize) -> Vec<MaskedInput> {
        vec![
            MaskedInput::Tokens {
                tokens: vec![MaskedToken::Mask; tokens],
                segments: vec![Segment::A; tokens],
                hidden: Vec::new(),
            };
            2
        ]
    }

    #[test]
    fn an_answer_belongs_to_what_was_asked_alone() {
        let mut worker = OwnWorker::default();
        let (none, first) = worker.measure(inputs(3), ModelOutput::Logits, 0.0);
        assert_eq!(none, None);
        // The list is changed before the answer came.
        let (unwanted, second) = worker.measure(inputs(5), ModelOutput::Logits, 100.0);
        assert_eq!(unwanted.as_ref(), Some(&first));
        let explained = worker.explain(inputs(4), ModelOutput::Logits);
        assert_eq!(worker.answered(&first, 150.0), None);
        assert!(worker.is_explaining(), "it waits for its own inputs");
        assert_eq!(worker.answered(&second, 200.0), Some(Answered::Measurement(10.0)));
        assert_eq!(
            worker.answered(&explained, 210.0),
            Some(Answered::Explanation(inputs(4)))
        );
        assert!(!worker.is_explaining());
        assert_eq!(worker.answered(&explained, 220.0), None);
    }

    #[test]
    fn the_same_inputs_of_both_are_answered_twice() {
        let mut worker = OwnWorker::default();
        let (_, measured) = worker.measure(inputs(3), ModelOutput::Logits, 0.0);
        let explained = worker.explain(inputs(3), ModelOutput::Logits);
        assert_eq!(measured, explained);
        assert_eq!(worker.answered(&measured, 6.0), Some(Answered::Measurement(1.0)));
        assert_eq!(
            worker.answered(&explained, 9.0),
            Some(Answered::Explanation(inputs(3)))
        );
    }

    #[test]
    fn what_is_no_longer_waited_for_is_no_answer() {
        let mut worker = OwnWorker::default();
        let explained = worker.explain(inputs(4), ModelOutput::Logits);
        assert_eq!(worker.stop_explaining(), Some(explained.clone()));
        assert_eq!(worker.answered(&explained, 1.0), None);
        worker.explain(inputs(4), ModelOutput::Logits);
        worker.lost();
        assert_eq!(worker.answered(&explained, 1.0), None);
    }
}
