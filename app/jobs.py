"""The jobs that a unit of work can ask for. Each has one Celery task in `app/tasks.py`."""

from enum import StrEnum


class Job(StrEnum):
    """What is asked for; the id that travels with it is the row that says whether anything is due."""

    SURVEY = "survey"  # stored file: find type, pages, slices
    READ = "read"  # reading: one slice of one file
    UNPACK = "unpack"  # reading: the files inside one file
    FINISH = "finish"  # stored file: all slices done -> facts, proposals, index
    INDEX = "index"  # no id: write everything whose index is behind
    MAKE = "make"  # paper: DOCX and PDF after the number
    REMOVE = "remove"  # removal: clear what two persons decided to take out
    EXPORT = "export"  # export: write the answer to a question into a file
    LIST = "list"  # search by list: ask one question for each line
    REBUILD = "rebuild"  # no id: write the index anew where it must be
    LEARN = "learn"  # no id: learn again what the collection teaches about accents
    SWEEP = "sweep"  # no id: ring for all that is due


READ_QUEUE = "read"
QUICK_QUEUE = "quick"
LONG_QUEUE = "long"  # what may take hours: neither readings nor quick jobs wait for it, nor it for them
WORKED_QUEUES = (READ_QUEUE, QUICK_QUEUE, LONG_QUEUE)

QUEUES = {
    Job.SURVEY: READ_QUEUE,
    Job.READ: READ_QUEUE,
    Job.UNPACK: READ_QUEUE,
    Job.FINISH: QUICK_QUEUE,
    Job.INDEX: QUICK_QUEUE,
    Job.MAKE: QUICK_QUEUE,
    Job.REMOVE: QUICK_QUEUE,
    Job.EXPORT: QUICK_QUEUE,
    Job.LIST: QUICK_QUEUE,
    Job.REBUILD: LONG_QUEUE,
    Job.LEARN: LONG_QUEUE,
    Job.SWEEP: QUICK_QUEUE,
}

ALL = 0
"""The id of a job that looks for itself what is due."""
