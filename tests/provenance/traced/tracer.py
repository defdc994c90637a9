"""Writes down what of naseval a job runs, uses and opens, in all its threads and processes.

Each process writes lines of JSON to a file of its own. The job is known by the digest that it
checks first; what it ran before that is written then. Code is written when it first runs, and
again where it runs while a module of naseval is imported: `importing` then is the file and line of
the statement that is executed at the top of the module.
"""

import builtins
import dis
import json
import os
import secrets
import sys
import threading
from pathlib import Path

import naseval

SOURCE = str(Path(naseval.__file__).parent) + os.sep
IMPORT = builtins.__import__
IMPORTING = ("<frozen importlib", "<frozen zipimport")
READERS = ("linecache.py", "tokenize.py", "inspect.py", "traceback.py")
STATE = {"folder": "", "job": "", "process": 0, "file": None, "waiting": []}
RUN = {}
"""Code that has run outside of imports, by its identity; kept, so that no identity is reused."""
WRITTEN = set()


def start(folder, job):
    """Watch this process, and those that it starts."""
    STATE.update(folder=folder, job=job)
    sys.addaudithook(_audited)
    builtins.__import__ = _imported
    threading.settrace(_called)
    sys.settrace(_called)


def _imported(name, *arguments, **keywords):
    """Import; what belongs to others is not watched, which takes half of the time."""
    if sys.gettrace() is None or name.partition(".")[0] in ("", "naseval"):
        return IMPORT(name, *arguments, **keywords)
    sys.settrace(None)
    try:
        return IMPORT(name, *arguments, **keywords)
    finally:
        sys.settrace(_called)


def _called(frame, _event, _argument):
    code = frame.f_code
    if id(code) in RUN or not code.co_filename.startswith(SOURCE):
        return
    if not code.co_filename.endswith(".py"):  # a template
        return
    if code.co_name == "code_digest":
        _set_job(frame)
    importing = _importing(frame.f_back)
    if code.co_name == "<module>":
        _write({"module": code.co_filename})
        return
    if importing is None:
        RUN[id(code)] = code
    _write(
        {
            "file": code.co_filename,
            "line": code.co_firstlineno,
            "name": code.co_qualname,
            "importing": importing,
            "uses": [] if importing else _uses(code, frame.f_globals),
        }
    )
    return


def _set_job(frame):
    if not STATE["job"]:
        modules, scripts = frame.f_locals["modules"], frame.f_locals["scripts"]
        job = json.dumps([sorted(modules), [Path(script).name for script in scripts]])
        STATE["job"] = os.environ["NASEVAL_JOB"] = job
        waiting, STATE["waiting"] = STATE["waiting"], []
        for record in waiting:
            _write(record)


def _importing(frame):
    """Return file and line of the statement at the top of a module that is being imported."""
    while frame is not None:
        code = frame.f_code
        if code.co_name == "<module>" and code.co_filename.startswith(SOURCE):
            return [code.co_filename, frame.f_lineno]
        frame = frame.f_back
    return None


def _uses(code, names):
    """Return what of naseval the global names in code lead to."""
    found = []
    chain = []
    for instruction in [*dis.get_instructions(code), None]:
        if chain and instruction is not None and instruction.opname in ("LOAD_ATTR", "LOAD_METHOD"):
            chain.append(instruction.argval)
            continue
        if chain:
            found.append(_resolved(chain, names))
        chain = []
        if instruction is not None and instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            chain = [instruction.argval]
    return [use for use in found if use is not None]


def _resolved(chain, names):
    """Return the module, name and attribute that a chain of attributes leads to in naseval."""
    name, *attributes = chain
    if name not in names:
        return None
    owner, value = names["__name__"], names[name]
    while type(value).__name__ == "module" and attributes:
        if not getattr(value, "__name__", "").startswith("naseval"):
            return None
        owner, name = value.__name__, attributes.pop(0)
        value = getattr(value, name, None)
    if type(value).__name__ == "module":
        inside = value.__name__.startswith("naseval")
        return ["module", value.__name__, ""] if inside else None
    module, path = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    if isinstance(module, str) and isinstance(path, str):
        return ["object", module, path.partition(".")[0]] if module.startswith("naseval") else None
    return ["constant", owner, name]


def _audited(event, arguments):
    if event not in ("open", "os.listdir", "os.scandir"):
        return
    path = arguments[0]
    if isinstance(path, bytes):
        path = os.fsdecode(path)
    if isinstance(path, (str, os.PathLike)):
        path = os.path.abspath(path)  # noqa: PTH100
        if (path + os.sep).startswith(SOURCE) and not _is_reading_code(sys._getframe(1)):
            _write({"opened" if event == "open" else "listed": path})


def _is_reading_code(frame):
    """Tell whether an import, a traceback or the digest itself opens a file."""
    file = frame.f_code.co_filename
    if file.startswith(IMPORTING) or file.endswith(READERS):
        return True
    while frame is not None and frame.f_code.co_name != "code_digest":
        frame = frame.f_back
    return frame is not None


def _write(record):
    if not STATE["job"]:
        STATE["waiting"].append(record)
        return
    line = json.dumps([STATE["job"], record])
    if line in WRITTEN:
        return
    WRITTEN.add(line)
    if STATE["process"] != os.getpid():
        STATE["process"] = os.getpid()
        name = f"{os.getpid()}-{secrets.token_hex(4)}.jsonl"
        STATE["file"] = Path(STATE["folder"], name)
    with STATE["file"].open("a") as lines:
        lines.write(f"{line}\n")
