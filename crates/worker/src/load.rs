//! How the weights get here: from the copy kept at an earlier visit, else from the site, tried again when they
//! come damaged or not at all. What a browser does for it stands behind [`Site`], so that the order of events is
//! tested natively.

use vitrine_model::check_weights;
use vitrine_record::Manifest;
use vitrine_record::message::{FromWorker, Problem, ProblemKind, WeightsSource};

/// How often a download is begun before the person is told.
const ATTEMPTS: u32 = 3;
/// The pause before the second attempt; it doubles before each further one.
const FIRST_PAUSE_MS: u32 = 500;
/// Progress is told no more often than this.
const PROGRESS_INTERVAL_MS: f64 = 100.0;
/// A manifest is a few hundred bytes; what is longer is some other page.
const LONGEST_MANIFEST: usize = 1 << 16;

/// Whether the browser's HTTP cache may answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// As the host's headers allow.
    Default,
    /// After asking the host whether the kept answer still holds.
    Revalidate,
    /// Never: what the cache holds has proved to be damaged.
    Reload,
}

/// Bytes that arrive piece by piece.
pub(crate) trait Body {
    /// The next piece, or `None` at the end; an error if the rest will not come.
    async fn next(&mut self) -> Result<Option<Vec<u8>>, String>;
}

/// What the worker needs from the browser.
pub(crate) trait Site {
    /// Bytes on their way.
    type Body: Body;

    /// The absolute address of `reference` as seen from `base`, or an error if that is of another origin.
    fn resolve(&self, reference: &str, base: &str) -> Result<String, String>;
    /// Begins a download. An error says why nothing came.
    async fn fetch(&self, url: &str, freshness: Freshness) -> Result<Self::Body, String>;
    /// The copy kept under a key, if there is one.
    async fn kept(&self, key: &str) -> Option<Self::Body>;
    /// Deletes the copy kept under a key.
    async fn forget(&self, key: &str);
    /// Returns after this many milliseconds.
    async fn pause(&self, milliseconds: u32);
    /// Milliseconds since some fixed moment.
    fn now(&self) -> f64;
}

/// A file of weights that its manifest's SHA-256 vouches for.
#[derive(Debug)]
pub(crate) struct Weights {
    /// The file.
    pub bytes: Vec<u8>,
    /// What its manifest says.
    pub manifest: Manifest,
    /// Where it came from.
    pub source: WeightsSource,
    /// What it is kept under.
    pub key: String,
}

/// Whether a kept copy is another version of the current one: of the same folder, under another key. Copies of
/// other pages of the same origin are none of ours.
pub(crate) fn is_outdated(kept: &str, current: &str) -> bool {
    let folder = |key: &str| {
        key.split('?')
            .next()
            .and_then(|url| url.rfind('/'))
            .map(|slash| key[..slash].to_owned())
    };
    kept != current && folder(kept) == folder(current)
}

/// Fetches the weights that a manifest describes, telling of progress and of new attempts by `post`.
///
/// # Errors
/// `WeightsUnreachable` if nothing came at any attempt, `WeightsDamaged` if something did that the manifest does
/// not vouch for, `OutOfMemory` if there is no room for it, `ModelUnreadable` for an address of another origin.
pub(crate) async fn load_weights<S: Site>(
    site: &S,
    manifest_url: &str,
    mut post: impl FnMut(FromWorker),
) -> Result<Weights, Problem> {
    let manifest_url = site
        .resolve(manifest_url, manifest_url)
        .map_err(problem(ProblemKind::ModelUnreadable))?;
    let mut attempt = 1;
    loop {
        let found = match fetch_weights(site, &manifest_url, attempt > 1, &mut post).await {
            Ok(weights) => return Ok(weights),
            Err(found) => found,
        };
        let again = matches!(
            found.kind,
            ProblemKind::WeightsDamaged | ProblemKind::WeightsUnreachable
        );
        if !again || attempt == ATTEMPTS {
            return Err(found);
        }
        post(FromWorker::WeightsRetried { detail: found.detail });
        site.pause(FIRST_PAUSE_MS << (attempt - 1)).await;
        attempt += 1;
    }
}

