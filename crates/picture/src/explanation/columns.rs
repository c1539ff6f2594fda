//! Columns that say what the numbers of a line are of: the same in every file of explanations, so that lines of several
//! files can be put together.

use vitrine_record::{
    Explanation, ExplanationMethod, ExplanationSettings, ExplanationTarget, Masking, ModelInfo,
};

use super::{
    file::{check_in_one_field, name_of, number},
    target::{output_name, target_name},
};
use crate::export::quoted;

/// Headings, each with what stands below it in a line, or in all lines alike.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns(Vec<(&'static str, String)>);

impl Columns {
    /// With one more, of what is written as it is.
    pub fn and(mut self, heading: &'static str, field: impl ToString) -> Columns {
        self.0.push((heading, field.to_string()));
        self
    }

    /// With one more, of any text.
    pub fn and_text(self, heading: &'static str, text: &str) -> Columns {
        self.and(heading, quoted(text))
    }

    /// With one more, of a number.
    pub fn and_number(self, heading: &'static str, exact: f64) -> Columns {
        self.and(heading, number(exact))
    }

    /// With others behind them.
    pub fn then(mut self, mut others: Columns) -> Columns {
        self.0.append(&mut others.0);
        self
    }

    /// What the score is: of the model's output, the class by its label, where it has one, and its number, and the scale,
    /// where there is one.
    pub fn of_target(target: &ExplanationTarget, model: &ModelInfo) -> Columns {
        Columns::default()
            .and_text("output", &output_name(&target.output))
            .and_text("target", &target_name(target, model).unwrap_or_default())
            .and("target_index", target.index)
            .and(
                "link",
                target.scale().map(|link| name_of(&link)).unwrap_or_default(),
            )
    }

    /// How parts are made missing; empty where none are.
    pub fn of_masking(masking: Option<Masking>) -> Columns {
        let of = |field: fn(Masking) -> String| masking.map(field).unwrap_or_default();
        Columns::default()
            .and("masking", of(|masking| name_of(&masking.mode)))
            .and("mask_with", of(|masking| name_of(&masking.with)))
            .and(
                "special_players",
                of(|masking| masking.special_players.to_string()),
            )
    }

    /// Everything that values depend on besides text and model. A setting that the method does not know is empty, and so
    /// is a bound of the evaluations where there is none.
    pub fn of_settings(settings: &ExplanationSettings, model: &ModelInfo) -> Columns {
        use ExplanationMethod::{IntegratedGradients, Kernel, Lime, Occlusion, Owen};
        let method = settings.method;
        let of = |is_known: bool, field: String| if is_known { field } else { String::new() };
        let has_coalitions =
            ExplanationMethod::SHAPLEY.contains(&method) || matches!(method, Lime | Occlusion);
        let most = settings.most_evaluations.filter(|_| method.takes_budget());
        let samples = settings.lime.samples;
        let samples = samples.map_or_else(|| String::from("expected"), |samples| samples.to_string());
        let [is_lime, is_path] = [Lime, IntegratedGradients].map(|one| one == method);
        Columns::default()
            .and("method", name_of(&method))
            .then(Columns::of_target(&settings.target, model))
            .then(Columns::of_masking(has_coalitions.then_some(settings.masking)))
            .and(
                "most_evaluations",
                most.map(|most| most.to_string()).unwrap_or_default(),
            )
            .and_text("grouping", &of(method == Owen, name_of(&settings.grouping)))
            .and(
                "kernel_features",
                of(method == Kernel, settings.kernel.to_string()),
            )
            .and("lime_words", of(is_lime, name_of(&settings.lime.words)))
            .and("lime_samples", of(is_lime, samples))
            .and("lime_features", of(is_lime, settings.lime.features.to_string()))
            .and(
                "lime_kernel_width",
                of(is_lime, number(settings.lime.kernel_width)),
            )
            .and("baseline", of(is_path, name_of(&settings.path.baseline)))
            .and("steps", of(is_path, settings.path.steps.to_string()))
            .and("seed", of(method.is_random(), settings.seed.to_string()))
    }

