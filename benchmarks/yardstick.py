"""The same epoch of the CIFAR network in PyTorch and in JAX, as a yardstick for the loops.

Needs an environment of its own: `python3 -m venv FOLDER`, `FOLDER/bin/pip install torch jax`.
`YARDSTICK=FOLDER/bin/python python -m benchmarks.measure yardstick` starts it as a script, once
for each: `python benchmarks/yardstick.py pytorch 6400`. It trains on noise, which takes as long.
"""

import json
import sys
import time

import numpy as np

BATCH = 32


def in_pytorch(x, y):
    import torch
    from torch import nn

    model = nn.Sequential(
        *(nn.Conv2d(3, 16, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(16, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()),
        *(nn.Linear(32 * 6 * 6, 256), nn.ReLU(), nn.Linear(256, 100)),
    ).to(memory_format=torch.channels_last)
    x = torch.from_numpy(x).permute(0, 3, 1, 2)
    y, loss_function = torch.from_numpy(y), nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), fused=True)

    def epoch():
        for start in range(0, len(x), BATCH):
            batch = slice(start, start + BATCH)
            optimizer.zero_grad()
            loss_function(model(x[batch]), y[batch]).backward()
            optimizer.step()

    return epoch


def in_jax(x, y, scanned=False):
    import jax
    from jax.example_libraries import optimizers, stax

    conv, pool = (lambda n: stax.Conv(n, (3, 3))), stax.MaxPool((2, 2), strides=(2, 2))
    initialise, predict = stax.serial(
        *(conv(16), stax.Relu, pool, conv(32), stax.Relu, pool, stax.Flatten),
        *(stax.Dense(256), stax.Relu, stax.Dense(100), stax.LogSoftmax),
    )
    start, update, weights_of = optimizers.adam(0.001)

    def loss(weights, x, y):
        return -(jax.nn.one_hot(y, 100) * predict(weights, x)).sum(axis=-1).mean()

    def step(state, numbered):
        number, x, y = numbered
        return update(number, jax.grad(loss)(weights_of(state), x, y), state), None

    _, weights = initialise(jax.random.key(0), (BATCH, *x.shape[1:]))
    steps = np.arange(len(x) // BATCH), x.reshape(-1, BATCH, *x.shape[1:]), y.reshape(-1, BATCH)
    state = start(weights)
    if scanned:
        scan = jax.jit(lambda state: jax.lax.scan(step, state, steps)[0])
        return lambda: jax.block_until_ready(scan(state))
    one_step = jax.jit(step)

    def epoch():
        now = state
        for numbered in zip(*steps, strict=True):
            now, _ = one_step(now, numbered)
        jax.block_until_ready(now)

    return epoch


def main(name, images):
    rng, taken = np.random.default_rng(0), []
    x = rng.random((int(images), 32, 32, 3), "float32")
    y = rng.integers(0, 100, len(x))
    epoch = in_pytorch(x, y) if name == "pytorch" else in_jax(x, y, scanned=name == "jax-scan")
    for _ in range(3):  # the first is not timed
        start = time.perf_counter(), time.process_time()
        epoch()
        taken.append((time.perf_counter() - start[0], time.process_time() - start[1]))
    print(json.dumps(dict(zip(("seconds", "processor"), min(taken[1:]), strict=True))))


if __name__ == "__main__":
    main(*sys.argv[1:])
