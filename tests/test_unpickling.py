"""Pickles from outside name nothing but what is admitted."""

import os
import pickle
import struct

import numpy as np
import pytest

from naseval.unpickling import Dtype, load


class Hostile:
    def __init__(self, target):
        self.target = target

    def __reduce__(self):
        return os.system, (f"touch {self.target}",)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_nothing_that_is_not_admitted_is_called(tmp_path, protocol):
    target = tmp_path / "touched"
    content = pickle.dumps({"a": [Hostile(target)]}, protocol)
    with pytest.raises(pickle.UnpicklingError, match=f"it asks for {os.name}.system"):
        load(content, {("numpy", "dtype"): Dtype})
    assert not target.exists()
    pickle.loads(content)  # it would have
    assert target.exists()


def test_plain_values_need_nothing_admitted():
    assert load(pickle.dumps({"a": [1, 2.5, "b", None]}), {}) == {"a": [1, 2.5, "b", None]}


def test_a_dtype_is_known_by_name_and_order():
    found = load(pickle.dumps(np.dtype(">f8")), {("numpy", "dtype"): Dtype})
    assert (found.name, found.order) == ("f8", ">")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a pickle",
        pickle.dumps([1, 2, 3])[:-2],
        b"\x80\x02h\x07.",  # a memo that is not filled
        b"\x80\x02U\x05a.",
        b"\x80\x02X" + struct.pack("<I", 2**31) + b"a.",
        b"\x80\x02K\x01K\x02b.",
        b"\x80\x02Nr\xff\xff\xff\x7f.",  # a memo of 32 GB
        b"Np99999999999999999999\n.",
        b"\x80\x04\x8e\xff\xff\xff\xff\xff\x00\x00\x00a.",  # 1 TB of bytes
    ],
)
def test_what_is_no_whole_pickle_is_refused(content):
    with pytest.raises(pickle.UnpicklingError):
        load(content, {})
