"""Do the colours of the wallboard come in their order? First amber, then red; the same value for both leaves amber out."""

from collections.abc import Callable, Iterator

from switch.acd.rules import Thresholds
from switch.mistakes import Mistake

RISING, FALLING = ("waiting", "wait"), ("level",)


def threshold_mistakes(rules: Thresholds, at: Callable[..., Callable[[str, str], Mistake]]) -> Iterator[Mistake]:
    """``at(*place)`` makes mistakes for a place below `thresholds`, or for the nearest one around it that is written."""
    for name in (*RISING, *FALLING):
        amber, red = f"{name}_amber", f"{name}_red"
        first, then = getattr(rules, amber), getattr(rules, red)
        low, high = (first, then) if name in RISING else (then, first)
        if low > high:
            instead = (f"write {first:g} or more for `{red}`, or another `{amber}`" if name in RISING else
                       f"write {first:g} or less for `{red}`, or another `{amber}`")
            yield at(amber)(f"red ({red} {then:g}) would come before amber ({amber} {first:g})", instead)
