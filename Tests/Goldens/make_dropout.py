#!/usr/bin/env python3
"""Writes dropout.json: concrete dropout at given random numbers by the published formula, and its penalty, with gradients by PyTorch.

The formula is that of Gal, Hron and Kendall 2017 as their own code has it, which guards logarithms by an epsilon of 1e-7. Standout in
evaluation and its gradients follow from its definition. The divergence of sparse variational dropout is the approximation of Molchanov,
Ashukha and Vetrov 2017, as their own code has it.
"""
import numpy
import torch

from golden_format import exact, exact_tensor, significant, tensor, write_object

EPS = 1e-7


def concrete_factor(logit, noise, temperature):
    """(1 - z) / (1 - p), written with the logit; noise is ln u - ln(1 - u)."""
    p = torch.sigmoid(logit)
    return (1 - torch.sigmoid((logit + noise) / temperature)) / (1 - p)


def published(p, u, temperature=0.1):
    """What is dropped and what the rest is scaled by."""
    u = numpy.array(u)
    s = numpy.log(p + EPS) - numpy.log(1 - p + EPS) + numpy.log(u + EPS) - numpy.log(1 - u + EPS)
    z = 1 / (1 + numpy.exp(-s / temperature))
    return {"p": p, "u": u.tolist(), "temperature": temperature, "drop": [significant(v) for v in z],
            "scale": [significant(v) for v in (1 - z) / (1 - p)],
            "negative_entropy": significant(p * numpy.log(p) + (1 - p) * numpy.log(1 - p))}


def concrete(random, logit, temperature):
    x, cotangent = (exact(random.normal(size=(3, 5))) for _ in range(2))
    # Around the numbers for which a mask is half and half.
    noise = exact(random.normal(size=(3, 5)) * 4 * temperature - logit)
    leaves = x.clone().requires_grad_(), exact(numpy.array([logit])).requires_grad_()
    y = leaves[0] * concrete_factor(leaves[1], noise, temperature)
    (cotangent * y).sum().backward()
    return {"x": exact_tensor(x), "logit": logit, "noise": exact_tensor(noise), "temperature": temperature,
            "cotangent": exact_tensor(cotangent), "y": tensor(y), "dx": tensor(leaves[0].grad), "dlogit": tensor(leaves[1].grad)}


def penalty(random, logit, units, weight_regularizer, dropout_regularizer):
    w, l = exact(random.normal(size=(3, units))).requires_grad_(), exact(numpy.array([logit])).requires_grad_()
    p = torch.sigmoid(l)
    value = (weight_regularizer * (w ** 2).sum() / (1 - p)
             + dropout_regularizer * units * (p * torch.log(p) + (1 - p) * torch.log(1 - p))).sum()
    value.backward()
    return {"w": exact_tensor(w), "logit": logit, "units": units, "weight_regularizer": weight_regularizer,
            "dropout_regularizer": dropout_regularizer, "value": significant(value.detach()), "dw": tensor(w.grad),
            "dlogit": tensor(l.grad)}


def standout_mean(random, alpha, beta):
    x, a, cotangent = (exact(random.normal(size=(3, 5))) for _ in range(3))
    leaves = x.clone().requires_grad_(), a.clone().requires_grad_()
    y = leaves[0] * torch.sigmoid(alpha * leaves[1] + beta)
    (cotangent * y).sum().backward()
    return {"x": exact_tensor(x), "a": exact_tensor(a), "alpha": alpha, "beta": beta, "cotangent": exact_tensor(cotangent),
            "y": tensor(y), "dx": tensor(leaves[0].grad), "da": tensor(leaves[1].grad)}


def divergence(log_alpha):
    log_alpha = torch.clamp(log_alpha, -10, 10)
    return -(0.63576 * torch.sigmoid(1.87320 + 1.48695 * log_alpha) - 0.5 * torch.log1p(torch.exp(-log_alpha)) - 0.63576)


def variational(random):
    """Weights from certain ones to pure noise, some beyond the clamp on either side."""
    w = exact(random.normal(size=(3, 5)))
    log_sigma = exact(numpy.log(numpy.abs(w.numpy())) + numpy.linspace(-6, 6, 15).reshape(3, 5))
    leaves = w.clone().requires_grad_(), log_sigma.clone().requires_grad_()
    value = divergence(2 * leaves[1] - 2 * torch.log(1e-16 + torch.abs(leaves[0]))).sum()
    value.backward()
    return {"w": exact_tensor(w), "log_sigma": exact_tensor(log_sigma), "value": significant(value.detach()), "dw": tensor(leaves[0].grad),
            "dlog_sigma": tensor(leaves[1].grad)}


def main():
    random = numpy.random.default_rng(5)
    write_object("dropout.json", {
        "concrete_published": published(0.1, [0.05, 0.5, 0.9, 0.95]),
        "concrete": {
            "cold": concrete(random, -2.197, 0.1),
            "warm": concrete(random, 0.5, 0.75)},
        "concrete_penalty": {
            "usual": penalty(random, -2.197, 4, 1e-8, 1e-3),
            "strong": penalty(random, 0.75, 4, 0.5, 2.0),
            "extreme": penalty(random, -12.0, 4, 0.5, 2.0)},
        "standout_mean": {
            "usual": standout_mean(random, 1.0, 0.0),
            "steep": standout_mean(random, -2.5, 0.5)},
        "variational": variational(random)})


if __name__ == "__main__":
    main()
