"""MK-MMD by Gram matrices in PyTorch, the side that Acclimate's is measured against.

Usage: gram.py FILE ROWS FEATURES REPEATS THREADS, FILE holding source then target as float32.
Prints: value, median and least seconds of forward + backward, growth of peak resident memory in MiB.
"""
import sys
import time

import numpy
import torch


def status(field):
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


def mk_mmd(x, y, kernels=5, ratio=2.0):
    n, m = len(x), len(y)
    z = torch.cat([x, y])
    norms = (z * z).sum(1, keepdim=True)
    squared = (norms + norms.T - 2 * z @ z.T).clamp_min(0)
    gamma = squared.detach().sum() / ((n + m) * (n + m - 1))
    gram = sum(torch.exp(-squared / (gamma * ratio ** (u - kernels // 2))) for u in range(kernels)) / kernels
    within = gram[:n, :n].sum() - gram[:n, :n].diagonal().sum()
    other = gram[n:, n:].sum() - gram[n:, n:].diagonal().sum()
    return within / (n * (n - 1)) + other / (m * (m - 1)) - 2 * gram[:n, n:].mean()


def step(x, y):
    x.grad = y.grad = None
    value = mk_mmd(x, y)
    value.backward()
    return float(value.detach())


path, rows, features, repeats = sys.argv[1], *map(int, sys.argv[2:5])
torch.set_num_threads(int(sys.argv[5]))
both = torch.from_numpy(numpy.fromfile(path, dtype=numpy.float32).reshape(2, rows, features))
x, y = both[0].clone().requires_grad_(), both[1].clone().requires_grad_()
step(x[:8, :8].detach().requires_grad_(), y[:8, :8].detach().requires_grad_())
before = status("VmRSS")
times = []
for _ in range(repeats):
    start = time.perf_counter()
    value = step(x, y)
    times.append(time.perf_counter() - start)
print(value, sorted(times)[repeats // 2], min(times), max(status("VmHWM") - before, 0))
