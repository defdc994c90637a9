"""What is known of archives, where they are looked for, and what is recorded of them."""

import errno
import fcntl
import hashlib
import re
import threading
from pathlib import Path

import pytest
import yaml

import archives as made
from naseval.data import archives, facts
from naseval.data.archives import (
    FOLDER_VARIABLE,
    accept_archive,
    check_archive,
    fetch_archive,
    locked,
    record,
)
from naseval.data.facts import Digest, Facts, archive_files, get_facts
from naseval.data.formats.members import file_names, read_files
from naseval.data.sources import get_source, source_names
from naseval.errors import NasevalError
from naseval.published.issues.accuracy_tables import CIFAR_TEST_IMAGES
from naseval.published.splits import FILES
from naseval.settings.dataset import OWN_IMAGES
from paths import ROOT

CONTENT = b"an archive"
LENGTHS = {"md5": 32, "sha1": 40, "sha256": 64}


def stated(content=CONTENT, algorithm="md5"):
    value = hashlib.new(algorithm, content).hexdigest()
    return Digest(algorithm=algorithm, value=value, source="the test")


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """Make the source `tiny` known, of one file; return a function that sets what is stated."""
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    monkeypatch.setattr(archives, "download", quick_download)

    def make(digests=(), unconfirmed=None, folders=(), subfolders=()):
        file = {"url": (tmp_path / "upstream").as_uri(), "digests": list(digests)}
        fields = {"title": "Tiny", "page": "-", "images": [1], "classes": 1, "licence": "-"}
        tiny_facts = Facts(
            **fields, citation="-", folders=list(folders), subfolders=list(subfolders),
            files={"tiny.tar": {**file, "unconfirmed": unconfirmed}},
        )  # fmt: skip
        made.states(monkeypatch, "tiny", tiny_facts)
        return tmp_path / "upstream"

    return make


def quick_download(url, target, fault):
    from naseval.download import download

    download(url, target, fault, pauses=(0,))


def fetched(tmp_path, folder=None):
    target = tmp_path / "results/tiny/tiny.tar"
    fetch_archive("tiny", "tiny.tar", target, folder=folder, lock=tmp_path / "lock.yaml")
    return target


def folder_with(folder, content, below="."):
    place = folder / below
    place.mkdir(parents=True)
    (place / "tiny.tar").write_bytes(content)
    return folder


FACTS = {source: get_facts(source) for source in source_names() if source != OWN_IMAGES}


def test_every_source_has_facts_and_every_fact_its_form():
    assert archive_files("digits") == []
    for known in FACTS.values():
        assert known.licence
        assert known.citation
        for name, file in known.files.items():
            assert file.url.endswith(f"/{name}")
            for digest in [*file.digests, *filter(None, [file.unconfirmed])]:
                assert re.fullmatch(r"[0-9a-f]+", digest.value)
                assert len(digest.value) == LENGTHS[digest.algorithm]


def test_the_documentation_states_the_same_numbers():
    text = (ROOT / "docs/datasets.md").read_text()
    rows = re.findall(r"^\| `([\w-]+)` \| ([\d,]+) \| (\d+) \|.*\| ([^|]+) \|$", text, re.MULTILINE)
    for source, images, classes, parts in rows:
        known = FACTS[source]
        assert int(images.replace(",", "")) in known.images
        assert int(classes) == known.classes
        if known.test_images:
            assert parts.endswith(f"{known.test_images:,}")
    assert {source for source, *_ in rows} == set(FACTS)
    assert FACTS["cifar10"].test_images == FACTS["cifar100"].test_images == CIFAR_TEST_IMAGES


def test_digests_are_torchvisions_where_it_has_the_dataset():
    datasets = pytest.importorskip("torchvision.datasets")
    flowers = datasets.Flowers102._file_dict
    theirs = {
        datasets.CIFAR10.filename: datasets.CIFAR10.tgz_md5,
        datasets.CIFAR100.filename: datasets.CIFAR100.tgz_md5,
        **dict(flowers.values()),
        **dict(datasets.FashionMNIST.resources),
    }
    ours = {
        name: file.digests[0].value
        for known in FACTS.values()
        for name, file in known.files.items()
        if file.digests and name in theirs
    }
    assert ours == theirs


def test_lists_are_known_where_they_are_published():
    assert {source for source, known in FACTS.items() if known.lists} == set(FILES)


