"""What the 100 kinds of stand-in picture consist of: 13 templates and a table of measures.

Each superclass has a template, a function that lists the parts of its picture, ovals and boxes,
from back to front; its five classes, kin to one another, are that picture with other measures.

Measures are in half pictures: x runs from -1 (left) to 1 (right), y from -1 (top) to 1 (foot).
Colours are written as in CSS, "#f00" is red; angles are in degrees, clockwise.
"""

import numpy as np

# What a part is, number by number: see `oval`.
IS_BOX, X, Y, RX, RY, TURN, TAPER, WAVES, RED = 0, 1, 2, 3, 4, 5, 6, 7, 9


def oval(x, y, rx, ry, colour, turn=0, waves=(0, 0), is_box=0, taper=0):
    """One part: its middle, half its width and height, and its colour; no colour, no part.

    waves: stripes of these frequencies along and across, or spots, in place of a full cover
    taper: how much narrower a box is at the top than at the foot; 1 makes it a triangle
    """
    if not colour or min(rx, ry) <= 0:
        rx, ry, colour = 1e-3, 1e-3, colour or "#888"
    rgb = [int(digit, 16) / 15 for digit in colour[1:]]
    return [is_box, x, y, rx, ry, np.deg2rad(turn), taper, *waves, *rgb]


def box(x, y, rx, ry, colour, turn=0, waves=(0, 0), taper=0):
    """A part with straight sides; see `oval`."""
    return oval(x, y, rx, ry, colour, turn, waves, 1, taper)


def limb(ends, width, colour, is_box=0):
    """A part that reaches from one point to another: ends = x, y, x, y."""
    x, y, x_end, y_end = ends
    turn, long = np.arctan2(y_end - y, x_end - x), np.hypot(x_end - x, y_end - y) / 2
    middle = (x + x_end) / 2, (y + y_end) / 2
    return oval(*middle, long, width, colour, np.rad2deg(turn), is_box=is_box)


def ray(x, y, angle, start, end):
    """The two ends of a line that leaves a point at an angle, at these distances from it."""
    dx, dy = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    return x + start * dx, y + start * dy, x + end * dx, y + end * dy


# 1. templates: the parts from back to front. Kin have the same list of parts: what a class does
# not have, such as a tail, has size 0 or no colour. `low` is a second colour, for what lies low.


def beast(
    coat,
    low,
    long=0.5,
    high=0.24,
    tilt=0,
    legs=0.4,
    thick=0.07,
    head=(0.6, -0.25, 0.19),
    snout=(0.17, 0.08, 10),
    ears=(0.05, 0.1),
    tail=(0.35, 0.05, 200),
    marks=(None, 0, 0),
    back=(0, 0, 0, 0, None),
    y=0.05,
):
    x_hip, y_hip, x_chest, y_chest = ray(0, y, tilt, -0.7 * long, 0.7 * long)
    x_head, y_head, r = head

    def leg(x, top, colour):
        half = (y + high + legs - top) / 2
        return box(x, top + half, thick, half, colour)

    return [
        limb(ray(x_hip - 0.2 * long, y_hip, tail[2], 0, 2 * tail[0]), tail[1], coat),
        leg(x_hip + 0.12, y_hip, low),
        leg(x_chest - 0.14, y_chest, low),
        leg(x_hip - 0.05, y_hip, coat),
        leg(x_chest + 0.03, y_chest, coat),
        limb((x_chest, y_chest, x_head, y_head), 0.7 * r, coat),
        oval(*back),  # hump, mane, shell or quills
        oval(0, y, long, high, coat, tilt),
        oval(0, y, 0.95 * long, 0.9 * high, marks[0], tilt, marks[1:]),
        oval(0, y + 0.6 * high, 0.6 * long, 0.35 * high, low, tilt),
        oval(x_head - 0.6 * r, y_head - r, *ears, coat, -15),
        oval(x_head + 0.2 * r, y_head - r, *ears, low, 10),
        oval(x_head, y_head, r, 0.9 * r, coat),
        limb(ray(x_head, y_head, snout[2], 0.5 * r, r + 2 * snout[0]), snout[1], low),
        oval(x_head + 0.35 * r, y_head - 0.2 * r, 0.045, 0.05, "#000"),
    ]


