"""Papers for dossiers that are put together: official layouts filled with people who cannot exist, and papers of
kinds that layouts do not cover (covers, lists, identity cards, annexes), each set as DOCX.

A layout is plain text: a line with wide gaps is a row of columns, an indented line is centred, a line of the place and
date stands right, all else is running text.
"""

from __future__ import annotations

import random
import re
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

from docx import Document as new_docx
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

_FIELD = re.compile(r"\{\{\s*(?P<name>[^}?#/]+?)\s*\}\}")
_CONDITION = re.compile(r"\{\{[?#/][^}]*\}\}")
_COLUMNS = re.compile(r"\s{3,}")
_LEAST_LINES = 7
NUMBERINGS = ("none", "top", "foot")
_PEOPLE = (
    *("NGUYỄN VĂN THỬ", "TRẦN THỊ MẪU", "LÊ VĂN THỬ", "PHẠM THỊ THỬ", "HOÀNG VĂN MẪU", "VŨ THỊ THỬ"),
    *("ĐẶNG VĂN THỬ", "BÙI THỊ MẪU", "ĐỖ VĂN MẪU", "NGÔ THỊ THỬ"),
)
_FILLERS = (
    "Trong thời gian qua, các cơ quan, đơn vị đã phối hợp chặt chẽ, thực hiện đúng trình tự, thủ tục theo quy định của "
    "pháp luật; việc quản lý, giúp đỡ người nghiện ma túy tại địa phương được duy trì thường xuyên.",
    "Qua xác minh tại nơi cư trú, người có tên trên chấp hành đầy đủ các buổi điểm danh, khai báo; gia đình đã cam kết "
    "phối hợp với tổ công tác, không che giấu hành vi vi phạm của người thân.",
    "Đề nghị các đơn vị có liên quan căn cứ chức năng, nhiệm vụ được giao tổ chức thực hiện nghiêm túc, định kỳ báo "
    "cáo kết quả về cơ quan thường trực để tổng hợp, theo dõi.",
    "Các tài liệu kèm theo đã được kiểm tra, đối chiếu với bản chính, bảo đảm đủ số tờ, đúng thể thức và được đánh số "
    "bút lục theo thứ tự từ ngoài vào trong.",
)


@dataclass(frozen=True, slots=True)
class Layout:
    """A paper to set: its kind (a short name), its text, font size in points, where pages are numbered, paragraphs
    added to make it longer, whether it lies on its side, whether it is on half a sheet (A5)."""

    kind: str
    text: str
    size: float = 13.0
    numbering: str = "none"
    longer: int = 0
    landscape: bool = False
    half: bool = False


def official(path: Path) -> list[Layout]:
    """The layouts of the collection of official forms, in its order, sizes and numbering varied by turns."""
    found: list[Layout] = []
    name, inside, lines = "", False, list[str]()
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("### "):
            name = line[4:].split(" ", 1)[0].replace("/", "-")
        elif inside and line.startswith("```"):
            inside, turn = False, len(found)
            if sum(bool(one.strip()) for one in lines) >= _LEAST_LINES:
                longer = (0, 0, 6, 0, 12, 0)[turn % 6]
                text = "\n".join(lines)
                found.append(Layout(name, text, (13, 14, 12)[turn % 3], NUMBERINGS[turn % 3], longer))
        elif line.startswith("```text"):
            inside, lines = True, []
        elif inside:
            lines.append(line)
    return found


def own() -> list[Layout]:
    """Kinds that the official layouts lack, the hard ones among them (`dossier_kinds.toml`)."""
    rows = tomllib.loads((Path(__file__).parent / "dossier_kinds.toml").read_text(encoding="utf-8"))
    return [Layout(**row) for row in rows["paper"]]


def varied(layout: Layout) -> Layout:
    """The same paper as another office sets it: other letters, other numbering, another length."""
    numbering = NUMBERINGS[(NUMBERINGS.index(layout.numbering) + 1) % len(NUMBERINGS)]
    size = 12.5 if layout.size == 14 else layout.size + 0.5
    return replace(layout, size=size, numbering=numbering, longer=(layout.longer + 5) % 13)


def filled(layout: Layout, seed: int) -> str:
    """The text with every field filled."""
    chance = random.Random(seed)
    person = chance.choice(_PEOPLE)

    def value(match: re.Match[str]) -> str:
        return _value(match["name"], chance, person)

    text = re.sub(r"^\[R\] ?", "", layout.text, flags=re.M)
    text = re.sub(r"^head H-(\w\w)[,;]?(.*)$", _named_head, text, flags=re.M)
    text = re.sub(r"^foot F-(\w\w).*$", _named_foot, text, flags=re.M)
    return _FIELD.sub(value, _CONDITION.sub("", text))


# The heads and feet that layouts name by a code.
_HEADS = {
    "PC": ("CÔNG AN TỈNH MẪU", "CÔNG AN PHƯỜNG MẪU 1"),
    "UB": ("ỦY BAN NHÂN DÂN TỈNH MẪU", "ỦY BAN NHÂN DÂN PHƯỜNG MẪU 1"),
    "FA": ("CÔNG AN TỈNH MẪU", "CƠ SỞ CAI NGHIỆN SỐ 1"),
}
_FEET = {"PC": "TRƯỞNG CÔNG AN", "UB": "CHỦ TỊCH", "FA": "TRƯỞNG CƠ SỞ"}


