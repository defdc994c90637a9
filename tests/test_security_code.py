"""No file of the project runs what it is given: no shell, no pickle, no text as code."""

import ast
import re

import pytest

from paths import ROOT

DANGEROUS_NAMES = {"eval", "exec", "compile", "__import__", "breakpoint"}
DANGEROUS_CALLS = {
    "marshal.load",
    "marshal.loads",
    "os.popen",
    "os.system",
    "pandas.read_pickle",
    "pd.read_pickle",
    "pickle.Unpickler",
    "pickle.load",
    "pickle.loads",
    "shelve.open",
    "subprocess.getoutput",
    "subprocess.getstatusoutput",
    "yaml.full_load",
    "yaml.load",
    "yaml.load_all",
    "yaml.unsafe_load",
}
DANGEROUS_MODULES = {"cloudpickle", "dill", "joblib", "marshal", "shelve"}


def dangers(tree):
    """Return what in a syntax tree could run what it is given, by line."""
    return [f"{node.lineno}: {fault}" for node in ast.walk(tree) for fault in _faults(node)]


def _faults(node):
    match node:
        case ast.Call():
            yield from _call_faults(ast.unparse(node.func), node)
        case ast.Import(names=names):
            yield from (alias.name for alias in names if alias.name in DANGEROUS_MODULES)
        case ast.ImportFrom(module=module):
            if module in DANGEROUS_MODULES | {"pickle", "os", "subprocess", "yaml"}:
                yield f"from {module} import: say where a call goes"
        case ast.ClassDef(bases=bases) if "pickle.Unpickler" in map(ast.unparse, bases):
            if not any(isinstance(part, ast.FunctionDef) and part.name == "find_class"
                       for part in node.body):  # fmt: skip
                yield "an unpickler that admits everything"


def _call_faults(called, node):
    given = {word.arg: word.value for word in node.keywords}
    if called in DANGEROUS_NAMES | DANGEROUS_CALLS or called.startswith(("os.exec", "os.spawn")):
        yield called
    if called == "torch.load" and not _is(given.get("weights_only"), True):
        yield "torch.load without weights_only=True"
    if "allow_pickle" in given and not _is(given["allow_pickle"], False):
        yield "allow_pickle"
    if "shell" in given and not _is(given["shell"], False):
        yield "shell"
    if called.endswith(".extractall"):
        yield "extractall: members may lie anywhere"


def _is(node, value):
    return isinstance(node, ast.Constant) and node.value is value


def test_no_code_runs_what_it_is_given():
    files = [*ROOT.glob("src/**/*.py"), *ROOT.glob("workflow/**/*.py")]
    assert len(files) > 100
    found = [
        f"{file.relative_to(ROOT)}:{danger}"
        for file in sorted(files)
        for danger in dangers(ast.parse(file.read_text()))
    ]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "torch.load(file)",
        "torch.load(file, weights_only=False)",
        "torch.load(file, weights_only=flag)",
        "np.load(file, allow_pickle=True)",
        "pickle.loads(x)",
        "class U(pickle.Unpickler):\n    pass",
        "pickle.Unpickler(file).load()",
        "from pickle import loads",
        "yaml.load(text, Loader=yaml.Loader)",
        "eval(text)",
        "exec(text)",
        "os.system(text)",
        "os.execvp(a, b)",
        "subprocess.run(text, shell=True)",
        "import dill",
        "pd.read_pickle(file)",
        "tar.extractall(folder)",
    ],
)
def test_the_search_finds_it(code):
    assert len(dangers(ast.parse(code))) == 1


@pytest.mark.parametrize(
    "code",
    [
        "network.eval()",
        "torch.load(file, weights_only=True)",
        "np.load(file, allow_pickle=False)",
        "class U(pickle.Unpickler):\n    def find_class(self, module, name):\n        raise E",
        "yaml.safe_load(text)",
        "re.compile(text)",
        "subprocess.run(['git'], check=True)",
    ],
)
def test_the_search_finds_nothing_else(code):
    assert dangers(ast.parse(code)) == []


RULES = [ROOT / "Snakefile", *sorted(ROOT.glob("workflow/rules/*.smk"))]


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_no_rule_has_a_shell(path):
    text = path.read_text()
    found = re.findall(r"^\s*(shell|run|wrapper|notebook|cwl)\s*:|\bshell\(", text, re.MULTILINE)
    assert found == []
