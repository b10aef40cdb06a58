"""The one thing that ``pyproject.toml`` cannot say: the shim of media is built where there is a compiler."""

import sys
from pathlib import Path

from setuptools import setup

sys.path.insert(0, str(Path(__file__).parent))

from media.shim_build import ffi

shim = ffi.distutils_extension()
shim.optional = True
setup(ext_modules=[shim])
