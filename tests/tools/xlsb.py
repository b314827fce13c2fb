"""Writes a workbook in the binary format .xlsb (MS-XLSB), which no program at hand does: texts shared and inline,
numbers, truth values, errors, days, hidden sheets and rows, merged cells. Takes the specification of workbook.py."""
import datetime
import struct
import zipfile

from openpyxl.utils import coordinate_to_tuple, range_boundaries

ERRORS = {"#NULL!": 0x00, "#DIV/0!": 0x07, "#VALUE!": 0x0F, "#REF!": 0x17, "#NAME?": 0x1D, "#NUM!": 0x24, "#N/A": 0x2A}
MAIN = "application/vnd.ms-excel."
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def record(kind, content=b""):
    """A record: its type and its length, both in groups of seven bits, and its content."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length, size = len(content), b""
    while True:
        size += bytes([length & 0x7F | (0x80 if length > 0x7F else 0)])
        length >>= 7
        if not length:
            return head + size + content


def text(words):
    wide = words.encode("utf-16-le")
    return struct.pack("<I", len(wide) // 2) + wide


def cell(col, value, strings):
    """The record of one cell. Texts are shared, but for those of odd columns, which stand in their cells."""
    at = struct.pack("<II", col, 0)
    if isinstance(value, dict) and "date" in value:
        days = (datetime.datetime.fromisoformat(value["date"]) - datetime.datetime(1899, 12, 30)) / datetime.timedelta(days=1)
        return record(0x05, struct.pack("<IId", col, 1, days))
    if isinstance(value, dict):
        error = ERRORS[value["error"]]
        return record(0x0B, at + struct.pack("<BHIBBI", error, 0, 2, 0x1C, error, 0))
    if isinstance(value, bool):
        return record(0x04, at + struct.pack("<B", value))
    if isinstance(value, (int, float)):
        return record(0x05, at + struct.pack("<d", value))
    if value in ERRORS:
        return record(0x03, at + struct.pack("<B", ERRORS[value]))
    if col % 2:
        return record(0x06, at + text(value))
    if value not in strings:
        strings.append(value)
    return record(0x07, at + struct.pack("<I", strings.index(value)))


def sheet(plan, strings):
    top, left = (n - 1 for n in coordinate_to_tuple(plan.get("at", "A1")))
    right = left + max(len(row) for row in plan["rows"]) - 1
    out = record(0x81) + record(0x94, struct.pack("<IIII", top, top + len(plan["rows"]) - 1, left, right)) + record(0x91)
    for number, row in enumerate(plan["rows"], top):
        hidden = 0x10 if number + 1 in plan.get("hidden_rows", []) else 0
        out += record(0x00, struct.pack("<IIHBBBI", number, 0, 300, 0, hidden, 0, 0))
        out += b"".join(cell(left + at, value, strings) for at, value in enumerate(row) if value is not None)
    out += record(0x92)
    merges = [range_boundaries(area) for area in plan.get("merge", [])]
    if merges:
        areas = (record(0xB0, struct.pack("<IIII", r1 - 1, r2 - 1, c1 - 1, c2 - 1)) for c1, r1, c2, r2 in merges)
        out += record(0xB1, struct.pack("<I", len(merges))) + b"".join(areas) + record(0xB2)
    return out + record(0x82)


def relations(targets):
    rows = "".join(f'<Relationship Id="rId{n}" Type="{OFFICE}/{kind}" Target="{target}"/>' for n, (kind, target) in enumerate(targets, 1))
    return f'<Relationships xmlns="{PACKAGE}/relationships">{rows}</Relationships>'


def write(spec, target):
    strings, parts, sheets = [], {}, b""
    plans = spec["sheets"]
    for number, plan in enumerate(plans, 1):
        parts[f"xl/worksheets/sheet{number}.bin"] = sheet(plan, strings)
        state = struct.pack("<II", 1 if plan.get("hidden") else 0, number)
        sheets += record(0x9C, state + text(f"rId{number}") + text(plan.get("name", f"Sheet{number}")))
    general, day = (struct.pack("<HHHHHBBHH", parent, form, 0, 0, 0, 0, 0, 0, 0) for parent, form in ((0xFFFF, 0), (0, 14)))
    properties = struct.pack("<II", 1 if spec.get("epoch_1904") else 0, 0) + text("")
    parts["xl/workbook.bin"] = record(0x83) + record(0x99, properties) + record(0x8F) + sheets + record(0x90) + record(0x9D, bytes(26)) + record(0x84)
    parts["xl/styles.bin"] = record(0x116) + record(0x269, struct.pack("<I", 2)) + record(0x2F, general) + record(0x2F, day) + record(0x26A) + record(0x117)
    items = b"".join(record(0x13, b"\0" + text(words)) for words in strings)
    parts["xl/sharedStrings.bin"] = record(0x9F, struct.pack("<II", len(strings), len(strings))) + items + record(0xA0)
    kinds = [("worksheet", f"worksheets/sheet{n}.bin") for n in range(1, len(plans) + 1)]
    parts["xl/_rels/workbook.bin.rels"] = relations(kinds + [("styles", "styles.bin"), ("sharedStrings", "sharedStrings.bin")])
    parts["_rels/.rels"] = relations([("officeDocument", "xl/workbook.bin")])
    types = {"xl/workbook.bin": "sheet.binary.macroEnabled.main", "xl/styles.bin": "styles", "xl/sharedStrings.bin": "sharedStrings"}
    types |= {f"xl/{target}": "worksheet" for _, target in kinds}
    named = "".join(f'<Override PartName="/{part}" ContentType="{MAIN}{kind}"/>' for part, kind in types.items())
    default = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    parts["[Content_Types].xml"] = f'<Types xmlns="{PACKAGE}/content-types">{default}{named}</Types>'
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name in sorted(parts):
            out.writestr(name, parts[name])
