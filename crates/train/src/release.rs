//! From a fine-tuned folder to the file that is shipped, and the figures of its model card.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use vitrine_model::{MAX_TOKENS, Model, ModelFiles, pack, sha256_hex};
use vitrine_record::Manifest;

use crate::data::{Domain, RatedSentence, Split};
use crate::evaluate::{self, Predicted};

/// The longest input that figures are computed on; nothing in the data is longer.
const LONGEST: usize = 128;

/// Scales the classifier by the temperature that fits the dev split, packs the model and writes it beside its
/// manifest.
pub fn pack_model(folder: &Path, sentences: &[RatedSentence], name: &str, out: &Path) -> Result<()> {
    let model = Model::from_folder(folder)?;
    let dev = predict(&model, sentences, Split::Dev)?;
    let trained: Vec<Predicted> = dev.into_iter().filter(|p| p.domain.trains()).collect();
    let temperature = evaluate::fit_temperature(&trained);
    println!(
        "temperature {temperature:.4} fitted on dev: ECE {:.4} before, {:.4} after",
        evaluate::calibration_error(&trained, 1.0),
        evaluate::calibration_error(&trained, temperature)
    );

    let files = ModelFiles::from_folder(folder)?;
    let (config, lowercase) = (files.config.clone(), files.lowercase);
    let vocabulary = files.tokenizer.vocabulary_lines();
    let limit = files.max_tokens;
    let mut tensors = files.into_tensors()?;
    for part in ["classifier.weight", "classifier.bias"] {
        let tensor = tensors
            .get_mut(part)
            .with_context(|| format!("the model has no {part}"))?;
        *tensor = (&*tensor / temperature)?;
    }
    let mut metadata = BTreeMap::from([
        ("general.license".to_owned(), "apache-2.0".to_owned()),
        (
            "general.base_model.0.name".to_owned(),
            "all-MiniLM-L6-v2".to_owned(),
        ),
        ("vitrine.temperature".to_owned(), format!("{temperature}")),
    ]);
    if let Some(limit) = limit {
        metadata.insert(MAX_TOKENS.to_owned(), limit.to_string());
    }
    let bytes = pack(name, &config, &vocabulary, lowercase, &tensors, &metadata)?;
    let manifest = Manifest {
        id: name.to_owned(),
        file: format!("{name}.gguf"),
        bytes: bytes.len() as u64,
        sha256: sha256_hex(&bytes),
    };
    std::fs::create_dir_all(out).with_context(|| out.display().to_string())?;
    let write = |name: &str, bytes: &[u8]| {
        let path = out.join(name);
        std::fs::write(&path, bytes).with_context(|| path.display().to_string())
    };
    write(&manifest.file, &bytes)?;
    write(
        "manifest.json",
        format!("{}\n", serde_json::to_string_pretty(&manifest)?).as_bytes(),
    )?;
    println!(
        "{}: {} bytes, SHA-256 {}",
        manifest.file, manifest.bytes, manifest.sha256
    );
    Ok(())
}

/// Prints the figures of a packed model on a split, beside those of the full-precision folder it came from.
pub fn measure(
    packed: &Path,
    folder: Option<&Path>,
    sentences: &[RatedSentence],
    split: Split,
) -> Result<()> {
    let bytes = std::fs::read(packed).with_context(|| packed.display().to_string())?;
    let model = Model::from_gguf(&bytes, sha256_hex(&bytes))?;
    let predicted = predict(&model, sentences, split)?;
    println!("{}", evaluate::report(&predicted));
    println!("{}", evaluate::neutrality(model.encoder(), model.tokenizer())?);
    let Some(folder) = folder else { return Ok(()) };

    let full = Model::from_folder(folder)?;
    let full = predict(&full, sentences, split)?;
    // The packed classifier was divided by the temperature; to compare weights, not temperatures, divide here too.
    let temperature = temperature(&full, &predicted);
    let shift = full
        .iter()
        .zip(&predicted)
        .map(|(full, packed)| (full.probability(temperature) - packed.probability(1.0)).abs())
        .fold(0.0, f64::max);
    let accuracy = |predicted: &[Predicted]| evaluate::accuracy(predicted, None).value;
    println!(
        "  packed against full precision: accuracy {:.4} against {:.4}; largest shift of a probability {shift:.4}",
        accuracy(&predicted),
        accuracy(&full)
    );
    for domain in Domain::ALL {
        let of = |p: &[Predicted]| evaluate::accuracy(p, Some(domain)).value;
        println!(
            "  {:<10} {:.4} against {:.4}",
            domain.name(),
            of(&predicted),
            of(&full)
        );
    }
    Ok(())
}

/// The factor between two models' log-odds, by least squares through the origin.
fn temperature(full: &[Predicted], packed: &[Predicted]) -> f64 {
    let products: f64 = full
        .iter()
        .zip(packed)
        .map(|(f, p)| f.log_odds * p.log_odds)
        .sum();
    let squares: f64 = packed.iter().map(|p| p.log_odds * p.log_odds).sum();
    products / squares
}

fn predict(model: &Model, sentences: &[RatedSentence], split: Split) -> Result<Vec<Predicted>> {
    let chosen: Vec<_> = sentences
        .iter()
        .filter(|sentence| sentence.split == split)
        .cloned()
        .collect();
    evaluate::predict(model.encoder(), model.tokenizer(), &chosen, LONGEST)
}
