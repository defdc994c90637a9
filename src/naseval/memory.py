"""Errors that mean that memory ran out, of the machine or of its GPU."""

import errno
import re

from naseval.errors import OutOfMemory

SIGNS = (
    "out of memory",
    "allocate memory",
    "failed to map segment from shared object",
    "std::bad_alloc",
    "can't start new thread",
    "cublas_status_alloc_failed",
    "cudnn_status_alloc_failed",
)
"""Parts of messages, in lower case: of torch, CUDA and its libraries, C++, Python, the loader."""


def ran_out_of_memory(error: BaseException) -> bool:
    """Tell whether an exception means that memory ran out."""
    if isinstance(error, MemoryError):
        return True
    if isinstance(error, OSError) and error.errno == errno.ENOMEM:
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError | ImportError | OSError) and any(
        sign in text for sign in SIGNS
    )


def out_of_memory(error: BaseException) -> OutOfMemory:
    """Return an error that means that memory ran out as one sentence with the remedy."""
    text = " ".join(str(error).split())
    if re.search("CUDA|CUBLAS|CUDNN", text):
        reason = text.partition(". ")[0]
        return OutOfMemory(
            f"{reason}; choose a smaller batch, or a GPU with more memory that is free"
        )
    asked = re.search(r"(tried|unable) to (allocate [\d.]+ \w+)", text, re.IGNORECASE)
    reason = f" to {asked[2]}" if asked else f" ({text})" if text else ""
    return OutOfMemory(
        f"the machine's memory did not suffice{reason}; give the job more (resources.memory_mb, "
        "`ulimit -v`), or choose a smaller batch_size or fewer workers"
    )