def swimmer(
    coat,
    low,
    long=0.55,
    high=0.25,
    tail=0.25,
    fin=0.2,
    flat=0,
    head=0,
    marks=(None, 0, 0),
    whip=0,
    water=None,
    y=0,
):
    return [
        limb((-0.8 * long, y, -long - whip, y + 0.2), 0.04, low, 1),
        box(-long - 0.4 * tail, y, tail, tail * (1 - flat) + 0.06, coat, 90, taper=0.8),
        box(-0.05, y - high, fin, fin, low, -10, taper=0.9),
        box(0.05, y + high, 0.8 * fin, 0.7 * fin, low, 190, taper=0.9),
        oval(0, y, long, high, coat),
        oval(0, y, 0.95 * long, 0.95 * high, marks[0], 0, marks[1:]),
        oval(0.08, y + 0.5 * high, 0.75 * long, 0.4 * high, low),
        oval(0.9 * long, y - 1.2 * head, head, head, coat),
        oval(0.9 * long + head, y - head, 0.5 * head, 0.4 * head, low),
        oval(0.7 * long + 0.8 * head, y - 0.2 * high - 1.4 * head, 0.05, 0.055, "#000"),
        box(0, 0.75, 1.6, 0.4, water),
    ]


def flower(
    petals,
    low,
    count=6,
    long=0.5,
    width=0.2,
    spread=360,
    start=0,
    heart=0.18,
    core="#430",
    seeds=(0, 0),
    y=-0.15,
):
    return [
        box(0, 0.6, 0.05, 0.6, "#4b4"),
        oval(-0.25, 0.65, 0.26, 0.1, "#4b4", 30),
        oval(0.25, 0.75, 0.26, 0.1, "#4b4", -30),
        *(
            limb(
                ray(0, y, start + spread * i / count if i < count else 0, 0.05, long),
                width if i < count else 0,
                low if i % 2 else petals,
            )
            for i in range(12)
        ),
        oval(0, y, heart, heart, core),
        oval(0, y, 0.8 * heart, 0.8 * heart, low if seeds[0] else None, 0, seeds),
    ]


def vessel(
    colour,
    inside,
    wide=0.4,
    high=0.5,
    taper=0,
    neck=(0, 0),
    rim=0.12,
    foot=0.12,
    handle=0,
    label=(None, 0.2),
    waves=(0, 0),
    y=0.05,
):
    top, middle = wide * (1 - taper), wide * (1 - taper / 2)
    return [
        oval(0, y + high + 0.06, 1.1 * wide + 0.1, 0.1, "#432"),
        oval(wide, y, 1.3 * handle, 1.5 * handle, colour),
        oval(wide, y, 0.7 * handle, 0.9 * handle, "#765"),
        oval(0, y + high, wide, foot, colour),
        box(0, y, wide, high, colour, taper=taper),
        oval(0, y - high, top, rim, colour),
        oval(0, y - high, 0.85 * top, 0.75 * rim, inside),
        box(0, y, middle, label[1], label[0]),
        box(0, y, middle, label[1], "#eee" if waves[0] else None, 0, waves),
        oval(0, y - high, wide, 1.3 * neck[0], colour),
        box(0, y - high - neck[1] / 2, neck[0], neck[1], colour),
        box(0, y - high - 1.4 * neck[1], 1.1 * neck[0], 0.3 * neck[1], inside),
        box(-0.55 * wide, y, 0.05, 0.7 * high, "#fff"),
    ]


def fruit(
    skin,
    low,
    wide=0.5,
    high=0.48,
    top=(0, 0, -0.3),
    lobe=0,
    stalk=0.12,
    leaf=0,
    stalk_colour="#541",
    marks=(None, 0, 0),
    shine=0.1,
    y=0.1,
):
    return [
        oval(0, y + 0.9 * high, 1.15 * wide, 0.14, "#322"),
        box(0, y + min(-high, top[2] - top[1]) - 0.5 * stalk, 0.05, stalk, stalk_colour, 8),
        oval(-lobe, y, 0.6 * wide, high, low if lobe else None),
        oval(lobe, y, 0.6 * wide, high, low if lobe else None),
        oval(0, y, wide, high, skin),
        oval(0.1 * wide, y + 0.2 * high, 0.75 * wide, 0.7 * high, low),
        oval(0, y + top[2], top[0], top[1], skin),
        oval(0, y + top[2], 0.9 * top[0], 0.9 * top[1], marks[0], 0, marks[1:]),
        oval(0.2, y - high - 0.1, leaf, 0.4 * leaf, "#3a3", -25),
        oval(-0.4 * wide, y - 0.45 * high, shine, shine, "#fff"),
    ]


