"""The 13 templates of the drawn photos: which ovals and boxes make up a picture, by its measures.

A template lists the parts of a picture from back to front. Measures are in half pictures: x runs
from -1 (left) to 1 (right), y from -1 (top) to 1 (foot). Colours are written as in CSS, "#f00" is
red, and `low` is that of what lies low; angles are in degrees, clockwise. What a class does not
have, such as a tail, has size 0 or no colour, so that kin have the same list of parts.
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


def beast(coat, low, long, high, tilt, legs, thick, head, snout, ears, tail, marks, back, y):
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


def swimmer(coat, low, long, high, tail, fin, flat, head, marks, whip, water, y):
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


def flower(petals, low, count, long, width, spread, start, heart, core, seeds, y):
    def petal(i):
        ends = ray(0, y, start + spread * i / count if i < count else 0, 0.05, long)
        return limb(ends, width if i < count else 0, low if i % 2 else petals)

    return [
        box(0, 0.6, 0.05, 0.6, "#4b4"),
        oval(-0.25, 0.65, 0.26, 0.1, "#4b4", 30),
        oval(0.25, 0.75, 0.26, 0.1, "#4b4", -30),
        *(petal(i) for i in range(12)),
        oval(0, y, heart, heart, core),
        oval(0, y, 0.8 * heart, 0.8 * heart, low if seeds[0] else None, 0, seeds),
    ]


def vessel(colour, inside, wide, high, taper, neck, rim, foot, handle, label, waves, y):
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


def fruit(skin, low, wide, high, top, lobe, stalk, leaf, stalk_colour, marks, shine, y):
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


def device(case, low, wide, high, dial, screen, keys, shade, post, foot, aerial, handset, hands, y):
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


def furniture(wood, cloth, wide, seat, seat_y, back, back_x, legs, arms, pillow, doors, slats):
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
    skin, low, long, high, head, legs, pairs, thick, wings, wing_colour, wing_low,
    feelers, claws, shell, marks, tail, bend, y
):  # fmt: skip

    def leg(i, side):
        x = (0.5 - i / max(pairs - 1, 1)) * long
        foot = x * (2 + 3 * legs), y + side * (high + legs)
        return limb((x, y, *foot), thick if i < pairs else 0, low, 1)

    reach, pincer = long + 1.5 * claws, 0.06 if claws else 0
    return [
        *(leg(i, side) for i in range(4) for side in (-1, 1)),
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


def scene(sky, ground, horizon, clouds, cloud_y, peaks, trees, trunks, waves, wave_colour):
    tops = horizon - trunks - 0.2 * trees
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
        *(oval(x, tops, 0.55 * trees, trees, "#152") for x in (-0.8, -0.3, 0.25, 0.75)),
    ]


def building(wall, roof, wide, high, gable, towers, windows, door, deck, lane, y):
    top = y - high - 0.3
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
        *(box(x, top - towers, 1.2 * towers, 1.2 * towers, roof, taper=1) for x in (-wide, wide)),
        box(0.05, y + high - door, 0.7 * door, door, "#421"),
    ]


def person(shirt, hair, head, wide, long_hair, fringe, beard, collar):
    skin, y, mane = "#eb9", -0.2, hair if long_hair else None
    return [
        oval(0, y + 0.1 + 0.6 * long_hair, 1.15 * head, 1.05 * head + 0.8 * long_hair, mane),
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


def tree(leaves, low, count, reach, long, width, y, trunk, start, fall, cone):
    def bough(i):
        x, y0, x1, y1 = ray(0, y, start + 360 * i / count, reach, reach + long)
        end = x1, y1 + fall * abs(x1 - x)
        return limb((x, y0, *end), width if i < count else 0, low if i % 2 else leaves)

    def tier(i, colour):
        return box(0, y + 0.3 * i, cone * (0.6 + 0.3 * i), 0.35, colour, taper=1)

    return [
        box(0, (y + 0.9) / 2, trunk, (0.9 - y) / 2, "#531", taper=0.3),
        *(bough(i) for i in range(7)),
        oval(0, y, 1.2 * reach + 0.05, 1.2 * reach + 0.05, low),
        *(oval(x, y + 0.4 * fall, 0.1, 0.5 * fall, low) for x in (-0.5, -0.2, 0.15, 0.45)),
        *(tier(i, colour) for i, colour in enumerate((low, leaves, low))),
    ]


def vehicle(paint, low, wide, high, y, cabin, panes, wheels, bars, nose, fins, flame, stripe):
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
