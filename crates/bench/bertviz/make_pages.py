"""Makes BertViz's own pages of attention that `vitrine trace` has written.

    python make_pages.py TRACE.safetensors TOKENS.json OUT_FOLDER

TOKENS.json is a list of strings. OUT_FOLDER gets `head.html`, `model.html` and `model-12.html`: the last one with the
layers taken twice, so that a model of six layers stands for one of twelve. `attention-12.json` is the attention of the
last one, for Vitrine to import.
"""

import json
import sys
from pathlib import Path

from bertviz import head_view, model_view
from safetensors.torch import load_file

PAGE = "<!doctype html><meta charset='utf-8'><title>BertViz</title><body>{body}</body>"


def main(trace: str, tokens: str, out: str) -> None:
    tensors = load_file(trace)
    names = sorted((name for name in tensors if name.startswith("attentions.")), key=lambda name: int(name.split(".")[1]))
    attention = [tensors[name].unsqueeze(0) for name in names]
    tokens = json.loads(Path(tokens).read_text(encoding="utf-8"))
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    views = {
        "head": lambda: head_view(attention, tokens, html_action="return"),
        "model": lambda: model_view(attention, tokens, html_action="return"),
        "model-12": lambda: model_view(attention + attention, tokens, html_action="return"),
    }
    for name, view in views.items():
        (folder / f"{name}.html").write_text(PAGE.format(body=view().data), encoding="utf-8")
    twice = [layer[0].numpy().round(9).tolist() for layer in attention + attention]
    imported = {
        "format": "vitrine-attention-import",
        "version": 1,
        "name": "twelve layers",
        "encoder": {"tokens": tokens, "attention": twice},
    }
    (folder / "attention-12.json").write_text(json.dumps(imported), encoding="utf-8")
    (folder / "index.html").write_text("<!doctype html><title>BertViz</title>", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
