"""What the address of a document page says: page, words (as a key), open tab, zoom, turn, and the evidence to show."""

from dataclasses import dataclass, replace

from flask import url_for
from werkzeug.datastructures import MultiDict

from app.web.pager import page_number

ZOOMS = (75, 100, 150, 200, 300)  # per cent of the width of the frame
TURNS = (0, 90, 180, 270)  # degrees
INFO, TEXT, HISTORY, ACCESS, LINKS = "thong-tin", "van-ban", "lich-su", "quyen", "lien-ket"
TABS = (INFO, TEXT, HISTORY, ACCESS, LINKS)


@dataclass(frozen=True, slots=True)
class DocumentAddress:
    """The state of the page of one document. `evidence` names a fact, or a filing as `p<id>`."""

    document_id: int
    page: int = 1
    key: str | None = None
    tab: str | None = None
    zoom: int = 100
    turn: int = 0
    evidence: str | None = None

    @classmethod
    def from_args(cls, document_id: int, args: MultiDict[str, str]) -> "DocumentAddress":
        """Read an address; what makes no sense in it is left out."""
        return cls(
            document_id=document_id,
            page=page_number(args.get("trang")),
            key=args.get("k") or None,
            tab=args.get("the") if args.get("the") in TABS else None,
            zoom=_one_of(args.get("co"), ZOOMS, 100),
            turn=_one_of(args.get("xoay"), TURNS, 0),
            evidence=args.get("bang-chung") or None,
        )

    def url(self, endpoint: str = "documents.view", anchor: str | None = None) -> str:
        """The address of this state."""
        values: dict[str, object] = {
            "document_id": self.document_id,
            "trang": self.page if self.page > 1 else None,
            "k": self.key,
            "the": self.tab,
            "co": self.zoom if self.zoom != 100 else None,
            "xoay": self.turn or None,
            "bang-chung": self.evidence,
            "_anchor": anchor,
        }
        return url_for(endpoint, **values)  # type: ignore[arg-type]

    def at(self, page: int) -> "DocumentAddress":
        """The same at another page; evidence belongs to its own page."""
        return replace(self, page=page, evidence=None)

    def tabbed(self, tab: str) -> "DocumentAddress":
        """The same with another tab open."""
        return replace(self, tab=tab)

    def zoomed(self, zoom: int) -> "DocumentAddress":
        """The same at another size."""
        return replace(self, zoom=zoom)

    def turned(self) -> "DocumentAddress":
        """The same turned on by a quarter."""
        return replace(self, turn=TURNS[(TURNS.index(self.turn) + 1) % len(TURNS)])

    def showing(self, evidence: str, page: int) -> "DocumentAddress":
        """The page on which a piece of evidence stands, with its words marked."""
        return replace(self, page=page, evidence=evidence)

    def hidden(self) -> tuple[tuple[str, str], ...]:
        """What the form that goes to a page has to carry along."""
        parts = (("k", self.key), ("the", self.tab), ("co", str(self.zoom) if self.zoom != 100 else None))
        return tuple((name, value) for name, value in parts if value)


def _one_of(text: str | None, known: tuple[int, ...], default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and int(text) in known else default
