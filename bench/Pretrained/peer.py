"""The peer's half: a bare PyTorch loop over torchvision's ResNet-50 without its classifier, on pictures in memory.

Reads lines `PRECISION BATCHES`, prints the seconds that so many batches took after one to warm up.
"""
import sys
import time

import torch
import torchvision

threads, batch = (int(a) for a in sys.argv[1:3])
torch.set_num_threads(threads)
torch.manual_seed(0)
network = torchvision.models.resnet50()
network.fc = torch.nn.Identity()
network = network.eval().to(memory_format=torch.channels_last)
pictures = torch.rand(batch, 3, 224, 224).to(memory_format=torch.channels_last)


def run(precision, batches):
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bf16"):
        network(pictures)
        start = time.perf_counter()
        for _ in range(batches):
            network(pictures)
        return time.perf_counter() - start


for line in sys.stdin:
    precision, batches = line.split()
    print(run(precision, int(batches)), flush=True)
