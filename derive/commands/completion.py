"""What a shell completes where a command takes a model: the names that come with derive, files."""

import click
from click.shell_completion import CompletionItem

from derive import locate


def models(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """The names that begin so; and the files, which the shell knows."""
    names = [CompletionItem(name) for name in locate.shipped() if name.startswith(begun)]
    return names or [CompletionItem(begun, type="file")]