@pytest.fixture
def stated_in_a_file(tmp_path, monkeypatch):
    """Return a function that writes the facts of the source `tiny`, and reads them."""
    monkeypatch.setattr(facts, "FOLDER", tmp_path)

    def read(**changes):
        fields = {"title": "Tiny", "page": "-", "images": [1], "classes": 1, "licence": "-"}
        fields = {**fields, "citation": "-", **changes}
        (tmp_path / "tiny.yaml").write_text(yaml.safe_dump(fields))
        return get_facts("tiny")

    return read


def test_a_source_without_facts_is_one_sentence(stated_in_a_file, tmp_path):
    told = rf"the source tiny: state its images, classes, licence and files in {tmp_path}/tiny.yaml"
    with pytest.raises(NasevalError, match=told):
        get_facts("tiny")
    assert stated_in_a_file().images == [1]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"images": []}, "tiny.yaml: key images: list should have at least 1 item"),
        ({"licens": "-"}, "tiny.yaml: key licens is unknown (did you mean licence?)"),
        ({"files": {"a.tar": {}}}, "tiny.yaml: key files.a.tar.url is missing; add it"),
    ],
)
def test_a_fault_in_the_facts_is_one_sentence(stated_in_a_file, changes, told):
    with pytest.raises(NasevalError, match=re.escape(told)):
        stated_in_a_file(**changes)


@pytest.mark.parametrize("algorithm", ["md5", "sha256"])
def test_an_archive_is_downloaded_and_verified(tiny, tmp_path, algorithm):
    tiny([stated(algorithm=algorithm)]).write_bytes(CONTENT)
    target = fetched(tmp_path)
    assert target.read_bytes() == CONTENT
    assert not (tmp_path / "lock.yaml").exists()


def test_any_of_several_forms_will_do(tiny, tmp_path):
    tiny([stated(b"one form"), stated(CONTENT, "sha256")]).write_bytes(CONTENT)
    assert fetched(tmp_path).read_bytes() == CONTENT


def test_a_wrong_checksum_publishes_nothing(tiny, tmp_path):
    tiny([stated(b"other")]).write_bytes(CONTENT)
    with pytest.raises(NasevalError, match=r"its md5 differs from .* stated by the test"):
        fetched(tmp_path)
    assert list((tmp_path / "results/tiny").iterdir()) == []


@pytest.mark.parametrize("below", [".", "tiny"])
@pytest.mark.parametrize("given", ["folder", "environment"])
def test_a_folder_is_looked_into_first(tiny, tmp_path, monkeypatch, below, given):
    tiny([stated()])
    folder = folder_with(tmp_path / "mine", CONTENT, below)
    if given == "environment":
        monkeypatch.setenv(FOLDER_VARIABLE, str(folder))
        folder = tmp_path / "another"
    target = fetched(tmp_path, str(folder))
    assert target.is_symlink()
    assert target.read_bytes() == CONTENT


def test_a_package_of_the_system_is_looked_into_next(tiny, tmp_path):
    tiny([stated()], folders=[str(folder_with(tmp_path / "system", CONTENT))])
    assert fetched(tmp_path).resolve() == tmp_path / "system/tiny.tar"


def test_another_file_in_the_folder_is_refused(tiny, tmp_path):
    tiny([stated()])
    folder = folder_with(tmp_path / "mine", b"not it")
    with pytest.raises(NasevalError, match=r"mine/tiny\.tar is not the right file .*replace it by"):
        fetched(tmp_path, str(folder))


def test_a_folder_that_is_none_is_refused(tiny, tmp_path):
    tiny([stated()]).write_bytes(CONTENT)
    with pytest.raises(NasevalError, match=r"nowhere is no folder.*NASEVAL_ARCHIVES.*archives"):
        fetched(tmp_path, str(tmp_path / "nowhere"))


def test_offline_is_one_sentence_with_file_address_folder_and_mend(tiny, tmp_path):
    address = tiny([stated()]).as_uri()
    with pytest.raises(NasevalError) as caught:
        fetched(tmp_path)
    for part in ("results/tiny/tiny.tar", address, "connect to the network", FOLDER_VARIABLE):
        assert part in str(caught.value)
    assert "\n" not in str(caught.value)