def device(
    case,
    low,
    wide=0.5,
    high=0.4,
    dial=0,
    screen=(0, 0),
    keys=(0, 0),
    shade=0,
    post=0,
    foot=0.3,
    aerial=0,
    handset=0,
    hands=0,
    y=0,
):
    return [
        box(0, y + high + post, 0.04 + 0.1 * foot, 0.1 + post, low),
        box(0, y + high + 2 * post + 0.1, foot, 0.06, low),
        limb((-0.1, y - high, -0.35, y - high - aerial), 0.025 if aerial else 0, "#aaa", 1),
        limb((0.05, y - high, 0.3, y - high - aerial), 0.025 if aerial else 0, "#aaa", 1),
        box(0, y, wide, high, case, taper=shade),
        box(0, y, 0.9 * wide, 0.85 * high, "#eee" if keys[0] else None, 0, keys),
        oval(0, y, dial, dial, low),
        oval(0, y, 0.82 * dial, 0.82 * dial, "#eed"),
        oval(0, y, 0.4 * dial, 0.4 * dial, None if hands else case),
        box(-0.05, y, *screen, "#245"),
        box(-0.12, y - 0.1, 0.4 * screen[0], 0.4 * screen[1], "#8ac"),
        limb((0, y, 0, y - hands), 0.035, "#111", 1),
        limb((0, y, 0.7 * hands, y + 0.2 * hands), 0.035, "#111", 1),
        oval(0, y - 1.1 * high, 1.2 * wide, 0.75 * handset, low),
        oval(-wide, y - 0.95 * high, handset, handset, low),
        oval(wide, y - 0.95 * high, handset, handset, low),
    ]


def furniture(
    wood,
    cloth,
    wide=0.5,
    seat=0.1,
    seat_y=0.15,
    back=(0.4, 0.4),
    back_x=0,
    legs=0.4,
    arms=0,
    pillow=0,
    doors=0,
    slats=(0, 0),
):
    leg_y = seat_y + seat + legs / 2
    knob = 0.05 if doors else 0
    return [
        box(back_x, seat_y - back[1], back[0], back[1], wood),
        box(back_x, seat_y - back[1], 0.85 * back[0], 0.85 * back[1], cloth, 0, slats),
        *(box(x * wide, leg_y - 0.1, 0.05, legs / 2, "#431") for x in (-0.6, 0.6)),
        *(box(x * wide, leg_y, 0.05, legs / 2, "#431") for x in (-0.88, 0.88)),
        box(0, seat_y, wide, seat, cloth),
        box(0, seat_y + 0.8 * seat, wide, 0.35 * seat, wood),
        box(-wide, seat_y - 0.05, 0.6 * arms, arms, wood),
        box(wide, seat_y - 0.05, 0.6 * arms, arms, wood),
        oval(-0.55 * wide, seat_y - seat - 0.4 * pillow, 1.6 * pillow, pillow, "#fff"),
        box(0, seat_y, 0.02, doors, "#321"),
        oval(0.1, seat_y, knob, knob, "#fd6"),
        oval(-0.1, seat_y, knob, knob, "#fd6"),
    ]


def crawler(
    skin,
    low,
    long=0.4,
    high=0.22,
    head=0.15,
    legs=0.4,
    pairs=3,
    thick=0.03,
    wings=0,
    wing_colour="#cde",
    wing_low="#abc",
    feelers=0.3,
    claws=0,
    shell=0,
    marks=(None, 0, 0),
    tail=0,
    bend=0,
    y=0,
):
    hips = [(0.5 - i / max(pairs - 1, 1)) * long for i in range(4)]
    reach, pincer = long + 1.5 * claws, 0.06 if claws else 0
    return [
        *(
            limb(
                (x, y, x * (2 + 3 * legs), y + side * (high + legs)),
                thick if i < pairs else 0,
                low,
                1,
            )
            for i, x in enumerate(hips)
            for side in (-1, 1)
        ),
        limb((0.8 * long, y, long + feelers, y - 0.25), 0.02, low, 1),
        limb((0.8 * long, y, long + feelers, y + 0.25 - bend), 0.02, low, 1),
        limb((-0.7 * long, y, -long - tail, y - bend / 2), 0.6 * high, skin),
        box(-long - tail, y - bend / 2, 0.8 * high, 0.5 * tail, low, 90, taper=0.4),
        oval(0.02, y - 0.9 * wings, 0.75 * wings, wings, wing_colour, 25),
        oval(0.02, y + 0.9 * wings, 0.75 * wings, wings, wing_colour, -25),
        oval(-0.9 * wings, y - 0.6 * wings, 0.6 * wings, 0.6 * wings, wing_low),
        oval(-0.9 * wings, y + 0.6 * wings, 0.6 * wings, 0.6 * wings, wing_low),
        limb((0.6 * long, y, reach, y - 0.5), pincer, skin, 1),
        limb((0.6 * long, y, reach, y + 0.5), pincer, skin, 1),
        oval(reach, y - 0.5, claws, 0.7 * claws, skin, 20),
        oval(reach, y + 0.5, claws, 0.7 * claws, skin, -20),
        oval(0, y, long, high, skin, 20 * bend),
        oval(0, y, 0.96 * long, 0.96 * high, marks[0], 20 * bend, marks[1:]),
        oval(-0.1, y - 0.6 * shell, shell, shell, wing_colour),
        oval(-0.1, y - 0.6 * shell, 0.55 * shell, 0.55 * shell, wing_low),
        oval(long, y - bend / 3, head, head, low),
    ]


