"""Downloads from a real server: resumed, tried again, bounded, never half published."""

import hashlib
import re
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from naseval import download as module
from naseval.download import download
from naseval.errors import DownloadError, NasevalError

CONTENT = bytes(range(256)) * 40
TWICE = (0, 0)


class Server:
    """What a server has, how it misbehaves, and what it was asked."""

    def __init__(self):
        self.content = CONTENT
        self.tag = '"first"'
        self.break_off_after = []  # bytes sent of each of the next answers
        self.ranges = []  # the Range header of every request
        self.lengths = True


class Handler(BaseHTTPRequestHandler):
    """A server of one file that knows Range and If-Range."""

    def __init__(self, server, *arguments):
        self.state = server
        super().__init__(*arguments)

    def do_GET(self):
        state, wanted = self.state, self.headers["Range"]
        state.ranges.append(wanted)
        start = 0
        if wanted and self.headers["If-Range"] == state.tag:
            start = int(re.fullmatch(r"bytes=(\d+)-", wanted)[1])
            if start >= len(state.content):
                self.send_error(416)
                return
        self.send_response(206 if start else 200)
        if state.tag:
            self.send_header("ETag", state.tag)
        if state.lengths:
            self.send_header("Content-Length", str(len(state.content) - start))
        self.end_headers()
        end = state.break_off_after.pop(0) if state.break_off_after else None
        self.wfile.write(state.content[start:][:end])

    def log_message(self, *arguments):
        """Say nothing."""


@pytest.fixture
def served():
    """Return the state of a running server and the address of its file."""
    state = Server()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, state))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}/file.bin"
    yield state
    server.shutdown()
    thread.join()
    server.server_close()


def sound(path):
    right = hashlib.sha256(path.read_bytes()).digest() == hashlib.sha256(CONTENT).digest()
    return None if right else "its sha256 differs"


def test_a_file_arrives_and_nothing_is_left_beside_it(served, tmp_path):
    download(served.url, tmp_path / "deep/file.bin", sound)
    assert (tmp_path / "deep/file.bin").read_bytes() == CONTENT
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["file.bin"]


def test_a_broken_transfer_goes_on_where_it_broke_off(served, tmp_path):
    served.break_off_after = [1000, 2000]
    download(served.url, tmp_path / "file.bin", sound, pauses=(0, 0, 0))
    assert (tmp_path / "file.bin").read_bytes() == CONTENT
    assert served.ranges == [None, "bytes=1000-", "bytes=3000-"]


def test_another_process_goes_on_too(served, tmp_path):
    served.break_off_after = [1000]
    with pytest.raises(DownloadError, match="broke off after 1000 of 10240 bytes"):
        download(served.url, tmp_path / "file.bin", sound, pauses=(0,))
    assert not (tmp_path / "file.bin").exists()
    download(served.url, tmp_path / "file.bin", sound, pauses=(0,))
    assert served.ranges == [None, "bytes=1000-"]
    assert (tmp_path / "file.bin").read_bytes() == CONTENT


def test_another_file_on_the_server_starts_anew(served, tmp_path):
    served.content, served.tag, served.break_off_after = b"x" * 5000, '"old"', [1000]
    with pytest.raises(DownloadError):
        download(served.url, tmp_path / "file.bin", sound, pauses=(0,))
    served.content, served.tag = CONTENT, '"new"'
    download(served.url, tmp_path / "file.bin", sound, pauses=(0,))
    assert (tmp_path / "file.bin").read_bytes() == CONTENT


@pytest.mark.parametrize("tag", ["", 'W/"weak"'])
def test_without_a_sure_version_nothing_is_resumed(served, tmp_path, tag):
    served.tag, served.break_off_after = tag, [1000]
    download(served.url, tmp_path / "file.bin", sound, pauses=TWICE)
    assert served.ranges == [None, None]
    assert (tmp_path / "file.bin").read_bytes() == CONTENT


def test_a_part_that_is_whole_already_does_no_harm(served, tmp_path):
    (tmp_path / ".file.bin.part").write_bytes(CONTENT)
    (tmp_path / ".file.bin.version").write_text(served.tag)
    download(served.url, tmp_path / "file.bin", sound, pauses=TWICE)
    assert (tmp_path / "file.bin").read_bytes() == CONTENT


def test_a_file_with_a_fault_is_fetched_again_and_never_published(served, tmp_path):
    served.content = b"something else"
    with pytest.raises(DownloadError, match="its sha256 differs"):
        download(served.url, tmp_path / "file.bin", sound, pauses=TWICE)
    assert served.ranges == [None, None]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("lengths", [True, False])
def test_an_endless_answer_is_cut(served, tmp_path, lengths):
    served.lengths = lengths
    with pytest.raises(DownloadError, match="larger than 100 bytes"):
        download(served.url, tmp_path / "file.bin", sound, pauses=(0,), limit=100)


def test_what_does_not_fit_on_the_disk_is_refused_at_once(served, tmp_path, monkeypatch):
    monkeypatch.setattr(
        module.shutil, "disk_usage", lambda _: type("Usage", (), {"free": len(CONTENT) - 1})
    )
    with pytest.raises(NasevalError, match=r"file\.bin could not be written .*free disk space"):
        download(served.url, tmp_path / "file.bin", sound, pauses=TWICE)
    assert served.ranges == [None]


def test_a_folder_that_cannot_be_written_is_named(served):
    with pytest.raises((NasevalError, DownloadError), match="proc"):
        download(served.url, module.Path("/proc/nowhere/file.bin"), sound, pauses=(0,))
