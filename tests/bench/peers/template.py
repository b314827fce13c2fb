"""Makes a template of the same report for docxtpl and for docxtemplater: template.py REPORT FOLDER.

outline.json in the folder says what all reports have in common; what is each report's own is a tag (see peers.rs).
"""

import copy
import json
import sys
from pathlib import Path

from docx import Document


class Docxtpl:
    """Tags of Jinja; a loop over rows has rows of its own."""

    name = "docxtpl"

    def value(self, key):
        return "{{ " + key + " }}"

    def paragraphs(self, key):
        return ["{%p for text in " + key + " %}", "{{ text }}", "{%p endfor %}"]

    def rows(self, key, columns):
        cells = ["{{ row.c%d }}" % col for col in range(columns)]
        return [["{%tr for row in " + key + " %}"], cells, ["{%tr endfor %}"]]


class Docxtemplater:
    """Tags in single braces; a loop over rows begins and ends within the row."""

    name = "docxtemplater"

    def value(self, key):
        return "{" + key + "}"

    def paragraphs(self, key):
        return ["{#" + key + "}", "{.}", "{/" + key + "}"]

    def rows(self, key, columns):
        cells = ["{c%d}" % col for col in range(columns)]
        cells[0] = "{#" + key + "}" + cells[0]
        cells[-1] += "{/" + key + "}"
        return [cells]


HEADS = {1: "Title", 2: "Heading 1", 3: "Heading 2"}


def fill(table, rows):
    """Leaves a table its head alone and gives it rows like its first one."""
    old = list(table.rows)[1:]
    for texts in rows:
        row = copy.deepcopy(old[0]._tr)
        table._tbl.append(row)
        cells = table.rows[-1].cells
        for cell, text in zip(cells, texts):
            cell.paragraphs[0].text = text
        for cell in cells[len(texts) :]:
            row.remove(cell._tc)
    for row in old:
        table._tbl.remove(row._tr)


def template(report, outline, tags):
    """One of zicha's reports with a body of tags; page, styles, footers and the tables' columns stay."""
    document = Document(report)
    tables = iter(document.tables)
    body = document.element.body
    section = body.sectPr
    for element in list(body):
        body.remove(element)
    body.append(section)
    for at, part in enumerate(outline):
        document.add_paragraph(part["head"] or tags.value("title"), HEADS[part["level"]])
        for text in tags.paragraphs(f"before{at}"):
            document.add_paragraph(text, "Body Text")
        if part["columns"]:
            document.add_paragraph(part["caption"], "表题")
            table = next(tables)
            fill(table, tags.rows(f"rows{at}", len(part["columns"])))
            section.addprevious(table._tbl)
            document.add_paragraph(style="表后")
            for text in tags.paragraphs(f"after{at}"):
                document.add_paragraph(text, "Body Text")
    return document


report, folder = map(Path, sys.argv[1:])
outline = json.loads((folder / "outline.json").read_text("utf-8"))
for tags in Docxtpl(), Docxtemplater():
    template(report, outline, tags).save(folder / f"{tags.name}.docx")
