"""The building blocks of the document: accessible tables, banners, page numbers, equal bytes."""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Final

from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from model.report.workbook.styles import FONT, HEADER_FILL, NAVY

RATING_FILLS: Final = {"Red": "F4B6B0", "Amber": "FFE0A3", "Green": "BFE3C6"}
"""Fills beside the word, light enough for dark text."""
BANNER_FILL: Final = "FFE699"
_EARLIEST_ZIP_YEAR: Final = 1980


class Page:
    """A document being written from top to bottom. Widths are centimetres."""

    def __init__(self, document: Document, run_id: str, mark: str) -> None:
        self.document = document
        section = document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(1.55)
        section.top_margin = section.bottom_margin = Cm(1.9)
        self._styles()
        if mark:
            section.header.paragraphs[0].add_run(mark).bold = True
        foot = section.footer.paragraphs[0]
        foot.add_run(f"Run {run_id}    Page ")
        _field(foot, "PAGE")
        foot.add_run(" of ")
        _field(foot, "NUMPAGES")

    def properties(self, title: str, subject: str, created: datetime) -> None:
        """Title, subject, language and dates of the file."""
        core = self.document.core_properties
        core.title, core.subject, core.author = title[:255], subject[:255], "hn-forecast"
        core.last_modified_by, core.language = "hn-forecast", "en-GB"
        core.comments, core.keywords = "", "Safety Valve, high needs, DSG"
        core.created = core.modified = created.replace(tzinfo=None)

    def heading(self, text: str, level: int) -> None:
        """A heading that navigation finds."""
        self.document.add_heading(text, level)

    def text(self, text: str) -> None:
        """A paragraph."""
        self.document.add_paragraph(text)

    def note(self, text: str) -> None:
        """A small paragraph under a table."""
        self.document.add_paragraph(text, style="Caption")

    def bullets(self, texts: Sequence[str]) -> None:
        """A list."""
        for text in texts:
            self.document.add_paragraph(text, style="List Bullet")

    def banner(self, text: str, *, small: bool = False) -> None:
        """A shaded line that nobody overlooks."""
        paragraph = self.document.add_paragraph()
        run = paragraph.add_run(text)
        run.bold = True
        run.font.size = Pt(10 if small else 13)
        paragraph.paragraph_format.keep_with_next = True
        _shade(paragraph._p.get_or_add_pPr(), BANNER_FILL)

    def facts(self, title: str, rows: Sequence[tuple[str, str]]) -> None:
        """A table of two columns: what, and what there is to say of it."""
        self.table(title, ["Item", "Entry"], [list(row) for row in rows], widths=(4.4, 13.5), first_bold=True)  # fmt: skip

    def table(
        self,
        title: str,
        headings: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        widths: Sequence[float],
        numbers: Collection[int] = (),
        ratings: Collection[int] = (),
        rating_row: int | None = None,
        totals: Collection[int] = (),
        first_bold: bool = False,
        tall: bool = False,
    ) -> None:
        """A table without merged cells whose header row repeats on every page.

        `title` is its description for readers who cannot see it. `numbers`: columns set right.
        `ratings`, `rating_row`: columns, or the row, whose words are ratings. `totals`: bold rows.
        """
        table = self.document.add_table(rows=1 + len(rows), cols=len(headings))
        table.style = self.document.styles["Table Grid"]
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.LEFT, False
        for tag, words in (("w:tblCaption", title), ("w:tblDescription", title)):
            table._tbl.tblPr.append(_element(tag, words))
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Cm(width)
        for index, (row, texts) in enumerate(zip(table.rows, [headings, *rows], strict=True)):
            properties = row._tr.get_or_add_trPr()
            properties.append(_element("w:cantSplit"))
            if index == 0:
                properties.append(_element("w:tblHeader"))
            if tall and index:
                row.height = Cm(1.4)
            for place, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
                cell.width = Cm(widths[place])
                self._cell(cell, text, right=place in numbers)
                paragraphs = cell.paragraphs
                bold = not index or index - 1 in totals or (first_bold and place == 0)
                for paragraph in paragraphs:
                    # Short tables stay whole; long ones break between rows and repeat their header.
                    paragraph.paragraph_format.keep_with_next = index < min(len(rows), 2)
                    for run in paragraph.runs:
                        run.bold = bold
                if not index:
                    _shade(cell._tc.get_or_add_tcPr(), HEADER_FILL.removeprefix("#"))
                elif (place in ratings or index - 1 == rating_row) and text in RATING_FILLS:
                    _shade(cell._tc.get_or_add_tcPr(), RATING_FILLS[text])
        self.document.add_paragraph(style="Table gap")

    def _cell(self, cell: Any, text: str, *, right: bool) -> None:
        for number, line in enumerate(text.split("\n")):
            paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
            paragraph.style = self.document.styles["Table text"]
            paragraph.add_run(line)
            if right:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT

    def _styles(self) -> None:
        styles: Any = self.document.styles
        for name, size in (("Normal", 10), ("Title", 22), ("Subtitle", 12), ("Heading 1", 14), ("Heading 2", 11.5), ("Caption", 8.5)):  # fmt: skip
            font = styles[name].font
            font.name, font.size = FONT, Pt(size)
            fonts = styles[name].element.get_or_add_rPr().get_or_add_rFonts()
            for key in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
                fonts.attrib.pop(qn(key), None)
            if name not in ("Normal", "Caption"):
                font.color.rgb, font.italic = RGBColor.from_string(NAVY.removeprefix("#")), False
        styles["Caption"].font.bold = False
        styles["Caption"].font.color.rgb = RGBColor(0x40, 0x40, 0x40)
        styles["Normal"].paragraph_format.space_after = Pt(5)
        for name, size, after in (("Table text", 9, 1), ("Table gap", 4, 2)):
            style = styles.add_style(name, 1)
            style.base_style = styles["Normal"]
            style.font.size = Pt(size)
            style.paragraph_format.space_after = Pt(after)
            style.paragraph_format.space_before = Pt(after / 2)
        for language in self.document.styles.element.iter(qn("w:lang")):
            language.set(qn("w:val"), "en-GB")


def deterministic(content: bytes, created: datetime) -> bytes:
    """The same file with every part dated `created`, so that equal documents have equal bytes."""
    moment = created.astimezone(UTC)
    stamp = (max(moment.year, _EARLIEST_ZIP_YEAR), *moment.timetuple()[1:6])
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for item in old.infolist():
            part = zipfile.ZipInfo(item.filename, stamp)
            part.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(part, old.read(item.filename))
    return buffer.getvalue()


def _element(tag: str, value: str = "") -> Any:
    element = OxmlElement(tag)
    if value:
        element.set(qn("w:val"), value)
    return element


def _shade(properties: Any, fill: str) -> None:
    shade = OxmlElement("w:shd")
    for key, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", fill)):
        shade.set(qn(key), value)
    properties.append(shade)


def _field(paragraph: Any, name: str) -> None:
    """A field such as the page number, with a value for programs that do not work it out."""
    for kind, text in (("begin", ""), ("", name), ("separate", ""), ("text", "1"), ("end", "")):
        run = paragraph.add_run(text if kind == "text" else "")._r
        if kind == "":
            instruction = OxmlElement("w:instrText")
            instruction.set(qn("xml:space"), "preserve")
            instruction.text = text
            run.append(instruction)
        elif kind != "text":
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run.append(mark)
