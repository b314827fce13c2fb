"""Makes a workbook from a JSON specification: workbook.py SPEC TARGET.

{"sheets": [{"name", "rows": [[…]], "at": "C5", "merge": ["A1:C1"], "formats": {"D": "yyyy-mm-dd"}, "hidden": true,
  "hidden_rows": [4]}], "epoch_1904": true, "convert": "ods" | "xls" | "xlsb", "password": "…",
  "replace": [[part, from, to]], "strings": the part of shared strings, "bomb": [part, MiB], "repeat_part": part, "patch": [[bytes, bytes]], "truncate": bytes}
A cell {"date": "2018-10-05"} is a day, {"formula": "=1+1"} a formula without a stored result,
{"error": "#REF!"} in an .xlsb a formula whose result is an error.
"""
import datetime
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import openpyxl
import xlsb
from openpyxl.utils import coordinate_to_tuple
from openpyxl.utils.datetime import CALENDAR_MAC_1904

spec = json.loads(Path(sys.argv[1]).read_text("utf-8"))
target = Path(sys.argv[2])
if spec.get("convert") == "xlsb":
    xlsb.write(spec, target)
    target.write_bytes(target.read_bytes()[: spec.get("truncate")])
    sys.exit()
folder = Path(tempfile.mkdtemp())
made = folder / "made.xlsx"


def value(cell):
    if isinstance(cell, dict):
        return datetime.datetime.fromisoformat(cell["date"]) if "date" in cell else cell["formula"]
    return cell


book = openpyxl.Workbook()
book.remove(book.active)
if spec.get("epoch_1904"):
    book.epoch = CALENDAR_MAC_1904
for plan in spec["sheets"]:
    sheet = book.create_sheet(plan.get("name", "Sheet1"))
    top, left = coordinate_to_tuple(plan.get("at", "A1"))
    for down, row in enumerate(plan["rows"]):
        for right, cell in enumerate(row):
            if cell is not None:
                sheet.cell(top + down, left + right, value(cell))
    for area in plan.get("merge", []):
        sheet.merge_cells(area)
    for letters, form in plan.get("formats", {}).items():
        for cell in sheet[letters]:
            cell.number_format = form
    for row in plan.get("hidden_rows", []):
        sheet.row_dimensions[row].hidden = True
    if plan.get("hidden"):
        sheet.sheet_state = "hidden"
book.save(made)



def change(part, make):
    changed = folder / "changed.xlsx"
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as out:
        for name in source.namelist():
            out.writestr(name, make(source.read(name)) if name == part else source.read(name))
    shutil.move(changed, made)


for part, old, new in spec.get("replace", []):
    def make(text, old=old.encode(), new=new.encode()):
        assert old in text, (part, old, text[:2000])
        return text.replace(old, new, 1)
    change(part, make)
if "strings" in spec:
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    relation = f'<Relationship Type="{office}" Target="sharedStrings.xml" Id="rId99"/></Relationships>'
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
    change("xl/_rels/workbook.xml.rels", lambda text: text.replace(b"</Relationships>", relation.encode()))
    change("[Content_Types].xml", lambda text: text.replace(b"</Types>", override.encode()))
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as out:
        out.writestr("xl/sharedStrings.xml", spec["strings"])
if "bomb" in spec:
    part, size = spec["bomb"]
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as out, out.open(part, "w", force_zip64=True) as entry:
        for _ in range(size):
            entry.write(b" " * (1 << 20))
if "repeat_part" in spec:
    import warnings
    warnings.simplefilter("ignore")
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as out:
        out.writestr(spec["repeat_part"], out.read(spec["repeat_part"]))
if "password" in spec:
    import msoffcrypto.format.ooxml
    locked = folder / "locked.xlsx"
    with made.open("rb") as source, locked.open("wb") as out:
        msoffcrypto.format.ooxml.OOXMLFile(source).encrypt(spec["password"], out)
    shutil.move(locked, made)
if "convert" in spec:
    kind = spec["convert"]
    subprocess.run(["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", kind,
                    "--outdir", str(folder), str(made)], check=True, capture_output=True)
    made = folder / f"made.{kind}"
content = made.read_bytes()
for old, new in spec.get("patch", []):
    assert bytes(old) in content, old
    content = content.replace(bytes(old), bytes(new), 1)
target.write_bytes(content[: spec.get("truncate")])
shutil.rmtree(folder)
