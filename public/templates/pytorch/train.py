"""Continues this run on a CPU, one GPU or many.

    python train.py                                  one process
    torchrun --nproc-per-node=8 train.py             eight GPUs, each with a copy of the model (DDP)
    torchrun --nproc-per-node=8 train.py --fsdp      eight GPUs, the model sharded across them (FSDP)
    accelerate launch train.py                       as accelerate is configured

It starts from the newest checkpoint in checkpoints/, or else from model/, with the settings in recipe.json. An update trains
on the same text windows however many processes share them, so the losses don't depend on the number of GPUs.
"""

import argparse
import json
import math
import os
import signal
import time
from contextlib import contextmanager, nullcontext
from pathlib import Path

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch.distributed.fsdp import fully_shard
from torch.nn.parallel import DistributedDataParallel

import checkpoint
import model as architecture
import optimizers
from checkpoint import ARCHITECTURE
from data import Tokens, batch_starts, evaluation_starts
from metrics import KEPT, METRICS
from schedules import SCHEDULES

HERE = Path(__file__).resolve().parent
EARLY = (10, 30, 100)  # steps that "evalEarly" adds


def options():
    parser = argparse.ArgumentParser(description="Continue this run.")
    parser.add_argument("--from", dest="begin", type=Path, help="checkpoint folder (default: the newest)")
    parser.add_argument("--recipe", type=Path, default=HERE / "recipe.json")
    parser.add_argument("--data", type=Path, default=HERE / "data")
    parser.add_argument("--out", type=Path, default=HERE / "checkpoints")
    parser.add_argument("--micro-batch", type=int, help="rows per GPU at once (default: the recipe's batch)")
    parser.add_argument("--stop-after", type=int, help="steps in this run (default: all in the recipe)")
    parser.add_argument("--keep", type=int, default=3, help="number of checkpoints to keep")
    parser.add_argument("--fsdp", action="store_true", help="shard weights, gradients and moments across the GPUs")
    parser.add_argument("--bf16", action="store_true", help="compute in bfloat16; weights and moments stay float32")
    parser.add_argument("--compile", action="store_true", help="torch.compile")
    parser.add_argument("--transformers", action="store_true", help="train transformers' model instead of model.py")
    args = parser.parse_args()
    heed_accelerate(args)
    return args


def heed_accelerate(args) -> None:
    """Reads accelerate's settings as flags, and refuses settings that have no flag."""
    precision = os.environ.get("ACCELERATE_MIXED_PRECISION", "no")
    args.fsdp |= os.environ.get("ACCELERATE_USE_FSDP") == "true"
    args.bf16 |= precision == "bf16"
    unknown = [name for name in ("DEEPSPEED", "MEGATRON_LM") if os.environ.get(f"ACCELERATE_USE_{name}") == "true"]
    if precision not in ("no", "bf16"):
        unknown.append(precision)
    if unknown:
        raise SystemExit(f"accelerate is configured for {', '.join(unknown)}: train.py supports only FSDP and bf16.")


class Processes:
    """The processes that train: one, or those that torchrun started."""

    def __init__(self):
        self.count = int(os.environ.get("WORLD_SIZE", 1))
        self.rank = int(os.environ.get("RANK", 0))
        cuda = torch.cuda.is_available()
        self.device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0))) if cuda else torch.device("cpu")
        if cuda:
            torch.cuda.set_device(self.device)
        if self.count > 1:
            dist.init_process_group("nccl" if cuda else "gloo")

    @property
    def first(self) -> bool:
        return self.rank == 0

    def sum(self, *values: float) -> list[float]:
        """Sums each value over all processes."""
        total = torch.tensor(values, dtype=torch.float64, device=self.device)
        if self.count > 1:
            dist.all_reduce(total)
        return total.tolist()

    def say(self, words: str) -> None:
        if self.first:
            print(words, flush=True)


def learning_rate(recipe: dict, step: int) -> float:
    """Learning rate of update `step`, counted from 1."""
    if step < recipe["warmup"]:
        return recipe["learningRate"] * step / recipe["warmup"]
    progress = min(1, (step - recipe["warmup"]) / max(1, recipe["steps"] - recipe["warmup"]))
    return recipe["learningRate"] * SCHEDULES[recipe["schedule"]](step, progress, recipe)


