//! The training loop.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use candle_core::{D, Tensor};
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use vitrine_model::{Encoder, EncoderInput, TokenBatch, Trace};

use crate::base::Trainee;
use crate::data::{self, RatedSentence, Split, Template, TokenizedSentence};
use crate::evaluate;
use crate::masking::{Example, Masking};

/// The recipe. The defaults are what the shipped model was trained with.
#[derive(Clone, Debug, clap::Args)]
pub struct Recipe {
    /// Passes over the training sentences that the fall of the learning rate is laid out for.
    #[arg(long, default_value_t = 4)]
    pub epochs: usize,
    /// Passes after which training ends; chosen on dev.
    #[arg(long, default_value_t = 2)]
    pub stop_after: usize,
    /// Highest learning rate; reached after a tenth of the steps, then falling in a line to zero.
    #[arg(long, default_value_t = 1e-4)]
    pub learning_rate: f64,
    /// Sentences in a batch.
    #[arg(long, default_value_t = 32)]
    pub batch: usize,
    /// Longest input in tokens, [CLS] and [SEP] included.
    #[arg(long, default_value_t = 64)]
    pub max_tokens: usize,
    /// Share of the word embeddings' values that are set to zero, the rest scaled up (Srivastava et al. 2014).
    #[arg(long, default_value_t = 0.1)]
    pub dropout: f64,
    /// Seed of everything random.
    #[arg(long, default_value_t = 20)]
    pub seed: u64,
    /// Steps between two checkpoints.
    #[arg(long, default_value_t = 100)]
    pub checkpoint_every: u64,
    /// Parts into which a batch is cut, computed side by side. The result depends on it in the last digits, so
    /// it does not follow the number of processors.
    #[arg(long, default_value_t = 2)]
    pub shards: usize,
}

/// A batch's token ids with the template, and its targets.
struct Batch {
    examples: Vec<Example>,
}

pub fn run(base: &Path, sentences: &[RatedSentence], out: &Path, recipe: &Recipe) -> Result<()> {
    std::fs::create_dir_all(out).with_context(|| out.display().to_string())?;
    let mut trainee = Trainee::from_folder(base, &mut ChaCha8Rng::seed_from_u64(recipe.seed))?;
    let training = tokenized(sentences, Split::Train, &trainee, recipe)?;
    let mask = trainee
        .tokenizer
        .mask_id()
        .context("the vocabulary has no [MASK]")?
        .0;
    let template = Template::of(&trainee.tokenizer)?;
    let masking = Masking::default();

    let checkpoint = out.join("checkpoint.safetensors");
    // A checkpoint is only taken up by the recipe that it was made with: another would mix the two in silence.
    let settings = out.join("recipe.txt");
    let described = format!("{recipe:?}, {masking:?}, {} sentences\n", training.len());
    match std::fs::read_to_string(&settings) {
        Ok(found) if found != described => bail!(
            "{} holds a run with other settings:\n{found}give another --out, or delete it",
            out.display()
        ),
        Ok(_) => {}
        Err(_) => std::fs::write(&settings, &described).with_context(|| settings.display().to_string())?,
    }
    if checkpoint.exists() {
        trainee.parameters.load(&checkpoint)?;
        println!("taken up after step {}", trainee.parameters.steps());
    }

    let mut step = 0;
    let mut total = None;
    let (mut running_loss, mut running_steps) = (0.0, 0);
    let mut began = Instant::now();
    for epoch in 0..recipe.epochs.min(recipe.stop_after) {
        // Each epoch has its own stream of random numbers, so that a run that is taken up again sees the batches
        // that it would have seen.
        let mut rng = ChaCha8Rng::seed_from_u64(recipe.seed);
        rng.set_stream(epoch as u64 + 1);
        let examples = masking.epoch(&training, mask, &mut rng);
        let batches = batches(examples, recipe.batch, &mut rng);
        let total = *total.get_or_insert(batches.len() as u64 * recipe.epochs as u64);
        for batch in &batches {
            step += 1;
            if step <= trainee.parameters.steps() {
                continue;
            }
            let (loss, gradients) = gradients(&trainee, batch, template, recipe, step)?;
            trainee
                .parameters
                .step(&gradients, learning_rate(recipe.learning_rate, step, total))?;
            running_loss += loss;
            running_steps += 1;
            if step % 20 == 0 {
                println!(
                    "step {step}/{total}  loss {:.4}  {:.2} s a step",
                    running_loss / f64::from(running_steps),
                    began.elapsed().as_secs_f64() / f64::from(running_steps)
                );
                (running_loss, running_steps, began) = (0.0, 0, Instant::now());
            }
            if step % recipe.checkpoint_every == 0 {
                trainee.parameters.save(&checkpoint)?;
            }
        }
        if trainee.parameters.steps() > step {
            // This epoch was over before the run was interrupted; the weights at hand are of a later one.
            continue;
        }
        trainee.parameters.save(&checkpoint)?;
        trainee.parameters.exchange_with_average()?;
        let dev: Vec<_> = sentences
            .iter()
            .filter(|s| s.split == Split::Dev)
            .cloned()
            .collect();
        let outcome = evaluate::predict(&trainee.encoder, &trainee.tokenizer, &dev, recipe.max_tokens)?;
        println!(
            "epoch {} of {}, dev:\n{}",
            epoch + 1,
            recipe.epochs,
            evaluate::report(&outcome)
        );
        println!("{}", evaluate::neutrality(&trainee.encoder, &trainee.tokenizer)?);
        trainee.parameters.exchange_with_average()?;
    }
    trainee.parameters.exchange_with_average()?;
    write_folder(&trainee, out)
}