def accepted(tmp_path):
    check_archive("tiny", tmp_path / "results/tiny", tmp_path / "lock.yaml")
    accept_archive("tiny", tmp_path / "results/tiny", tmp_path / "lock.yaml")


def test_what_was_accepted_first_is_recorded_and_must_hold(tiny, tmp_path):
    upstream = tiny()
    upstream.write_bytes(CONTENT)
    fetched(tmp_path)
    assert not (tmp_path / "lock.yaml").exists()
    accepted(tmp_path)
    recorded = yaml.safe_load((tmp_path / "lock.yaml").read_text())
    assert recorded == {"tiny/tiny.tar": hashlib.sha256(CONTENT).hexdigest()}
    check_archive("tiny", tmp_path / "results/tiny", tmp_path / "lock.yaml")
    upstream.write_bytes(b"exchanged")
    with pytest.raises(NasevalError, match=r"sha256 differs .* stated by .*lock\.yaml, where the"):
        fetched(tmp_path)
    (tmp_path / "results/tiny/tiny.tar").write_bytes(b"exchanged")
    with pytest.raises(NasevalError, match="damaged or exchanged"):
        check_archive("tiny", tmp_path / "results/tiny", tmp_path / "lock.yaml")


def test_a_refused_file_can_be_replaced(tiny, tmp_path):
    upstream = tiny()
    upstream.write_bytes(b"truncated")
    fetched(tmp_path)  # its content is refused, so it is not accepted
    upstream.write_bytes(CONTENT)
    fetched(tmp_path)
    accepted(tmp_path)
    accepted(tmp_path)
    assert locked(tmp_path / "lock.yaml", "tiny/tiny.tar").value == stated(algorithm="sha256").value


