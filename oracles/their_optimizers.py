"""Steps of Lion and Muon written by hand, as their papers have them: torch.optim has no Lion, and another Muon."""

import torch


class Lion(torch.optim.Optimizer):
    """Chen et al. 2023, algorithm 2."""

    def __init__(self, groups, lr: float, betas: tuple[float, float]):
        super().__init__(groups, {"lr": lr, "betas": betas})

    @torch.no_grad()
    def step(self):
        for weight, group in learning(self):
            g, lr, (beta1, beta2) = weight.grad, group["lr"], group["betas"]
            m = self.state[weight].get("exp_avg", torch.zeros_like(g))
            update = torch.sign(beta1 * m + (1 - beta1) * g)
            weight -= lr * (update + group["weight_decay"] * weight)
            self.state[weight]["exp_avg"] = beta2 * m + (1 - beta2) * g


class Muon(torch.optim.Optimizer):
    """
    Jordan et al. 2024 with Nesterov's momentum for `matrices`, of which each is cut along its second axis into so many, and
    with the scale of Liu et al. 2025; AdamW for the rest. Newton-Schulz in 64 bits.
    """

    def __init__(self, groups, lr: float, momentum: float, betas: tuple[float, float], eps: float, matrices: dict):
        super().__init__(groups, {"lr": lr, "momentum": momentum, "betas": betas, "eps": eps})
        self.matrices = matrices

    @torch.no_grad()
    def step(self):
        for weight, group in learning(self):
            of = self.orthogonal if weight in self.matrices else self.adam
            weight -= group["lr"] * (of(weight, weight.grad, group) + group["weight_decay"] * weight)

    def orthogonal(self, weight, g, group):
        mu, state = group["momentum"], self.state[weight]
        m = state["momentum_buffer"] = mu * state.get("momentum_buffer", 0) + (1 - mu) * g
        parts = torch.chunk((1 - mu) * g + mu * m, self.matrices[weight], dim=1)
        return torch.cat([0.2 * max(part.shape) ** 0.5 * newton_schulz(part) for part in parts], dim=1)

    def adam(self, weight, g, group):
        (beta1, beta2), state = group["betas"], self.state[weight]
        t = state["step"] = state.get("step", 0) + 1
        m = state["exp_avg"] = beta1 * state.get("exp_avg", 0) + (1 - beta1) * g
        v = state["exp_avg_sq"] = beta2 * state.get("exp_avg_sq", 0) + (1 - beta2) * g**2
        return m / (1 - beta1**t) / ((v / (1 - beta2**t)).sqrt() + group["eps"])


def newton_schulz(g: torch.Tensor) -> torch.Tensor:
    x = g.double()
    if g.shape[0] > g.shape[1]:
        return newton_schulz(g.T).T
    x = x / (x.norm() + 1e-7)
    for _ in range(5):
        a = x @ x.T
        b = -4.7750 * a + 2.0315 * a @ a
        x = 3.4445 * x + b @ x
    return x.to(g.dtype)


def learning(optimizer: torch.optim.Optimizer):
    """Each weight that has a gradient, with its group."""
    for group in optimizer.param_groups:
        yield from ((weight, group) for weight in group["params"] if weight.grad is not None)
