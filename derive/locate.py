"""Where models and templates lie: in a checkout, an editable install or a wheel."""

from difflib import get_close_matches
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path

from derive.errors import DeriveError

PACKAGE = Path(__file__).resolve().parent


def version() -> str:
    """The version that is installed, which pyproject.toml says; "0" of a checkout that is not."""
    try:
        return installed("derive")
    except PackageNotFoundError:
        return "0"


def templates() -> Path:
    """The templates: inside the package in a wheel, beside it in a checkout."""
    for folder in (PACKAGE / "templates", PACKAGE.parent / "templates"):
        if folder.is_dir():
            return folder
    raise DeriveError(f"the templates are missing from {PACKAGE}", "install derive again")


def shipped() -> tuple[str, ...]:
    """The names of the models that come with derive."""
    return tuple(sorted(path.stem for path in (PACKAGE / "models").glob("*.toml")))


def notations() -> tuple[str, ...]:
    """The names of the notations that come with derive."""
    return tuple(sorted(path.stem for path in (PACKAGE / "notations").glob("*.toml")))


def notation_file(name_or_path: str | Path) -> Path:
    """The file of a shipped notation's name, or of a path. Raises DeriveError."""
    text, path = str(name_or_path), Path(name_or_path)
    if text in notations():
        return PACKAGE / "notations" / f"{text}.toml"
    if not path.is_file():
        near = get_close_matches(text.lower(), notations(), n=1)
        meant = f"did you mean {near[0]}? " if near else ""
        cure = f"{meant}give a path, or one of {', '.join(notations())}"
        raise DeriveError(f"no notation {text!r} comes with derive", cure)
    return path


def model_file(name_or_path: str | Path) -> Path:
    """The file of a shipped model's name, or of a path. Raises DeriveError."""
    text = str(name_or_path)
    if text in shipped():
        return PACKAGE / "models" / f"{text}.toml"
    path = Path(name_or_path)
    if not path.exists() and path.suffix == "" and path.name == text:
        near = [*get_close_matches(text.lower(), shipped(), n=1), *filter(None, [alike(path)])]
        meant = f"did you mean {' or '.join(near)}? " if near else ""
        cure = f"{meant}give a path, or one of {', '.join(shipped())}"
        raise DeriveError(f"no model {text!r} comes with derive", cure)
    return path


def alike(path: Path) -> str | None:
    """The model file beside a path that is not there whose name is most like it."""
    try:
        beside = [each.name for each in path.parent.glob("*.toml")]
    except OSError:
        return None
    near = get_close_matches(path.name, beside, n=1)
    stem = [each for each in beside if Path(each).stem == path.stem]
    return next((str(path.with_name(each)) for each in (*stem, *near)), None)
