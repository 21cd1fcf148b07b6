"""Llama and its kin against transformers and PyTorch: scores, gradients, steps, folders both ways, hand-over."""

import json
import runpy

import homegrown
import numpy as np
import onnx
import pytest
import their_models
import torch
from handover import apart, hand_over, run_here
from safetensors.numpy import load_file
from test_hugging_face import PROMPT, assert_near, encoded, no_warnings, theirs
from test_onnx import Session, file_in
from test_training import BASE, log_of, recipe_of, trained
from transformers import AutoModelForCausalLM, AutoTokenizer

TEXT = "Call me Ishmael. It is not down"

THEIRS = {
    "shared keys": {},
    "a head of keys for each": {"num_key_value_heads": 6},
    "one head of keys for all": {"num_key_value_heads": 1},
    "tied": {"tie_word_embeddings": True},
    "heads wider together than the model": {"head_dim": 14},
    "another base of positions, and epsilon": {"rope_parameters": {"rope_type": "default", "rope_theta": 500_000.0}, "rms_norm_eps": 1e-5},
    "Qwen3": {"model_type": "qwen3"},
    "Mistral": {"model_type": "mistral", "sliding_window": 3},
    "Mistral without a window": {"model_type": "mistral", "sliding_window": None},
    "Qwen3 with a window": {
        "model_type": "qwen3",
        **{"use_sliding_window": True, "sliding_window": 4, "max_window_layers": 0},
    },
    "OLMo 2": {"model_type": "olmo2", "pad_token_id": None},
    "OLMo 2, its heads as wide together as the model": {
        "model_type": "olmo2",
        **{"pad_token_id": None, "head_dim": 6, "hidden_size": 36, "num_key_value_heads": 2, "rms_norm_eps": 1e-5},
    },
    "one layer": {"num_hidden_layers": 1, "intermediate_size": 7},
}
"""Models of transformers' own, by what config.json says; sizes are multiples of nothing."""

OURS = {
    "llama": {"model": "llama", "kv_heads": 1, "hidden": 100},
    "qwen3": {"model": "llama", "kv_heads": 1, "hidden": 100, "qk_norm": "heads", "head_width": 20},
    "mistral": {"model": "llama", "kv_heads": 1, "hidden": 100, "window": 7},
    "olmo2": {"model": "llama", "kv_heads": 1, "hidden": 100, "qk_norm": "rows", "norm": "after"},
    "qwen3 with a window": {"model": "llama", "kv_heads": 3, "hidden": 100, "qk_norm": "heads", "window": 7},
}
"""Flags of `grow`: one model for each kind of folder."""
TYPES = {**{kind: kind for kind in OURS}, "qwen3 with a window": "qwen3"}


@pytest.mark.parametrize("variant", THEIRS)
def test_their_folder_opens_with_the_same_scores_and_gradients(tmp_path, their_tokenizer, variant):
    model = their_models.llama_of(len(their_tokenizer), **THEIRS[variant])
    folder = their_models.save(tmp_path / "saved", model, their_tokenizer)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    (ours,) = homegrown.ids(folder, [TEXT])
    ids = encoded(tokenizer, TEXT)
    assert ours == ids
    assert_near(theirs(folder, ids), homegrown.logits(folder, ids))

    model.zero_grad()
    loss = model(torch.tensor([ids]), labels=torch.tensor([ids])).loss
    loss.backward()
    our_loss, gradients = homegrown.gradients(folder, ours, tmp_path / "gradients.safetensors")
    assert our_loss == pytest.approx(loss.item(), abs=1e-5)
    named = dict(model.named_parameters())
    assert gradients.keys() == named.keys()
    for name, gradient in gradients.items():
        want = named[name].grad.numpy()
        assert np.abs(gradient - want).max() < 1e-3 * max(1, np.abs(want).max()), name
        assert np.abs(want).max() > 1e-5, name


@pytest.mark.parametrize("kind", OURS)
def test_our_folder_opens_whole_and_without_a_warning(artefacts, caplog, kind):
    folder = artefacts.model(**OURS[kind])
    with no_warnings(caplog):
        model, loading = AutoModelForCausalLM.from_pretrained(folder, output_loading_info=True)
    assert {what: list(keys) for what, keys in loading.items() if keys} == {}
    assert model.config.model_type == TYPES[kind]
    assert set(load_file(folder / "model.safetensors")) == set(model.state_dict()) - {"lm_head.weight"}
    (ids,) = homegrown.ids(folder, [PROMPT])
    assert_near(theirs(folder, ids), homegrown.logits(folder, ids))


