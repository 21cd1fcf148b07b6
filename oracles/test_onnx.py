"""ONNX: the result of its own checker, and whether onnxruntime gives our scores, at once and with its cache."""

from pathlib import Path

import homegrown
import numpy as np
import onnx
import onnxruntime
import pytest
from conftest import KINDS
from faults import WEIGHT_FAULTS
from onnx import numpy_helper
from safetensors.numpy import load_file, save_file
from test_hugging_face import assert_near, assert_same_ids

PROMPT = "Call me Ishmael. Some years ago"
MAX = {"onnx-f32": 1e-4, "onnx-f16": 2e-2}
"""How far scores may be from ours: weights in 16 bits have been rounded."""


class Session:
    """A model in onnxruntime, on one core."""

    def __init__(self, model: bytes | Path):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        source = model if isinstance(model, bytes) else str(model)
        self.session = onnxruntime.InferenceSession(source, options, ["CPUExecutionProvider"])
        self.outputs = [output.name for output in self.session.get_outputs()]
        self.caches = {i.name: i.shape for i in self.session.get_inputs() if i.name.startswith("past_key_values.")}

    def empty(self, rows: int = 1) -> dict[str, np.ndarray]:
        """The cache before the first token."""
        return {
            name: np.zeros((rows, heads, 0, size), dtype=np.float32)
            for name, (_, heads, _, size) in self.caches.items()
        }

    def __call__(
        self,
        ids: np.ndarray,
        mask: np.ndarray | None = None,
        cache: dict[str, np.ndarray] | None = None,
    ) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Scores of ids [B, T] after the cache. -> scores [B, T, vocabulary], the extended cache."""
        cache = self.empty(len(ids)) if cache is None else cache
        seen = next(iter(cache.values())).shape[2]
        mask = np.ones((len(ids), seen + ids.shape[1]), dtype=np.int64) if mask is None else mask
        values = self.session.run(None, {"input_ids": ids, "attention_mask": mask, **cache})
        named = dict(zip(self.outputs, values, strict=True))
        logits = named.pop("logits")
        return logits, {name.replace("present", "past_key_values"): value for name, value in named.items()}


def file_in(folder: Path) -> Path:
    (path,) = (folder / "onnx").glob("*.onnx")
    return path


@pytest.fixture(scope="module")
def ids(artefacts) -> list[int]:
    return homegrown.ids(artefacts.model(), [PROMPT])[0]


@pytest.mark.parametrize("format", MAX)
@pytest.mark.parametrize("source", ["grown", "untied"])
def test_the_checker_passes_with_full_shape_inference(artefacts, request, format, source):
    folder = artefacts.model() if source == "grown" else request.getfixturevalue(source)
    path = file_in(artefacts.export(folder, format))
    onnx.checker.check_model(path, full_check=True)
    model = onnx.load(path)
    inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True).graph
    known = {value.name: value.type.tensor_type for value in [*inferred.value_info, *inferred.output]}
    made = [name for node in inferred.node for name in node.output]
    assert [name for name in made if name not in known or not known[name].HasField("shape")] == []
    assert model.ir_version <= 10  # which onnxruntime 1.20 reads
    # Declared shapes equal inferred ones of a model without declarations.
    logits = next(output for output in inferred.output if output.name == "logits")
    sizes = [dim.dim_param or dim.dim_value for dim in logits.type.tensor_type.shape.dim]
    table = next(i for i in model.graph.initializer if i.name == "transformer.wte.weight")
    assert sizes == ["batch_size", "sequence_length", table.dims[0]]


@pytest.mark.parametrize("format", MAX)
@pytest.mark.parametrize("kind", KINDS)
def test_the_scores_are_ours(artefacts, format, kind):
    folder = artefacts.model(kind)
    (ids,) = homegrown.ids(folder, [PROMPT])
    scores, _ = Session(file_in(artefacts.export(folder, format)))(np.array([ids]))
    assert_near(scores[0], homegrown.logits(folder, ids), MAX[format])


def test_a_classifier_of_its_own_gives_our_scores(artefacts, untied):
    (ids,) = homegrown.ids(untied, ["Call me"])
    scores, _ = Session(file_in(artefacts.export(untied, "onnx-f32")))(np.array([ids]))
    assert_near(scores[0], homegrown.logits(untied, ids))


def test_in_16_bits_it_is_rounding_of_matrices_and_nothing_else(artefacts, ids, tmp_path):
    """With equally rounded matrices, the scores are as close to our model's as in 32 bits."""
    folder = artefacts.model()
    weights = load_file(folder / "model.safetensors")
    rounded = {
        name: weight.astype(np.float16).astype(np.float32) if weight.ndim == 2 else weight
        for name, weight in weights.items()
    }
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    save_file(rounded, tmp_path / "model.safetensors", metadata={"format": "pt"})
    scores, _ = Session(file_in(artefacts.export(folder, "onnx-f16")))(np.array([ids]))
    assert_near(scores[0], homegrown.logits(tmp_path, ids))
    assert np.abs(scores[0] - homegrown.logits(folder, ids)).max() > 1e-4