async fn fetch_weights<S: Site>(
    site: &S,
    manifest_url: &str,
    again: bool,
    post: &mut impl FnMut(FromWorker),
) -> Result<Weights, Problem> {
    let freshness = if again {
        Freshness::Reload
    } else {
        Freshness::Revalidate
    };
    let body = site
        .fetch(manifest_url, freshness)
        .await
        .map_err(problem(ProblemKind::WeightsUnreachable))?;
    let json = read(body, LONGEST_MANIFEST, |_| ()).await?;
    let manifest = Manifest::from_json(&json)
        .map_err(|error| problem(ProblemKind::WeightsDamaged)(format!("{manifest_url}: {error}")))?;
    let url = site
        .resolve(&manifest.file, manifest_url)
        .map_err(problem(ProblemKind::ModelUnreadable))?;
    let key = manifest.cache_key(&url);

    let mut progress = Progress {
        site,
        total: manifest.bytes,
        told: None,
        post,
    };
    if let Some(body) = site.kept(&key).await {
        match progress.read(body, &manifest, WeightsSource::Cache).await {
            Ok(bytes) => {
                return Ok(Weights {
                    bytes,
                    manifest,
                    source: WeightsSource::Cache,
                    key,
                });
            }
            Err(found) if found.kind == ProblemKind::OutOfMemory => return Err(found),
            Err(found) => {
                site.forget(&key).await;
                (progress.post)(FromWorker::WeightsRetried {
                    detail: format!("the kept copy: {}", found.detail),
                });
            }
        }
    }
    let freshness = if again {
        Freshness::Reload
    } else {
        Freshness::Default
    };
    let body = site
        .fetch(&url, freshness)
        .await
        .map_err(problem(ProblemKind::WeightsUnreachable))?;
    let bytes = progress.read(body, &manifest, WeightsSource::Network).await?;
    Ok(Weights {
        bytes,
        manifest,
        source: WeightsSource::Network,
        key,
    })
}

/// Tells how far a download is, at most every [`PROGRESS_INTERVAL_MS`].
struct Progress<'a, S, P> {
    site: &'a S,
    total: u64,
    told: Option<f64>,
    post: &'a mut P,
}

impl<S: Site, P: FnMut(FromWorker)> Progress<'_, S, P> {
    async fn read(
        &mut self,
        body: S::Body,
        manifest: &Manifest,
        source: WeightsSource,
    ) -> Result<Vec<u8>, Problem> {
        self.told = None;
        self.tell(0, source);
        let length = usize::try_from(manifest.bytes)
            .map_err(|_| problem(ProblemKind::OutOfMemory)(format!("{} bytes", manifest.bytes)))?;
        let bytes = read(body, length, |received| self.tell(received, source)).await?;
        check_weights(manifest, &bytes)
            .map_err(|error| problem(ProblemKind::WeightsDamaged)(error.to_string()))?;
        Ok(bytes)
    }

    fn tell(&mut self, received: usize, source: WeightsSource) {
        let now = self.site.now();
        let received = received as u64;
        if received < self.total && self.told.is_some_and(|told| now - told < PROGRESS_INTERVAL_MS) {
            return;
        }
        self.told = Some(now);
        (self.post)(FromWorker::WeightsProgress {
            received,
            total: self.total,
            source,
        });
    }
}

/// Reads a body to its end into one allocation of `limit` bytes; one that is longer is damaged.
async fn read(
    mut body: impl Body,
    limit: usize,
    mut progress: impl FnMut(usize),
) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(limit).map_err(|_| {
        problem(ProblemKind::OutOfMemory)(format!("no memory for a download of {limit} bytes"))
    })?;
    while let Some(piece) = body.next().await.map_err(|error| {
        problem(ProblemKind::WeightsDamaged)(format!(
            "the download broke off after {} bytes: {error}",
            bytes.len()
        ))
    })? {
        if piece.len() > limit - bytes.len() {
            return Err(problem(ProblemKind::WeightsDamaged)(format!(
                "more than {limit} bytes came"
            )));
        }
        bytes.extend_from_slice(&piece);
        progress(bytes.len());
    }
    Ok(bytes)
}

fn problem(kind: ProblemKind) -> impl Fn(String) -> Problem {
    move |detail| Problem { kind, detail }
}

#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;
