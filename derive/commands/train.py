"""The commands for people who do not program: derive train, derive predict."""

import csv
import io
import math
import re
import sys
from pathlib import Path
from typing import Any

import click

from derive.commands import completion
from derive.commands.reporting import reporting
from derive.disk import require_folder, together, write_whole
from derive.errors import DeriveError
from derive.reading.resolve import load
from derive.training.data import Plan, Run, prepare, trainer_of
from derive.training.run import Course, predictions, train_run
from derive.training.run_file import load_run, save_run
from derive.training.table import read_table

METHODS = ("gradient", "momentum", "nesterov", "adam", "adamw")


def size(text: str) -> tuple[str, int]:
    """A size by its symbol, m=32."""
    symbol, _, number = text.partition("=")
    if not symbol or not re.fullmatch("[1-9][0-9]{0,18}", number):
        shown = f"{text!r}: expected a symbol and a whole number, such as m=32"
        raise click.BadParameter(shown)
    return symbol, int(number)


class Real(click.FloatRange):
    """A number of a range, and none of nan and inf."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value!r}: expected a finite number", param, ctx)
        return number


@click.command("train", short_help="Train MODEL on a CSV file.")
@click.argument("model", shell_complete=completion.models)
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--target", "targets", multiple=True, metavar="COLUMN", required=True,
              help="A column to predict; several for several outputs.")  # fmt: skip
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("trained"),
              show_default=True, help="The folder for weights.npz and loss.png.")  # fmt: skip
@click.option(
    "--size",
    "sizes",
    type=size,
    metavar="SYMBOL=NUMBER",
    multiple=True,
    help="A hidden size, m=32.",
)
@click.option("--passes", type=click.IntRange(1), default=200, show_default=True)
@click.option("--t", "t", type=Real(0), default=0.01, show_default=True,
              help="The step size.")  # fmt: skip
@click.option("--method", type=click.Choice(METHODS), default="adam", show_default=True)
@click.option("--batch-size", type=click.IntRange(1), default=32, show_default=True)
@click.option("--validation", default=0.2, show_default=True,
              type=Real(0, 1, min_open=True, max_open=True),
              help="The part of the rows that validates.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@reporting
def train_command(
    *,
    model: str,
    data: Path,
    targets: tuple[str, ...],
    out: Path,
    sizes: tuple[tuple[str, int], ...],
    passes: int,
    t: float,
    method: str,
    batch_size: int,
    validation: float,
    seed: int,
) -> None:
    """Train MODEL on DATA: a CSV file, whose first line names the columns, or a .npz file.

    Every column that is no target is an input. Inputs (and targets that are numbers) are
    standardised; the weights that are best on the validation rows are kept.
    """
    require_folder(out)
    loaded = load(model)
    table = read_table(data)
    plan = Plan(sizes, passes, t, method, batch_size, validation, seed)
    start = prepare(loaded, table, targets, plan)
    with click.progressbar(length=passes, label="training", file=sys.stderr) as bar:
        try:
            run, course = train_run(start, plan, lambda r, error, w: bar.update(1))
        except FloatingPointError as error:
            raise DeriveError(str(error), f"say --t {t / 10:g}") from None
    picture = _drawn(run, course)
    keep(run, picture, out)
    click.echo(f"{len(table.rows)} rows, {len(run.inputs.columns)} inputs; {_score(run, course)}")
    click.echo(f"{out / 'weights.npz'} holds the weights, the columns and their scales")
    if picture is not None:
        click.echo(f"{out / 'loss.png'} shows the error of every pass")
    click.echo(f"Next: derive predict {model} {out / 'weights.npz'} DATA")


def _score(run: Run, course: Course) -> str:
    if run.classes:
        return f"{course.score:.1%} of the validation rows are told right"
    if math.isnan(course.score):
        return "the validation rows have one target, which gives no R²"
    return f"R² = {course.score:.3f} on the validation rows"


def keep(run: Run, picture: bytes | None, out: Path) -> None:
    """Write what came of a training. No moment shows one run's weights by another's picture."""
    with together(out, ("weights.npz", "loss.png")) as stage:
        save_run(run, stage / "weights.npz")
        if picture is not None:
            (stage / "loss.png").write_bytes(picture)


def _drawn(run: Run, course: Course) -> bytes | None:
    """The error of every pass as a picture; None without matplotlib."""
    picture = io.BytesIO()
    try:
        trainer_of(run.model).plot(course.errors, picture, by="pass")
    except ImportError:
        return None
    return picture.getvalue()


@click.command("predict", short_help="Predict the targets of a CSV file.")
@click.argument("model", shell_complete=completion.models)
@click.argument("weights", type=click.Path(path_type=Path))
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path),
              help="A CSV file; standard output if none is given.")  # fmt: skip
@reporting
def predict_command(*, model: str, weights: Path, data: Path, out: Path | None) -> None:
    """Predict the targets of every row of DATA with the WEIGHTS of a training."""
    names, rows = predictions(load_run(load(model), weights), read_table(data))
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([names, *rows])
    if out is None:
        click.echo(text.getvalue(), nl=False)
        return
    write_whole({out: text.getvalue().encode()})
    click.echo(f"{out}: {len(rows)} rows")
