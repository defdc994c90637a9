"""Fair evaluation of neural architecture search.

`__init__.pyi` lists the names that the package offers to other programs; docs/library.md shows how
to use them. A name is loaded at its first use, so `import naseval` loads neither torch nor pandas.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