fn tokenized(
    sentences: &[RatedSentence],
    split: Split,
    trainee: &Trainee,
    recipe: &Recipe,
) -> Result<Vec<TokenizedSentence>> {
    sentences
        .iter()
        .filter(|sentence| sentence.split == split && sentence.domain.trains())
        .map(|sentence| data::tokenize(sentence, &trainee.tokenizer, recipe.max_tokens))
        .collect()
}

fn learning_rate(highest: f64, step: u64, total: u64) -> f64 {
    let (step, total) = (step as f64, total as f64);
    let warm_up = total / 10.0;
    if step < warm_up {
        highest * step / warm_up
    } else {
        highest * (total - step) / (total - warm_up)
    }
}

/// Batches of like length, so that little is computed for padding, in random order.
fn batches(mut examples: Vec<Example>, size: usize, rng: &mut ChaCha8Rng) -> Vec<Batch> {
    examples.shuffle(rng);
    let mut batches = Vec::new();
    for bucket in examples.chunks_mut(size * 40) {
        bucket.sort_by_key(|example| example.ids.len());
        batches.extend(bucket.chunks(size).map(|examples| Batch {
            examples: examples.to_vec(),
        }));
    }
    batches.shuffle(rng);
    batches
}

/// A loss and its gradients by the names of the parameters.
type LossAndGradients = (f64, HashMap<String, Vec<f32>>);

