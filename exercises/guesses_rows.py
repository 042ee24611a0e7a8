"""The guesses of the lessons, one call each: see `ask`. A letter counts them through a lesson."""

from exercises.guesses import ask

# Lesson 4
ask("4.a", "gradients", number="(3.01**2 - 3**2) / 0.01")
ask("4.b", "gradients", yes="False")
ask(
    "4.c",
    "gradients",
    number="sum(tape.gradient(y, x) is None for y in (outside, inside, by_numpy))",
)
ask("4.d", "shapes", shape="tuple(loss.shape)")
ask("4.e", "the loop", yes="apart < 0.001")
ask(
    "4.f",
    "the speed ladder",
    choice="next((name[0] for name in ratios if name != 'fit' and ratios[name] < 2), 'none')",
    among=("1", "2", "3", "4"),
)
ask("4.g", "tracing", number="square.experimental_get_tracing_count()")
ask("4.h", "tracing", number="total.experimental_get_tracing_count()")
ask("4.i", "the loop", yes="apart < 0.005")
