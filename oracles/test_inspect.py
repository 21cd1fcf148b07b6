"""What `inspect` finds inside a model, against the same recomputed in PyTorch on the same weights."""

from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import homegrown
import numpy as np
import pytest
import test_t5
import their_models
import torch
from torch.nn import functional

PROMPT = "the whale swam far away"
AGAINST = "the whale swam far aboard"
CAUSAL = {"gpt2": their_models.model_of, "llama": their_models.llama_of}


def inspect(folder: Path, what: str, **flags: str | int) -> dict:
    return homegrown.command("inspect", **{"from": folder}, what=what, device="wasm", **flags)[-1]


def close(ours: object, theirs: object, tolerance: float = 1e-4) -> None:
    theirs = theirs.detach().numpy() if isinstance(theirs, torch.Tensor) else np.array(theirs)
    np.testing.assert_allclose(np.array(ours), theirs, rtol=tolerance, atol=tolerance)


class Parts:
    """Modules of a causal model by their role."""

    def __init__(self, model: torch.nn.Module):
        self.model = model
        body = model.transformer if hasattr(model, "transformer") else model.model
        self.layers = body.h if hasattr(body, "h") else body.layers
        self.norm = body.ln_f if hasattr(body, "ln_f") else body.norm
        self.embedding = model.get_input_embeddings()
        self.heads = model.config.num_attention_heads

    def projection(self, layer: int) -> torch.nn.Module:
        attention = self.layers[layer].attn if hasattr(self.layers[layer], "attn") else self.layers[layer].self_attn
        return attention.c_proj if hasattr(attention, "c_proj") else attention.o_proj


@contextmanager
def replacing(module: torch.nn.Module, change: Callable, before: bool = False):
    """Changes the first output of a module, or its input. `change` gets the output, and the input for an output."""

    def on_output(_, given, result):
        first = result[0] if isinstance(result, tuple) else result
        changed = change(first, given[0] if given else None)
        return (changed, *result[1:]) if isinstance(result, tuple) else changed

    def on_input(_, given):
        return (change(given[0]), *given[1:])

    handle = module.register_forward_pre_hook(on_input) if before else module.register_forward_hook(on_output)
    try:
        yield
    finally:
        handle.remove()


def without_head(head: int, heads: int) -> Callable:
    def change(x: torch.Tensor) -> torch.Tensor:
        width = x.shape[-1] // heads
        x = x.clone()
        x[..., head * width : (head + 1) * width] = 0
        return x

    return change


def ids_of(tokenizer, text: str) -> torch.Tensor:
    return torch.tensor([tokenizer(text, add_special_tokens=False).input_ids])


@pytest.fixture(scope="module", params=CAUSAL)
def causal(request, tmp_path_factory, their_tokenizer):
    model = CAUSAL[request.param](len(their_tokenizer))
    model.set_attn_implementation("eager")
    folder = their_models.save(tmp_path_factory.mktemp("inspected") / request.param, model, their_tokenizer)
    return model, folder, their_tokenizer


def test_attention_and_losses_are_theirs(causal):
    model, folder, tokenizer = causal
    ids = ids_of(tokenizer, PROMPT)
    with torch.no_grad():
        theirs = model(ids, output_attentions=True)
    close(inspect(folder, "attention", prompt=PROMPT)["attention"], torch.cat(theirs.attentions))
    found = inspect(folder, "loss", prompt=PROMPT, alternatives=3)["predictions"]
    p = torch.log_softmax(theirs.logits[0], -1)
    close([each["loss"] for each in found[:-1]], -p[:-1].gather(1, ids[0, 1:, None])[:, 0])
    close([each["entropy"] for each in found], -(p.exp() * p).sum(-1))
    close([[other["probability"] for other in each["alternatives"]] for each in found], p.exp().topk(3).values)


def test_the_logit_lens_is_theirs(causal):
    model, folder, tokenizer = causal
    with torch.no_grad():
        theirs = model(ids_of(tokenizer, PROMPT), output_hidden_states=True)
        # transformers has the last stream after its norm.
        depths = [model.lm_head(Parts(model).norm(x[0])) for x in theirs.hidden_states[:-1]] + [theirs.logits[0]]
    output = torch.log_softmax(depths[-1], -1)
    lens = [torch.log_softmax(logits, -1) for logits in depths]
    for at, found in enumerate(inspect(folder, "lens", prompt=PROMPT)["predictions"]):
        answer = output[at].argmax()
        for ours, theirs in zip(found["depths"], lens, strict=True):
            close(ours["divergence"], (output[at].exp() * (output[at] - theirs[at])).sum(), 2e-4)
            close(ours["answer"]["probability"], theirs[at, answer].exp())
        first = next(depth for depth, theirs in enumerate(lens) if theirs[at].argmax() == answer)
        assert found["firstLeads"] == ("embedding" if first == 0 else first - 1)


def test_ablations_are_theirs(causal):
    model, folder, tokenizer = causal
    ids, parts = ids_of(tokenizer, PROMPT), Parts(model)

    def change_of(component: dict, mean: bool):
        layer = parts.layers[component["layer"]]

        def instead(x: torch.Tensor) -> torch.Tensor:
            return x.mean(1, keepdim=True).expand_as(x) if mean else torch.zeros_like(x)

        if component["kind"] == "head":
            cut = without_head(component["head"], parts.heads)
            kept = lambda x: cut(x) + (instead(x) - cut(instead(x)))
            return replacing(parts.projection(component["layer"]), kept, before=True)
        if component["kind"] == "mlp":
            return replacing(layer.mlp, lambda y, _: instead(y))
        return replacing(layer, lambda y, x: x + instead(y - x))

    for replacement in ("zero", "mean"):
        found = inspect(folder, "ablation", prompt=PROMPT, replacement=replacement)
        with torch.no_grad():
            close(found["loss"], model(ids, labels=ids).loss)
            for component in found["components"]:
                with change_of(component, replacement == "mean"):
                    close(component["loss"], model(ids, labels=ids).loss)


