"""The house rules that a program can check: data decides and code applies, files are small, imports point one way."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import auditor
from auditor.tables import LINES_OF_BUSINESS

TOP = Path(__file__).parents[1]
PACKAGE = TOP / "auditor"
MODULES = sorted(PACKAGE.rglob("*.py"))
QUERIES = sorted(PACKAGE.rglob("*.sql"))

LINES, FUNCTION_LINES, PARAMETERS = 300, 40, 5

# The words of the contract itself, where a policy's word is one of a list of choices.
WORDS_ARE_LISTED_IN = ("tables.py",)
# The samples are data that a program writes: they hold codes, states and plans on purpose.
HOLDS_DATA = "samples"

POLICY_WORDS = {
    "one of the four CPT codes": r"\b(?:93463|94002|94003|94799)\b",
    "a diagnosis code": r"['\"][A-TV-Z]\d\d(?:\.?[0-9A-Z]{1,4})?['\"]",
    "a LOINC code": r"\b\d{4,5}-\d\b(?![-\d])",
    "a state": r"['\"](?:OR|ID|WA|MT)['\"]",
    "a line of business": r"\b(?:commercial|medicaid|medicare)\b",
    "a procedure code": r"\b3E0F7SD\b|\b0012\b",
    "a paragraph": r"'(?:I{1,3}|X)\.[A-Z0-9]",
}

# A number of two digits or with a fraction is a policy's, unless it counts hours, minutes, percent or the letters of a name.
THRESHOLD = r"(?<![\w.$@\\{,-])(?:\d{2,}(?:\.\d+)?|\d\.\d+)(?![\w.}])|(?<=[+-] )\d{2,}\b"
UNITS = {".py": ("24", "60", "100", "1.0"), ".sql": ("24", "24.0", "100", "1.0", "12", "1439", "3600000000.0", "0001")}

# Who may import whom: a folder, and those of the package that it must not know.
ONE_WAY = {
    "intake": ("policy", "stages", "report", "readiness", "cli", "pipeline", "samples", "releases", "providers"),
    "policy": ("intake", "stages", "report", "readiness", "cli", "pipeline", "samples", "releases", "providers"),
    "stages": ("cli", "pipeline", "samples", "report", "readiness", "releases", "providers"),
    "report": ("intake", "stages", "readiness", "cli", "pipeline", "samples", "releases", "providers"),
    "readiness": ("stages", "cli", "pipeline", "samples", "providers"),
    "releases": ("intake", "stages", "report", "readiness", "cli", "pipeline", "samples", "providers"),
    "providers": ("intake", "policy", "stages", "report", "readiness", "cli", "pipeline", "samples", "releases"),
    "samples": ("policy", "stages", "report", "readiness", "cli", "pipeline"),
    "settling": ("intake", "stages", "report", "readiness", "cli", "pipeline", "samples", "releases", "providers", "letters"),
    "vignettes": ("intake", "stages", "readiness", "cli", "releases", "providers", "runs", "ledger", "mail", "nightly", "review"),
    "workbench": ("intake", "stages", "readiness", "cli", "releases", "providers", "runs", "ledger", "mail", "nightly", "vignettes"),
    "letters": ("intake", "stages", "report", "readiness", "cli", "pipeline", "samples", "releases", "providers", "settling"),
    "changes": ("intake", "policy", "stages", "report", "readiness", "cli", "pipeline", "runs", "ledger", "mail", "nightly", "review"),
    "review": ("intake", "stages", "cli", "pipeline", "ledger", "mail", "nightly"),
    "masking": ("intake", "stages", "readiness", "cli", "pipeline", "releases", "providers", "runs", "review", "ledger", "mail", "nightly"),
    "runs": ("intake", "stages", "cli", "ledger", "mail", "nightly", "review"),
    "ledger": ("intake", "stages", "cli", "mail", "nightly"),
    "mail": ("intake", "stages", "cli", "nightly", "pipeline"),
    "warehouse": ("intake", "policy", "stages", "report", "readiness", "cli", "pipeline", "runs", "ledger", "mail", "nightly", "review"),
    "partitions": ("stages", "report", "readiness", "cli", "samples", "runs", "ledger", "mail", "nightly", "review", "spark"),
    "spark": ("stages", "report", "readiness", "cli", "samples", "runs", "ledger", "mail", "nightly", "review"),
    "packs": ("stages", "cli", "pipeline", "ledger", "mail", "nightly", "review", "samples"),
    "nightly": ("intake", "stages", "cli"),
}
ALONE = (
    "outcomes",
    "results",
    "tables",
    "parts",
    "version",
    "errors",
    "engine",
    "places",
    "settings",
    "mistakes",
    "yaml_lines",
    "tokens",
    "digests",
    "merkle",
    "money",
    "result_columns",
    "shelf",
)
ABOVE = ("cli", "pipeline", "report", "readiness", "stages", "intake", "policy", "samples", "releases", "providers")


def named(path: Path) -> str:
    return path.relative_to(TOP).as_posix()


@cache
def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def without_comments(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a file that a machine reads: no comments, and in Python no docstrings."""
    told: set[int] = set()
    if path.suffix == ".py":
        for node in ast.walk(parse(path)):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
                told |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    mark = "#" if path.suffix == ".py" else "--"
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if number not in told:
            yield number, line.split(f" {mark}")[0] if not line.lstrip().startswith(mark) else ""


