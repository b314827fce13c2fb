"""Every branch's figures computed from the shipped ledgers by another program, with other readers: openpyxl, xlrd,
ElementTree, csv. Written from the notice's table of heads; shares nothing with zicha."""
import csv
import datetime
import io
import json
import re
import sys
import xml.etree.ElementTree as ET
import zipfile
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import openpyxl
import xlrd

folder = Path(sys.argv[1])
CUTOFF = datetime.date(2018, 10, 25)


def xlsx(name):
    sheet = openpyxl.load_workbook(folder / name, data_only=True).worksheets[0]
    merged = {}
    for area in sheet.merged_cells.ranges:
        for row in range(area.min_row, area.max_row + 1):
            merged[row, area.min_col] = sheet.cell(area.min_row, area.min_col).value
    return [[c.value if c.value is not None else merged.get((c.row, c.column)) for c in row] for row in sheet.iter_rows()]


def xls(name):
    return [[cell.value for cell in row] for row in xlrd.open_workbook(folder / name).sheet_by_index(0).get_rows()]


def ods(name):
    ns = {"t": "urn:oasis:names:tc:opendocument:xmlns:table:1.0", "x": "urn:oasis:names:tc:opendocument:xmlns:text:1.0"}
    tree = ET.fromstring(zipfile.ZipFile(folder / name).read("content.xml"))
    rows = tree.iter("{%s}table-row" % ns["t"])
    return [["\n".join("".join(p.itertext()) for p in cell.findall("x:p", ns)) for cell in list(row)[:5]] for row in rows]


def text_table(name):
    return list(csv.reader(io.StringIO((folder / name).read_bytes().decode("gb18030"))))


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


def places(value, digits):
    return str(value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


roster = [row for row in xlsx("党组织名册.xlsx") if row[3] in ("党总支", "机关党支部")]
names = {row[1]: row[1] for row in roster} | {row[2]: row[1] for row in roster}


def of_branch(rows, column):
    owned = {name: [] for name in names.values()}
    for row in rows:
        name = names.get(re.sub(r"\s", "", str(row[column] or "")))
        if name:
            owned[name].append(row)
    return owned


rectify = of_branch(xlsx("规范化党支部建设整改台账.xlsx"), 1)
project = of_branch(xls("突破项目.xls"), 1)
team = of_branch(xlsx("党建特色团队.xlsx"), 1)
theme = of_branch(xlsx("主题党日.xlsx"), 0)
study = of_branch(text_table("干部在线学习.csv"), 0)
council = of_branch(ods("党员议事会.ods"), 0)
task = of_branch(xlsx("党建工作任务分解.xlsx"), 0)

expected_days = [datetime.date(2018, 9, 6) + datetime.timedelta(days=14 * n) for n in range(10)]
expected_days = [d for d in expected_days if d <= CUTOFF and d != datetime.date(2018, 10, 4)]

figures = {}
for name in dict.fromkeys(names.values()):
    rates = [rate(r[6]) for r in project[name]]
    missing = [max(Decimal(r[3]) - Decimal(r[4]), Decimal(0)) for r in study[name]]
    present, due = sum(int(r[5]) for r in theme[name]), sum(int(r[4]) for r in theme[name])
    figures[name] = {
        "rectify_total": str(len(rectify[name])),
        "rectify_done": str(sum(r[8] == "已完成" for r in rectify[name])),
        "projects": str(len(rates)),
        "projects_rate_mean": places(sum(rates) / len(rates), 4),
        "teams": str(len(team[name])),
        "teams_weak": str(sum(r[9] == "成效不明显" for r in team[name])),
        "theme_expected": str(len(expected_days)),
        "theme_held": str(sum(date(r[2]) <= CUTOFF for r in theme[name])),
        "theme_uploaded": str(sum(r[6] in ("是", "√") for r in theme[name])),
        "attendance": places(Decimal(present) / Decimal(due), 4),
        "cadres": str(len(missing)),
        "study_short": str(sum(m > 0 for m in missing)),
        "study_gap": f"{sum(missing).normalize():f}",
        "study_points": places(sum(m // 5 * Decimal("0.05") for m in missing), 2),
        "councils": str(len(council[name])),
        "tasks": str(len(task[name])),
        "tasks_late": str(sum(r[5] != "已完成" and date(r[3]) < CUTOFF for r in task[name])),
    }
print(json.dumps(figures, ensure_ascii=False))
