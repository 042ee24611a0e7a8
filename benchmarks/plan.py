"""What compare.py measures: for each part, the kind of each measurement and its settings."""

SIZES = 1_000, 4_000, 16_000, 50_000
GPU = " (GPU)"


def trained(way, task, kind="train", **settings):
    """A measurement: its kind, and its settings, first the module and the function to run."""
    return kind, {"way": way, "task": task, **settings}


CHANGES = {  # what the ablation changes in the posts' recipe
    "nothing": {},
    "batches of 256": {"batch": 256},
    "rate: warm-up and cosine": {"peak": 0.001},
    "images from -1 to 1": {"centred": True},
    "batches of 256, warm-up and cosine up to 0.005, images from -1 to 1": {
        "batch": 256,
        "peak": 0.005,
        "centred": True,
    },
    "dropout": {"dropout": 0.15},
    "label smoothing": {"smoothing": 0.1},
    "bytes, tf.data with prefetch": {"pipeline": True},
    "bytes, tf.data, flips and shifts": {"pipeline": True, "reach": 1},
    "bytes, tf.data, a whole epoch in one graph": {"whole_epoch": True},
    "steps_per_execution=32": {"steps_per_execution": 32},
    "XLA (jit_compile)": {"jit_compile": True},
    "channels first": {"channels_first": True},
    "mixed float16": {"dtype": "mixed_float16"},
    "mixed bfloat16": {"dtype": "mixed_bfloat16"},
    "one thread": {"threads": 1},
}
FOR_PHOTOS_ONLY = {name for name, change in CHANGES.items() if {"dropout", "reach"} & set(change)}
LOOP = 16_000  # images in an epoch of a loop
ONCE = "lessons", "ablation"  # run once unless --runs says more
PLAN = {
    "digits": {"posts": trained("posts_way", "digits"), "course": trained("course_way", "digits")},
    "cifar": {
        "posts to the end": trained("posts_way", "cifar"),
        "posts, 5 epochs": trained("posts_way", "cifar", epochs=5),
        "course": trained("course_way", "cifar"),
        "course, short": trained("course_way", "cifar", epochs=4),
    },
    "loop": {
        f"{name}, {batch}": trained("loops", task, "epoch", batch=batch, images=LOOP, **settings)
        for name, batch, task, settings in (
            ("fit", 32, "fit", {}),
            ("last rung", 32, "last_rung", {}),
            ("last rung without Adam", 32, "last_rung", {"moves": False}),
            ("posts' loop", 32, "posts_loop", {}),
            ("fit", 128, "fit", {}),
            ("last rung", 128, "last_rung", {}),
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
        f"{way}, {size}": trained(f"{way}_way", "cifar", epochs=1, images=size)
        for size in SIZES
        for way in ("posts", "course")
    },
    "lessons": {"all": ("lessons", {"at_once": 2})},
    "ablation": {
        f"{task}: {name}": trained("ablation", task, "ablation", images=images, **change)
        for task, images in (("digits", 5_000), ("cifar", 25_000))
        for name, change in CHANGES.items()
        if task == "cifar" or name not in FOR_PHOTOS_ONLY
    },
}
NOT_ON_GPU = "start", "lessons"
