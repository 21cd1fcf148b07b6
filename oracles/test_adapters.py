"""Adapters compared with PEFT: folders in both directions, and twenty steps of the same run."""

import warnings

import homegrown
import pytest
import their_models
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from test_training import BASE, ROWS, STEPS, CONTEXT, assert_same_steps, recipe_of, stepped
from transformers import AutoModelForCausalLM, AutoModelForMaskedLM

MODELS = {
    "gpt": {},
    "gpt without biases": {"biases": "off"},
    "llama": {"model": "llama", "kv_heads": 1, "hidden": 100},
    "qwen3": {"model": "llama", "kv_heads": 1, "hidden": 100, "qk_norm": "heads", "head_width": 20},
}
"""Bases of ours, as flags of `grow`."""
TUNED = {"kind": "adapt", "steps": STEPS, "eval_every": STEPS, "batch": ROWS, "learning_rate": 1e-2, "warmup": 5, "device": "wasm"}


def tuned(artefacts, base, **flags):
    """The folder that `tune` writes of a base, next to which a LoRA was trained."""
    out = artefacts.new("tuned")
    homegrown.command("tune", **{"from": base, "text": artefacts.text, "out": out, **TUNED, "adapter": "lora:4", **flags})
    return out


def with_adapter(model, folder, **how) -> PeftModel:
    """A folder's adapter beside a model in peft, which has nothing to say of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", FutureWarning)  # of transformers, to its callers
        return PeftModel.from_pretrained(model, folder, **how)


def scores(model, ids: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        return model.eval()(ids).logits


def assert_equal(ours: torch.Tensor, theirs: torch.Tensor) -> None:
    """To 1e-4 of the largest."""
    assert (ours - theirs).abs().max() <= 1e-4 * theirs.abs().max()


@pytest.mark.parametrize("kind", MODELS)
def test_our_adapter_loads_in_peft_with_its_base(artefacts, kind):
    base = artefacts.model(**MODELS[kind])
    speeches = artefacts.new("speeches.txt")
    speeches.write_bytes(artefacts.samples["state-of-the-union.txt"].read_bytes()[:60_000])
    # Of a text that is new to the base, so that it gets better and the folder holds the last step.
    folder = tuned(artefacts, base, text=speeches)
    ids = torch.arange(2 * CONTEXT).reshape(2, CONTEXT)
    alone, merged = (scores(AutoModelForCausalLM.from_pretrained(each), ids) for each in (base, folder))
    theirs = with_adapter(AutoModelForCausalLM.from_pretrained(base), folder / "adapter")
    assert_equal(merged, scores(theirs, ids))
    assert (merged - alone).abs().max() > 1e-2 * alone.abs().max()
    # The merge of peft equals our model too, and so does our export of that folder with its base.
    assert_equal(merged, scores(theirs.merge_and_unload(), ids))
    exported = artefacts.new("merged")
    homegrown.command("export", **{"from": base}, adapter=folder / "adapter", format="hf", out=exported)
    assert_equal(scores(AutoModelForCausalLM.from_pretrained(exported), ids), merged)


THEIRS = {
    "gpt2, as peft takes it by itself": ("gpt2", {}),
    "gpt2, all of linear layers": ("gpt2", {"target_modules": ["c_attn", "c_proj", "c_fc"]}),
    "llama, as peft takes it by itself": ("llama", {}),
    "llama, all of linear layers": ("llama", {"target_modules": "all-linear"}),
    "llama, scaled by the root of the rank": ("llama", {"target_modules": ["k_proj", "o_proj"], "use_rslora": True}),
    "llama, one layer": ("llama", {"target_modules": ["up_proj"], "layers_to_transform": [1]}),
    "bert": ("bert", {"target_modules": ["query", "value", "dense"]}),
}
OF = {"gpt2": their_models.model_of, "llama": their_models.llama_of, "bert": their_models.bert_of}


@pytest.mark.parametrize("name", THEIRS)
def test_an_adapter_of_peft_comes_in(artefacts, tmp_path, their_tokenizer, name):
    kind, settings = THEIRS[name]
    task = {} if kind == "bert" else {"task_type": "CAUSAL_LM"}
    base = their_models.save(tmp_path / "base", OF[kind](len(their_tokenizer)), their_tokenizer)
    auto = AutoModelForMaskedLM if kind == "bert" else AutoModelForCausalLM
    torch.manual_seed(3)
    drawn = LoraConfig(r=3, lora_alpha=7, init_lora_weights=False, fan_in_fan_out=kind == "gpt2", **task, **settings)
    theirs = get_peft_model(auto.from_pretrained(base), drawn)
    theirs.save_pretrained(tmp_path / "adapter")
    out = tmp_path / "merged"
    homegrown.command("export", **{"from": base}, adapter=tmp_path / "adapter", format="hf", out=out)
    ids = torch.arange(40).reshape(2, 20) + 5
    alone, ours = (scores(auto.from_pretrained(each), ids) for each in (base, out))
    assert_equal(ours, scores(theirs, ids))
    assert (ours - alone).abs().max() > 1e-2 * alone.abs().max()
    # And out again, as ours.
    again = artefacts.new("again")
    homegrown.command("export", **{"from": base}, adapter=tmp_path / "adapter", format="peft", out=again)
    assert_equal(scores(with_adapter(auto.from_pretrained(base), again), ids), scores(theirs, ids))


@pytest.mark.parametrize("setting", [{"use_dora": True}, {"bias": "lora_only"}, {"rank_pattern": {"c_fc": 2}}, {"modules_to_save": ["wte"]}])
def test_what_cannot_be_run_of_peft_is_refused(tmp_path, their_tokenizer, setting):
    base = their_models.save(tmp_path / "base", their_models.model_of(len(their_tokenizer)), their_tokenizer)
    settings = {"target_modules": ["c_fc"], "fan_in_fan_out": True, **setting}
    get_peft_model(AutoModelForCausalLM.from_pretrained(base), LoraConfig(r=3, **settings)).save_pretrained(tmp_path / "a")
    with pytest.raises(homegrown.Refused, match="adapter_config.json is not supported"):
        homegrown.command("export", **{"from": base}, adapter=tmp_path / "a", format="hf", out=tmp_path / "out")


def test_twenty_steps_are_those_of_peft(artefacts):
    base = artefacts.model()
    flags = {"clip": 0.8, "weight_decay": 0.1, "learning_rate": 3e-3}
    folder = tuned(artefacts, base, **flags)
    # A as it is drawn, and B at 0: one step at a rate that moves nothing by 1e-8.
    still = {"optimizer": "sgd", "learning_rate": 1e-9, "weight_decay": 0, "warmup": 0, "steps": 1}
    start = tuned(artefacts, base, **{**flags, **still}) / "adapter"
    recipe = recipe_of(folder)
    assert recipe["dropout"] == 0

    def by_peft(**fault):
        model = with_adapter(AutoModelForCausalLM.from_pretrained(base), start, is_trainable=True)
        return stepped(model, artefacts.data(), recipe | fault)

    model, _, theirs = by_peft()
    assert_same_steps(folder, theirs, rel=1e-4)
    for fault in ({"weightDecay": 0}, {"beta1": 0.89}, {"seed": 2}):
        with pytest.raises(AssertionError):
            assert_same_steps(folder, by_peft(**fault)[2], rel=1e-4)
    assert theirs[-1][0] < theirs[0][0] - 0.02
    # The adapter that is saved at the end.
    ours = with_adapter(AutoModelForCausalLM.from_pretrained(base), folder / "adapter")
    ids = torch.arange(2 * CONTEXT).reshape(2, CONTEXT)
    assert (scores(ours, ids) - scores(model, ids)).abs().max() < 2e-3
    got, want = (dict(each.named_parameters()) for each in (ours, model))
    trained = [name for name in want if "lora_" in name]
    assert len(trained) == 16
    for name in trained:
        assert (got[name] - want[name]).abs().max() <= 1e-2 * want[name].abs().max(), name
