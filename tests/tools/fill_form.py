"""Fills a form in as a clerk does, saves it with LibreOffice: fill_form.py FORM TARGET (its extension decides)."""
import shutil
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import openpyxl

form, target = Path(sys.argv[1]), Path(sys.argv[2])
folder = Path(tempfile.mkdtemp())
book = openpyxl.load_workbook(form)
values = {"list": lambda v: v.formula1.strip('"').split(",")[-1], "date": lambda v: date(2018, 9, 20), "whole": lambda v: 9, "decimal": lambda v: 0.5}
for sheet in book:
    head = 3 if sheet.freeze_panes == "A4" else 4
    first = head + 2
    for row in (first, first + 1):
        for col in range(1, sheet.max_column + 1):
            cell = sheet.cell(row, col)
            rules = [v for v in sheet.data_validations.dataValidation if cell.coordinate in v]
            if rules and rules[0].type in values:
                cell.value = values[rules[0].type](rules[0])
            elif cell.value is None:
                cell.value = f"填写{sheet.title[:2]}{row}" if col > 1 else row - head - 1
filled = folder / "filled.xlsx"
book.save(filled)
subprocess.run(["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", target.suffix[1:],
                "--outdir", str(folder / "out"), str(filled)], check=True, capture_output=True)
shutil.move(folder / "out" / f"filled{target.suffix}", target)
shutil.rmtree(folder)