def make_optimizer(model, recipe: dict):
    """Parameter groups; weight decay applies to those named in architecture.json: matrices, but not position embeddings."""
    named, decaying = dict(checkpoint.learning(model)), set(ARCHITECTURE["decay"])
    if unknown := decaying - named.keys():
        raise SystemExit(f"architecture.json names parameters that the model doesn't have: {sorted(unknown)[:4]}.")
    alike = {}
    for name, parameter in named.items():
        matrices = ARCHITECTURE["matrices"].get(name)  # axis along which matrices are concatenated, and their widths
        alike.setdefault((name in decaying, json.dumps(matrices)), []).append(parameter)
    groups = [
        {
            "params": parameters,
            "weight_decay": recipe["weightDecay"] if decays else 0.0,
            "matrices": json.loads(matrices),
        }
        for (decays, matrices), parameters in alike.items()
    ]
    stated = checkpoint.optimizer_of(recipe)
    arguments = {
        name: tuple(recipe[field] for field in fields) if isinstance(fields, list) else recipe[fields]
        for name, fields in stated["arguments"].items()
    }
    ours = getattr(optimizers, stated["class"], None)
    return (ours or getattr(torch.optim, stated["class"]))(groups, lr=0.0, **arguments)


def make_model(begin: Path, use_transformers: bool):
    if use_transformers:
        from transformers import AutoConfig, AutoModelForCausalLM

        model = AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(begin))
    else:
        config = checkpoint.read_json(begin / "config.json")
        model = getattr(architecture, ARCHITECTURE["class"])(config)
    checkpoint.load_weights(model, begin)
    for name in ARCHITECTURE["zeros"]:
        model.get_parameter(name).requires_grad_(False)
    return model