/// Mean loss of a batch and its gradients by name. The shards' sums are added in their order.
fn gradients(
    trainee: &Trainee,
    batch: &Batch,
    template: Template,
    recipe: &Recipe,
    step: u64,
) -> Result<LossAndGradients> {
    let count = batch.examples.len();
    let size = count.div_ceil(recipe.shards.max(1));
    let parts: Vec<Result<LossAndGradients>> = std::thread::scope(|scope| {
        let threads: Vec<_> = batch
            .examples
            .chunks(size)
            .enumerate()
            .map(|(shard, examples)| {
                scope.spawn(move || {
                    let mut rng = ChaCha8Rng::seed_from_u64(recipe.seed);
                    // Far from the streams of the epochs.
                    rng.set_stream((1 << 32) + step * recipe.shards as u64 + shard as u64);
                    shard_gradients(trainee, examples, count, template, recipe.dropout, &mut rng)
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|_| Err(anyhow::anyhow!("a shard's thread panicked")))
            })
            .collect()
    });
    let mut sum: Option<LossAndGradients> = None;
    for part in parts {
        let (loss, gradients) = part?;
        match &mut sum {
            None => sum = Some((loss, gradients)),
            Some((total, sums)) => {
                *total += loss;
                for (name, gradient) in gradients {
                    let sum = sums.get_mut(&name).context("shards differ in their tensors")?;
                    sum.iter_mut().zip(gradient).for_each(|(sum, g)| *sum += g);
                }
            }
        }
    }
    sum.context("an empty batch")
}

fn shard_gradients(
    trainee: &Trainee,
    examples: &[Example],
    count: usize,
    template: Template,
    dropout: f64,
    rng: &mut ChaCha8Rng,
) -> Result<LossAndGradients> {
    let ids: Vec<Vec<u32>> = examples
        .iter()
        .map(|example| template.around(example.ids.iter().copied()))
        .collect();
    let targets: Vec<f32> = examples
        .iter()
        .flat_map(|example| [1.0 - example.target, example.target])
        .collect();
    let targets = Tensor::from_vec(targets, (examples.len(), 2), &candle_core::Device::Cpu)?;
    let logits = logits(&trainee.encoder, &ids, |words| drop_out(words, dropout, rng))?;
    let loss = (soft_cross_entropy(&logits, &targets)? / count as f64)?;
    let store = loss.backward()?;
    let mut gradients = HashMap::new();
    for (name, variable) in trainee.parameters.variables() {
        let gradient = store
            .get(variable)
            .with_context(|| format!("no gradient reached {name}"))?;
        gradients.insert(name.clone(), gradient.flatten_all()?.to_vec1::<f32>()?);
    }
    Ok((f64::from(loss.to_scalar::<f32>()?), gradients))
}

/// `[B, C]` logits of sequences with their template; `change` is what happens to the word embeddings on their way.
pub fn logits(
    encoder: &Encoder,
    ids: &[Vec<u32>],
    change: impl FnOnce(Tensor) -> Result<Tensor>,
) -> Result<Tensor> {
    let segments: Vec<Vec<u32>> = ids.iter().map(|ids| vec![0; ids.len()]).collect();
    let batch = TokenBatch::from_ids(ids, &segments, encoder.config())?;
    let words = change(encoder.word_embeddings(&batch)?)?;
    let input = EncoderInput::Embeddings {
        words: &words,
        batch: &batch,
    };
    let output = encoder.forward(input, &[], &mut Trace::off())?;
    output.logits.context("the model has no classifier")
}

fn drop_out(words: Tensor, share: f64, rng: &mut ChaCha8Rng) -> Result<Tensor> {
    let kept = (1.0 / (1.0 - share)) as f32;
    let factors: Vec<f32> = (0..words.elem_count())
        .map(|_| if rng.random_bool(share) { 0.0 } else { kept })
        .collect();
    Ok((&words * Tensor::from_vec(factors, words.shape(), words.device())?)?)
}

/// Sum over the batch of −Σ target · ln softmax(logits).
fn soft_cross_entropy(logits: &Tensor, targets: &Tensor) -> Result<Tensor> {
    let log_probabilities = candle_nn::ops::log_softmax(logits, D::Minus1)?;
    Ok((log_probabilities * targets)?.sum_all()?.neg()?)
}

fn write_folder(trainee: &Trainee, out: &Path) -> Result<()> {
    let write = |name: &str, bytes: Vec<u8>| -> Result<()> {
        let path: PathBuf = out.join(name);
        std::fs::write(&path, bytes).with_context(|| path.display().to_string())
    };
    candle_core::safetensors::save(&trainee.tensors(), out.join("model.safetensors"))?;
    write("config.json", trainee.encoder.config().to_json()?)?;
    write("vocab.txt", trainee.tokenizer.vocabulary_lines().into_bytes())?;
    println!("written: {}", out.display());
    Ok(())
}
