"""make typeset: the gallery and the hostile models, in three columns, every language and class, and
some of them in a notation of a book.
"""

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from derive.pipeline import processors
from tests.typeset.run import NOTED, gallery, hostile, lacking, typeset, write_pages
from tests.typeset.settings import SETTINGS, Setting, notation_in

WIDTHS = (219.0, 246.0, 345.0)


PLAIN = "pages"
"""The folder of what is written as the models write it."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="make typeset", description=__doc__)
    parser.add_argument("--only", nargs="+", help="settings by name, such as ieee")
    parser.add_argument("--turn", type=int, help="the first setting and, in turn, one other")
    parser.add_argument("--models", nargs="+", help="models by name or path")
    parser.add_argument("--widths", nargs="+", type=float, default=WIDTHS, help="columns in pt")
    parser.add_argument("--keep", type=Path, help="a folder that the documents are left in")
    parser.add_argument("--jobs", type=int, default=processors(), help="processes at once")
    options = parser.parse_args()
    chosen = [each for each in SETTINGS if not options.only or each.name in options.only]
    if options.turn is not None:
        chosen = in_turn(options.turn)
    with TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        widths = tuple(options.widths)
        models = options.models or (*gallery(), *hostile())
        notations = {each.name: notation_in(each, options.turn or 0) for each in chosen}
        noted = [*product(options.models or NOTED, sorted({*notations.values()}))]
        with ProcessPoolExecutor(options.jobs) as pool:
            made = [pool.submit(write_pages, each, widths, folder / PLAIN) for each in models]
            made += [
                pool.submit(write_pages, each, widths, folder / notation, notation)
                for each, notation in noted
            ]
            for each in made:
                each.result()
        print(f"{len(made)} models in {len(widths)} columns", flush=True)
        with ThreadPoolExecutor(options.jobs) as threads:
            found = sum(threads.map(partial(report, notations, widths, folder), chosen))
    return 1 if found else 0


def in_turn(turn: int) -> list[Setting]:
    """The first setting and one of the others that are installed, another with every turn."""
    first, *others = SETTINGS
    installed = [each for each in others if not lacking(each)]
    return [first, *([installed[turn % len(installed)]] if installed else [])]


def report(
    notations: dict[str, str], widths: tuple[float, ...], folder: Path, setting: Setting
) -> int:
    """Say how a setting goes; how much there is to mend."""
    missing = lacking(setting)
    if missing:
        print(f"{setting.name}: skipped, for {missing} is not installed", flush=True)
        return 0
    count = 0
    for width in (width for width in widths if width <= setting.widest):
        place = folder / f"{setting.name} {width:g}".replace(", ", "-").replace(" ", "-")
        notation = notations[setting.name]
        found = typeset(setting, width, (folder / PLAIN, folder / notation), place)
        said = f"{setting.name}, {notation}, {width:g} pt"
        print(f"{said}: {len(found)} troubles", flush=True)
        for trouble in found:
            print(f"    {trouble.page}: {trouble.line}", flush=True)
        count += len(found)
    return count


if __name__ == "__main__":
    sys.exit(main())
