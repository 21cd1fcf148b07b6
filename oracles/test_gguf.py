"""GGUF by gguf-py: every key and tensor as llama.cpp's own library writes them of the same model."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import gguf
import numpy as np
import pytest
from faults import WEIGHT_FAULTS
from gguf import GGMLQuantizationType, GGUFReader, GGUFWriter, LlamaFileType, TokenType
from safetensors.numpy import load_file

TYPES = {
    "gguf-f32": (GGMLQuantizationType.F32, LlamaFileType.ALL_F32),
    "gguf-f16": (GGMLQuantizationType.F16, LlamaFileType.MOSTLY_F16),
    "gguf-q8_0": (GGMLQuantizationType.Q8_0, LlamaFileType.MOSTLY_Q8_0),
}
"""The types of tensors and of the file, by format."""

Put = Callable[[GGUFWriter, str, np.ndarray, GGMLQuantizationType, bool], None]
"""Adds a weight to a file under its name, in a type; in 32 bits where that is True."""

OWN_KEYS = {"homegrown.tensors.sha256"}
"""Which no specification knows."""


def writer_of(folder: Path, path: Path, format: str, architecture: str) -> tuple[GGUFWriter, dict, dict]:
    """Converts with llama.cpp's convert_hf_to_gguf.py, with its config and weights by name."""
    config, about = (json.loads((folder / name).read_text()) for name in ("config.json", "homegrown.json"))
    quantization, file_type = TYPES[format]
    weights = load_file(folder / "model.safetensors")
    writer = GGUFWriter(path, architecture)
    writer.add_type("model")
    writer.add_name(about["name"])
    parameters = sum(weight.size for weight in weights.values())
    writer.add_size_label(gguf.size_label(parameters, 0, 0, 0))
    writer.add_file_type(file_type)
    if quantization == GGMLQuantizationType.Q8_0:
        writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    return writer, config, weights


def finished(writer: GGUFWriter, folder: Path, path: Path) -> GGUFReader:
    """With the tokenizer."""
    tokenizer, named = (json.loads((folder / name).read_text()) for name in ("tokenizer.json", "tokenizer_config.json"))
    ids = tokenizer["model"]["vocab"] | {token["content"]: token["id"] for token in tokenizer["added_tokens"]}
    tokens = sorted(ids, key=ids.get)
    special = {token["content"] for token in tokenizer["added_tokens"]}
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([TokenType.CONTROL if token in special else TokenType.NORMAL for token in tokens])
    writer.add_token_merges(tokenizer["model"]["merges"])
    writer.add_bos_token_id(ids[named["bos_token"]])
    writer.add_eos_token_id(ids[named["eos_token"]])
    writer.add_pad_token_id(ids[named["pad_token"]])
    writer.add_mask_token_id(ids[named["mask_token"]])
    writer.add_sep_token_id(ids[named["sep_token"]])
    writer.add_add_bos_token(False)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return GGUFReader(path)


def reference(folder: Path, path: Path, format: str, put: Put | None = None) -> GGUFReader:
    """
    A Hugging Face folder as GGUF, by gguf-py and as convert_hf_to_gguf.py of llama.cpp calls it for GPT-2. `put` adds a tensor
    otherwise than in the format's type.
    """
    put = put or add
    writer, config, weights = writer_of(folder, path, format, "gpt2")
    writer.add_block_count(config["n_layer"])
    writer.add_context_length(config["n_ctx"])
    writer.add_embedding_length(config["n_embd"])
    writer.add_feed_forward_length(config["n_inner"] or 4 * config["n_embd"])
    writer.add_head_count(config["n_head"])
    writer.add_layer_norm_eps(config["layer_norm_epsilon"])

    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.GPT2, config["n_layer"])
    for name, weight in weights.items():
        theirs = names.get_name(name, try_suffixes=(".weight", ".bias"))
        if name.endswith((".c_attn.weight", ".c_proj.weight", ".c_fc.weight")):
            weight = np.ascontiguousarray(weight.T)
        # As in the converter's prepare_tensors: vectors and positions stay in 32 bits.
        put(writer, theirs, weight, TYPES[format][0], theirs == "position_embd.weight")
    return finished(writer, folder, path)


