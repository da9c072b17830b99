"""Textbook versions of TCA, JDA and CORAL, as their papers' formulas read: K, H, L and M as full matrices.

Called with a folder that holds source.bin, labels.bin and target.bin, the number of features, the method and its rounds.
Leaves mapped.bin and found.bin there, and prints the seconds.
"""
import sys
import time

import numpy as np
import scipy.linalg


def nearest(source, labels, target):
    squared = (target ** 2).sum(1)[:, None] + (source ** 2).sum(1)[None, :] - 2 * target @ source.T
    return labels[squared.argmin(1)]


def marginal(ns, nt):
    e = np.vstack([np.ones((ns, 1)) / ns, -np.ones((nt, 1)) / nt])
    return e @ e.T


def conditional(labels, pseudo, classes):
    n = len(labels) + len(pseudo)
    m = np.zeros((n, n))
    for c in range(classes):
        e = np.zeros((n, 1))
        if (labels == c).any() and (pseudo == c).any():
            e[:len(labels)][labels == c] = 1 / (labels == c).sum()
            e[len(labels):][pseudo == c] = -1 / (pseudo == c).sum()
        m += e @ e.T
    return m


def project(k, m, h, dimensions, weight):
    """The smallest generalised eigenpairs of (K M K' + weight I) w = phi (K H K') w."""
    a, b = k @ m @ k.T + weight * np.eye(len(k)), k @ h @ k.T
    values, vectors = scipy.linalg.eig(a, b)
    order = np.argsort(np.where(np.isfinite(values), np.abs(values.real), np.inf))
    w = np.real(vectors[:, order[:dimensions]])
    w /= np.linalg.norm(w, axis=0)
    z = (w.T @ k).T
    return z / np.linalg.norm(z, axis=1, keepdims=True)


def tca(xs, ys, xt, kernel, dimensions=30):
    x = np.vstack([xs, xt]).T
    n, ns = x.shape[1], len(xs)
    k = x if kernel == "primal" else x.T @ x
    m = marginal(ns, len(xt))
    h = np.eye(n) - np.ones((n, n)) / n
    return project(k, m / np.linalg.norm(m), h, dimensions, 1.0), None


def jda(xs, ys, xt, kernel, rounds, dimensions=100):
    x = np.vstack([xs, xt]).T
    n, ns, classes = x.shape[1], len(xs), ys.max() + 1
    k = x if kernel == "primal" else x.T @ x
    h = np.eye(n) - np.ones((n, n)) / n
    pseudo = None
    for _ in range(rounds):
        m = marginal(ns, len(xt)) * classes
        if pseudo is not None:
            m += conditional(ys, pseudo, classes)
        z = project(k, m / np.linalg.norm(m), h, dimensions, 1.0)
        pseudo = nearest(z[:ns], ys, z[ns:])
    return z, pseudo


def coral(xs, ys, xt):
    cs, ct = np.cov(xs.T) + np.eye(xs.shape[1]), np.cov(xt.T) + np.eye(xt.shape[1])
    a = scipy.linalg.fractional_matrix_power(cs, -0.5) @ scipy.linalg.fractional_matrix_power(ct, 0.5)
    return np.vstack([np.real(xs @ a), xt]), None


def main():
    folder, features, method, rounds = sys.argv[1:]
    xs = np.fromfile(folder + "/source.bin").reshape(-1, int(features))
    xt = np.fromfile(folder + "/target.bin").reshape(-1, int(features))
    ys = np.fromfile(folder + "/labels.bin", dtype=np.int32)
    start = time.perf_counter()
    if method.startswith("tca-"):
        z, found = tca(xs, ys, xt, method[4:])
    elif method.startswith("jda-"):
        z, found = jda(xs, ys, xt, method[4:], int(rounds))
    else:
        z, found = coral(xs, ys, xt)
    if found is None:
        found = nearest(z[:len(xs)], ys, z[len(xs):])
    print(time.perf_counter() - start)
    np.ascontiguousarray(z).tofile(folder + "/mapped.bin")
    found.astype(np.int32).tofile(folder + "/found.bin")


main()
