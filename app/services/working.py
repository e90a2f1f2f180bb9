"""Doing what is due in this process, beside any workers or without them (`hoso ingest --wait`, loading data)."""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from app.backends import Backends
from app.jobs import Job
from app.models import Paper, PaperState, Reading, ReadingState
from app.services.claiming import job_of
from app.services.clearing import carry_out
from app.services.finishing import finish_file
from app.services.indexing import index_due
from app.services.making import make_paper
from app.services.reading import read_slice, survey_file
from app.services.sweep import decided_removals, due_files, take_back
from app.services.unpacking import unpack_file
from ingestion import ENGINE

PAUSE = 0.2  # seconds to wait where another process has all that is due


def work_until(backends: Backends, is_done: Callable[[], bool], *, limit: float | None = None) -> bool:
    """Do what is due until `is_done`, or for `limit` seconds at most; says whether it is done."""
    edge = None if limit is None else time.monotonic() + limit
    while not is_done():
        if edge is not None and time.monotonic() > edge:
            return False
        if not work_round(backends):
            time.sleep(PAUSE)
            take_back(backends)
    return True


def work_round(backends: Backends) -> int:
    """One round over everything due; returns how many jobs there were. Children do the work, threads wait for them."""
    jobs = _due(backends)
    procedures: dict[Job, Callable[[Backends, int], object]] = {
        Job.SURVEY: survey_file,
        Job.READ: read_slice,
        Job.UNPACK: unpack_file,
        Job.FINISH: finish_file,
        Job.MAKE: make_paper,
        Job.REMOVE: carry_out,
    }
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        for done in [pool.submit(procedures[job], backends, row_id) for job, row_id in jobs]:
            done.result()
    return len(jobs) + index_due(backends)


def _due(backends: Backends) -> list[tuple[Job, int]]:
    with backends.read() as uow:
        readings = uow.session.scalars(
            select(Reading).where(Reading.state == ReadingState.DUE, Reading.engine == ENGINE).order_by(Reading.id)
        ).all()
        jobs = [job_of(reading) for reading in readings]
        jobs += [(Job.FINISH, file_id) for file_id in uow.session.scalars(due_files())]
        # One that failed is left to the sweep or a person: trying it each round would never end.
        untried = select(Paper.id).where(Paper.state == PaperState.NUMBERED, Paper.make_error.is_(None))
        papers = uow.session.scalars(untried).all()
        jobs += [(Job.MAKE, paper_id) for paper_id in papers]
        return jobs + [(Job.REMOVE, removal_id) for removal_id in decided_removals(uow)]
