"""The command line: derive new, build, show, check, audit, train and predict."""

import sys
from functools import partial as partial_function
from itertools import islice
from pathlib import Path

import click

import derive
from derive import cli_train, locate
from derive.audit_page import audit_text, terminal_lines
from derive.declarations import Source
from derive.derivation import differentiate
from derive.errors import DeriveError
from derive.expression import Entry
from derive.judgement import audit
from derive.language import CODES, language
from derive.partials import partial, scalar_weights, ways
from derive.pipeline import compare, make, make_all, processors, write
from derive.render import new_model
from derive.reporting import reporting
from derive.resolve import resolve
from derive.symbols import Symbols
from derive.text import equation_text, paper, partial_lines
from derive.text import language as equation_language

HEADINGS = (
    "the derivation, one sample",
    "the derivation, N samples",
    "the formulas in LaTeX",
    "the NumPy trainer",
    "the file of weights",
    "the derivation, N samples with weights",
    "the NumPy estimator",
)
"""Of a model's certificates; one that fits no estimator has only the first of them."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="derive")
def main() -> None:
    """From a network's equations to proven gradients, in LaTeX and in NumPy.

    MODEL is the name of a model that comes with derive, or the path of a model file.
    """


@main.command("build")
@click.argument("models", metavar="[MODEL]...", nargs=-1)
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
@reporting
def build_command(models: tuple[str, ...], out: Path, comparing: bool, jobs: int) -> None:
    """Prove each MODEL (all that come with derive if none is given) and write its files."""
    builds = make_all(models or locate.shipped(), jobs)
    if not comparing:
        for made in builds:
            paths = write(made, out)
            click.echo(f"{made.model.name}: proven; {len(paths)} files in {out / made.model.name}")
        return
    differences = compare(builds, out)
    for difference in differences:
        click.echo(difference, err=True)
    if differences:
        click.echo(f"{out} is not fresh. The cure: make clean && make, then commit.", err=True)
        sys.exit(1)
    click.echo(f"{out} is what the sources make")


@main.command("new")
@click.argument("name")
@reporting
def new_command(name: str) -> None:
    """Write NAME.toml, a model file that says what is what, to start from."""
    path = Path(f"{name}.toml")
    resolve(name, Source(path.name, new_model(name)))  # a name that is none is an error here
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(new_model(name))
    except FileExistsError:
        raise DeriveError(f"{path} is there already; choose another name") from None
    except OSError as error:
        raise DeriveError(f"cannot write {path}: {error.strerror}") from error
    click.echo(f"{path} is written. Change it, then: derive build {path}")


@main.command("show")
@click.argument("model")
@click.argument("weight", required=False)
@reporting
def show_command(model: str, weight: str | None) -> None:
    """Print the formulas of MODEL, or the derivative by one WEIGHT, such as w_11 or 'W[1,1]'."""
    loaded = derive.load(model)
    derivation = differentiate(loaded)
    symbols = Symbols(loaded, dict(loaded.example))
    if weight is None:
        click.echo(f"{loaded.title}\n{loaded.source}\n")
        equations = list(derivation.equations)
        chosen = list(islice(scalar_weights(loaded, symbols.sizes), MOST_SHOWN + 1))
    else:
        whole = [array.name for array in loaded.weights if array.name == weight]
        equations = [derivation.gradient(name) for name in whole]
        chosen = _named(weight, symbols)
    for equation in equations:
        click.echo(equation_text(equation, loaded))
    for place, entry in enumerate(chosen[:MOST_SHOWN]):
        if place or equations:
            click.echo()
        count = ways(derivation, str(entry.name))
        if count > MOST_WAYS:
            shown = f"∂{loaded.error}/∂{paper(symbols).entry(entry)}"
            said = f"{shown} goes {count} ways; `derive show {model}` has the equations they share"
            click.echo(said)
            continue
        click.echo("\n".join(partial_lines(partial(derivation, entry, symbols.sizes), symbols)))
    if len(chosen) > MOST_SHOWN:
        click.echo(f"\n... and so on; name one, such as {paper(symbols).entry(chosen[-1])}")


def _named(weight: str, symbols: Symbols) -> list[Entry]:
    """The scalar weights of that name: one, or the first ones of an array."""
    model = symbols.model
    styles = (paper(symbols), equation_language(model))
    wanted = weight.replace(" ", "").replace("{", "").replace("}", "")

    def fits(entry: Entry) -> bool:
        return entry.name == wanted or wanted in [style.entry(entry) for style in styles]

    there = partial_function(scalar_weights, model, symbols.sizes)
    chosen = list(islice(filter(fits, there()), MOST_SHOWN + 1))
    if not chosen:
        names = [styles[0].entry(entry) for entry in islice(there(), MOST_SHOWN + 1)]
        shown = ", ".join(names[:MOST_SHOWN]) + ", ..." * (len(names) > MOST_SHOWN)
        raise DeriveError(f"{model.name} has no weight {weight}; its weights are {shown}")
    return chosen


@main.command("check")
@click.argument("model")
@reporting
def check_command(model: str) -> None:
    """Print the certificate of MODEL line by line; exit 1 if anything fails."""
    made = make(derive.load(model))
    for heading, certificate in zip(HEADINGS, made.certificates, strict=False):
        click.echo(click.style(heading, bold=True))
        for check in certificate.checks:
            mark = (
                click.style("holds", fg="green") if check.holds else click.style("FAILS", fg="red")
            )
            click.echo(f"  {mark}  {check.claim}")
            if not check.holds:
                click.echo(f"         {check.detail}")
    checks = [check for certificate in made.certificates for check in certificate.checks]
    failed = sum(not check.holds for check in checks)
    click.echo(f"{len(checks) - failed} of {len(checks)} checks hold")
    if failed:
        sys.exit(1)


MOST_WAYS = 100
"""Ways up to which a chain is written whole; skip connections double them at each."""
MOST_SHOWN = 24
"""Of partial derivatives in a terminal."""
COLOURS = {"holds": "green", "meant": "green", "reading": "yellow", "wrong": "red"}


@main.command("audit")
@click.argument("model")
@click.option("--language", "code", type=click.Choice(CODES), default=CODES[0], show_default=True)
@reporting
def audit_command(model: str, code: str) -> None:
    """Judge every formula of the text that MODEL comes from."""
    words = language(code)
    report = audit(derive.load(model))
    for place, (name, verdict, lines) in enumerate(terminal_lines(report, words), 1):
        title = click.style(f"{place:2}  {name}", bold=True)
        click.echo(f"{title}  {click.style(lines[0], fg=COLOURS[verdict])}")
        for line in lines[1:]:
            click.echo(f"      {line}")
    click.echo(audit_text(report, words).summary)


main.add_command(cli_train.train_command)
main.add_command(cli_train.predict_command)
