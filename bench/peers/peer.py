"""The peer's half of the side-by-side: adaptation as a competent user of PyTorch would write it.

The training loops follow the usual ones of transfer-learning libraries: source and target in one batch, one optimizer
with the annealed rate as a LambdaLR, each loss read by item() for the log. The networks, the number of kernels and the
optimizer's constants are Acclimate's.

Reads lines `CASE WARM STEPS`, trains that many steps after WARM ones, prints `seconds processor-seconds`.
"""
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

threads, batch = (int(a) for a in sys.argv[1:3])
torch.set_num_threads(threads)
torch.manual_seed(0)


class LeNet(nn.Module):
    features = 256

    def __init__(self, classes=10):
        super().__init__()
        self.backbone = nn.Sequential(
            nn.Conv2d(1, 32, 5), nn.BatchNorm2d(32), nn.MaxPool2d(2), nn.ReLU(),
            nn.Conv2d(32, 48, 5), nn.BatchNorm2d(48), nn.MaxPool2d(2), nn.ReLU(),
            nn.Flatten(), nn.Linear(48 * 4 * 4, 256), nn.ReLU())
        self.head = nn.Linear(256, classes)

    def forward(self, x):
        f = self.backbone(x)
        return self.head(f), f


class BasicBlock(nn.Module):
    def __init__(self, inplanes, planes, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inplanes, planes, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(planes, planes, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.downsample = None
        if stride != 1 or inplanes != planes:
            self.downsample = nn.Sequential(nn.Conv2d(inplanes, planes, 1, stride, bias=False), nn.BatchNorm2d(planes))

    def forward(self, x):
        identity = x if self.downsample is None else self.downsample(x)
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out += identity
        return self.relu(out)


class ResNet18(nn.Module):
    features = 512

    def __init__(self, classes=10):
        super().__init__()
        layers, inplanes = [], 64
        for planes, stride in ((64, 1), (128, 2), (256, 2), (512, 2)):
            layers += [BasicBlock(inplanes, planes, stride), BasicBlock(planes, planes, 1)]
            inplanes = planes
        self.backbone = nn.Sequential(
            nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1),
            *layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.head = nn.Linear(512, classes)

    def forward(self, x):
        f = self.backbone(x)
        return self.head(f), f


class Reversal(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight):
        ctx.weight = weight
        return x.view_as(x)

    @staticmethod
    def backward(ctx, gradient):
        return -ctx.weight * gradient, None


def mk_mmd(x, y, kernels=5, ratio=2.0):
    """As DAN's released code has it: differences of all pairs, once, then a sum of kernels."""
    n = len(x)
    total = torch.cat([x, y])
    squared = ((total.unsqueeze(0) - total.unsqueeze(1)) ** 2).sum(2)
    return from_distances(squared, n, kernels, ratio)


def mk_mmd_gram(x, y, kernels=5, ratio=2.0):
    """The same by one matrix product, for those who know that."""
    n = len(x)
    z = torch.cat([x, y])
    norms = (z * z).sum(1, keepdim=True)
    squared = (norms + norms.T - 2 * z @ z.T).clamp_min(0)
    return from_distances(squared, n, kernels, ratio)


def from_distances(squared, n, kernels, ratio):
    m = len(squared) - n
    gamma = squared.detach().sum() / (len(squared) ** 2 - len(squared))
    gram = sum(torch.exp(-squared / (gamma * ratio ** (u - kernels // 2))) for u in range(kernels)) / kernels
    within = gram[:n, :n].sum() - gram[:n, :n].diagonal().sum()
    other = gram[n:, n:].sum() - gram[n:, n:].diagonal().sum()
    return within / (n * (n - 1)) + other / (m * (m - 1)) - 2 * gram[:n, n:].mean()


class Run:
    """One method on one network, with tensors in memory."""

    def __init__(self, network, method):
        self.method = method
        self.model = network()
        parameters = list(self.model.parameters())
        if method == "dann":
            self.discriminator = nn.Sequential(
                nn.Linear(network.features, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 1))
            parameters += self.discriminator.parameters()
        self.optimizer = torch.optim.SGD(parameters, lr=0.01, momentum=0.9, weight_decay=5e-4)
        self.scheduler = torch.optim.lr_scheduler.LambdaLR(self.optimizer, lambda step: (1 + 10 * step / 2000) ** -0.75)
        shape = (1, 28, 28) if network is LeNet else (3, 64, 64)
        self.source, self.target = torch.randn(1024, *shape), torch.randn(1024, *shape)
        self.labels = torch.arange(1024) % 10
        self.done = 0
        self.log = 0.0
        self.domains = torch.cat([torch.ones(batch, 1), torch.zeros(batch, 1)])

    def batches(self):
        pick = torch.randperm(1024)[:batch]
        yield self.source[pick]
        yield self.labels[pick]
        if self.method != "source-only":
            yield self.target[torch.randperm(1024)[:batch]]

    def step(self):
        p = min(self.done / 2000, 1.0)
        weight = 2 / (1 + 2.718281828459045 ** (-10 * p)) - 1
        x_s, labels, *rest = self.batches()
        y, f = self.model(torch.cat([x_s, *rest]) if rest else x_s)
        y_s, y_t = (y, None) if not rest else y.chunk(2)
        task = F.cross_entropy(y_s, labels)
        loss = task
        if self.method == "dann":
            score = self.discriminator(Reversal.apply(f, weight))
            transfer = F.binary_cross_entropy_with_logits(score, self.domains)
            loss = task + transfer
        elif self.method != "source-only":
            mmd = mk_mmd_gram if self.method == "dan-gram" else mk_mmd
            f_s, f_t = f.chunk(2)
            transfer = mmd(f_s, f_t) + mmd(F.softmax(y_s, 1), F.softmax(y_t, 1))
            loss = task + weight * transfer
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.scheduler.step()
        self.log += task.item() + (transfer.item() if self.method != "source-only" else 0)
        self.done += 1


runs = {}
for line in sys.stdin:
    case, warm, steps = line.split()
    if case not in runs:
        network, method = case.split("/")
        runs[case] = Run({"lenet": LeNet, "resnet18": ResNet18}[network], method)
    run = runs[case]
    for _ in range(int(warm)):
        run.step()
    start, used = time.perf_counter(), time.process_time()
    for _ in range(int(steps)):
        run.step()
    print(time.perf_counter() - start, time.process_time() - used, flush=True)
