"""What openpyxl sees in a workbook: cells, links, validations, what is frozen, filtered and repeated in print."""
import json
import sys

import openpyxl

book = openpyxl.load_workbook(sys.argv[1])
sheets = []
for sheet in book:
    sheets.append({
        "name": sheet.title,
        "rows": [[cell.value if isinstance(cell.value, (int, float, str, type(None))) else str(cell.value) for cell in row] for row in sheet.iter_rows()],
        "links": {cell.coordinate: (cell.hyperlink.target or "") + "#" + (cell.hyperlink.location or "") for row in sheet.iter_rows() for cell in row if cell.hyperlink},
        "validations": [{"type": v.type, "where": str(v.sqref), "list": v.formula1} for v in sheet.data_validations.dataValidation],
        "frozen": sheet.freeze_panes,
        "filter": sheet.auto_filter.ref,
        "repeat": sheet.print_title_rows,
        "landscape": sheet.page_setup.orientation,
        "merged": [str(area) for area in sheet.merged_cells.ranges],
        "created": book.properties.created.isoformat(),
    })
print(json.dumps(sheets, ensure_ascii=False))
