//! AdamW that can be interrupted: its moments are saved beside the weights.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use anyhow::{Context, Result};
use candle_core::{Tensor, Var};

/// Decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2).
#[derive(Clone, Copy, Debug)]
pub struct AdamW {
    pub beta1: f64,
    pub beta2: f64,
    pub epsilon: f64,
    pub weight_decay: f64,
}

impl Default for AdamW {
    fn default() -> AdamW {
        AdamW {
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            weight_decay: 0.01,
        }
    }
}

struct Parameter {
    variable: Var,
    first_moment: Vec<f32>,
    second_moment: Vec<f32>,
    /// Running average of the values over the steps.
    average: Vec<f32>,
}

/// How much of the running average each step keeps: it looks back some two hundred steps.
const AVERAGE_KEEPS: f32 = 0.995;

/// Trainable weights under their names, with the optimiser's state.
pub struct Parameters {
    parameters: BTreeMap<String, Parameter>,
    settings: AdamW,
    steps: u64,
}

impl Parameters {
    pub fn new(variables: Vec<(String, Var)>, settings: AdamW) -> Result<Parameters> {
        let mut parameters = BTreeMap::new();
        for (name, variable) in variables {
            let zeros = vec![0.0; variable.elem_count()];
            let parameter = Parameter {
                average: variable.flatten_all()?.to_vec1()?,
                variable,
                first_moment: zeros.clone(),
                second_moment: zeros,
            };
            parameters.insert(name, parameter);
        }
        Ok(Parameters {
            parameters,
            settings,
            steps: 0,
        })
    }

    /// Exchanges the weights with their running averages, which is what is measured and shipped: an average over
    /// the last steps lies nearer to the middle of a flat valley than any one of them (Izmailov et al. 2018).
    /// A second call puts them back.
    pub fn exchange_with_average(&mut self) -> Result<()> {
        for parameter in self.parameters.values_mut() {
            let values = parameter.variable.flatten_all()?.to_vec1()?;
            let average = std::mem::replace(&mut parameter.average, values);
            let shape = parameter.variable.shape().clone();
            parameter
                .variable
                .set(&Tensor::from_vec(average, shape, parameter.variable.device())?)?;
        }
        Ok(())
    }

    pub fn steps(&self) -> u64 {
        self.steps
    }

    pub fn tensors(&self) -> impl Iterator<Item = (&String, &Tensor)> {
        self.parameters
            .iter()
            .map(|(name, parameter)| (name, parameter.variable.as_tensor()))
    }

    pub fn variables(&self) -> impl Iterator<Item = (&String, &Var)> {
        self.parameters
            .iter()
            .map(|(name, parameter)| (name, &parameter.variable))
    }

    /// One step against gradients by name, clipped to a total norm of 1. Returns the norm before clipping.
    pub fn step(&mut self, gradients: &HashMap<String, Vec<f32>>, learning_rate: f64) -> Result<f64> {
        self.steps += 1;
        let norm = gradients
            .values()
            .map(|gradient| gradient.iter().map(|&g| f64::from(g) * f64::from(g)).sum::<f64>())
            .sum::<f64>()
            .sqrt();
        let clip = if norm > 1.0 { (1.0 / norm) as f32 } else { 1.0 };
        let AdamW {
            beta1,
            beta2,
            epsilon,
            weight_decay,
        } = self.settings;
        let correction1 = 1.0 - beta1.powi(self.steps as i32);
        let correction2 = 1.0 - beta2.powi(self.steps as i32);
        let (b1, b2) = (beta1 as f32, beta2 as f32);
        let rate = (learning_rate / correction1) as f32;
        let second_scale = correction2.recip() as f32;
        for (name, parameter) in &mut self.parameters {
            let gradient = gradients
                .get(name)
                .with_context(|| format!("no gradient reached {name}"))?;
            // Biases and normalisations are not decayed.
            let decay = if parameter.variable.rank() > 1 {
                (learning_rate * weight_decay) as f32
            } else {
                0.0
            };
            let mut values = parameter.variable.flatten_all()?.to_vec1::<f32>()?;
            let moments = parameter
                .first_moment
                .iter_mut()
                .zip(parameter.second_moment.iter_mut());
            for ((value, (m, v)), &g) in values.iter_mut().zip(moments).zip(gradient) {
                let g = g * clip;
                *m = b1 * *m + (1.0 - b1) * g;
                *v = b2 * *v + (1.0 - b2) * g * g;
                *value -= decay * *value + rate * *m / ((*v * second_scale).sqrt() + epsilon as f32);
            }
            // The average of n steps at first, so that the beginning weighs no more than the rest.
            let keeps = AVERAGE_KEEPS.min(1.0 - 1.0 / self.steps as f32);
            for (average, &value) in parameter.average.iter_mut().zip(&values) {
                *average = keeps * *average + (1.0 - keeps) * value;
            }
            let shape = parameter.variable.shape().clone();
            parameter
                .variable
                .set(&Tensor::from_vec(values, shape, parameter.variable.device())?)?;
        }
        Ok(norm)
    }

    /// Writes weights, moments and the number of steps, whole or not at all.
    pub fn save(&self, path: &Path) -> Result<()> {
        let mut tensors: HashMap<String, Tensor> = HashMap::new();
        for (name, parameter) in &self.parameters {
            let (variable, device) = (&parameter.variable, parameter.variable.device());
            let moment = |values: &Vec<f32>| Tensor::from_slice(values, variable.shape(), device);
            tensors.insert(format!("weight.{name}"), variable.as_tensor().clone());
            tensors.insert(format!("first_moment.{name}"), moment(&parameter.first_moment)?);
            tensors.insert(format!("second_moment.{name}"), moment(&parameter.second_moment)?);
            tensors.insert(format!("average.{name}"), moment(&parameter.average)?);
        }
        tensors.insert(
            "steps".to_owned(),
            Tensor::new(&[self.steps as i64], &candle_core::Device::Cpu)?,
        );
        let partial = path.with_extension("partial");
        candle_core::safetensors::save(&tensors, &partial)?;
        std::fs::rename(&partial, path).with_context(|| path.display().to_string())
    }

    /// Takes up what [`Parameters::save`] wrote.
    pub fn load(&mut self, path: &Path) -> Result<()> {
        let tensors = candle_core::safetensors::load(path, &candle_core::Device::Cpu)?;
        let tensor = |name: String| {
            tensors
                .get(&name)
                .with_context(|| format!("{}: no tensor {name}", path.display()))
        };
        for (name, parameter) in &mut self.parameters {
            parameter.variable.set(tensor(format!("weight.{name}"))?)?;
            parameter.first_moment = tensor(format!("first_moment.{name}"))?.flatten_all()?.to_vec1()?;
            parameter.average = tensor(format!("average.{name}"))?.flatten_all()?.to_vec1()?;
            parameter.second_moment = tensor(format!("second_moment.{name}"))?
                .flatten_all()?
                .to_vec1()?;
        }
        let steps: Vec<i64> = tensor("steps".to_owned())?.to_vec1()?;
        self.steps = steps.first().copied().unwrap_or(0) as u64;
        Ok(())
    }
}
