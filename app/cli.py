"""The command `hoso`."""

import click

from app import __version__
from app.commands import accounts, papers, records, service, upkeep


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="hoso")
def main() -> None:
    """Hồ Sơ: records of rehabilitation and post-rehabilitation supervision: read, found, linked, prepared, checked."""


for command in (
    service.init,
    service.serve,
    service.web,
    service.worker,
    service.scheduler,
    service.sweep,
    records.read,
    records.ingest,
    records.search,
    records.show,
    papers.forms,
    papers.render,
    upkeep.reindex,
    upkeep.audit,
    upkeep.verify,
    upkeep.doctor,
    accounts.user,
    accounts.token,
):
    main.add_command(command)


if __name__ == "__main__":
    main()