def _named_head(match: re.Match[str]) -> str:
    superior, body = _HEADS[match[1]]
    number = match[2].strip() or "Số: {{ doc.number }}/{{ doc.symbol }}"
    return (
        f"{superior}     CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n{body}     Độc lập - Tự do - Hạnh phúc\n"
        f"{number}     {{{{ doc.place }}}}, {{{{ doc.date_long }}}}"
    )


def _named_foot(match: re.Match[str]) -> str:
    return (
        f"Nơi nhận:     {_FEET[match[1]]}\n- Như trên;     (Ký, ghi rõ họ tên, đóng dấu)\n- Lưu: VT.     \n"
        "     {{ signer.full_name }}"
    )


def _value(name: str, chance: random.Random, person: str) -> str:
    last = name.split("|")[0].strip().split(".")[-1].split("[")[0].strip()
    day, month = chance.randint(1, 28), chance.randint(1, 12)
    known = {
        "number": str(chance.randint(2, 480)),
        "symbol": chance.choice(("QĐ-CAP", "TB-CAP", "BB-CAP", "GXN-CSCN", "ĐN-CAP")),
        "full_name": person if "person" in name else chance.choice(_PEOPLE).title(),
        "parent_name": "TỈNH MẪU",
        "place": "Mẫu 1",
        "date_long": f"ngày {day:02d} tháng {month:02d} năm 2026",
        "residence": f"Số {chance.randint(1, 90)}, tổ {chance.randint(1, 9)}, phường Mẫu 1, tỉnh Mẫu",
        "sex": chance.choice(("Nam", "Nữ")),
        "position": "Cán bộ Công an phường Mẫu 1",
        "phone": f"0000 {chance.randint(100, 999)} {chance.randint(100, 999)}",
    }
    if last in known:
        return known[last]
    if "agency" in name and last == "name":
        return "PHƯỜNG MẪU 1"
    if "id_doc" in name and last == "number":
        return f"000090{chance.randint(0, 999999):06}"
    if "date" in last or last.endswith(("_on", "_from", "_to")):
        return f"{day:02d}/{month:02d}/{chance.choice((1988, 1995, 2025, 2026))}"
    return chance.choice(("theo hồ sơ", "không", "Công an phường Mẫu 1", "lao động tự do", "như trên"))


def set_paper(layout: Layout, seed: int, target: Path) -> None:
    """The paper as DOCX."""
    document = new_docx()
    _page(document, layout)
    lines = filled(layout, seed).splitlines()
    first_foot = next(
        (at for at, line in enumerate(lines) if at > len(lines) * 0.6 and len(_COLUMNS.split(line.strip())) > 1),
        len(lines),
    )
    chance = random.Random(seed)
    lines[first_foot:first_foot] = [chance.choice(_FILLERS) for _ in range(layout.longer)]
    for line in lines:
        if not line.strip():
            continue
        cells = [cell for cell in _COLUMNS.split(line.strip()) if cell]
        if len(cells) > 1 and max(map(len, cells)) < 70:
            _row(document, cells, layout.size)
        else:
            _paragraph(document, line, layout.size)
    document.save(str(target))


def _page(document: Docx, layout: Layout) -> None:
    section = document.sections[0]
    wide, high = (Mm(148), Mm(210)) if layout.half else (Mm(210), Mm(297))
    if layout.landscape:
        wide, high, section.orientation = high, wide, WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = wide, high
    section.left_margin, section.right_margin = Mm(30), Mm(17)
    section.top_margin = section.bottom_margin = Mm(20)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", Pt(layout.size)
    normal.paragraph_format.space_after = Pt(4)
    if layout.numbering == "top":
        section.different_first_page_header_footer = True
        _field(section.header.paragraphs[0], "", "PAGE", "", "")
    elif layout.numbering == "foot":
        _field(section.footer.paragraphs[0], "Trang ", "PAGE", "/", "NUMPAGES")


def _field(paragraph: Paragraph, before: str, first: str, between: str, second: str) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for text, code in ((before, first), (between, second)):
        if text:
            paragraph.add_run(text)
        if code:
            field = OxmlElement("w:fldSimple")
            field.set(qn("w:instr"), code)
            paragraph._p.append(field)


def _row(document: Docx, cells: list[str], size: float) -> None:
    table = document.add_table(rows=1, cols=len(cells))
    for at, text in enumerate(cells):
        paragraph = table.cell(0, at).paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = paragraph.add_run(text)
        run.bold = text.isupper()
        run.font.size = Pt(size - 1)


def _paragraph(document: Docx, line: str, size: float) -> None:
    text = line.strip()
    paragraph = document.add_paragraph()
    run = paragraph.add_run(text)
    lead = len(line) - len(line.lstrip())
    if lead >= 30:
        paragraph.alignment, run.italic = WD_ALIGN_PARAGRAPH.RIGHT, True
    elif lead >= 4:
        paragraph.alignment, run.bold = WD_ALIGN_PARAGRAPH.CENTER, True
    else:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        paragraph.paragraph_format.first_line_indent = Mm(10)
    if "CỘNG HÒA XÃ HỘI" in text:
        run.font.size = Pt(size - 0.5)
