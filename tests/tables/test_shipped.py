"""Tables as they ship inside packages, trained from start to report with what a person would guess."""

from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner

from derive.commands.main import main

TABLES = {
    # package, file: the model, its options
    "sklearn/datasets/data/iris.csv": ("digits", "--target virginica"),
    "sklearn/datasets/data/wine_data.csv": ("digits", "--skip 1 --no-header --target c14"),
    "sklearn/datasets/data/breast_cancer.csv": (
        "logistic_regression", "--skip 1 --no-header --target c31"),
    "sklearn/datasets/data/digits.csv.gz": ("digits", "--target c65"),
    "sklearn/datasets/data/diabetes_data_raw.csv.gz": ("regression", "--target c10"),
    "sklearn/datasets/data/linnerud_physiological.csv": ("regression", "--target Waist"),
    "palmerpenguins/data/penguins.csv": ("digits", "--target species --missing drop"),
    "palmerpenguins/data/penguins-raw.csv": (
        "regression", "--target 'Body Mass (g)' --missing mean --drop Comments"),
    "vega_datasets/_data/seattle-weather.csv": ("digits", "--target weather"),
    "vega_datasets/_data/seattle-temps.csv": ("regression", "--target temp"),
    "vega_datasets/_data/stocks.csv": ("regression", "--target price"),
    "vega_datasets/_data/iowa-electricity.csv": ("regression", "--target net_generation"),
    "vega_datasets/_data/us-employment.csv": ("regression", "--target nonfarm"),
    "vega_datasets/_data/la-riots.csv": ("digits", "--target type --missing drop"),
    "vega_datasets/_data/airports.csv": (
        "regression", "--target latitude --target longitude --missing drop"),
    "statsmodels/datasets/anes96/anes96.csv": ("digits", "--target vote"),
    "statsmodels/datasets/ccard/ccard.csv": ("regression", "--target AVGEXP"),
    "statsmodels/datasets/copper/copper.csv": ("regression", "--target WORLDCONSUMPTION"),
    "statsmodels/datasets/cpunish/cpunish.csv": ("poisson_regression", "--target EXECUTIONS"),
    "statsmodels/datasets/danish_data/data.csv": ("regression", "--target lrm"),
    "statsmodels/datasets/elec_equip/elec_equip.csv": (
        "regression", "--target STS.M.I7.W.TOVT.NS0016.4.000"),
    "statsmodels/datasets/engel/engel.csv": ("regression", "--target foodexp"),
    "statsmodels/datasets/fair/fair_pt.csv": ("regression", "--target religious"),
    "statsmodels/datasets/fertility/fertility.csv": (
        "regression", "--target 2010 --missing mean"),
    "statsmodels/datasets/grunfeld/grunfeld.csv": ("regression", "--target invest"),
    "statsmodels/datasets/modechoice/modechoice.csv": ("logistic_regression", "--target choice"),
    "statsmodels/datasets/randhie/randhie.csv": ("poisson_regression", "--target mdvis"),
    "statsmodels/datasets/spector/spector.csv": ("logistic_regression", "--target GRADE"),
    "statsmodels/datasets/statecrime/statecrime.csv": ("regression", "--target murder"),
    "statsmodels/datasets/strikes/strikes.csv": ("regression", "--target duration"),
    "statsmodels/datasets/co2/co2.csv": ("regression", "--target co2 --missing drop"),
}  # fmt: skip


def path_of(table: str) -> Path:
    package, _, rest = table.partition("/")
    found = find_spec(package)
    if found is None or found.origin is None:
        pytest.skip(f"{package} is not installed")
    return Path(found.origin).parent / rest


@pytest.mark.parametrize("table", TABLES)
def test_a_table_that_ships_in_a_package_is_trained(table: str, tmp_path: Path) -> None:
    import shlex

    model, options = TABLES[table]
    report = tmp_path / "report.html"
    arguments = ["train", model, str(path_of(table)), *shlex.split(options), "--passes", "2"]
    done = CliRunner().invoke(
        main, [*arguments, "--out", str(tmp_path), "--report", str(report)], catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    html = report.read_text(encoding="utf-8")
    assert html.count("<h1>") == 1
    assert "data:image/png;base64," in html
    told = ["predict", model, str(tmp_path / "weights.npz"), str(path_of(table))]
    reading = [word for word in shlex.split(options) if word in ("--no-header",)]
    reading += ["--skip", "1"] if "--skip" in options else []
    done = CliRunner().invoke(main, [*told, *reading, "--score"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