@pytest.mark.parametrize("lengths", [[1] * 12, [5, 1, 6]])
def test_token_by_token_with_its_cache_it_gives_the_scores_of_all_at_once(artefacts, ids, lengths):
    run = Session(file_in(artefacts.export(artefacts.model(), "onnx-f32")))
    ids = ids[: sum(lengths)]
    cache, scores, at = None, [], 0
    for length in lengths:
        part, cache = run(np.array([ids[at : at + length]]), cache=cache)
        scores.append(part[0])
        at += length
        assert {value.shape[2] for value in cache.values()} == {at}
    assert_near(np.concatenate(scores), homegrown.logits(artefacts.model(), ids))


def test_a_row_that_is_padded_on_the_left_is_the_row_alone(artefacts, ids):
    run = Session(file_in(artefacts.export(artefacts.model(), "onnx-f32")))
    short = ids[:4]
    rows = np.array([[0] * (len(ids) - 4) + short, ids])
    mask = np.array([[0] * (len(ids) - 4) + [1] * 4, [1] * len(ids)])
    scores, _ = run(rows, mask)
    assert_near(scores[0, -4:], homegrown.logits(artefacts.model(), short))
    assert_near(scores[1], homegrown.logits(artefacts.model(), ids))


def test_its_tokenizer_is_that_of_the_model(artefacts):
    texts = ["the <mask> sea", " 🐳\n\n", "don't"]
    ours = homegrown.ids(artefacts.model(), texts)
    assert_same_ids(artefacts.export(artefacts.model(), "onnx-f32"), texts, ours)


class Spoiled:
    """A model in memory into which a fault is put."""

    def __init__(self, path: Path):
        self.model = onnx.load(path)

    def weights(self, fault) -> None:
        weights = {i.name: numpy_helper.to_array(i).copy() for i in self.model.graph.initializer}
        fault(weights)
        for initializer in self.model.graph.initializer:
            initializer.CopyFrom(numpy_helper.from_array(weights[initializer.name], initializer.name))

    def epsilon(self, value: float) -> None:
        for node in self.model.graph.node:
            for attribute in node.attribute:
                if attribute.name == "epsilon":
                    attribute.f = value

    def scores(self, ids: list[int]) -> np.ndarray:
        return Session(self.model.SerializeToString())(np.array([ids]))[0][0]


@pytest.fixture
def spoiled(artefacts) -> Spoiled:
    return Spoiled(file_in(artefacts.export(artefacts.model(), "onnx-f32")))


@pytest.mark.parametrize("fault", WEIGHT_FAULTS)
def test_a_fault_in_the_weights_is_seen(artefacts, ids, spoiled, fault):
    ours = homegrown.logits(artefacts.model(), ids)
    assert_near(spoiled.scores(ids), ours)
    spoiled.weights(WEIGHT_FAULTS[fault])
    with pytest.raises(AssertionError):
        assert_near(spoiled.scores(ids), ours)


def test_a_wrong_epsilon_is_seen(artefacts, ids, spoiled):
    spoiled.epsilon(1e-6)
    with pytest.raises(AssertionError):
        assert_near(spoiled.scores(ids), homegrown.logits(artefacts.model(), ids))


def test_a_lost_tensor_is_seen(spoiled):
    lost = next(i for i in spoiled.model.graph.initializer if i.name == "transformer.h.0.mlp.c_fc.bias")
    spoiled.model.graph.initializer.remove(lost)
    with pytest.raises(onnx.checker.ValidationError):
        onnx.checker.check_model(spoiled.model, full_check=True)