@pytest.mark.parametrize("kind", OURS)
def test_the_20_likeliest_tokens_are_those_of_sample(artefacts, caplog, kind):
    folder = artefacts.model(**OURS[kind])
    tokenizer = AutoTokenizer.from_pretrained(folder)
    prompt = PROMPT[:16]
    with no_warnings(caplog):
        model = AutoModelForCausalLM.from_pretrained(folder)
        inputs = tokenizer(prompt, return_tensors="pt")
        (ids,) = model.generate(**inputs, do_sample=False, max_length=inputs["input_ids"].shape[1] + 20)
    added = ids[inputs["input_ids"].shape[1] :]
    assert len(added) == 20
    assert tokenizer.decode(added, skip_special_tokens=True) == homegrown.sample(folder, prompt, 20)


@pytest.mark.parametrize("kind", OURS)
def test_twenty_steps_are_those_of_pytorch(artefacts, kind):
    """From the weights of a step at a rate that moves none of them by 1e-8."""
    flags = {**BASE, **OURS[kind]}
    still = {"optimizer": "sgd", "learning_rate": 1e-9, "weight_decay": 0, "warmup": 0, "steps": 1}
    folder = artefacts.model(**flags)
    _, _, log = trained(artefacts.model(**{**flags, **still}), artefacts.data(), recipe_of(folder))
    ours = [(entry["loss"], entry["grad_norm"], entry["learning_rate"]) for entry in log_of(folder)]
    assert len(ours) == len(log) == 20
    # Norms carry rounding further.
    for step, (got, want) in enumerate(zip(ours, log, strict=True), start=1):
        assert got[::2] == pytest.approx(want[::2], abs=1e-4), f"step {step}"
        assert got[1] == pytest.approx(want[1], rel=1e-3), f"step {step}"
    assert log[-1][0] < log[0][0] - 0.3


@pytest.mark.parametrize("kind", OURS)
def test_a_run_that_is_handed_over_goes_on_as_it_would_have_here(artefacts, tmp_path, kind):
    handover = hand_over(artefacts, "bpe:400", warmup=30, **OURS[kind])
    assert apart(run_here(handover.folder, tmp_path / "model.py"), handover.whole, handover.steps) < 1
    assert apart(run_here(handover.folder, tmp_path / "transformers", "--transformers"), handover.whole, handover.steps) < 1
    made = handover.saved(tmp_path / "model.py")
    (ids,) = homegrown.ids(made, [PROMPT])
    assert_near(theirs(made, ids[:32]), homegrown.logits(made, ids[:32]))


@pytest.mark.parametrize("kind", OURS)
def test_model_py_has_the_scores_that_we_have(artefacts, kind):
    folder = artefacts.export(artefacts.model(**OURS[kind]), "pytorch")
    config = json.loads((folder / "model/config.json").read_text())
    architecture = json.loads((folder / "architecture.json").read_text())
    model = runpy.run_path(str(folder / "model.py"))[architecture["class"]](config)
    model.load_state_dict({n: torch.from_numpy(w) for n, w in load_file(folder / "model/model.safetensors").items()})
    (ids,) = homegrown.ids(folder / "model", [PROMPT])
    with torch.no_grad():
        assert_near(model.eval()(torch.tensor([ids]))[0].numpy(), homegrown.logits(folder / "model", ids))


@pytest.mark.parametrize("kind", OURS)
def test_onnx_passes_its_checker_and_has_our_scores_at_once_and_token_by_token(artefacts, kind):
    folder = artefacts.model(**OURS[kind])
    path = file_in(artefacts.export(folder, "onnx-f32"))
    onnx.checker.check_model(path, full_check=True)
    (ids,) = homegrown.ids(folder, [PROMPT])
    run, ours = Session(path), homegrown.logits(folder, ids)
    assert_near(run(np.array([ids]))[0][0], ours)
    cache, scores = None, []
    for id in ids:
        part, cache = run(np.array([[id]]), cache=cache)
        scores.append(part[0])
    assert_near(np.concatenate(scores), ours)


