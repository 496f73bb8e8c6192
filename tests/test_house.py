"""The rooms of the house and the walls between them: docs/design.md says which, the code obeys."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT

HOUSE = ROOT / "derive"
DESIGN = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
MODULES = sorted(HOUSE.rglob("*.py"))
MOST_AT_THE_ROOT = 10


def room(dotted: str) -> str:
    """The package, or the module at the root, that a dotted name below `derive` lies in."""
    return dotted.partition(".")[0]


def name_of(path: Path) -> str:
    """proof.steps; a package's own `__init__` has the package's name."""
    parts = path.relative_to(HOUSE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


@cache
def walls() -> dict[str, set[str]]:
    """What the table allows: room -> the rooms that it may import."""
    table = DESIGN.split("## The rooms")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \|.*\|([^|]*)\|$", table, re.MULTILINE)
    return {name: set(re.findall(r"\w+", allowed)) for name, allowed in rows}


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name below `derive` of every import, those inside functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: write where it comes from"
            inside = node.module == "derive"
            names = [f"derive.{a.name}" for a in node.names] if inside else [str(node.module)]
        else:
            continue
        for name in names:
            if name == "derive" or name.startswith("derive."):
                yield node.lineno, name.removeprefix("derive").removeprefix(".") or "__init__"


def test_every_room_stands_in_the_table_and_nothing_else_does() -> None:
    found = {room(name_of(path)) for path in MODULES}
    assert len(MODULES) > 100
    assert found == walls().keys()


def test_no_import_goes_through_a_wall() -> None:
    seen = 0
    for path in MODULES:
        here = room(name_of(path))
        for line, name in imported(path):
            seen += 1
            allowed = {here, *walls()[here]}
            assert room(name) in allowed, f"{path}:{line}: {here} may not import {name}"
    assert seen > 400


def test_what_a_room_may_import_it_does() -> None:
    for here, allowed in walls().items():
        paths = [path for path in MODULES if room(name_of(path)) == here]
        used = {room(name) for path in paths for _, name in imported(path)} - {here}
        assert allowed <= used, f"{here} imports no {allowed - used}: say so in docs/design.md"


def circle(arrows: dict[str, set[str]]) -> list[str]:
    """A way back to where it began, or nothing."""
    done: set[str] = set()

    def walk(name: str, way: list[str]) -> list[str]:
        if name in way:
            return way[way.index(name) :]
        if name in done:
            return []
        found = next(filter(None, (walk(to, [*way, name]) for to in arrows.get(name, ()))), [])
        done.add(name)
        return found

    return next(filter(None, (walk(name, []) for name in sorted(arrows))), [])


def test_no_module_imports_itself_by_a_way_round() -> None:
    modules = {name_of(path) for path in MODULES}
    arrows = {name_of(path): {name for _, name in imported(path)} & modules for path in MODULES}
    assert sum(map(len, arrows.values())) > 200
    assert circle(arrows) == []
    assert circle(walls()) == []


@pytest.mark.parametrize("wall", ["readback printing", "readback page", "printing proof"])
def test_walls_that_nothing_may_ever_open(wall: str) -> None:
    here, there = wall.split()
    reached, waiting = set(), {here}
    while waiting:
        reached |= waiting
        waiting = set().union(*(walls()[name] for name in waiting)) - reached
    assert there not in reached


def test_a_circle_is_found() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c"]


def test_the_root_has_few_files() -> None:
    assert 0 < len(list(HOUSE.glob("*.py"))) <= MOST_AT_THE_ROOT


def test_the_design_names_every_module() -> None:
    named = set(re.findall(r"`([\w.]+)`", DESIGN.split("## The rooms")[1]))
    modules = {name_of(path) for path in MODULES}
    assert len(modules) > 100
    assert modules - named == set()


# --- what users run ---------------------------------------------------------------------------


def packages(path: Path) -> Iterator[tuple[bool, str]]:
    """What a module imports by its full name, and whether it stands at the top."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield node in tree.body, str(node.module)
        elif isinstance(node, ast.Import):
            yield from ((node in tree.body, alias.name) for alias in node.names)


def test_what_users_run_imports_numpy_the_standard_library_and_its_neighbours() -> None:
    """What is optional is imported where it is used."""
    paths = list((HOUSE / "code" / "runtime").rglob("*.py"))
    assert len(paths) > 20
    seen = {"numpy", "itertools", "fcntl", "matplotlib", "sklearn", "tqdm"}
    for path in paths:
        for at_the_top, name in packages(path):
            package = name.partition(".")[0]
            seen.discard(package)
            if at_the_top:
                near = name.startswith("derive.code.runtime.")
                allowed = near or package in {"numpy", *sys.stdlib_module_names}
            else:
                allowed = package in {"fcntl", "matplotlib", "sklearn", "tqdm"}
            assert allowed, f"{path} imports {name}"
    assert seen == set()