def reference_llama(folder: Path, path: Path, format: str, put: Put | None = None) -> GGUFReader:
    """The same for LlamaForCausalLM, Qwen3ForCausalLM and Olmo2ForCausalLM, as conversion/llama.py, qwen.py and olmo.py there call it."""
    put = put or add
    architecture = json.loads((folder / "config.json").read_text())["model_type"]
    writer, config, weights = writer_of(folder, path, format, architecture)
    writer.add_vocab_size(config["vocab_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_key_length(config["head_dim"])
    writer.add_value_length(config["head_dim"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_dimension_count(config["head_dim"])
    writer.add_rope_freq_base(config["rope_theta"])

    names = gguf.get_tensor_name_map(getattr(gguf.MODEL_ARCH, architecture.upper()), config["num_hidden_layers"])
    heads = {"q_proj": config["num_attention_heads"], "k_proj": config["num_key_value_heads"]}
    for name, weight in weights.items():
        count = heads.get(name.split(".")[-2])
        if architecture == "llama" and count is not None:
            # LlamaModel.permute: from halves of a head to adjacent pairs.
            weight = weight.reshape(count, 2, -1, weight.shape[1]).swapaxes(1, 2).reshape(weight.shape)
        put(writer, names.get_name(name, try_suffixes=(".weight",)), weight, TYPES[format][0], False)
    if architecture == "olmo2" and "lm_head.weight" not in weights:
        # src/models/olmo2.cpp opens no file without it.
        put(writer, "output.weight", weights["model.embed_tokens.weight"], TYPES[format][0], False)
    return finished(writer, folder, path)


def add(writer: GGUFWriter, name: str, weight: np.ndarray, wanted: GGMLQuantizationType, is_full: bool = False) -> None:
    kept = GGMLQuantizationType.F32 if is_full or weight.ndim == 1 else wanted
    writer.add_tensor(name, gguf.quants.quantize(np.ascontiguousarray(weight), kept), raw_dtype=kept)


def assert_same_keys(ours: GGUFReader, theirs: GGUFReader, own: frozenset[str] = frozenset()) -> None:
    """Names, types and values; `own` are those that only ours has."""
    keys = {key: field for key, field in ours.fields.items() if key not in own}
    assert set(keys) == set(theirs.fields)
    counts = {"GGUF.tensor_count", "GGUF.kv_count"}
    for key, field in keys.items():
        assert field.types == theirs.fields[key].types, key
        if key not in counts:
            assert field.contents() == theirs.fields[key].contents(), key


def assert_same_tensors(ours: GGUFReader, theirs: GGUFReader) -> None:
    expected = {tensor.name: tensor for tensor in theirs.tensors}
    assert {tensor.name for tensor in ours.tensors} == set(expected)
    for tensor in ours.tensors:
        other = expected[tensor.name]
        assert list(tensor.shape) == list(other.shape), tensor.name
        assert tensor.tensor_type == other.tensor_type, tensor.name
        assert tensor.data_offset % gguf.GGUF_DEFAULT_ALIGNMENT == 0, tensor.name
        assert np.array_equal(tensor.data, other.data), tensor.name


@pytest.fixture(scope="module")
def pair(artefacts, tmp_path_factory):
    """-> our export in a format, and gguf-py's conversion of the same folder."""
    folder = artefacts.model()

    def of(format: str) -> tuple[Path, GGUFReader]:
        path = tmp_path_factory.mktemp("reference") / f"{format}.gguf"
        return artefacts.export(folder, format), reference(folder, path, format)

    return of


@pytest.mark.parametrize("format", TYPES)
def test_every_key_is_as_specified(pair, format):
    path, theirs = pair(format)
    ours = GGUFReader(path)
    assert ours.fields["GGUF.version"].contents() == gguf.GGUF_VERSION
    described = "general.description"
    assert ours.fields[described].types == [gguf.GGUFValueType.STRING]
    assert "Homegrown" in ours.fields[described].contents()
    assert_same_keys(ours, theirs, frozenset(OWN_KEYS | {described}))


@pytest.mark.parametrize("format", TYPES)
def test_every_tensor_is_as_specified(pair, format):
    path, theirs = pair(format)
    assert_same_tensors(GGUFReader(path), theirs)


LLAMAS = {
    "llama": {"model": "llama", "kv_heads": 1, "hidden": 96, "theta": 500_000},
    "qwen3": {"model": "llama", "kv_heads": 3, "hidden": 96, "qk_norm": "heads", "head_width": 64},
    "olmo2": {"model": "llama", "kv_heads": 1, "hidden": 96, "qk_norm": "rows", "norm": "after"},
}


@pytest.mark.parametrize("format", TYPES)
@pytest.mark.parametrize("kind", LLAMAS)
def test_a_llama_has_every_key_and_tensor_as_specified(kind, format, artefacts, tmp_path):
    folder = artefacts.model(**LLAMAS[kind])
    theirs = reference_llama(folder, tmp_path / "theirs.gguf", format)
    ours = GGUFReader(artefacts.export(folder, format))
    assert ours.fields["general.architecture"].contents() == kind
    assert_same_keys(ours, theirs, frozenset(OWN_KEYS | {"general.description"}))
    assert_same_tensors(ours, theirs)
    assert any(tensor.tensor_type == TYPES[format][0] for tensor in ours.tensors)


def test_a_classifier_of_its_own_is_there_too(untied, artefacts):
    theirs = load_file(untied / "model.safetensors")["lm_head.weight"]
    reader = GGUFReader(artefacts.export(untied, "gguf-f32"))
    (output,) = (tensor for tensor in reader.tensors if tensor.name == "output.weight")
    assert list(output.shape) == list(reversed(theirs.shape))
    assert np.array_equal(output.data.reshape(theirs.shape), theirs)


@pytest.fixture
def spoiled(pair, tmp_path) -> tuple[GGUFReader, GGUFReader]:
    """A copy in 32 bits that can be written, and the reference."""
    path, theirs = pair("gguf-f32")
    return GGUFReader(shutil.copy(path, tmp_path / "spoiled.gguf"), "r+"), theirs


def by_their_names(reader: GGUFReader) -> dict[str, np.ndarray]:
    """Weights by Hugging Face's names as [in, out]; changes go to the file."""
    blocks = {"attn_qkv": "attn.c_attn", "attn_output": "attn.c_proj", "ffn_up": "mlp.c_fc", "ffn_down": "mlp.c_proj"}
    found = {"transformer.wte.weight": next(t.data for t in reader.tensors if t.name == "token_embd.weight")}
    for tensor in reader.tensors:
        match tensor.name.split("."):
            case ["blk", layer, name, kind] if name in blocks:
                data = tensor.data.T if kind == "weight" else tensor.data
                found[f"transformer.h.{layer}.{blocks[name]}.{kind}"] = data
    return found


@pytest.mark.parametrize("fault", WEIGHT_FAULTS)
def test_a_fault_in_the_weights_is_seen(spoiled, fault):
    reader, theirs = spoiled
    assert_same_tensors(reader, theirs)
    WEIGHT_FAULTS[fault](by_their_names(reader))
    with pytest.raises(AssertionError):
        assert_same_tensors(reader, theirs)


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("gpt2.attention.layer_norm_epsilon", lambda value: value / 10),
        ("gpt2.attention.head_count", lambda value: value * 2),
        ("tokenizer.ggml.eos_token_id", lambda value: value + 1),
        ("tokenizer.ggml.token_type", lambda value: value + 2),
    ],
)
def test_a_fault_in_a_key_is_seen(spoiled, key, change):
    reader, theirs = spoiled
    own = frozenset(OWN_KEYS | {"general.description"})
    assert_same_keys(reader, theirs, own)
    field = reader.fields[key]
    value = field.parts[field.data[0]]
    value[0] = change(value[0])
    with pytest.raises(AssertionError):
        assert_same_keys(reader, theirs, own)