    /// What an explanation is of, how it came about, and how far to trust it, but for its values.
    pub fn of_explanation(explanation: &Explanation, model: &ModelInfo) -> Columns {
        Columns::default()
            .and_number("base_value", explanation.base_value)
            .and_number("prediction", explanation.prediction)
            .then(Columns::of_settings(&explanation.settings, model))
            .and("evaluations", explanation.evaluations)
            .and("check", check_in_one_field(&explanation.check))
            .and("model_hash", &explanation.model_hash)
    }

    /// The headings, divided by commas.
    pub fn headings(&self) -> String {
        let headings: Vec<&str> = self.0.iter().map(|(heading, _)| *heading).collect();
        headings.join(",")
    }

    /// What stands below them.
    pub fn fields(&self) -> String {
        let fields: Vec<&str> = self.0.iter().map(|(_, field)| field.as_str()).collect();
        fields.join(",")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use vitrine_record::{GapLevel, GradientPath, Grouping, KernelSelection, LimeSettings, ModelOutput};

    use super::*;
    use crate::fixture;

    fn read(settings: &ExplanationSettings) -> BTreeMap<String, String> {
        let columns = Columns::of_settings(settings, &fixture::model(2));
        let csv = format!("{}\r\n{}\r\n", columns.headings(), columns.fields());
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let headings = reader.headers().unwrap().clone();
        let fields = reader.records().next().unwrap().unwrap();
        let read: BTreeMap<String, String> = headings
            .iter()
            .map(str::to_owned)
            .zip(fields.iter().map(str::to_owned))
            .collect();
        assert_eq!(read.len(), headings.len(), "no heading twice");
        read
    }

    #[test]
    fn each_method_has_the_settings_that_it_knows() {
        let settings = ExplanationSettings {
            most_evaluations: Some(500),
            grouping: Grouping::Chosen(vec![GapLevel::WithinWord, GapLevel::WithinPhrase]),
            kernel: KernelSelection::Features(3),
            lime: LimeSettings {
                samples: None,
                ..LimeSettings::default()
            },
            path: GradientPath::default(),
            seed: 7,
            ..ExplanationSettings::default()
        };
        let known = |method: ExplanationMethod| -> Vec<String> {
            let fields = read(&ExplanationSettings {
                method,
                ..settings.clone()
            });
            let always = ["method", "output", "target", "target_index", "link"];
            let is_known = |(heading, field): &(String, String)| {
                !field.is_empty() && !always.contains(&heading.as_str())
            };
            fields
                .into_iter()
                .filter(is_known)
                .map(|(heading, field)| format!("{heading}={field}"))
                .collect()
        };
        let masked = ["mask_with=mask", "masking=ids"];
        assert_eq!(
            known(ExplanationMethod::Owen),
            [
                "grouping={\"chosen\":[\"within_word\",\"within_phrase\"]}",
                masked[0],
                masked[1],
                "most_evaluations=500",
                "special_players=false"
            ]
        );
        assert_eq!(
            known(ExplanationMethod::Kernel),
            [
                "kernel_features=3",
                masked[0],
                masked[1],
                "most_evaluations=500",
                "seed=7",
                "special_players=false"
            ]
        );
        assert_eq!(
            known(ExplanationMethod::Lime),
            [
                "lime_features=10",
                "lime_kernel_width=25",
                "lime_samples=expected",
                "lime_words=bag_of_words",
                masked[0],
                masked[1],
                "seed=7",
                "special_players=false"
            ]
        );
        assert_eq!(
            known(ExplanationMethod::IntegratedGradients),
            ["baseline=pad", "steps=50"]
        );
        assert_eq!(known(ExplanationMethod::GradientNorm), [""; 0]);
    }

    #[test]
    fn what_is_of_no_class_has_no_scale() {
        let mut settings = ExplanationSettings::default();
        assert_eq!(read(&settings)["link"], "probability");
        settings.target.output = ModelOutput::SimilarityTo(Default::default());
        let read = read(&settings);
        assert_eq!(
            (read["output"].as_str(), read["link"].as_str()),
            ("similarity to “”", "")
        );
    }
}
