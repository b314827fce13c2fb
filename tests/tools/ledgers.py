"""The shipped ledgers as other programs read them: openpyxl, xlrd, ElementTree, csv. Shares nothing with zicha."""
import csv
import datetime
import io
import re
import xml.etree.ElementTree as ET
import zipfile
from decimal import ROUND_HALF_UP, Decimal

import openpyxl
import xlrd

CUTOFF = datetime.date(2018, 10, 25)
# Every second Thursday from 6 September, but for the holiday.
FIXED_DAYS = [datetime.date(2018, 9, 6) + datetime.timedelta(days=14 * n) for n in range(10)]
FIXED_DAYS = [day for day in FIXED_DAYS if day <= CUTOFF and day != datetime.date(2018, 10, 4)]


def xlsx(path):
    sheet = openpyxl.load_workbook(path, data_only=True).worksheets[0]
    merged = {}
    for area in sheet.merged_cells.ranges:
        for row in range(area.min_row, area.max_row + 1):
            merged[row, area.min_col] = sheet.cell(area.min_row, area.min_col).value
    return [[c.value if c.value is not None else merged.get((c.row, c.column)) for c in row] for row in sheet.iter_rows()]


def xls(path):
    book = xlrd.open_workbook(path)
    value = lambda cell: xlrd.xldate_as_datetime(cell.value, book.datemode) if cell.ctype == xlrd.XL_CELL_DATE else cell.value
    return [[value(cell) for cell in row] for row in book.sheet_by_index(0).get_rows()]


def ods(path):
    ns = {"t": "urn:oasis:names:tc:opendocument:xmlns:table:1.0", "x": "urn:oasis:names:tc:opendocument:xmlns:text:1.0"}
    tree = ET.fromstring(zipfile.ZipFile(path).read("content.xml"))
    rows = tree.iter("{%s}table-row" % ns["t"])
    return [["\n".join("".join(p.itertext()) for p in cell.findall("x:p", ns)) for cell in list(row)[:6]] for row in rows]


def text_table(path):
    return list(csv.reader(io.StringIO(path.read_bytes().decode("gb18030"))))


def rows(path):
    """A ledger's rows from the sheet's first, each a list of cells from the sheet's first column."""
    return {".xlsx": xlsx, ".xls": xls, ".ods": ods, ".csv": text_table}[path.suffix](path)


def date(value):
    if isinstance(value, datetime.datetime):
        return value.date()
    digits = re.findall(r"\d+", str(value))
    if len(digits) == 1 and len(digits[0]) == 8:
        digits = [digits[0][:4], digits[0][4:6], digits[0][6:]]
    return datetime.date(*map(int, digits))


def rate(value):
    text = str(value)
    return Decimal(text[:-1]) / 100 if text.endswith("%") else Decimal(text)


def yes(value):
    return value in ("是", "√")


def places(value, digits):
    return str(value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def plain(value):
    return f"{Decimal(value).normalize():f}"


class Roster:
    """Who is who: full names in the roster's order, and whose a cell's text is."""

    def __init__(self, path):
        listed = [row for row in rows(path) if row[3] in ("党总支", "机关党支部")]
        self.kinds = {row[1]: row[3] for row in listed}
        self.names = {row[1]: row[1] for row in listed} | {row[2]: row[1] for row in listed}

    def owner(self, cell):
        return self.names.get(re.sub(r"\s", "", str(cell or "")))
