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
        if match := re.fullmatch(r'=IF\(COUNT\((\w+):(\w+)\)<ROWS\(\1:\2\),"待填写",SUM\(\1:\2\)\)', str(text)):
            values = [c.value for (c,) in sheet[match[1] : match[2]]]
            return sum(values) if all(isinstance(v, (int, float)) for v in values) else "待填写"
        if match := re.fullmatch(r"=(\w+)/(\w+)", str(text)):
            return worked(match[1]) / worked(match[2])
        if match := re.fullmatch(r'=IF\(COUNT\((\w+),(\w+)\)<2,"待填写",\1/\2\)', str(text)):
            part, whole = worked(match[1]), worked(match[2])
            return "待填写" if "待填写" in (part, whole) else part / whole
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
