"""What compare.py measures: for each part, the kind of each measurement and its settings."""

SIZES = 1_000, 4_000, 16_000, 50_000
GPU = " (GPU)"


def trained(way, task, kind="train", **settings):
    return kind, {"way": f"{way}_way", "task": task, **settings}


CHANGES = {  # what the ablation changes in the posts' recipe
    "nothing": {},
    "batches of 256": {"batch": 256},
    "rate: warm-up and cosine": {"peak": 0.001},
    "both, and a higher rate": {"batch": 256, "peak": 0.005},
    "tf.data with prefetch": {"pipeline": True},
    "whole epoch in a graph": {"whole_epoch": True},
    "steps_per_execution=32": {"steps_per_execution": 32},
    "XLA (jit_compile)": {"jit_compile": True},
    "channels first": {"channels_first": True},
    "mixed float16": {"dtype": "mixed_float16"},
    "mixed bfloat16": {"dtype": "mixed_bfloat16"},
    "one thread": {"threads": 1},
    "dropout": {"dropout": 0.25},
    "flips and shifts, in tf.data": {"pipeline": True, "reach": 3},
    "batches of 256, higher rate, tf.data": {"batch": 256, "peak": 0.005, "pipeline": True},
    "these, dropout, flips and shifts": {
        "batch": 256,
        "peak": 0.005,
        "pipeline": True,
        "reach": 3,
        "dropout": 0.25,
    },
}
FOR_PHOTOS_ONLY = {name for name, change in CHANGES.items() if {"dropout", "reach"} & set(change)}
PLAN = {
    "digits": {"posts": trained("posts", "digits"), "course": trained("course", "digits")},
    "cifar": {
        "posts to the end": trained("posts", "cifar"),
        "posts, 5 epochs": trained("posts", "cifar", epochs=5),
        "course": trained("course", "cifar"),
        "course, short": trained("course", "cifar", epochs=7, reach=1),
    },
    "loop": {
        "fit, 32": trained("posts", "fit_epoch", "epoch", batch=32),
        "posts' loop, 32": trained("posts", "loop_epoch", "epoch", batch=32),
        "last rung, 32": trained("course", "loop_epoch", "epoch", batch=32),
        "fit, 128": trained("posts", "fit_epoch", "epoch", batch=128),
        "last rung, 128": trained("course", "loop_epoch", "epoch", batch=128),
    },
    "memory": {way: ("memory", {"way": way}) for way in ("imports", "posts", "course")},
    "start": {
        what: ("start", {"what": what})
        for what in (
            "import tensorflow",
            "import helpers",
            "plot_model",
            "load_mnist",
            "load_cifar100",
        )
    },
    "growth": {
        f"{way}, {size}": trained(way, "cifar", epochs=1, images=size)
        for size in SIZES
        for way in ("posts", "course")
    },
    "course": {"lessons": ("lessons", {})},
    "ablation": {
        f"{task}: {name}": ("train", {"way": "ablation", "task": task, **change})
        for task in ("digits", "cifar")
        for name, change in CHANGES.items()
        if task == "cifar" or name not in FOR_PHOTOS_ONLY
    },
}
NOT_ON_GPU = "start", "course"
