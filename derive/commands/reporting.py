"""Errors of a command as text, with an exit status."""

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from derive.errors import DeriveError, ProofError, naming


def reporting(command: Callable[..., None]) -> Callable[..., None]:
    """Errors as text: exit 1 for what is not proven, 2 for what was given or is derive's fault."""

    @wraps(command)
    def run(*arguments: Any, **options: Any) -> None:
        try:
            with naming(click.get_current_context().command_path):
                command(*arguments, **options)
        except DeriveError as error:
            click.echo(in_terminal(error), err=True)
            sys.exit(1 if isinstance(error, ProofError) else 2)

    return run


def in_terminal(error: DeriveError) -> str:
    """An error as a command says it; what a terminal would obey or cannot show is marked."""
    shown = (c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in str(error))
    return click.style("derive: ", fg="red") + "".join(shown)