PAGES = [b"<!DOCTYPE html><html>", b" \n<HTML lang='en'>", b"\xef\xbb\xbf<?xml version='1.0'?>"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("digests", [[], [stated()]])
def test_a_page_in_place_of_an_archive_is_named(tiny, tmp_path, page, digests):
    tiny(digests).write_bytes(page)
    with pytest.raises(NasevalError, match="it is an HTML page, not an archive"):
        fetched(tmp_path)
    with pytest.raises(NasevalError, match=r"mine/tiny\.tar is not the right file \(it is an HTML"):
        fetched(tmp_path, str(folder_with(tmp_path / "mine", page)))
    with pytest.raises(NasevalError, match=r"tiny\.tar is damaged \(it is an HTML page, not an"):
        file_names(tmp_path / "mine/tiny.tar")


def test_a_digest_that_nobody_confirmed_only_warns(tiny, tmp_path, caplog):
    tiny(unconfirmed=stated(b"hearsay", "sha1")).write_bytes(CONTENT)
    assert fetched(tmp_path).exists()
    accepted(tmp_path)
    assert "its sha1 is not the one that the test states" in caplog.text
    assert locked(tmp_path / "lock.yaml", "tiny/tiny.tar") == stated(CONTENT, "sha256").model_copy(
        update={"source": str(tmp_path / "lock.yaml")}
    )


def test_a_missing_archive_is_named(tmp_path):
    with pytest.raises(NasevalError, match=r"event_dataset\.rar is missing; run snakemake down"):
        check_archive("sport8", tmp_path, tmp_path / "lock.yaml")


def test_downloads_side_by_side_keep_each_others_records(tmp_path):
    lock = tmp_path / "config/lock.yaml"
    (tmp_path / "file").write_bytes(CONTENT)
    keys = [f"source/{number}" for number in range(12)]
    threads = [threading.Thread(target=record, args=(lock, key, tmp_path / "file")) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(yaml.safe_load(lock.read_text())) == set(keys)


def test_a_file_system_without_locks_records_too(tmp_path, monkeypatch):
    def unsupported(*_):
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(fcntl, "flock", unsupported)
    (tmp_path / "file").write_bytes(CONTENT)
    record(tmp_path / "config/lock.yaml", "source/0", tmp_path / "file")
    assert locked(tmp_path / "config/lock.yaml", "source/0")


@pytest.mark.parametrize("content", ["a: [", "[]", "a: 3"])
def test_a_damaged_lock_file_is_named(tmp_path, content):
    (tmp_path / "lock.yaml").write_text(content)
    with pytest.raises(NasevalError, match=r"lock\.yaml is damaged"):
        locked(tmp_path / "lock.yaml", "a")


def test_a_miss_lists_the_folders_that_were_looked_into(tiny, tmp_path):
    tiny(folders=["/nowhere"], subfolders=["Tiny/raw"])
    mine = tmp_path / "mine"
    mine.mkdir()
    looked = f"is not in {mine}/tiny, {mine}, {mine}/Tiny/raw, /nowhere; connect"
    with pytest.raises(NasevalError, match=re.escape(looked)):
        fetched(tmp_path, str(mine))


@pytest.mark.parametrize(
    ("source", "name", "below"),
    [
        ("cifar10", "cifar-10-python.tar.gz", "."),
        ("flowers102", "setid.mat", "flowers-102"),
        ("fashion-mnist", "t10k-labels-idx1-ubyte.gz", "FashionMNIST/raw"),
    ],
)
def test_files_are_found_where_torchvision_puts_them(tmp_path, monkeypatch, source, name, below):
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    place = tmp_path / "torchvision" / below / name
    place.parent.mkdir(parents=True)
    place.write_bytes(CONTENT)
    file = get_facts(source).files[name].model_copy(update={"digests": [stated()]})
    made.states(monkeypatch, source, get_facts(source).model_copy(update={"files": {name: file}}))
    fetch_archive(
        source, name, tmp_path / name, folder=str(tmp_path / "torchvision"), lock=tmp_path / "lock"
    )
    assert (tmp_path / name).resolve() == place


@pytest.fixture
def unpacked(tmp_path, monkeypatch):
    """Unpack a small CIFAR-10 as torchvision does, without its archive; return its folder."""
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    archive, _ = made.cifar10(tmp_path)
    root = tmp_path / "torchvision"
    members = {}
    for path, content in read_files(archive, lambda _: True):
        path = path.replace("cifar-10-python", "cifar-10-batches-py")
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
        members[path] = hashlib.md5(content).hexdigest()
    archive.unlink()
    changes = {"unpacked": members, "images": [120]}
    made.states(monkeypatch, "cifar10", get_facts("cifar10").model_copy(update=changes))
    return root


def fetch_unpacked(root, target):
    name, lock = "cifar-10-python.tar.gz", target / "lock"
    fetch_archive("cifar10", name, target / name, folder=str(root), lock=lock)
    return target / name


def test_what_torchvision_has_unpacked_is_packed_and_read(unpacked, tmp_path):
    packed = fetch_unpacked(unpacked, tmp_path / "results")
    check_archive("cifar10", packed.parent, tmp_path / "lock")
    assert len(get_source("cifar10").read(packed.parent, 32, "small").images) == 120
    packed.write_bytes(packed.read_bytes().replace(b"filenames", b"filename5", 1))
    with pytest.raises(NasevalError, match="is damaged or exchanged"):
        check_archive("cifar10", packed.parent, tmp_path / "lock")


def test_an_unpacked_file_that_was_changed_is_named(unpacked, tmp_path):
    (unpacked / "cifar-10-batches-py/test_batch").write_bytes(b"changed")
    with pytest.raises(NasevalError, match=r"test_batch is not the right file \(its md5 differs"):
        fetch_unpacked(unpacked, tmp_path / "results")


def test_unpacked_digests_are_torchvisions():
    datasets = pytest.importorskip("torchvision.datasets")
    for source, kind in (("cifar10", datasets.CIFAR10), ("cifar100", datasets.CIFAR100)):
        theirs = [*kind.train_list, *kind.test_list, [kind.meta["filename"], kind.meta["md5"]]]
        assert FACTS[source].unpacked == {f"{kind.base_folder}/{n}": md5 for n, md5 in theirs}


@pytest.mark.skipif(
    not Path("/usr/share/datasets/fashion-mnist").is_dir(),
    reason="Debian's package dataset-fashion-mnist is not installed",
)
def test_debians_fashion_mnist_is_taken_as_it_lies(tmp_path, monkeypatch):
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    for name in archive_files("fashion-mnist"):
        fetch_archive(
            "fashion-mnist", name, tmp_path / name, folder=None, lock=tmp_path / "lock.yaml"
        )
    check_archive("fashion-mnist", tmp_path, tmp_path / "lock.yaml")
    assert not (tmp_path / "lock.yaml").exists()