class Trainer:
    def __init__(self, args, processes: Processes):
        self.args, self.processes = args, processes
        self.begin = args.begin or [HERE / "model", *checkpoint.saved_steps(args.out).values()][-1]
        self.recipe = checkpoint.read_json(args.recipe)
        self.info = checkpoint.read_json(self.begin / "homegrown.json")
        self.state = self.info["state"]
        if self.begin.resolve() == HERE / "model":
            checkpoint.fork(self.info)
        checkpoint.go_on_by(self.info, self.recipe)
        if processes.sum(self.state["step"])[0] != processes.count * self.state["step"]:
            raise SystemExit(
                f"Process {processes.rank} would begin at step {self.state['step']}, in {self.begin}, and others "
                "elsewhere: copy checkpoints/ to every machine."
            )
        if self.out_of_patience():  # patience starts over
            self.state["waited"]["evaluations"] = 0
        self.story = checkpoint.read_json(self.begin / "trainer_state.json")
        self.train, self.validation = Tokens(args.data, "train"), Tokens(args.data, "val")
        torch.manual_seed(self.recipe["seed"] + self.state["step"] * processes.count + processes.rank)

        # Rows of an update are divided evenly, so that the mean over processes is the mean over rows.
        self.rows = self.recipe["batch"] * self.recipe.get("accumulate", 1)
        if self.rows % processes.count:
            raise SystemExit(f"{self.rows} rows per update can't be divided among {processes.count} processes.")
        share = self.rows // processes.count
        self.mine = range(processes.rank * share, (processes.rank + 1) * share)
        self.micro = min(share, args.micro_batch or self.recipe["batch"])

        self.model, self.context = make_model(self.begin, args.transformers), ARCHITECTURE["context"]
        self.sharded = args.fsdp and processes.count > 1
        if self.sharded:
            for block in self.model.get_submodule(ARCHITECTURE["blocks"]):
                fully_shard(block)
            fully_shard(self.model)
        self.model.to(processes.device)
        self.average = checkpoint.load_average(self.model, self.recipe, self.begin)
        self.optimizer = make_optimizer(self.model, self.recipe)
        remembered = self.state["step"] - self.state.get("momentsFrom", 0)
        if not checkpoint.load_moments(self.model, self.optimizer, self.recipe, self.begin, remembered):
            self.state["momentsFrom"] = self.state["step"]
            processes.say(f"{self.begin} has no optimizer.safetensors: the optimizer state starts at zero.")
        self.runner = self.model
        if args.compile:
            self.runner = torch.compile(self.runner)
        if processes.count > 1 and not self.sharded:
            self.runner = DistributedDataParallel(self.runner)
        self.stopping = False
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self.stop)

    def stop(self, *_) -> None:
        self.stopping = True

    def loss(self, inputs, targets):
        """Mean nats per token."""
        device = self.processes.device
        ids, wanted = torch.from_numpy(inputs).to(device), torch.from_numpy(targets).to(device)
        with torch.autocast(device.type, torch.bfloat16) if self.args.bf16 else nullcontext():
            output = self.runner(ids)
            logits = output if isinstance(output, torch.Tensor) else output.logits
        return F.cross_entropy(logits.flatten(0, 1).float(), wanted.flatten())

    def update(self, step: int) -> tuple[float, float]:
        """One update of the weights. -> loss before it, norm of the gradient before clipping"""
        self.runner.train()
        starts = batch_starts(self.train.tokens, self.context, self.recipe["seed"], step, self.mine)
        mean = 0.0
        for at in range(0, len(starts), self.micro):
            part = starts[at : at + self.micro]
            last = at + self.micro >= len(starts)
            with self.unsynchronised(last):
                loss = self.loss(*self.train.windows(part, self.context)) * (len(part) / len(starts))
                loss.backward()
            mean += loss.item()
        rate = learning_rate(self.recipe, step)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.recipe["clip"] or math.inf)
        self.optimizer.step()
        self.optimizer.zero_grad()
        if self.average is not None:
            keep = min(self.recipe["emaDecay"], (1 + step) / (10 + step))
            for name, parameter in checkpoint.learning(self.model):
                self.average[name].lerp_(parameter.detach(), 1 - keep)
        return self.processes.sum(mean)[0] / self.processes.count, checkpoint.whole(norm).item()

    def unsynchronised(self, last: bool):
        """Synchronizes gradients only with the last part of an update."""
        if self.sharded:
            self.model.set_requires_gradient_sync(last)
        elif self.processes.count > 1 and not last:
            return self.runner.no_sync()
        return nullcontext()

    @contextmanager
    def averaged(self):
        """Swaps the weights with their moving average, if the recipe has one, and swaps back."""
        self.swap()
        yield
        self.swap()

    @torch.no_grad()
    def swap(self) -> None:
        for name, parameter in checkpoint.learning(self.model) if self.average is not None else ():
            weights = parameter.detach().clone()
            parameter.copy_(self.average[name])
            self.average[name].copy_(weights)

    @torch.no_grad()
    def evaluate(self) -> float:
        """Mean nats per token on the validation set."""
        self.runner.eval()
        recipe, processes = self.recipe, self.processes
        starts, length = evaluation_starts(self.validation.tokens, self.context, recipe["batch"], recipe["evalTokens"])
        # In full rounds, because FSDP's processes have to run the model equally often; repeated windows count once.
        rounds = math.ceil(len(starts) / (self.micro * processes.count))
        total, count = 0.0, 0
        for i in range(rounds):
            at = (i * processes.count + processes.rank) * self.micro
            part = starts[at : at + self.micro]
            loss = self.loss(*self.validation.windows(part or starts[:1], length)).item()
            total, count = total + loss * len(part), count + len(part)
        if self.sharded:
            self.model.reshard()  # FSDP keeps the outermost weights gathered until a backward pass, and there is none
        total, count = processes.sum(total, count)
        return total / count

    def run(self) -> None:
        state, recipe, say = self.state, self.recipe, self.processes.say
        if state["step"] >= recipe["steps"]:
            raise SystemExit(f"Step {state['step']} of {recipe['steps']} is done: raise steps in {self.args.recipe}.")
        end = recipe["steps"]
        if self.args.stop_after is not None:
            end = min(end, state["step"] + self.args.stop_after)
        say(
            f"From step {state['step']} of {recipe['steps']} in {self.begin}: "
            f"{self.rows} rows of {self.context} tokens per update, on {self.processes.count} x {self.device_name()}."
        )
        began, before = time.monotonic(), state["activeMs"]
        saved = state["step"]
        while state["step"] < end and not self.out_of_patience() and not self.asked_to_stop():
            started = time.monotonic()
            step = state["step"] + 1
            loss, norm = self.update(step)
            if not math.isfinite(loss) or not math.isfinite(norm):
                raise SystemExit(f"At step {step} the loss is {loss}. Step {saved} is saved: lower the rate or clip gradients.")
            speed = self.rows * self.context / (time.monotonic() - started)
            state["step"] = step
            state["tokensSeen"] += self.rows * self.context
            state["activeMs"] = before + 1000 * (time.monotonic() - began)
            self.note(
                {
                    "loss": loss,
                    "grad_norm": norm,
                    "learning_rate": learning_rate(recipe, step),
                    "tokens_per_second": speed,
                    "memory_bytes": self.memory(),
                }
            )
            say(f"step {step}: loss {loss:.6f}, gradient {norm:.4f}, {speed:,.0f} tokens/s")
            early = recipe.get("evalEarly", False) and step in EARLY
            if step == recipe["steps"] or step % recipe["evalEvery"] == 0 or early:
                self.wait(self.judge())
            elif step == end:
                self.judge()
            if step == end or step % recipe["saveEvery"] == 0:
                saved = self.save()
        if self.out_of_patience():
            say(f"Ended early: {state['waited']['evaluations']} evaluations without improvement.")
        if saved != state["step"]:
            self.save()

    def wait(self, loss: float) -> None:
        """Counts evaluations without an improvement on the lowest loss."""
        waited, recipe = self.state.get("waited"), self.recipe
        if recipe.get("patience", 0) == 0:
            self.state.pop("waited", None)
        elif waited and not loss < waited["loss"] - recipe["minDelta"]:
            waited["evaluations"] += 1
        else:
            self.state["waited"] = {"loss": loss, "evaluations": 0}

    def out_of_patience(self) -> bool:
        patience, waited = self.recipe.get("patience", 0), self.state.get("waited")
        return patience > 0 and waited is not None and waited["evaluations"] >= patience

    def asked_to_stop(self) -> bool:
        """Whether any process got a signal; all stop at the same step."""
        return self.processes.sum(float(self.stopping))[0] > 0

    def memory(self) -> int:
        return torch.cuda.memory_allocated() if self.processes.device.type == "cuda" else 0

    def note(self, entry: dict) -> None:
        entry = {**entry, "active_ms": self.state["activeMs"], "step": self.state["step"]}
        self.story["log_history"].append(entry)
        if self.processes.first:
            self.args.out.mkdir(parents=True, exist_ok=True)
            with open(self.args.out / "log.jsonl", "a", encoding="utf-8") as file:
                file.write(json.dumps(entry) + "\n")

    def judge(self) -> float:
        with self.averaged():
            loss, step = self.evaluate(), self.state["step"]
        part = self.validation
        measured = {label: value(loss, part.tokens, part.bytes) for label, value in METRICS.items()}
        if loss < self.info.get("bestNotKept", {"loss": -math.inf})["loss"]:
            del self.info["bestNotKept"]
        if self.state["best"] is None or loss < self.state["best"]["loss"]:
            self.state["best"] = {"step": step, "loss": loss}
        self.info["result"] = {"step": step, "loss": loss, **{name: measured[label] for label, name, _ in KEPT}}
        self.note({"eval_loss": loss, **{name: measured[label] for label, _, name in KEPT}, "sample": ""})
        words = ", ".join(f"{label} {value:.6g}" for label, value in measured.items())
        self.processes.say(f"step {step}: validation {words}")
        return loss

    def save(self) -> int:
        args, state, first = self.args, self.state, self.processes.first
        folder = args.out / f"step-{state['step']}"
        best = state["best"] or {"step": None, "loss": None}
        self.info["device"] = f"{self.processes.count} x {self.device_name()}, PyTorch {torch.__version__}"
        self.story |= {
            "global_step": state["step"],
            "max_steps": self.recipe["steps"],
            "num_input_tokens_seen": state["tokensSeen"],
            "epoch": state["tokensSeen"] / self.train.tokens,
            "best_global_step": best["step"],
            "best_metric": best["loss"],
        }
        with self.averaged():
            checkpoint.save(
                folder, self.begin, self.model, self.average, self.optimizer, self.info, self.story, first
            )
        if first:
            checkpoint.drop_oldest(args.out, max(1, args.keep), best["step"])
        self.processes.say(f"step {state['step']}: saved in {folder}")
        return state["step"]

    def device_name(self) -> str:
        return torch.cuda.get_device_name() if self.processes.device.type == "cuda" else "CPU"



if __name__ == "__main__":
    trainer = Trainer(options(), Processes())
    trainer.run()
    if dist.is_initialized():
        dist.destroy_process_group()
