"""The commands for people who do not program: derive train, derive predict."""

import csv
import io
import math
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TextIO

import click

from derive.commands import completion
from derive.commands.reporting import reporting
from derive.commands.scores import in_a_line, in_full
from derive.disk import require_folder, together, write_whole
from derive.errors import DeriveError
from derive.reading.resolve import load
from derive.tables.csv_text import Head
from derive.tables.read import read_table
from derive.training.choice import Wanted
from derive.training.data import Plan, Run, prepare
from derive.training.features import Missing
from derive.training.pictures import loss
from derive.training.remarks import remarks
from derive.training.report import report_html
from derive.training.run import Course, predictions, score_of, train_run
from derive.training.run_file import load_run, save_run

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


def reading(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say how a file is read, which train and predict have in common."""
    options = (
        click.option(
            "--encoding", metavar="NAME", help="That of the text, where it is not UTF-8: cp1252."
        ),
        click.option(
            "--skip",
            type=click.IntRange(0),
            default=0,
            metavar="LINES",
            help="Lines to leave out before the names.",
        ),
        click.option(
            "--no-header",
            is_flag=True,
            help="The first line is a row; columns are called c1, c2, ...",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command("train", short_help="Train MODEL on a CSV file.")
@click.argument("model", shell_complete=completion.models)
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--target", "targets", multiple=True, metavar="COLUMN", required=True,
              help="A column to predict; several for several outputs.")  # fmt: skip
@click.option("--input", "inputs", multiple=True, metavar="COLUMN",
              help="A column to predict from; all others, if none is named.")  # fmt: skip
@click.option("--drop", "dropped", multiple=True, metavar="COLUMN", help="A column to leave out.")
@click.option("--missing", type=click.Choice(("refuse", "drop", "mean")), default="refuse",
              show_default=True,
              help="Rows with an empty cell: refused, left out, or filled with means.")  # fmt: skip
@reading
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("trained"),
              show_default=True, help="The folder for weights.npz and loss.png.")  # fmt: skip
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="An HTML file that shows the training, pictures inside.")  # fmt: skip
@click.option(
    "--size",
    "sizes",
    type=size,
    metavar="SYMBOL=NUMBER",
    multiple=True,
    help="A hidden size, m=32.",
)
@click.option("--passes", type=click.IntRange(1), default=200, show_default=True)
@click.option("--patience", type=click.IntRange(1), metavar="PASSES",
              help="End where the validation has not improved for so many passes.")  # fmt: skip
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
    inputs: tuple[str, ...],
    dropped: tuple[str, ...],
    missing: Missing,
    encoding: str | None,
    skip: int,
    no_header: bool,
    out: Path,
    report: Path | None,
    sizes: tuple[tuple[str, int], ...],
    passes: int,
    patience: int | None,
    t: float,
    method: str,
    batch_size: int,
    validation: float,
    seed: int,
) -> None:
    """Train MODEL on DATA: a CSV file, whose first line names the columns, a .npz file, or a
    Parquet, Excel or Arrow file where pandas or polars is installed; .gz and .zip of them.

    Every column that is no target is an input, a column of words one input for each word. Inputs
    (and targets that are numbers) are standardised; the weights that are best on the validation
    rows are kept.
    """
    require_folder(out)
    loaded = load(model)
    table = read_table(data, encoding, Head(skip, not no_header))
    plan = Plan(sizes, passes, t, method, batch_size, validation, seed, patience)
    start = prepare(loaded, table, Wanted(targets, inputs, dropped, missing), plan)
    said = (*table.remarks, *remarks(start))
    for remark in said:
        click.echo(f"note: {remark}", err=True)
    with click.progressbar(
        length=passes, label="training", file=sys.stderr, item_show_func=_errors
    ) as bar:
        try:
            run, course = train_run(start, plan, lambda *now: bar.update(1, now))
        except FloatingPointError as error:
            raise DeriveError(str(error), f"say --t {t / 10:g}") from None
    picture = _drawn(run, course)
    keep(run, picture, out)
    taken = run.encoding
    click.echo(
        f"{start.rows} rows, {taken.width} inputs; {in_a_line(course.scores, 'validation rows')}"
    )
    click.echo(f"the weights of pass {course.best + 1} of {len(course.errors)} are kept")
    click.echo(in_full(course.scores), nl=False)
    click.echo(f"{out / 'weights.npz'} holds the weights, the columns and their scales")
    if picture is not None:
        click.echo(f"{out / 'loss.png'} shows the error of every pass")
    if report is not None:
        html = report_html(start, plan, run, course, said, file=data.name)
        write_whole({report: html.encode()})
        click.echo(f"{report} shows all of it")
    click.echo(f"Next: derive predict {model} {out / 'weights.npz'} DATA")


def _errors(now: tuple[int, float, float] | None) -> str:
    return "" if now is None else f"error {now[1]:.4g}, validation {now[2]:.4g}"


def keep(run: Run, picture: bytes | None, out: Path) -> None:
    """Write what came of a training. No moment shows one run's weights by another's picture."""
    with together(out, ("weights.npz", "loss.png")) as stage:
        save_run(run, stage / "weights.npz")
        if picture is not None:
            (stage / "loss.png").write_bytes(picture)


def _drawn(run: Run, course: Course) -> bytes | None:
    """The error of every pass as a picture; None without matplotlib."""
    try:
        return loss(course, run.model.error)
    except ImportError:
        return None


@click.command("predict", short_help="Predict the targets of a CSV file.")
@click.argument("model", shell_complete=completion.models)
@click.argument("weights", type=click.Path(path_type=Path))
@click.argument("data", type=click.Path(path_type=Path))
@reading
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path),
              help="A CSV file; standard output if none is given.")  # fmt: skip
@click.option("--score", is_flag=True, help="Say how well DATA, which holds the targets, is told.")
@reporting
def predict_command(
    *,
    model: str,
    weights: Path,
    data: Path,
    encoding: str | None,
    skip: int,
    no_header: bool,
    out: Path | None,
    score: bool,
) -> None:
    """Predict the targets of every row of DATA with the WEIGHTS of a training."""
    run = load_run(load(model), weights)
    table = read_table(data, encoding, Head(skip, not no_header))
    if score:
        found, count = score_of(run, table)
        click.echo(in_a_line(found, f"{count} rows"))
        click.echo(in_full(found), nl=False)
        return
    told = predictions(run, table)
    if out is None:
        _write(told.rows, told.names, sys.stdout)
        return
    text = io.StringIO()
    count = _write(told.rows, told.names, text)
    write_whole({out: text.getvalue().encode()})
    click.echo(f"{out}: {count} rows")


def _write(rows: Iterator[list[str]], names: tuple[str, ...], file: TextIO) -> int:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(names)
    return sum(1 for row in rows if writer.writerow(row))