@pytest.mark.parametrize("format", ["gguf-f16", "service"])
def test_a_window_is_refused_by_what_runs_on_llama_cpp(artefacts, tmp_path, format):
    words = "llama.cpp has no sliding-window attention for this model: it would see 48 tokens instead of 7"
    with pytest.raises(homegrown.Refused, match=words):
        homegrown.export(artefacts.model(**OURS["mistral"]), format, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("switches", "what"),
    [
        ({"norm": "after"}, "no QK-norm and post-norm"),
        ({"norm": "after", "qk_norm": "heads"}, "per-head QK-norm and post-norm"),
        ({"qk_norm": "rows"}, "per-row QK-norm and pre-norm"),
    ],
)
def test_norms_that_no_class_has_are_saved_in_our_layout_which_transformers_refuses(artefacts, tmp_path, switches, what):
    folder = tmp_path / "out"
    homegrown.grow(folder, artefacts.text, model="llama", steps=1, **switches)
    assert json.loads((folder / "config.json").read_text())["model_type"] == "homegrown"
    assert f"transformers has no class with {what}" in (folder / "README.md").read_text()
    with pytest.raises(ValueError, match="homegrown"):
        AutoModelForCausalLM.from_pretrained(folder)
    with pytest.raises(homegrown.Refused, match=f"transformers has no class with {what}"):
        homegrown.export(folder, "pytorch", tmp_path / "bundle")


NOT_RUN = {
    "scaled positions": (
        {"rope_parameters": {"rope_type": "linear", "factor": 2.0, "rope_theta": 10_000.0}},
        'rotary embeddings of the type "linear" are not supported',
    ),
    "biases of attention": ({"attention_bias": True}, "attention_bias"),
    "biases of the feed-forward": ({"mlp_bias": True}, "mlp_bias"),
    "another activation": ({"hidden_act": "gelu"}, "hidden_act"),
    "biases of OLMo 2's attention": ({"model_type": "olmo2", "attention_bias": True}, "attention_bias"),
    "windows in layers of OLMo 2's kin": ({"model_type": "olmo3"}, 'the architecture "olmo3" is not supported'),
    "windows in some layers": (
        {"model_type": "qwen3", "use_sliding_window": True, "sliding_window": 4, "max_window_layers": 1},
        r"mixed layer types \(full_attention, sliding_attention\) are not supported",
    ),
}


@pytest.mark.parametrize("what", NOT_RUN)
def test_what_config_json_asks_for_and_cannot_be_run_is_refused_by_name(tmp_path, their_tokenizer, what):
    config, reason = NOT_RUN[what]
    folder = their_models.save(tmp_path / "saved", their_models.llama_of(len(their_tokenizer), **config), their_tokenizer)
    with pytest.raises(homegrown.Refused, match=reason):
        homegrown.logits(folder, [1])


USUAL = {
    "llama": {"hidden_size": 36, "num_key_value_heads": 6, "head_dim": 6},
    "mistral": {
        **{"hidden_size": 48, "num_attention_heads": 8, "num_key_value_heads": 8, "head_dim": 6},
        **{"sliding_window": 4096},
    },
    "olmo2": {"hidden_size": 36, "num_key_value_heads": 6, "head_dim": 6, "rms_norm_eps": 1e-5},
    "qwen3": {"num_attention_heads": 32, "num_key_value_heads": 32, "head_dim": 128},
}
"""Sizes at which the defaults of a class equal those of the model."""


@pytest.mark.parametrize("kind", USUAL)
def test_what_config_json_leaves_out_is_what_transformers_takes(tmp_path, their_tokenizer, kind):
    usual = {"rms_norm_eps": 1e-6, "tie_word_embeddings": False, **USUAL[kind]}
    model = their_models.llama_of(len(their_tokenizer), model_type=kind, **usual)
    folder = their_models.save(tmp_path / "saved", model, their_tokenizer)
    path = folder / "config.json"
    config = json.loads(path.read_text())
    kept = {"model_type", "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads"}
    path.write_text(json.dumps({name: config[name] for name in kept}))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    (ours,) = homegrown.ids(folder, [TEXT])
    assert ours == encoded(tokenizer, TEXT)
    assert_near(theirs(folder, ours), homegrown.logits(folder, ours))
