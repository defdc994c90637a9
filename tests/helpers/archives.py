"""Archives as the makers of the datasets publish them, but small; same names, same formats."""

import gzip
import io
import struct
import tarfile
import zlib

import numpy as np
from PIL import Image
from scipy.io import savemat

from naseval.data import facts as all_facts
from naseval.randomness import stream


def states(monkeypatch, source, facts):
    """Give a source other facts for one test."""
    read, name = all_facts._read, source.replace("-", "_")
    monkeypatch.setattr(all_facts, "_read", lambda path: facts if path.stem == name else read(path))


def holds(monkeypatch, source, images, classes, **others):
    """Say for one test how many images and classes a source's archive holds."""
    changes = {"images": [images], "classes": classes, **others}
    states(monkeypatch, source, all_facts.get_facts(source).model_copy(update=changes))


def pixels(*names, shape):
    """Return bytes of noise, uint8 of `shape`."""
    return stream("archive", *names).integers(0, 256, shape, dtype=np.uint8)


def photograph(*names, size=(40, 30), mode="RGB", kind="JPEG", **options):
    """Return an encoded image of coloured blocks, told apart by its names."""
    small = Image.fromarray(pixels(*names, shape=(3, 4, 3)))
    content = io.BytesIO()
    small.resize(size, Image.Resampling.BICUBIC).convert(mode).save(content, kind, **options)
    return content.getvalue()


def write_tar(path, files, mode="w"):
    """Write a tar of regular files; `files` are (path, content) pairs or `TarInfo`s."""
    with tarfile.open(path, mode) as tar:
        for file in files:
            if isinstance(file, tarfile.TarInfo):
                tar.addfile(file)
                continue
            info = tarfile.TarInfo(file[0])
            info.size = len(file[1])
            tar.addfile(info, io.BytesIO(file[1]))
    return path


def write_rar(path, files):
    """Write a RAR of version 4 whose files are stored, not compressed.

    The headers are those of RARLAB's technical note: each begins with a checksum, the lower half
    of the CRC-32 of what follows it.
    """
    blocks = [b"Rar!\x1a\x07\x00", _rar_header(0x73, 0, bytes(6))]
    for name, content in files:
        blocks += [_rar_file(name.replace("/", "\\").encode(), content), content]
    blocks.append(_rar_header(0x7B, 0x4000, b""))
    path.write_bytes(b"".join(blocks))
    return path


def _rar_header(kind, flags, fields):
    body = struct.pack("<BHH", kind, flags, 7 + len(fields)) + fields
    return struct.pack("<H", zlib.crc32(body) & 0xFFFF) + body


def _rar_file(name, content):
    size, system, version, stored, date = len(content), 2, 20, 0x30, 0x36210000
    fields = struct.pack(
        "<IIBIIBBHI", size, size, system, zlib.crc32(content), date, version, stored, len(name), 32
    )
    return _rar_header(0x74, 0x8000, fields + name)


def write_idx(path, array):
    """Write an array of bytes as gzip-compressed IDX."""
    header = struct.pack(f">{1 + array.ndim}I", 0x0800 + array.ndim, *array.shape)
    path.write_bytes(gzip.compress(header + array.tobytes(), mtime=0))
    return path


def write_cifar(path, batches):
    """Write CIFAR's tar.gz: `batches` by file name, each a dictionary as in the original."""
    folder = path.name.removesuffix(".tar.gz")
    files = [(f"{folder}/{name}", python_2_pickle(batch)) for name, batch in batches.items()]
    return write_tar(path, files, "w:gz")


def python_2_pickle(value):
    """Pickle plain values and arrays of bytes as Python 2 and its numpy did, by protocol 2."""
    return b"\x80\x02" + _pickled(value) + b"."


def _pickled(value):
    if isinstance(value, str):
        text = value.encode()
        return b"U" + bytes([len(text)]) + text
    if isinstance(value, (int, np.integer)):
        return b"J" + struct.pack("<i", value)
    if isinstance(value, list):
        return b"](" + b"".join(map(_pickled, value)) + b"e"
    if isinstance(value, dict):
        return b"}(" + b"".join(_pickled(key) + _pickled(v) for key, v in value.items()) + b"u"
    content = value.tobytes()
    shape = b"(" + b"".join(map(_pickled, value.shape)) + b"t"
    empty = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\x00tU\x01btR"
    none = b"J\xff\xff\xff\xff"
    dtype = b"cnumpy\ndtype\n(U\x02u1K\x00K\x01tR(K\x03U\x01|NNN" + none + none + b"K\x00tb"
    data = b"T" + struct.pack("<i", len(content)) + content
    return empty + b"(K\x01" + shape + dtype + b"\x89" + data + b"tb"


def cifar10(folder, count=20):
    """Write CIFAR-10's archive with `count` images in each of its six batches."""
    names = [f"data_batch_{part}" for part in range(1, 6)] + ["test_batch"]
    batches = {
        name: {
            "batch_label": name,
            "labels": [index % 10 for index in range(count)],
            "data": pixels("cifar10", name, shape=(count, 3072)),
            "filenames": [f"{name}_{index}.png" for index in range(count)],
        }
        for name in names
    }
    meta = {"num_cases_per_batch": count, "label_names": list("abcdefghij"), "num_vis": 3072}
    path = folder / "cifar-10-python.tar.gz"
    return write_cifar(path, {"batches.meta": meta, **batches}), batches


def cifar100(folder, count=200):
    """Write CIFAR-100's archive with `count` training images and as many for the test."""
    batches = {
        name: {
            "filenames": [f"{index}.png" for index in range(count)],
            "batch_label": name,
            "fine_labels": [index % 100 for index in range(count)],
            "coarse_labels": [index % 20 for index in range(count)],
            "data": pixels("cifar100", name, shape=(count, 3072)),
        }
        for name in ("train", "test")
    }
    meta = {
        "fine_label_names": [f"fine {label}" for label in range(100)],
        "coarse_label_names": [f"coarse {label}" for label in range(20)],
    }
    return write_cifar(folder / "cifar-100-python.tar.gz", {"meta": meta, **batches}), batches


def flowers102(folder, count=204):
    """Write the three files of Flowers-102 with `count` images; returns labels and test images."""
    labels = np.arange(count) * 77 % 102 + 1
    tested = np.arange(1, count + 1, 3)
    files = [
        (f"jpg/image_{number:05d}.jpg", photograph("flower", number))
        for number in range(1, count + 1)
    ]
    write_tar(folder / "102flowers.tgz", files, "w:gz")
    savemat(folder / "imagelabels.mat", {"labels": labels[None].astype(np.uint8)})
    savemat(folder / "setid.mat", {"tstid": tested[None].astype(np.uint16)})
    return labels, tested


def fashion_mnist(folder, counts):
    """Write the four files of Fashion-MNIST; `counts` are the images of train and t10k."""
    made = {}
    for part, count in counts.items():
        made[part] = (
            pixels("fashion", part, shape=(count, 28, 28)),
            (np.arange(count) % 10).astype(np.uint8),
        )
        write_idx(folder / f"{part}-images-idx3-ubyte.gz", made[part][0])
        write_idx(folder / f"{part}-labels-idx1-ubyte.gz", made[part][1])
    return made


def class_folders(root, classes, count):
    """Return the (path, content) pairs of `count` photographs in the folder of every class.

    The first one of all classes has the same name: a name does not identify an image.
    """
    return [
        (f"{root}/{label}/{'same' if index == 0 else f'{label}_{index}'}.jpg",
         photograph(label, index))
        for label in classes
        for index in range(count)
    ]  # fmt: skip
