"""Neural architecture search, evaluated fairly.

`__init__.pyi` lists what the package offers to programs; docs/library.md shows how to use it. A
name is loaded when it is first used, so `import naseval` loads neither torch nor pandas.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
