"""The command line: derive new, build, show, check, audit, train and predict."""

import gc
import sys
from io import TextIOWrapper
from pathlib import Path

import click

from derive import locate
from derive.auditing.page import audit_text, terminal_lines
from derive.commands import completion
from derive.commands.new import new_command
from derive.commands.reporting import reporting
from derive.commands.show import show_command
from derive.commands.train import predict_command, train_command
from derive.page.column import JOURNAL, Column
from derive.page.words import WRITTEN, language, languages
from derive.pipeline import (
    Edition,
    audit,
    compare,
    make,
    make_all,
    processors,
    require_place,
    strays,
    write,
)
from derive.reading.preset import preset
from derive.reading.resolve import load
from derive.target import ON_REQUEST

MOST_DIFFERENCES = 20
"""Of --compare in a terminal."""


column_option = click.option(
    "--column",
    "width",
    metavar="PT",
    type=float,
    default=JOURNAL.width,
    show_default=f"{JOURNAL.width:g}",
    help="The width of the column that the pages are for.",
)


notation_option = click.option(
    "--notation",
    metavar="NAME",
    help=f"Write as a book does: {', '.join(locate.notations())}, or a file of your own.",
)


target_option = click.option(
    "--target",
    "targets",
    type=click.Choice(tuple(ON_REQUEST)),
    multiple=True,
    help="Write this besides, again for more.",
)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="To begin: derive list, derive show hmkcode, derive new mine.",
)
@click.version_option(package_name="derive")
def main() -> None:
    """From a network's equations to proven gradients, in LaTeX and in NumPy.

    MODEL is the name of a model that comes with derive, or the path of a model file.
    """
    gc.freeze()  # what was imported is no garbage
    for stream in (sys.stdout, sys.stderr):  # a terminal that lacks ∂ still shows the rest
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


@main.command("build", short_help="Prove models and write their pages and programs.")
@click.argument("models", metavar="[MODEL]...", nargs=-1, shell_complete=completion.models)
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("generated"),
    show_default=True,
    help="The folder that receives a folder for each model.",
)
@click.option("--compare", "comparing", is_flag=True, help="Write nothing; exit 1 if DIR differs.")
@click.option(
    "--jobs",
    metavar="N",
    type=click.IntRange(min=1),
    default=processors,
    show_default="one for each processor",
    help="How many models are made at once.",
)
@click.option(
    "--lang",
    "languages",
    type=click.Choice(languages()),
    multiple=True,
    default=WRITTEN,
    show_default=True,
    help="A language of the pages, again for more; derivation.tex is in the first.",
)
@column_option
@notation_option
@target_option
@reporting
def build_command(
    *,
    models: tuple[str, ...],
    out: Path,
    comparing: bool,
    jobs: int,
    languages: tuple[str, ...],
    width: float,
    notation: str | None,
    targets: tuple[str, ...],
) -> None:
    """Prove each MODEL (all that come with derive if none is given) and write its files."""
    chosen = preset(notation) if notation else None
    edition = Edition(languages, Column(width), chosen, targets)
    names = models or locate.shipped()
    if not comparing:
        require_place(out, [Path(name).stem for name in names])
    builds = make_all(names, jobs, edition)
    if not comparing:
        for made in builds:
            paths = write(made, out)
            click.echo(f"{made.model.name}: proven; {len(paths)} files in {out / made.model.name}")
            for certificate in made.certificates:
                for check in certificate.limits:
                    limit = f"{certificate.title}, {check.claim}; {check.limit}"
                    click.echo(f"{made.model.name}: {limit}", err=True)
        return
    differences = compare(builds, out) + ([] if models else strays(builds, out))
    for difference in differences[:MOST_DIFFERENCES]:
        click.echo(difference, err=True)
    if len(differences) > MOST_DIFFERENCES:
        click.echo(f"and {len(differences) - MOST_DIFFERENCES} more", err=True)
    if differences:
        click.echo(f"{out} is not fresh. The cure: make clean && make, then commit.", err=True)
        sys.exit(1)
    click.echo(f"{out} is what the sources make")


@main.command("check", short_help="Print the certificate of MODEL line by line.")
@click.argument("model", shell_complete=completion.models)
@column_option
@notation_option
@target_option
@reporting
def check_command(model: str, width: float, notation: str | None, targets: tuple[str, ...]) -> None:
    """Print the certificate of MODEL line by line; exit 1 if anything fails."""
    chosen = preset(notation) if notation else None
    edition = Edition(column=Column(width), notation=chosen, targets=targets)
    made = make(load(model), edition)
    for certificate in made.certificates:
        click.echo(click.style(certificate.title, bold=True))
        for check in certificate.checks:
            mark = (
                click.style("holds", fg="green") if check.holds else click.style("FAILS", fg="red")
            )
            click.echo(f"  {mark}  {check.claim}")
            for said in (check.limit, "" if check.holds else check.detail):
                if said:
                    click.echo(f"         {said}")
    checks = [check for certificate in made.certificates for check in certificate.checks]
    failed = sum(not check.holds for check in checks)
    click.echo(f"{len(checks) - failed} of {len(checks)} checks hold")
    if failed:
        sys.exit(1)


@main.command("list")
@reporting
def list_command() -> None:
    """List the models that come with derive, with their titles."""
    models = [load(name) for name in locate.shipped()]
    wide = max(len(model.name) for model in models)
    for model in models:
        click.echo(f"{model.name:{wide}}  {model.title}")


COLOURS = {"holds": "green", "meant": "green", "reading": "yellow", "wrong": "red"}


@main.command("audit", short_help="Judge the published text of MODEL.")
@click.argument("model", shell_complete=completion.models)
@click.option(
    "--lang",
    "--language",
    "code",
    type=click.Choice(languages()),
    default=WRITTEN[0],
    show_default=True,
    help="The language in which it is told.",
)
@reporting
def audit_command(model: str, code: str) -> None:
    """Judge every formula of the text that MODEL comes from."""
    words = language(code)
    report = audit(load(model))
    for place, (name, verdict, lines) in enumerate(terminal_lines(report, words), 1):
        title = click.style(f"{place:2}  {name}", bold=True)
        click.echo(f"{title}  {click.style(lines[0], fg=COLOURS[verdict])}")
        for line in lines[1:]:
            click.echo(f"      {line}")
    click.echo(audit_text(report, words).summary)


for command in (new_command, show_command, train_command, predict_command):
    main.add_command(command)
