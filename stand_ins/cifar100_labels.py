"""The names of CIFAR-100: 20 superclasses of five classes each, in the numbering of the data set.

Published in A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.
Classes are numbered in alphabetical order, and so are superclasses.
"""

CLASSES_BY_SUPERCLASS = {
    "aquatic_mammals": "beaver dolphin otter seal whale",
    "fish": "aquarium_fish flatfish ray shark trout",
    "flowers": "orchid poppy rose sunflower tulip",
    "food_containers": "bottle bowl can cup plate",
    "fruit_and_vegetables": "apple mushroom orange pear sweet_pepper",
    "household_electrical_devices": "clock keyboard lamp telephone television",
    "household_furniture": "bed chair couch table wardrobe",
    "insects": "bee beetle butterfly caterpillar cockroach",
    "large_carnivores": "bear leopard lion tiger wolf",
    "large_man-made_outdoor_things": "bridge castle house road skyscraper",
    "large_natural_outdoor_scenes": "cloud forest mountain plain sea",
    "large_omnivores_and_herbivores": "camel cattle chimpanzee elephant kangaroo",
    "medium_mammals": "fox porcupine possum raccoon skunk",
    "non-insect_invertebrates": "crab lobster snail spider worm",
    "people": "baby boy girl man woman",
    "reptiles": "crocodile dinosaur lizard snake turtle",
    "small_mammals": "hamster mouse rabbit shrew squirrel",
    "trees": "maple_tree oak_tree palm_tree pine_tree willow_tree",
    "vehicles_1": "bicycle bus motorcycle pickup_truck train",
    "vehicles_2": "lawn_mower rocket streetcar tank tractor",
}

_SUPERCLASS = {
    fine: coarse for coarse, names in CLASSES_BY_SUPERCLASS.items() for fine in names.split()
}

FINE_NAMES = tuple(sorted(_SUPERCLASS))  # 100 names: FINE_NAMES[0] is "apple"
COARSE_NAMES = tuple(CLASSES_BY_SUPERCLASS)  # 20 names: COARSE_NAMES[0] is "aquatic_mammals"
COARSE_OF_FINE = tuple(COARSE_NAMES.index(_SUPERCLASS[name]) for name in FINE_NAMES)  # 100 numbers
