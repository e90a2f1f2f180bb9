"""The workers of a test: does what was rung, in this process, until nothing more is."""

from collections.abc import Callable

from sqlalchemy import select

from app.backends import Backends, UnitOfWork
from app.jobs import Job
from app.models import Paper, PaperState, Reading, ReadingState
from app.services.accents import learn_accents
from app.services.clearing import carry_out
from app.services.exporting import make_export
from app.services.finishing import finish_file
from app.services.indexing import behind, index_due
from app.services.list_search import make_list
from app.services.making import make_paper
from app.services.reading import read_slice, survey_file
from app.services.rebuilding import rebuild_what_is_due
from app.services.sweep import due_files, sweep
from app.services.unpacking import unpack_file
from ingestion import ENGINE
from tests.conftest import Bell

_PROCEDURES: dict[Job, Callable[[Backends, int], object]] = {
    Job.SURVEY: survey_file,
    Job.READ: read_slice,
    Job.UNPACK: unpack_file,
    Job.FINISH: finish_file,
    Job.INDEX: lambda backends, _row: index_due(backends),
    Job.MAKE: make_paper,
    Job.REMOVE: carry_out,
    Job.EXPORT: make_export,
    Job.LIST: make_list,
    Job.REBUILD: lambda backends, _row: rebuild_what_is_due(backends),
    Job.LEARN: lambda backends, _row: learn_accents(backends),
    Job.SWEEP: lambda backends, _row: sweep(backends),
}


def run_due(backends: Backends, bell: Bell) -> int:
    """Do every job that was rung, and those that they ring for; returns how many there were."""
    done = 0
    while bell.rung:
        job, row_id = bell.rung.pop(0)
        _PROCEDURES[job](backends, row_id)
        done += 1
    return done


def is_quiet(uow: UnitOfWork) -> bool:
    """Whether nothing at all is due or under way."""
    reading = uow.session.scalar(
        select(Reading.id)
        .where(Reading.state.in_((ReadingState.DUE, ReadingState.RUNNING)), Reading.engine == ENGINE)
        .limit(1)
    )
    making = uow.session.scalar(select(Paper.id).where(Paper.state == PaperState.NUMBERED).limit(1))
    untaken = uow.session.scalar(due_files().limit(1))
    return reading is None and untaken is None and making is None and behind(uow) == 0
