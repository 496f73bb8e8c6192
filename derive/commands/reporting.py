"""Errors of a command as text, with an exit status."""

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from derive.errors import DeriveError, ProofError


def reporting(command: Callable[..., None]) -> Callable[..., None]:
    """Errors as text: exit 1 for what is not proven, 2 for what was given."""

    @wraps(command)
    def run(*arguments: Any, **options: Any) -> None:
        try:
            command(*arguments, **options)
        except DeriveError as error:
            click.echo(click.style("derive: ", fg="red") + str(error), err=True)
            sys.exit(1 if isinstance(error, ProofError) else 2)
        except BrokenPipeError:  # nobody reads on, which click ends in silence
            raise
        except OSError as error:
            click.echo(click.style("derive: ", fg="red") + str(error), err=True)
            sys.exit(2)

    return run
