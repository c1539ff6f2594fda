use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};

use vitrine_model::sha256_hex;

use super::*;

const MANIFEST_URL: &str = "http://museum.test/models/manifest.json";
const WEIGHTS_URL: &str = "http://museum.test/models/tiny.gguf";
const WEIGHTS: &[u8] = b"forty-two bytes of what might be weights..";

/// What one download brings: pieces, and perhaps an error in the middle.
type Answer = Result<Vec<Result<Vec<u8>, String>>, String>;

struct Pieces(VecDeque<Result<Vec<u8>, String>>);

impl Body for Pieces {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, String> {
        self.0.pop_front().transpose()
    }
}

/// Answers to the weights come from a script, the last of it for ever; the manifest is always right.
struct Script {
    manifest: Answer,
    weights: RefCell<VecDeque<Answer>>,
    kept: RefCell<HashMap<String, Vec<u8>>>,
    fetched: RefCell<Vec<(String, Freshness)>>,
    paused: RefCell<Vec<u32>>,
    clock: Cell<f64>,
}

fn whole() -> Answer {
    Ok(WEIGHTS.chunks(10).map(|piece| Ok(piece.to_vec())).collect())
}

fn truncated() -> Answer {
    Ok(vec![Ok(WEIGHTS[..20].to_vec())])
}

fn flipped() -> Answer {
    let mut bytes = WEIGHTS.to_vec();
    bytes[7] ^= 1;
    Ok(vec![Ok(bytes)])
}

fn too_long() -> Answer {
    Ok(vec![Ok(WEIGHTS.to_vec()), Ok(WEIGHTS.to_vec())])
}

fn broken_off() -> Answer {
    Ok(vec![Ok(WEIGHTS[..20].to_vec()), Err("the host hung up".into())])
}

fn unreachable() -> Answer {
    Err("no route".into())
}

fn manifest(bytes: usize) -> String {
    format!(
        r#"{{"id": "tiny", "file": "tiny.gguf", "bytes": {bytes}, "sha256": "{}"}}"#,
        sha256_hex(WEIGHTS)
    )
}

impl Script {
    fn new(weights: impl IntoIterator<Item = Answer>) -> Script {
        Script {
            manifest: Ok(vec![Ok(manifest(WEIGHTS.len()).into_bytes())]),
            weights: RefCell::new(weights.into_iter().collect()),
            kept: RefCell::default(),
            fetched: RefCell::default(),
            paused: RefCell::default(),
            clock: Cell::new(0.0),
        }
    }

    fn with_kept(self, bytes: &[u8]) -> Script {
        let key = format!("{WEIGHTS_URL}?sha256={}", sha256_hex(WEIGHTS));
        self.kept.borrow_mut().insert(key, bytes.to_vec());
        self
    }

    fn load(&self) -> (Result<Weights, Problem>, Vec<FromWorker>) {
        let mut posted = Vec::new();
        let result = pollster::block_on(load_weights(self, MANIFEST_URL, |message| posted.push(message)));
        (result, posted)
    }

    fn downloads(&self) -> Vec<Freshness> {
        let of_weights = |(url, freshness): &(String, Freshness)| (url == WEIGHTS_URL).then_some(*freshness);
        self.fetched.borrow().iter().filter_map(of_weights).collect()
    }
}

impl Site for Script {
    type Body = Pieces;

    fn resolve(&self, reference: &str, base: &str) -> Result<String, String> {
        let url = match reference.contains("://") {
            true => reference.to_owned(),
            false => format!("{}/{reference}", &base[..base.rfind('/').unwrap()]),
        };
        url.starts_with("http://museum.test/")
            .then_some(url.clone())
            .ok_or(format!("{url} is elsewhere"))
    }

    async fn fetch(&self, url: &str, freshness: Freshness) -> Result<Pieces, String> {
        self.fetched.borrow_mut().push((url.to_owned(), freshness));
        if url == MANIFEST_URL {
            return self.manifest.clone().map(|pieces| Pieces(pieces.into()));
        }
        let mut weights = self.weights.borrow_mut();
        let answer = if weights.len() > 1 {
            weights.pop_front()
        } else {
            weights.front().cloned()
        };
        answer.unwrap().map(|pieces| Pieces(pieces.into()))
    }

    async fn kept(&self, key: &str) -> Option<Pieces> {
        self.kept
            .borrow()
            .get(key)
            .map(|bytes| Pieces([Ok(bytes.clone())].into()))
    }

    async fn forget(&self, key: &str) {
        self.kept.borrow_mut().remove(key);
    }

    async fn pause(&self, milliseconds: u32) {
        self.paused.borrow_mut().push(milliseconds);
    }

    fn now(&self) -> f64 {
        self.clock.set(self.clock.get() + 30.0);
        self.clock.get()
    }
}