def scene(
    sky,
    ground,
    horizon=0.1,
    clouds=0,
    cloud_y=-0.5,
    peaks=0,
    trees=0,
    trunks=0,
    waves=(0, 0),
    wave_colour=None,
):
    return [
        box(0, -0.5, 2, 1.5, sky),
        oval(-0.55, cloud_y + 0.1, 1.3 * clouds, 0.8 * clouds, "#eef"),
        oval(0.5, cloud_y - 0.15, 1.2 * clouds, 0.7 * clouds, "#fff"),
        oval(0.1, cloud_y + 0.15, 1.6 * clouds, 0.75 * clouds, "#fff"),
        box(-0.45, horizon - 0.8 * peaks, 0.95 * peaks, 0.8 * peaks, "#667", taper=1),
        box(-0.45, horizon - 1.36 * peaks, 0.28 * peaks, 0.24 * peaks, "#fff", taper=1),
        box(0.4, horizon - peaks, 0.95 * peaks, peaks, "#667", taper=1),
        box(0.4, horizon - 1.7 * peaks, 0.28 * peaks, 0.3 * peaks, "#fff", taper=1),
        box(0, horizon + 1.2, 2, 1.2, ground),
        box(0, horizon + 1.2, 1.2, 2, wave_colour, 90, waves),
        *(box(x, horizon, 0.05, trunks, "#431") for x in (-0.75, -0.25, 0.3, 0.8)),
        *(
            oval(x, horizon - trunks - 0.2 * trees, 0.55 * trees, trees, "#152")
            for x in (-0.8, -0.3, 0.25, 0.75)
        ),
    ]


def building(
    wall,
    roof,
    wide=0.5,
    high=0.4,
    gable=0,
    towers=0,
    windows=(0, 0),
    door=0.12,
    deck=0,
    lane=0,
    y=0.15,
):
    return [
        box(0, 0.35, 1.1 * lane, 0.75 * lane, "#555", taper=0.85),
        box(0, 0.4, 0.07 * lane, 0.7 * lane, "#ffd", 0, (0, 9), 0.8),
        box(0, 0.75, 1.6, 0.3 * deck, "#36a"),
        oval(0, 0.15, 0.9, 0.55 * deck, wall),
        oval(0, 0.2, 0.8, 0.42 * deck, "#acd"),
        *(box(x, 0.35, 0.07, 0.4 * deck, wall) for x in (-0.65, 0, 0.65)),
        box(0, 0.12, 1.3, 0.12 * deck, roof),
        box(0, y, wide, high, wall),
        box(0, y, 0.9 * wide, 0.9 * high, "#246" if windows[0] else None, 0, windows),
        box(0, y - high - gable, 1.2 * wide, gable, roof, taper=0.95),
        *(box(x, y - 0.15, towers, high + 0.15, wall) for x in (-wide, wide)),
        *(
            box(x, y - high - 0.3 - towers, 1.2 * towers, 1.2 * towers, roof, taper=1)
            for x in (-wide, wide)
        ),
        box(0.05, y + high - door, 0.7 * door, door, "#421"),
    ]


def person(shirt, hair, head=0.3, wide=0.5, long_hair=0, fringe=0.16, beard=0, collar=None):
    skin, y = "#eb9", -0.2
    return [
        oval(
            0,
            y + 0.1 + 0.6 * long_hair,
            1.15 * head,
            1.05 * head + 0.8 * long_hair,
            hair if long_hair else None,
        ),
        box(0, y + head + 0.1, 0.4 * head, 0.15, skin),
        oval(0, y + head + 0.35, wide, 0.25, shirt),
        box(0, y + head + 0.7, wide, 0.45, shirt, taper=0.15),
        box(0, y + head + 0.25, 0.3 * wide, 0.2, collar, 180, taper=0.9),
        oval(0, y - 0.25 * head, 1.08 * head, 0.95 * head, hair),
        oval(0, y + 0.1 * head, 0.92 * head, head, skin),
        oval(0, y - 0.75 * head, 0.85 * head, fringe, hair),
        oval(0, y + 0.75 * head, 0.65 * head, beard, hair),
        oval(-0.35 * head, y, 0.05, 0.06, "#124"),
        oval(0.35 * head, y, 0.05, 0.06, "#124"),
        oval(0, y + 0.5 * head, 0.3 * head, 0.04, "#c45"),
    ]