def found(pattern: str, paths: list[Path]) -> list[str]:
    """Where a pattern occurs in what a machine reads, as file, line and the text found."""
    search = re.compile(pattern, re.IGNORECASE if "medicaid" in pattern else 0)
    return [
        f"{named(path)}:{number}: {hit[0]}" for path in paths for number, line in without_comments(path) for hit in search.finditer(line)
    ]


RULES = [path for path in (*MODULES, *QUERIES) if path.relative_to(PACKAGE).parts[0] not in (HOLDS_DATA, *WORDS_ARE_LISTED_IN)]


@pytest.mark.parametrize("pattern", POLICY_WORDS.values(), ids=POLICY_WORDS)
def test_code_holds_no_word_of_a_policy(pattern: str) -> None:
    assert not (hits := found(pattern, RULES)), hits


@pytest.mark.parametrize(
    ("pattern", "text"),
    zip(
        POLICY_WORDS.values(),
        ("= '94002'", "'P29.30'", '"3150-6"', "state = 'OR'", "'Medicaid'", "'3E0F7SD'", "key = 'I.A.3.b'"),
        strict=True,
    ),
    ids=POLICY_WORDS,
)
def test_the_search_finds_such_a_word(pattern: str, text: str) -> None:
    assert re.search(pattern, text, re.IGNORECASE)


def test_the_contract_lists_the_lines_of_business_once() -> None:
    assert LINES_OF_BUSINESS == ("commercial", "medicaid", "medicare", "other")
    [place] = [path for path in MODULES if "LINES_OF_BUSINESS = " in path.read_text(encoding="utf-8")]
    assert named(place) == "auditor/tables.py"


