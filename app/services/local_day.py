"""The day it is where the records are kept: legal days are days in Vietnam, the database keeps UTC."""

from datetime import date
from zoneinfo import ZoneInfo

from app.backends import UnitOfWork

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def today(uow: UnitOfWork) -> date:
    """The day of the unit of work's moment in Vietnam."""
    return uow.now.astimezone(VIETNAM).date()