def tree(
    leaves,
    low,
    count=7,
    reach=0.3,
    long=0.3,
    width=0.3,
    y=-0.25,
    trunk=0.09,
    start=0,
    fall=0,
    cone=0,
):
    crown = [ray(0, y, start + 360 * i / count, reach, reach + long) for i in range(7)]
    return [
        box(0, (y + 0.9) / 2, trunk, (0.9 - y) / 2, "#531", taper=0.3),
        *(
            limb(
                (x, y0, x1, y1 + fall * abs(x1 - x)),
                width if i < count else 0,
                low if i % 2 else leaves,
            )
            for i, (x, y0, x1, y1) in enumerate(crown)
        ),
        oval(0, y, 1.2 * reach + 0.05, 1.2 * reach + 0.05, low),
        *(oval(x, y + 0.4 * fall, 0.1, 0.5 * fall, low) for x in (-0.5, -0.2, 0.15, 0.45)),
        *(
            box(0, y + 0.3 * i, cone * (0.6 + 0.3 * i), 0.35, colour, taper=1)
            for i, colour in enumerate((low, leaves, low))
        ),
    ]


def vehicle(
    paint,
    low,
    wide=0.7,
    high=0.25,
    y=0,
    cabin=(0, 0, 0),
    panes=(0, 0),
    wheels=(),
    bars=(),
    nose=0,
    fins=0,
    flame=0,
    stripe=0,
):
    wheels = [*wheels, *[(0, 0.4, 0)] * (5 - len(wheels))]
    bars = [*bars, *[(0, 0, 0, 0, 0)] * (4 - len(bars))]
    x_cabin, y_cabin = cabin[0], y - high - cabin[2]
    return [
        box(0, y + high + flame, flame * 0.6, flame, "#fb2", 180, taper=0.8),
        box(0, y + 0.75 * high, wide + fins, 0.4 * high, low if fins else None, taper=0.7),
        box(x_cabin, y_cabin, cabin[1], cabin[2], low, taper=0.2),
        box(x_cabin, y_cabin, 0.7 * cabin[1], 0.6 * cabin[2], "#bdf"),
        box(0, y, wide, high, paint),
        box(0, y - 0.35 * high, 0.93 * wide, 0.4 * high, "#cef" if panes[0] else None, 0, panes),
        box(0, y + 0.4 * high, wide, stripe, low),
        box(0, y - high - 1.2 * nose, wide, 1.2 * nose, low, taper=1),
        *(oval(*wheel, wheel[2], "#222") for wheel in wheels),
        *(oval(x, y, 0.6 * r, 0.6 * r, "#999") for x, y, r in wheels),
        *(limb(bar[:4], bar[4], paint, 1) for bar in bars),
    ]


