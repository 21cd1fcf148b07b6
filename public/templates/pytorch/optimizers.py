"""Optimizers of the recipe that torch.optim lacks or implements differently."""

import torch
from torch.distributed.tensor import DTensor, distribute_tensor
from torch.optim import Optimizer


class Lion(Optimizer):
    """Chen et al. 2023, arXiv:2302.06675, algorithm 2."""

    def __init__(self, params, lr, betas, weight_decay=0.0):
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for parameter in group["params"]:
                momentum = remembered(self.state[parameter], "exp_avg", parameter)
                direction = momentum.mul(beta1).add_(parameter.grad, alpha=1 - beta1).sign_()
                parameter.mul_(1 - group["lr"] * group["weight_decay"]).sub_(direction, alpha=group["lr"])
                momentum.mul_(beta2).add_(parameter.grad, alpha=1 - beta2)


class Muon(Optimizer):
    """Jordan et al. 2024, with the scale of Liu et al. 2025, arXiv:2502.16982; AdamW for groups without `matrices`."""

    def __init__(self, params, lr, momentum, betas, eps, weight_decay=0.0):
        given = {"lr": lr, "momentum": momentum, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, given)

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            of = self.of_matrices if group["matrices"] else self.of_others
            for parameter in group["params"]:
                step = of(parameter.grad, self.state[parameter], group)
                parameter.mul_(1 - group["lr"] * group["weight_decay"]).sub_(step, alpha=group["lr"])

    def of_matrices(self, gradient, state, group):
        momentum = remembered(state, "momentum_buffer", gradient)
        momentum.lerp_(gradient, 1 - group["momentum"])
        nesterov = gradient.lerp(momentum, group["momentum"])
        whole = nesterov.full_tensor() if isinstance(nesterov, DTensor) else nesterov
        axis, widths = group["matrices"]
        step = torch.cat([0.2 * max(part.shape) ** 0.5 * orthogonal(part) for part in whole.split(widths, axis)], axis)
        if isinstance(nesterov, DTensor):
            step = distribute_tensor(step, nesterov.device_mesh, nesterov.placements)
        return step

    def of_others(self, gradient, state, group):
        beta1, beta2 = group["betas"]
        count = state["step"] = int(state.get("step", 0)) + 1
        mean = remembered(state, "exp_avg", gradient).lerp_(gradient, 1 - beta1)
        square = remembered(state, "exp_avg_sq", gradient).mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
        return mean / (1 - beta1**count) / ((square / (1 - beta2**count)).sqrt() + group["eps"])


def remembered(state, name, like):
    if name not in state:
        state[name] = torch.zeros_like(like)
    return state[name]


def orthogonal(matrix):
    """Newton-Schulz, five times."""
    turned = matrix.size(0) > matrix.size(1)
    x = matrix.T if turned else matrix
    x = x / (x.norm() + 1e-7)
    for _ in range(5):
        gram = x @ x.T
        x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
    return x.T if turned else x
