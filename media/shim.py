"""The shim, where it could be built (:mod:`media.shim_build`), and how its loops see the columns of the matrix."""

from types import ModuleType

import numpy as np

_EDITION = 4
"""Grows with every change of what the shim does: one that was built before is none."""

try:
    from media import _shim as built
except ImportError:
    built = None
if built is not None and getattr(built.lib, "EDITION", 1) != _EDITION:
    built = None


class Table:
    """A struct of the shim whose members point to these columns. They must stay the same arrays as long as it is used."""

    def __init__(self, shim: ModuleType, kind: str, **columns: np.ndarray) -> None:
        self._columns = columns
        self.struct = shim.ffi.new(f"struct {kind} *")
        for name, member in shim.ffi.typeof(f"struct {kind}").fields:
            assert shim.ffi.sizeof(member.type.item) == columns[name].itemsize, f"{name} is of another width"
            assert columns[name].flags.c_contiguous, f"{name} has gaps"
            setattr(self.struct, name, shim.ffi.cast(member.type, columns[name].ctypes.data))


def pointer(shim: ModuleType, kind: str, column: np.ndarray) -> object:
    """``kind`` is that of its items; keeps the column alive."""
    return shim.ffi.from_buffer(f"{kind}[]", column)