# Each superclass: its template; the colours of sky and ground and where they meet; its classes,
# each with its two colours and the measures that differ from the template's defaults. Measures
# are numbers, or several with commas between, or a list of such with slashes between.
PICTURES = {
    "aquatic_mammals": (
        swimmer,
        "#9bd #48a -.2",
        """
        beaver #742 #531 long=.5 high=.26 tail=.2 flat=.6 fin=0 head=.2 water=#47a y=.15
        dolphin #79b #cde long=.65 high=.2 tail=.22 fin=.22
        otter #864 #ba8 long=.6 high=.18 tail=.12 flat=.8 fin=0 head=.17 water=#58a y=.2
        seal #667 #99a long=.6 tail=.18 fin=.1 head=.2 y=.2
        whale #235 #abc long=.75 high=.34 tail=.3 fin=.08 water=#36a""",
    ),
    "fish": (
        swimmer,
        "#28b #257 .5",
        """
        aquarium_fish #f82 #fb4 long=.42 high=.32 tail=.3 fin=.25 marks=#fff,5,0
        flatfish #a86 #875 long=.6 high=.42 tail=.15 fin=.1 marks=#642,7,6
        ray #667 #99a long=.5 high=.36 tail=0 fin=.4 whip=.6
        shark #789 #cdd long=.72 high=.19 tail=.26 fin=.26
        trout #895 #db9 long=.68 high=.2 tail=.18 fin=.12 marks=#543,10,4""",
    ),
    "flowers": (
        flower,
        "#6a4 #263 .3",
        """
        orchid #d6c #fbe count=5 long=.6 width=.24 start=54 heart=.14 core=#a15
        poppy #e31 #c20 count=4 long=.62 width=.36 start=45 heart=.17 core=#211
        rose #d35 #a13 count=9 width=.26 heart=.3 core=#c24 seeds=5,5
        sunflower #fc1 #ea0 count=12 long=.68 width=.1 heart=.32 core=#420 seeds=8,8
        tulip #e36 #f69 count=4 long=.75 width=.25 spread=90 start=-123 heart=.1 core=#c25 y=.1""",
    ),
    "food_containers": (
        vessel,
        "#cba #864 .45",
        """
        bottle #384 #c33 wide=.24 high=.48 neck=.09,.28 foot=.05 rim=.04 label=#eec,.2 y=.35
        bowl #bbc #765 wide=.42 high=.26 taper=-.6 rim=.2 foot=.1 y=.2
        can #c33 #ccc wide=.32 label=#c44,.25 waves=4,4
        cup #eee #642 wide=.36 high=.38 taper=-.15 handle=.2 y=.1
        plate #eef #ccd wide=.78 high=.04 rim=.44 foot=.4 y=.15""",
    ),
    "fruit_and_vegetables": (
        fruit,
        "#ddc #b96 .2",
        """
        apple #c32 #d43 high=.46 leaf=.16
        mushroom #ca8 #dcb wide=.17 high=.45 top=.62,.32,-.28 stalk=0 marks=#edc,7,7 shine=0
        orange #f81 #f92 wide=.52 high=.52 stalk=.04
        pear #bc3 #cc5 wide=.46 high=.42 top=.25,.36,-.42 stalk=.14 y=.2
        sweet_pepper #c31 #e42 wide=.4 high=.5 lobe=.3 stalk=.16 stalk_colour=#383""",
    ),
    "household_electrical_devices": (
        device,
        "#cdd #a86 .5",
        """
        clock #a74 #532 wide=.3 high=.3 dial=.62 hands=.42 foot=0
        keyboard #444 #222 wide=.85 high=.3 keys=22,9 foot=0
        lamp #fd8 #864 wide=.48 high=.28 shade=.5 post=.3 y=-.4
        telephone #b33 #822 wide=.45 high=.34 dial=.24 handset=.16 foot=.4 y=.15
        television #543 #322 wide=.65 high=.48 screen=.48,.38 aerial=.4 foot=.4""",
    ),
    "household_furniture": (
        furniture,
        "#dcb #a75 .4",
        """
        bed #853 #79c wide=.85 seat=.2 seat_y=.25 back=.08,.3 back_x=-.82 legs=.3 pillow=.14
        chair #963 #b85 wide=.36 seat=.07 back=.34,.4 legs=.55 slats=8,0
        couch #733 #a44 wide=.75 seat=.16 back=.72,.26 legs=.2 arms=.26
        table #a63 #b74 wide=.75 seat=.08 seat_y=0 back=0,0 legs=.7
        wardrobe #742 #963 wide=.48 seat=.75 seat_y=0 back=0,0 legs=.15 doors=.7""",
    ),
    "insects": (
        crawler,
        "#8b5 #695 .3",
        """
        bee #eb2 #321 long=.42 high=.24 wings=.3 marks=#210,9,0 legs=.15 feelers=.2
        beetle #243 #121 long=.45 high=.36 legs=.25 marks=#485,0,4 feelers=.2
        butterfly #432 #321 high=.08 head=.08 wings=.52 wing_colour=#f82 wing_low=#fc4 legs=0
        caterpillar #7b3 #452 long=.75 high=.17 pairs=4 legs=.08 feelers=.1 marks=#361,16,0
        cockroach #742 #421 long=.55 legs=.3 feelers=.5 marks=#953,0,3""",
    ),
    "large_carnivores": (
        beast,
        "#785 #aa5 0",
        """
        bear #532 #421 long=.55 high=.32 legs=.25 thick=.11 head=.6,-.2,.24 ears=.07,.08
            tail=.05,.05,180
        leopard #db6 #ec9 high=.2 marks=#431,13,7 tail=.35,.05,160
        lion #c95 #db7 high=.21 back=.52,-.22,.34,.36,#741 tail=.35,.04,150
        tiger #e82 #fda high=.23 marks=#210,16,0 tail=.35,.05,190
        wolf #888 #bba long=.45 high=.2 legs=.42 thick=.06 ears=.06,.14 tail=.25,.1,150
            snout=.16,.07,15""",
    ),
    "large_man-made_outdoor_things": (
        building,
        "#8be #785 .45",
        """
        bridge #975 #754 wide=0 high=0 deck=1 door=0
        castle #aa9 #766 high=.36 towers=.17 windows=6,6 door=.16 y=.25
        house #dca #a43 wide=.52 high=.3 gable=.26 windows=8,5 y=.3
        road #555 #666 wide=0 high=0 lane=1 door=0
        skyscraper #89a #667 wide=.3 high=.82 gable=.06 windows=9,22 door=.05 y=0""",
    ),
    "large_natural_outdoor_scenes": (
        scene,
        "#8be #685 .3",
        """
        cloud #48d #36a horizon=.95 clouds=.45 cloud_y=-.1
        forest #9ba #353 horizon=.35 trunks=.4 trees=.5
        mountain #8bd #574 horizon=.5 peaks=.65 clouds=.15
        plain #9cf #bb5 horizon=.05 clouds=.2 waves=20,0 wave_colour=#994
        sea #ace #158 horizon=-.1 clouds=.15 waves=18,2 wave_colour=#48b""",
    ),
    "large_omnivores_and_herbivores": (
        beast,
        "#9ce #8a5 .1",
        """
        camel #c96 #a74 high=.2 legs=.45 thick=.05 head=.72,-.45,.14 back=-.05,-.22,.22,.24,#b85
        cattle #632 #543 long=.55 high=.27 legs=.3 marks=#eed,4,3 head=.62,-.15,.18
        chimpanzee #322 #865 long=.38 high=.27 tilt=-55 legs=.35 thick=.09 head=.3,-.5,.24
            tail=0,0,0 snout=.06,.12,30
        elephant #888 #777 long=.55 high=.36 legs=.28 thick=.11 head=.58,-.2,.25 ears=.16,.22
            snout=.28,.07,75 tail=.15,.03,120
        kangaroo #b75 #ca8 long=.45 high=.2 tilt=-55 legs=.25 thick=.06 head=.4,-.6,.14 ears=.05,.15
            tail=.35,.07,155 y=.1""",
    ),
    "medium_mammals": (
        beast,
        "#574 #764 .3",
        """
        fox #d62 #edc long=.45 high=.18 ears=.07,.13 tail=.3,.12,160
        porcupine #543 #432 high=.28 legs=.15 marks=#ddc,20,3 back=-.1,-.12,.55,.35,#665
            head=.55,0,.15 ears=.03,.04 tail=.15,.1,170
        possum #999 #dcc legs=.2 head=.55,-.1,.16 snout=.2,.06,15 ears=.07,.08 tail=.4,.03,170
        raccoon #777 #333 high=.26 legs=.22 ears=.07,.08 head=.55,-.2,.22 tail=.35,.11,190
            marks=#998,6,0
        skunk #222 #333 high=.22 legs=.18 marks=#fff,0,3 back=-.55,-.35,.14,.4,#ddd
            head=.52,-.05,.16""",
    ),
    "non-insect_invertebrates": (
        crawler,
        "#cca #998 .2",
        """
        crab #d52 #b41 long=.36 high=.42 pairs=4 legs=.35 claws=.19 thick=.045 feelers=.1 head=.1
        lobster #b22 #922 long=.42 high=.2 pairs=4 legs=.2 claws=.22 tail=.3 marks=#711,12,0
            feelers=.45
        snail #a96 #874 long=.6 high=.12 pairs=0 shell=.36 wing_colour=#731 wing_low=#c84 feelers=.2
            y=.3
        spider #332 #221 long=.26 high=.24 head=.14 pairs=4 legs=.6 feelers=.1 marks=#764,9,7
        worm #c77 #b66 long=.5 high=.1 head=.1 pairs=0 tail=.4 bend=.5 feelers=0
            marks=#d99,20,0""",
    ),
    "people": (
        person,
        "#98a #878 .6",
        """
        baby #9ce #c96 head=.42 wide=.4 fringe=.08
        boy #36b #742 head=.33 wide=.45
        girl #e7a #a62 head=.33 wide=.42 long_hair=.22
        man #334 #321 head=.28 wide=.62 beard=.09 collar=#eee
        woman #a35 #521 head=.28 wide=.46 long_hair=.34 collar=#eb9""",
    ),
    "reptiles": (
        beast,
        "#cdd #db8 .1",
        """
        crocodile #563 #894 long=.6 high=.16 legs=.12 thick=.08 head=.65,.02,.13 snout=.24,.08,5
            ears=0,0 tail=.4,.1,175 marks=#341,14,4 y=.2
        dinosaur #486 #375 long=.45 high=.28 tilt=-20 legs=.35 thick=.1 head=.65,-.65,.15 ears=0,0
            tail=.4,.1,170 y=.1
        lizard #7a4 #9b6 long=.45 high=.13 legs=.14 thick=.04 head=.55,-.05,.14 snout=.1,.08,5
            ears=0,0 tail=.5,.06,190 marks=#574,18,0 y=.15
        snake #974 #ba6 long=.6 high=.1 tilt=8 legs=0 thick=0 head=.6,-.25,.12 snout=.06,.06,10
            ears=0,0 tail=.5,.09,205 marks=#532,16,0 y=.2
        turtle #685 #796 long=.48 high=.22 legs=.14 thick=.09 head=.65,0,.14 snout=.04,.08,5
            ears=0,0 tail=.08,.04,170 back=0,-.02,.52,.4,#453 marks=#8a5,8,8 y=.15""",
    ),
    "small_mammals": (
        beast,
        "#cbb #987 .3",
        """
        hamster #c95 #fed long=.45 high=.36 legs=.1 head=.45,-.12,.27 ears=.08,.09 snout=.04,.09,20
            tail=.03,.04,180
        mouse #999 #dbb long=.4 high=.25 legs=.12 head=.45,-.05,.19 ears=.12,.13 snout=.08,.07,20
            tail=.45,.025,190
        rabbit #865 #dcc long=.42 high=.3 legs=.14 head=.45,-.22,.21 ears=.07,.26 snout=.05,.08,20
            tail=.08,.1,180 y=.2
        shrew #654 #876 long=.48 high=.22 legs=.1 head=.5,.05,.16 ears=.05,.05 snout=.2,.05,12
            tail=.25,.03,175
        squirrel #a53 #edb long=.38 high=.22 tilt=-40 legs=.15 head=.4,-.4,.18 ears=.05,.11
            snout=.07,.07,15 tail=.35,.2,255 y=.2""",
    ),
    "trees": (
        tree,
        "#9cf #583 .6",
        """
        maple_tree #d52 #e83 reach=.12 long=.42 width=.26
        oak_tree #473 #362 reach=.25 long=.4 width=.28 trunk=.14
        palm_tree #384 #5a4 reach=.05 long=.6 width=.09 trunk=.06 start=13 fall=.3 y=-.4
        pine_tree #253 #142 count=3 reach=0 long=.1 width=.1 cone=.5 y=-.45
        willow_tree #7a4 #693 reach=.15 long=.45 width=.2 fall=.9 trunk=.1""",
    ),
    "vehicles_1": (
        vehicle,
        "#bcd #777 .3",
        """
        bicycle #c33 #333 wide=0 high=0 wheels=-.45,.25,.34/.45,.25,.34
            bars=-.45,.25,-.1,-.2,.04/-.1,-.2,.35,-.25,.04/0,.25,.35,-.25,.04/.3,-.4,.45,.25,.04
        bus #eb2 #333 wide=.8 high=.42 panes=12,0 stripe=.04 wheels=-.45,.45,.15/.5,.45,.15
        motorcycle #b22 #222 wide=.3 high=.17 y=.1 wheels=-.5,.3,.27/.5,.3,.27 cabin=-.15,.25,.06
            bars=.2,-.3,.5,.3,.05/-.5,0,.1,.1,.07
        pickup_truck #36b #259 wide=.8 high=.18 y=.15 cabin=.2,.32,.18 wheels=-.5,.38,.18/.5,.38,.18
        train #484 #c43 wide=.95 high=.32 panes=18,0 stripe=.08 cabin=.6,.25,.08
            wheels=-.7,.4,.11/-.4,.4,.11/.05,.4,.11/.4,.4,.11/.7,.4,.11""",
    ),
    "vehicles_2": (
        vehicle,
        "#9be #795 .35",
        """
        lawn_mower #c42 #333 wide=.38 high=.14 y=.35 cabin=.05,.2,.08
            wheels=-.35,.52,.14/.35,.52,.14 bars=-.3,.3,-.75,-.5,.04/-.75,-.5,-.9,-.45,.05
        rocket #ddd #c33 wide=.17 high=.5 nose=.2 fins=.22 flame=.2 panes=5,6
        streetcar #c43 #eda high=.42 panes=11,0 stripe=.08 wheels=-.4,.48,.12/.4,.48,.12
            bars=0,-.4,-.35,-.85,.03/
        tank #563 #452 high=.17 y=.1 cabin=-.05,.32,.13
            wheels=-.6,.32,.14/-.3,.32,.14/0,.32,.14/.3,.32,.14/.6,.32,.14
            bars=.15,-.2,.95,-.28,.05/
        tractor #393 #262 wide=.5 high=.17 y=.05 cabin=-.25,.24,.25 wheels=-.4,.25,.38/.5,.42,.2
            bars=.3,-.1,.3,-.5,.035/""",
    ),
}
