"""The peer's half of the side-by-side: the same work through PyTorch's Python on the same libtorch.

Prints `name microseconds` for one round and waits for a line on standard input before the next, so that the two
programs take turns on an otherwise idle machine.
"""
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

threads, small_calls, lenet_steps = (int(a) for a in sys.argv[1:4])
torch.set_num_threads(threads)
torch.manual_seed(0)

x, y, w = torch.ones(4, 4), torch.ones(4, 4), torch.ones(4, 4)
small = {
    "add": lambda: x + y,
    "multiply by a number": lambda: x * 2.0,
    "exp": lambda: x.exp(),
    "relu": lambda: F.relu(x),
    "matrix product": lambda: x.matmul(w),
    "sum of rows": lambda: x.sum(1),
    "softmax": lambda: F.softmax(x, 1),
    "reshape": lambda: x.reshape(2, 8),
    "slice": lambda: x[:, 1:3],
    "concatenate": lambda: torch.cat([x, y]),
}

net = nn.Sequential(
    nn.Conv2d(1, 20, 5), nn.MaxPool2d(2), nn.ReLU(), nn.Conv2d(20, 50, 5), nn.MaxPool2d(2), nn.ReLU(),
    nn.Flatten(), nn.Linear(800, 500), nn.ReLU(), nn.Linear(500, 10))
optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4)
images, labels = torch.randn(64, 1, 28, 28), torch.arange(64) % 10


def lenet():
    loss = F.cross_entropy(net(images), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def measure(work, calls):
    start = time.perf_counter()
    for _ in range(calls):
        work()
    return (time.perf_counter() - start) / calls * 1e6


while sys.stdin.readline():
    for name, work in small.items():
        print(f"{name}\t{measure(work, small_calls)}")
    print(f"LeNet training step\t{measure(lenet, lenet_steps)}")
    print("", flush=True)