fn retries(posted: &[FromWorker]) -> usize {
    posted
        .iter()
        .filter(|message| matches!(message, FromWorker::WeightsRetried { .. }))
        .count()
}

#[test]
fn whole_weights_come_at_once_and_progress_ends_at_the_total() {
    let script = Script::new([whole()]);
    let (result, posted) = script.load();
    let weights = result.unwrap();
    assert_eq!(
        (weights.bytes.as_slice(), weights.source),
        (WEIGHTS, WeightsSource::Network)
    );
    assert_eq!(script.downloads(), [Freshness::Default]);
    let received: Vec<u64> = posted
        .iter()
        .map(|message| match message {
            FromWorker::WeightsProgress {
                received,
                total: 42,
                source: WeightsSource::Network,
            } => *received,
            other => panic!("{other:?}"),
        })
        .collect();
    // A piece comes every 30 ms, so that only the fourth is told, and the last.
    assert_eq!(received, [0, 40, 42]);
}

#[test]
fn damage_is_noticed_and_the_next_attempt_passes_the_http_cache_by() {
    for damaged in [truncated(), flipped(), too_long(), broken_off(), unreachable()] {
        let script = Script::new([damaged, whole()]);
        let (result, posted) = script.load();
        assert_eq!(result.unwrap().bytes, WEIGHTS);
        assert_eq!(retries(&posted), 1);
        assert_eq!(script.downloads(), [Freshness::Default, Freshness::Reload]);
    }
}

#[test]
fn after_three_attempts_the_person_is_told() {
    for (answer, kind) in [
        (truncated(), ProblemKind::WeightsDamaged),
        (flipped(), ProblemKind::WeightsDamaged),
        (too_long(), ProblemKind::WeightsDamaged),
        (broken_off(), ProblemKind::WeightsDamaged),
        (unreachable(), ProblemKind::WeightsUnreachable),
    ] {
        let script = Script::new([answer]);
        let (result, posted) = script.load();
        assert_eq!(result.unwrap_err().kind, kind);
        assert_eq!((script.downloads().len(), retries(&posted)), (3, 2));
        assert_eq!(*script.paused.borrow(), [500, 1000]);
    }
}

#[test]
fn a_kept_copy_saves_the_download() {
    let script = Script::new([unreachable()]).with_kept(WEIGHTS);
    let (result, posted) = script.load();
    let weights = result.unwrap();
    assert_eq!(
        (weights.bytes.as_slice(), weights.source),
        (WEIGHTS, WeightsSource::Cache)
    );
    assert!(script.downloads().is_empty());
    assert_eq!(retries(&posted), 0);
    assert!(script.kept.borrow().contains_key(&weights.key));
}

#[test]
fn a_damaged_kept_copy_is_deleted_and_fetched_anew() {
    for damaged in [&WEIGHTS[1..], b"", &[0; 42], &[0; 43]] {
        let script = Script::new([whole()]).with_kept(damaged);
        let (result, posted) = script.load();
        assert_eq!(result.unwrap().source, WeightsSource::Network);
        assert_eq!(retries(&posted), 1);
        assert!(script.kept.borrow().is_empty());
    }
}

#[test]
fn a_manifest_that_is_missing_or_some_other_page_is_said() {
    for (answer, kind) in [
        (unreachable(), ProblemKind::WeightsUnreachable),
        (
            Ok(vec![Ok(b"<!doctype html>".to_vec())]),
            ProblemKind::WeightsDamaged,
        ),
        (
            Ok(vec![Ok(vec![b' '; LONGEST_MANIFEST + 1])]),
            ProblemKind::WeightsDamaged,
        ),
    ] {
        let script = Script {
            manifest: answer,
            ..Script::new([whole()])
        };
        let (result, posted) = script.load();
        assert_eq!(result.unwrap_err().kind, kind);
        assert_eq!(retries(&posted), 2);
        assert!(script.downloads().is_empty());
    }
}

#[test]
fn another_origin_is_refused_without_a_request() {
    let script = Script::new([whole()]);
    let result = pollster::block_on(load_weights(
        &script,
        "http://elsewhere.test/manifest.json",
        |_| (),
    ));
    assert_eq!(result.unwrap_err().kind, ProblemKind::ModelUnreadable);
    assert!(script.fetched.borrow().is_empty());
}

#[test]
fn only_other_versions_of_the_same_folder_are_outdated() {
    let current = "http://museum.test/models/tiny.gguf?sha256=b";
    assert!(is_outdated(
        "http://museum.test/models/tiny.gguf?sha256=a",
        current
    ));
    assert!(is_outdated(
        "http://museum.test/models/older.gguf?sha256=c",
        current
    ));
    assert!(!is_outdated(current, current));
    assert!(!is_outdated(
        "http://museum.test/course/models/tiny.gguf?sha256=a",
        current
    ));
}