def test_stages_hold_no_threshold() -> None:
    stages = [path for path in RULES if path.parent.name == "stages"]
    hits = [hit for path in stages for hit in found(THRESHOLD, [path]) if hit.rsplit(": ", 1)[1] not in UNITS[path.suffix]]
    assert not hits


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    yield from (node for node in ast.walk(parse(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def is_command(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether click makes a command of it, with a parameter for each option."""
    return any("command" in ast.unparse(decorator) for decorator in function.decorator_list)


def test_files_are_short() -> None:
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in (*MODULES, *QUERIES)}
    assert not (long := {name: length for name, length in lengths.items() if length >= LINES}), long


def test_functions_are_short() -> None:
    lengths = {
        f"{named(path)}: {function.name}": (function.end_lineno or 0) - function.lineno + 1
        for path in MODULES
        for function in functions(path)
        if not is_command(function)
    }
    assert not (long := {name: length for name, length in lengths.items() if length > FUNCTION_LINES}), long


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    given = function.args
    named_ones = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return [name for name in named_ones if name not in ("self", "cls")]


def test_functions_take_few_parameters() -> None:
    counts = {
        f"{named(path)}: {function.name}": len(parameters(function))
        for path in MODULES
        for function in functions(path)
        if not is_command(function)
    }
    assert not (many := {name: count for name, count in counts.items() if count > PARAMETERS}), many


def test_every_query_file_opens_with_a_sentence() -> None:
    assert not (silent := [named(path) for path in QUERIES if not path.read_text(encoding="utf-8").startswith("-- ")]), silent


def test_every_module_opens_with_a_sentence() -> None:
    silent = [named(path) for path in MODULES if path.read_text(encoding="utf-8").strip() and not ast.get_docstring(parse(path))]
    assert not silent


def test_no_module_is_empty() -> None:
    assert not (empty := [named(path) for path in MODULES if not path.read_text(encoding="utf-8").strip()]), f"no docstring: {empty}"


# --- imports -------------------------------------------------------------------------------------------------------------------


def imported(path: Path) -> set[str]:
    """The parts of the package that a module brings in when it is imported, or when it is called; not what only types need."""
    typing_only = {
        id(inner)
        for node in ast.walk(parse(path))
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    names: set[str] = set()
    for node in ast.walk(parse(path)):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("auditor"):
            names |= {str(node.module)} if node.module != "auditor" else {f"auditor.{one.name}" for one in node.names}
        if isinstance(node, ast.Import):
            names |= {one.name for one in node.names if one.name.startswith("auditor")}
    return {name.split(".")[1] for name in names if "." in name}


@pytest.mark.parametrize("part", ONE_WAY)
def test_imports_point_one_way(part: str) -> None:
    wrong = [
        f"{named(path)} imports {name}"
        for path in MODULES
        if path.parent.name == part
        for name in sorted(imported(path) & set(ONE_WAY[part]))
    ]
    assert not wrong


def test_the_tables_of_words_know_nothing_above_them() -> None:
    wrong = [f"{name} imports {one}" for name in ALONE for one in sorted(imported(PACKAGE / f"{name}.py") & set(ABOVE))]
    assert not wrong


def test_only_the_pipeline_and_the_command_line_know_the_stages() -> None:
    knowing = {path.relative_to(PACKAGE).parts[0] for path in MODULES if "stages" in imported(path)} - {"stages"}
    assert knowing == {"pipeline.py"}


def test_nothing_below_the_command_line_reads_a_clock() -> None:
    clocks = re.compile(r"date\.today\(|datetime\.now\(|time\.time\(|\bcurrent_date\b|\bnow\(\)|\btoday\(\)|os\.environ|getenv")
    below = [path for path in (*MODULES, *QUERIES) if path.relative_to(PACKAGE).parts[0] != "cli"]
    assert not (hits := found(clocks.pattern, below)), hits


def test_every_public_name_can_be_imported() -> None:
    assert [name for name in auditor.__all__ if not hasattr(auditor, name)] == []
    assert sorted(auditor.__all__) == list(auditor.__all__)


# --- the repository ------------------------------------------------------------------------------------------------------------


@cache
def tracked() -> tuple[Path, ...]:
    """The files under version control; those of the folder, where there is none."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=TOP, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a checkout: no list of tracked files")
    return tuple(TOP / name for name in listed.stdout.split("\0") if name and (TOP / name).is_file())


def texts() -> Iterator[tuple[Path, str]]:
    for path in tracked():
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def occurrences(pattern: str) -> list[str]:
    search = re.compile(pattern)
    return [
        f"{named(path)}:{number}: {hit[0]}"
        for path, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if (hit := search.search(line))
    ]


def test_the_papers_are_there() -> None:
    missing = [
        name
        for name in ("README.md", "CHANGELOG.md", "DECISIONS.md", "LICENSE")
        if not ((TOP / name).is_file() or (TOP / "docs" / name).is_file())
    ]
    assert not missing


def test_no_scaffolding_is_left() -> None:
    words = "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3 + ":"))
    assert not (left := occurrences(rf"\b(?:{words})\b")), left


def test_no_file_names_a_machine() -> None:
    roots = "|".join(("ho" + "me", "Us" + "ers", "ro" + "ot", "wo" + "rk", "op" + "t/venv", "priv" + "ate/var"))
    assert not (hits := occurrences(rf"(?<![\w.:/<~\"'*-])/(?:{roots})/\w|C:\\\\Users")), hits


def test_no_file_names_a_package_registry() -> None:
    addresses = "|".join(
        ("pypi" + r"\.org", "pythonhosted" + r"\.org", "--index" + "-url", "--extra" + "-index", "npmjs" + r"\.", "anaconda" + r"\.org")
    )
    assert not (hits := occurrences(addresses)), hits
