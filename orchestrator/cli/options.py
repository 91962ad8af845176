"""Options that mean the same in every command."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import typer

Format: TypeAlias = Literal["table", "json", "jsonl", "csv"]

Hosts = Annotated[
    list[str],
    typer.Argument(
        metavar="HOST",
        help="Computer names, @hosts.txt, @hosts.csv#COLUMN, @hosts.json, - for standard input, "
        "campaign:ID/state=failed, cause:NAME; with ! in front: not these.",
        show_default=False,
    ),
]
Selectors = Annotated[
    list[str],
    typer.Argument(
        metavar="SELECTOR",
        help="PC-0042, @hosts.csv#COLUMN, -, campaign:ID/state=failed, cause:NAME, tag:site=BER; "
        "with ! in front: none of these.",
        show_default=False,
    ),
]
CampaignId = Annotated[
    str, typer.Argument(metavar="ID", help="As `campaign ls` shows it.", show_default=False)
]
Host = Annotated[str, typer.Argument(metavar="HOST", help="A computer name.", show_default=False)]
Output = Annotated[
    Format, typer.Option("--output", "-o", help="How the result is written to stdout.")
]
Context = Annotated[
    str | None,
    typer.Option(
        "--context",
        "-c",
        metavar="NAME",
        help="Which settings: a [context.NAME] of the file, or lab.",
    ),
]
Here = Annotated[
    bool, typer.Option("--here", help="Do the work in this process: no broker, no worker.")
]
Timeout = Annotated[
    str, typer.Option("--timeout", metavar="TIME", help="Stop watching after 90s, 10m or 2h.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
ZeroOn = Annotated[
    str,
    typer.Option(
        "--exit-zero-on", metavar="CODES", help="Exit with 0 instead of these codes, such as 3,6."
    ),
]
