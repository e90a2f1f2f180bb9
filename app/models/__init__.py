"""The records: one module per noun; all tables are registered by importing this package."""

from app.models.accents import LearnedAccents
from app.models.account import ApiToken, QueryKey, User
from app.models.asked import AskedState
from app.models.base import Base
from app.models.case import Case, CaseDocument, CaseEvent, CaseState, Dossier, FilingState
from app.models.document import (
    CopyKind,
    Document,
    DocumentFact,
    DocumentPage,
    Quality,
    Signed,
    in_use,
    is_open,
    text_of_page,
)
from app.models.event import Event, EventChain
from app.models.export import Export, ExportKind
from app.models.file import (
    SURVEY_FIRST,
    UNPACK_FIRST,
    FileMember,
    PageText,
    Reading,
    ReadingState,
    StoredFile,
    TextSource,
)
from app.models.grant import CaseGrant, leave_in_force
from app.models.intake import Batch, Intake, IntakeSource, Outcome, Upload, WatchedFolder
from app.models.organisation import Counter, Organisation
from app.models.paper import Paper, PaperRelease, PaperState, PaperStep
from app.models.person import BirthPrecision, Identity, IdentityKind, Person, PersonKey, PersonName, Relative, Sex
from app.models.provenance import Source
from app.models.purpose import StatedPurpose
from app.models.register import BookKeeping, EntryState, RegisterEntry, RegisterSeries
from app.models.removal import Removal, RemovalReason, RemovalState
from app.models.saved_search import ListSearch, PercolationDue, SavedSearch, SearchAlert, SearchMatch
from app.models.split import EarlierScan, Likeness, LikenessState, SplitPlan, SplitState, TextPrint
from app.models.work_list import WorkList, WorkListEntry

__all__ = [
    "SURVEY_FIRST",
    "UNPACK_FIRST",
    "ApiToken",
    "AskedState",
    "Base",
    "Batch",
    "BirthPrecision",
    "BookKeeping",
    "Case",
    "CaseDocument",
    "CaseEvent",
    "CaseGrant",
    "CaseState",
    "CopyKind",
    "Counter",
    "Document",
    "DocumentFact",
    "DocumentPage",
    "Dossier",
    "EarlierScan",
    "EntryState",
    "Event",
    "EventChain",
    "Export",
    "ExportKind",
    "FileMember",
    "FilingState",
    "Identity",
    "IdentityKind",
    "Intake",
    "IntakeSource",
    "LearnedAccents",
    "Likeness",
    "LikenessState",
    "ListSearch",
    "Organisation",
    "Outcome",
    "PageText",
    "Paper",
    "PaperRelease",
    "PaperState",
    "PaperStep",
    "PercolationDue",
    "Person",
    "PersonKey",
    "PersonName",
    "Quality",
    "QueryKey",
    "Reading",
    "ReadingState",
    "RegisterEntry",
    "RegisterSeries",
    "Relative",
    "Removal",
    "RemovalReason",
    "RemovalState",
    "SavedSearch",
    "SearchAlert",
    "SearchMatch",
    "Sex",
    "Signed",
    "Source",
    "SplitPlan",
    "SplitState",
    "StatedPurpose",
    "StoredFile",
    "TextPrint",
    "TextSource",
    "Upload",
    "User",
    "WatchedFolder",
    "WorkList",
    "WorkListEntry",
    "in_use",
    "is_open",
    "leave_in_force",
    "text_of_page",
]
