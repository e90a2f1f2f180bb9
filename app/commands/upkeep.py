"""Commands that keep the installation whole: sweep, reindex, audit, verify, doctor."""

import click

from app.commands.door import failures_named, json_option, opened, print_json, settings
from app.services import indexing
from app.services.doctor import examine
from app.services.sweep import sweep as sweep_now
from app.services.verify import verify as verify_now

DAMAGE = 1


@click.command()
@failures_named
def reindex() -> None:
    """Write a new search index beside the live one from the database, and swap."""
    with opened() as backends:
        report, audit = indexing.rebuild(backends)
    click.echo(
        f"documents {report.documents}; audit: stray {audit.stray}, missing {audit.missing}, stale {audit.stale}"
    )


@click.command()
@json_option
@failures_named
def audit(as_json: bool) -> None:
    """Compare the index with the database both ways, and repair."""
    with opened() as backends:
        report = indexing.audit(backends)
    if as_json:
        print_json({"stray": report.stray, "missing": report.missing, "stale": report.stale})
        return
    click.echo(f"stray {report.stray}, missing {report.missing}, stale {report.stale}")


@click.command()
@click.option("--remove-orphans", is_flag=True, help="Remove bytes older than a day that no record refers to.")
@json_option
@failures_named
def verify(remove_orphans: bool, as_json: bool) -> None:
    """Check stored bytes against their hashes, and the event chain. Exit code 1 where anything is wrong."""
    with opened() as backends:
        report = verify_now(backends, remove_orphans=remove_orphans)
    if as_json:
        print_json(
            {
                "files": report.files,
                "damaged": list(report.damaged),
                "orphans": report.orphans,
                "removed": report.removed,
                "events": report.chain.lines,
                "chain_broken_at": report.chain.broken_at,
            }
        )
    else:
        click.echo(
            f"files {report.files}, damaged {len(report.damaged)}, orphans {report.orphans}, removed {report.removed}"
        )
        for file_id in report.damaged:
            click.echo(f"store-bytes-lost: stored file {file_id}", err=True)
        state = (
            "holds" if report.chain.broken_at is None else f"broken at {report.chain.broken_at}: {report.chain.reason}"
        )
        click.echo(f"events {report.chain.lines}: chain {state}")
    if not report.is_whole:
        raise SystemExit(DAMAGE)


@click.command()
@json_option
@failures_named
def doctor(as_json: bool) -> None:
    """What is installed, missing or degraded. Exit code 1 where something needed is missing."""
    findings = examine(settings())
    if as_json:
        print_json([{"name": f.name, "state": f.state.value, "detail": f.detail} for f in findings])
    else:
        signs = {"ok": ("✓", "green"), "degraded": ("!", "red"), "missing": ("✕", "red")}
        for finding in findings:
            sign, colour = signs[finding.state.value]
            click.secho(f"{sign} {finding.name}: {finding.detail}", fg=colour)
    if any(finding.state.value == "missing" for finding in findings):
        raise SystemExit(DAMAGE)


@click.command()
@failures_named
def sweep() -> None:
    """Ring for all that is due."""
    with opened() as backends:
        report = sweep_now(backends)
    click.echo(
        f"readings {report.readings}, files {report.files}, documents {report.documents}, papers {report.papers}; "
        f"taken back from dead processes {report.taken_back}"
    )
