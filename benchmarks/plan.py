"""What compare.py measures: for each part, the kind of each measurement and its settings."""

SIZES = 1_000, 4_000, 16_000, 50_000
GPU = " (GPU)"


def trained(way, task, kind="train", **settings):
    return kind, {"way": f"{way}_way", "task": task, **settings}


CHANGES = {  # what the ablation changes in the posts' recipe
    "nothing": {},
    "batches of 256": {"batch": 256},
    "rate: warm-up and cosine": {"peak": 0.001},
    "images from -1 to 1": {"centred": True},
    "these three, and a higher rate": {"batch": 256, "peak": 0.005, "centred": True},
    "dropout": {"dropout": 0.15},
    "flips and shifts, in tf.data": {"pipeline": True, "reach": 1},
    "all of these": {
        "batch": 256,
        "peak": 0.006,
        "centred": True,
        "dropout": 0.15,
        "pipeline": True,
        "reach": 1,
    },
    "tf.data with prefetch": {"pipeline": True},
    "whole epoch in a graph": {"whole_epoch": True},
    "steps_per_execution=32": {"steps_per_execution": 32},
    "XLA (jit_compile)": {"jit_compile": True},
    "channels first": {"channels_first": True},
    "mixed float16": {"dtype": "mixed_float16"},
    "mixed bfloat16": {"dtype": "mixed_bfloat16"},
    "one thread": {"threads": 1},
}
FOR_PHOTOS_ONLY = {name for name, change in CHANGES.items() if {"dropout", "reach"} & set(change)}
LOOP = 16_000  # images in an epoch of a loop
PLAN = {
    "digits": {"posts": trained("posts", "digits"), "course": trained("course", "digits")},
    "cifar": {
        "posts to the end": trained("posts", "cifar"),
        "posts, 5 epochs": trained("posts", "cifar", epochs=5),
        "course": trained("course", "cifar"),
        "course, short": trained("course", "cifar", epochs=4),
    },
    "loop": {
        f"{name}, {batch}": trained(way, task, "epoch", batch=batch, images=LOOP, **settings)
        for batch in (32, 128)
        for name, way, task, settings in (
            ("fit", "posts", "fit_epoch", {}),
            ("posts' loop", "posts", "loop_epoch", {}),
            ("last rung", "course", "loop_epoch", {}),
            ("last rung without Adam", "course", "loop_epoch", {"moves": False}),
        )
    },
    "memory": {way: ("memory", {"way": way}) for way in ("imports", "posts", "course")},
    "start": {
        "import helpers": ("start", {"what": "import helpers"}),
        "plot_model": ("start", {"what": "plot_model"}),
        "lesson 1's digits": ("start", {"what": "load_mnist", "sizes": [6_000, 2_000]}),
        "lesson 5's images": ("start", {"what": "load_cifar100", "sizes": [8_000, 2_000]}),
        "all digits": ("start", {"what": "load_mnist", "sizes": [None, None]}),
        "all colour images": ("start", {"what": "load_cifar100", "sizes": [None, None]}),
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
