"""The command `hoso`. A command's module is imported when it is called: the others cost a second that nobody needs."""

from importlib import import_module

import click

from app import __version__

COMMANDS = {
    "init": "service",
    "serve": "service",
    "web": "service",
    "worker": "service",
    "scheduler": "service",
    "watch": "folders",
    "folder": "folders",
    "sweep": "upkeep",
    "read": "records",
    "ingest": "records",
    "search": "records",
    "show": "records",
    "reread": "rereading",
    "forms": "papers",
    "render": "papers",
    "reindex": "upkeep",
    "audit": "upkeep",
    "verify": "upkeep",
    "doctor": "upkeep",
    "user": "accounts",
    "token": "accounts",
}
"""Each command with the module of `app.commands` that has it."""


class LazyGroup(click.Group):
    """A group that knows the names of its commands and imports one when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names, in the order in which a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        """The command of this name, None where there is none."""
        if name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"app.commands.{COMMANDS[name]}"), name)
        return command


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="hoso")
def main() -> None:
    """Hồ Sơ: records of rehabilitation and post-rehabilitation supervision: read, found, linked, prepared, checked."""


if __name__ == "__main__":
    main()
