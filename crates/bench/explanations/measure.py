"""Times shap and lime with PyTorch on all cores, and writes JSON to standard output.

    python measure.py MODEL_FOLDER TEXTS.json

MODEL_FOLDER is what `vitrine export` wrote. TEXTS.json is a list of texts. Times are in seconds, of one run each after
one to warm up; evaluations are the inputs that the model was given.
"""

import json
import resource
import sys
import time

import numpy as np
import shap
import torch
from lime.lime_text import LimeTextExplainer
from transformers import AutoModelForSequenceClassification, AutoTokenizer

#: As many inputs as the packages' users give such a model at once.
BATCH = 64


class Model:
    """The probabilities of strings, and how many strings it was given."""

    def __init__(self, folder: str) -> None:
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
        self.evaluations = 0

    def __call__(self, texts) -> np.ndarray:
        texts = [str(text) for text in texts]
        self.evaluations += len(texts)
        probabilities = []
        with torch.inference_mode():
            for start in range(0, len(texts), BATCH):
                batch = self.tokenizer(texts[start : start + BATCH], padding=True, truncation=True, return_tensors="pt")
                probabilities.append(self.model(**batch).logits.softmax(-1).numpy())
        return np.concatenate(probabilities).astype(float)


def timed(model: Model, run) -> dict:
    model.evaluations = 0
    start = time.perf_counter()
    run()
    return {"seconds": time.perf_counter() - start, "evaluations": model.evaluations}


def main(folder: str, texts: str) -> None:
    model = Model(folder)
    explainer = shap.explainers.Partition(model, shap.maskers.Text(model.tokenizer))
    lime = LimeTextExplainer(random_state=0)

    def owen(text: str, budget: int):
        return lambda: explainer([text], max_evals=budget, silent=True)

    def surrogate(text: str, samples: int):
        return lambda: lime.explain_instance(text, model, num_samples=samples)

    owen("Warm up.", 50)()
    figures = []
    for text in json.loads(open(texts, encoding="utf-8").read()):
        figures.append(
            {
                "words": len(text.split()),
                "owen_exact": timed(model, owen(text, 10**9)),
                "owen_500": timed(model, owen(text, 500)),
                "lime_1000": timed(model, surrogate(text, 1000)),
                "lime_5000": timed(model, surrogate(text, 5000)),
            }
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    json.dump({"threads": torch.get_num_threads(), "peak_kib": peak, "texts": figures}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
