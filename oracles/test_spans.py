"""Spans that are taken out, by T5's own code: its functions, word for word from PyPI's t5, on the same random numbers.

They are written for TensorFlow, of which they use little. Where it is not installed (it is not among requirements.txt, for
its 1.6 GB), NumPy does the same under the same names: in f32, with halves rounded to even.
"""

import ast
import zipfile
from types import SimpleNamespace
from typing import Any, Callable

import homegrown
import numpy as np
import pytest
from packages import fetched

WANTED = {
    *{"random_spans_noise_mask", "random_spans_helper", "sentinel_id"},
    *{"noise_span_to_unique_sentinel", "nonnoise_span_to_unique_sentinel"},
}
CASES = 1000
VOCABULARY, END = 32_128, 1


def by_numpy() -> SimpleNamespace:
    """The part of TensorFlow that these functions call."""

    def segment_sum(data: np.ndarray, ids: np.ndarray, segments: int | None = None) -> np.ndarray:
        return np.bincount(ids, weights=data, minlength=segments or 0).astype(np.int32)

    return SimpleNamespace(
        **{"int32": np.int32, "float32": np.float32, "bool": np.bool_, "zeros": np.zeros, "range": np.arange},
        **{"maximum": np.maximum, "minimum": np.minimum, "round": np.round, "where": np.where, "equal": np.equal},
        **{"logical_and": np.logical_and, "logical_not": np.logical_not, "reshape": np.reshape, "stack": np.stack},
        **{"pad": np.pad, "ones_like": np.ones_like, "cumsum": lambda x: np.cumsum(x, dtype=np.int32)},
        cast=lambda x, dtype: np.asarray(x).astype(dtype),
        boolean_mask=lambda values, mask: values[mask],
        math=SimpleNamespace(segment_sum=segment_sum, unsorted_segment_sum=segment_sum),
    )


def by_tensorflow() -> Any:
    return pytest.importorskip("tensorflow", reason="TensorFlow is not installed: pip install tensorflow-cpu")


ENGINES: dict[str, Callable[[], Any]] = {"NumPy": by_numpy, "TensorFlow": by_tensorflow}


@pytest.fixture(params=ENGINES)
def t5(request) -> SimpleNamespace:
    """Its functions by one of them. What they shuffle is shuffled by the numbers that are set as `draw`."""
    with zipfile.ZipFile(fetched("t5==0.9.4", "t5")) as wheel:
        source = wheel.read("t5/data/preprocessors.py").decode()
    functions = [each for each in ast.parse(source).body if isinstance(each, ast.FunctionDef) and each.name in WANTED]
    assert {each.name for each in functions} == WANTED
    for each in functions:
        each.decorator_list = []  # gin's, which set arguments from files
    made = SimpleNamespace(draw=iter(()))

    def shuffle(values: Any, seed: Any) -> Any:
        """Fisher and Yates, from the end, as ours; T5's own shuffles draw by TensorFlow's generator."""
        shuffled = list(np.asarray(values))
        for i in range(len(shuffled) - 1, 0, -1):
            j = int(next(made.draw) * (i + 1))
            shuffled[i], shuffled[j] = shuffled[j], shuffled[i]
        return tf.cast(np.array(shuffled, dtype=np.int32), tf.int32)

    tf = ENGINES[request.param]()
    gin = SimpleNamespace(REQUIRED=None)
    scope: dict[str, Any] = {"tf": tf, "gin": gin, "seqio": SimpleNamespace(stateless_shuffle=shuffle)}
    exec(compile(ast.Module(functions, []), "preprocessors.py", "exec"), scope)
    return SimpleNamespace(**{name: scope[name] for name in WANTED}, made=made)


def cases() -> list[dict[str, Any]]:
    """Rows of 2 to 700 tokens, rates to a half, mean spans of 1 to 12: also those that T5 itself was trained with."""
    draw = np.random.default_rng(11)
    found = []
    while len(found) < CASES:
        length = int(draw.integers(2, 700))
        usual = draw.random() < 0.3
        rate, mean = (0.15, 3.0) if usual else (float(draw.uniform(0.01, 0.5)), float(draw.uniform(1, 12)))
        noise = min(max(round(length * rate), 1), length - 1)
        if round(noise / mean) > length - noise:
            continue  # T5's code has spans without a text before them there
        ids = draw.integers(2, 30_000, length).tolist()
        settings = {"maskRate": rate, "spanLength": mean, "sentinel": VOCABULARY - 1, "end": END}
        found.append({"ids": ids, "numbers": draw.random(length).tolist(), **settings})
    return found


def test_a_thousand_rows_are_those_of_t5s_own_code(t5):
    given = cases()
    contexts = [
        {"context": context, "maskRate": rate, "spanLength": mean}
        for context in (64, 100, 128, 255, 512, 1024)
        for rate, mean in ((0.15, 3.0), (0.15, 8.0), (0.3, 3.0), (0.1, 2.0))
    ]
    ours = homegrown.ask(spans=given, contexts=contexts)
    vocabulary = SimpleNamespace(vocab_size=VOCABULARY)
    seeds = [(0, 0), (0, 0)]
    for case, row in zip(given, ours["rows"], strict=True):
        t5.made.draw = iter(case["numbers"])
        ids = np.array(case["ids"], dtype=np.int32)
        mask = t5.random_spans_noise_mask(len(ids), case["maskRate"], seeds, case["spanLength"])
        inputs = t5.noise_span_to_unique_sentinel(ids, mask, vocabulary, seeds)
        targets = t5.nonnoise_span_to_unique_sentinel(ids, mask, vocabulary, seeds)
        assert row == {"inputs": [*np.asarray(inputs).tolist(), END], "targets": [*np.asarray(targets).tolist(), END]}
    for at, reach in zip(contexts, ours["reaches"], strict=True):
        assert t5.random_spans_helper(at["context"], at["maskRate"], at["spanLength"], 1, 1)[0] == reach
