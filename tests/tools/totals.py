"""What openpyxl sees in 汇总表.xlsx: each sheet's columns, its total row's formulas, and what they come to when
worked out from the cells above, beside the values stored with them."""
import json
import re
import sys

import openpyxl

formulas, stored = (openpyxl.load_workbook(sys.argv[1], data_only=only) for only in (False, True))
sheets = []
for sheet in formulas:
    last = sheet.max_row

    def worked(cell):
        text = sheet[cell].value
        if match := re.fullmatch(r"=SUM\((\w+):(\w+)\)", str(text)):
            return sum(c.value for (c,) in sheet[match[1] : match[2]] if isinstance(c.value, (int, float)))
        if match := re.fullmatch(r'=IF\((\w+)=0,"",(\w+)/\1\)', str(text)):
            whole = worked(match[1])
            return worked(match[2]) / whole if whole else ""
        return text

    columns = []
    for cell in sheet[2][3:]:
        total = cell.column_letter + str(last)
        columns.append({
            "head": cell.value.replace("\n", ""),
            "values": [sheet.cell(row, cell.column).value for row in range(3, last)],
            "format": sheet.cell(3, cell.column).number_format,
            "formula": sheet[total].value,
            "worked": worked(total),
            "stored": stored[sheet.title][total].value,
        })
    red = [str(area.sqref) for area in sheet.conditional_formatting]
    branches = [sheet.cell(row, 2).value for row in range(3, last)]
    sheets.append({"name": sheet.title, "branches": branches, "columns": columns, "coloured": red, "total": sheet.cell(last, 1).value})
print(json.dumps(sheets, ensure_ascii=False))