def test_integrated_gradients_and_leave_one_out_are_theirs(causal):
    model, folder, tokenizer = causal
    ids, table = ids_of(tokenizer, PROMPT), Parts(model).embedding
    found = inspect(folder, "attribution", prompt=PROMPT)
    end = tokenizer.eos_token_id
    with torch.no_grad():
        logits = model(ids).logits[0, -1]
        target = logits.argmax()
        close(found["logit"], logits[target])
        falls = [logits[target] - model(ids.index_fill(1, torch.tensor([at]), end)).logits[0, -1, target] for at in range(ids.shape[1])]
    close(found["leaveOneOut"], falls)
    full, none = table(ids).detach(), table(torch.full_like(ids, end)).detach()
    points, weights = np.polynomial.legendre.leggauss(200)
    total = torch.zeros(ids.shape[1])
    for point, weight in zip(points, weights, strict=True):
        x = (none + (full - none) * (1 + point) / 2).requires_grad_()
        (gradient,) = torch.autograd.grad(model(inputs_embeds=x).logits[0, -1, target], x)
        total += weight / 2 * ((full - none) * gradient)[0].sum(-1)
    ours = np.array(found["integratedGradients"])
    difference = found["logit"] - found["baselineLogit"]
    assert abs(ours.sum() - difference) <= 0.01 * abs(difference)
    np.testing.assert_allclose(ours, total.numpy(), atol=0.01 * np.abs(total.numpy()).sum())


def test_patches_are_theirs(causal):
    model, folder, tokenizer = causal
    parts = Parts(model)
    clean, other = ids_of(tokenizer, PROMPT), ids_of(tokenizer, AGAINST)
    width = min(clean.shape[1], other.shape[1])
    prompt, against = (tokenizer.decode(ids[0, -width:]) for ids in (clean, other))
    clean, other = ids_of(tokenizer, prompt), ids_of(tokenizer, against)
    assert clean.shape == other.shape
    with torch.no_grad():
        theirs = model(clean, output_hidden_states=True)
        corrupted = model(other).logits[0, -1]
        foil = corrupted.argmax().item()
        # The likeliest letter that the other text doesn't lead to.
        letters = {letter: ids_of(tokenizer, letter).item() for letter in "abcdefghijklmnopqrstuvwxyz"}
        target, answer = max(((a, i) for a, i in letters.items() if i != foil), key=lambda pair: theirs.logits[0, -1, pair[1]])
        found = inspect(folder, "patching", prompt=prompt, against=against, target=target)
        assert found["answer"] == target
        difference = lambda logits: (logits[answer] - logits[foil]).item()
        of_clean, of_other = difference(theirs.logits[0, -1]), difference(corrupted)
        close([found["clean"], found["corrupted"]], [of_clean, of_other])
        for depth in range(len(parts.layers)):
            for at in range(clean.shape[1]):

                def patched(x: torch.Tensor) -> torch.Tensor:
                    x = x.clone()
                    x[:, at] = theirs.hidden_states[depth][:, at]
                    return x

                with replacing(parts.layers[depth], patched, before=True):
                    effect = (difference(model(other).logits[0, -1]) - of_other) / (of_clean - of_other)
                close(found["effects"][depth][at], effect, 1e-3)


def test_both_stacks_of_an_encoder_decoder_are_theirs(tmp_path, their_tokenizer):
    model = test_t5.t5_of(len(their_tokenizer))
    folder = their_models.save(tmp_path / "saved", model, their_tokenizer)
    model.set_attn_implementation("eager")
    end = their_tokenizer.eos_token_id
    source = functional.pad(ids_of(their_tokenizer, PROMPT), (0, 1), value=end)
    target = ids_of(their_tokenizer, "a ship")
    labels = functional.pad(target, (0, 1), value=end)
    given = {"input_ids": source, "decoder_input_ids": functional.pad(target, (1, 0), value=end)}
    loss = lambda: functional.cross_entropy(model(**given).logits[0], labels[0])
    with torch.no_grad():
        theirs = model(**given, output_attentions=True)
        found = inspect(folder, "attention", prompt=PROMPT, target="a ship")
        close(found["attention"], torch.cat(theirs.decoder_attentions))
        close(found["encoder"], torch.cat(theirs.encoder_attentions))
        close(found["cross"], torch.cat(theirs.cross_attentions))
        close(inspect(folder, "loss", prompt=PROMPT, target="a ship")["loss"], loss())
        for component in inspect(folder, "ablation", prompt=PROMPT, target="a ship")["components"]:
            if component["kind"] != "head":
                continue
            stack = model.encoder if component["site"] == "encoder" else model.decoder
            block = stack.block[component["layer"]]
            attention = block.layer[1].EncDecAttention if component["site"] == "cross" else block.layer[0].SelfAttention
            with replacing(attention.o, without_head(component["head"], model.config.num_heads), before=True):
                close(component["loss"], loss())


def test_attention_in_both_directions_is_theirs(tmp_path, their_tokenizer):
    model = their_models.bert_of(len(their_tokenizer))
    folder = their_models.save(tmp_path / "saved", model, their_tokenizer)
    model.set_attn_implementation("eager")
    with torch.no_grad():
        theirs = model(ids_of(their_tokenizer, PROMPT), output_attentions=True).attentions
    close(inspect(folder, "attention", prompt=PROMPT)["attention"], torch.cat(theirs))
