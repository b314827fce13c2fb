"""Each branch's sources.json against the ledgers: every metric computed again from the cells that it names, every
printed cell read again, every cell's row found to be the branch's own. Prints what was compared.

sources.py INPUT OUTPUT"""
import json
import re
import sys
from datetime import date as Date
from decimal import Decimal
from pathlib import Path

from openpyxl.utils.cell import range_boundaries

from ledgers import CUTOFF, FIXED_DAYS, Roster, date, places, plain, rate, rows, yes

given, made = Path(sys.argv[1]), Path(sys.argv[2])
roster = Roster(given / "党组织名册.xlsx")
ledgers = {path.name: rows(path) for path in given.iterdir()}
# Where each ledger names the branch.
NAMED = {"规范化党支部建设整改台账.xlsx": 1, "突破项目.xls": 1, "党建特色团队.xlsx": 1, "党组织名册.xlsx": 1}


def cells(source, sheets):
    """The values and rows of a range of one column, or of whole rows."""
    name = sheets[source["sheet"]]["file"]
    left, top, right, bottom = range_boundaries(source["range"])
    return name, [ledgers[name][row - 1][left - 1 : right] for row in range(top, bottom + 1)], range(top, bottom + 1)


def number(value):
    return Decimal(str(value))


def state(wanted):
    return lambda c, f: sum(s == wanted for s in c["state"])


def late(day):
    return lambda c, f: sum(s != "已完成" and date(d) < CUTOFF for s, d in zip(c["state"], c[day]))


def short(c):
    return [max(number(r) - number(d), Decimal(0)) for r, d in zip(c["required"], c["done"])]


def kind(wanted):
    return lambda c, f: sum(k == wanted for k in c["kind"])


def effect(wanted):
    return lambda c, f: sum(e == wanted for e in c["effect"])


count = lambda c, f: c["rows"]
on_days = lambda c, f: len({date(d) for d in c["date"]} & set(FIXED_DAYS))
uploaded = lambda c, f: sum(yes(u) and date(d) <= CUTOFF for u, d in zip(c["uploaded"], c["date"]))
TERM = Date(2018, 9, 3)
CATEGORIES = {"life": "组织生活严肃性不高", "files": "档案材料规范化程度低", "role": "支部作用发挥不大", "books": "台账化管理不规范", "lessons": "党员教育形式化"}


def in_category(wanted, done=False):
    states = lambda c: c["state"] if done else ["已完成"] * len(c["category"])
    return lambda c, f: sum(k == wanted and s == "已完成" for k, s in zip(c["category"], states(c)))


def mean(rates):
    return places(sum(rates) / len(rates), 4) if rates else None


def rate_of_kind(wanted):
    return lambda c, f: mean([rate(r) for k, r in zip(c["kind"], c["rate"]) if k == wanted])


def later(wanted):
    return lambda c, f: sum(s == wanted and date(d) >= CUTOFF for s, d in zip(c["state"], c["node"]))


held_on = lambda c: [date(d) for d in c["date"] if date(d) <= CUTOFF]
ratio = lambda part, whole: lambda c, f: places(f[part] / f[whole], 4) if f[whole] else None

# From a metric's cells c (its columns, or how many rows) and the metrics f that it names.
RULES = {
    "rectify_total": count, "rectify_done": state("已完成"), "rectify_rate": ratio("rectify_done", "rectify_total"),
    "rectify_open": lambda c, f: f["rectify_total"] - f["rectify_done"], "rectify_idle": state("未启动"), "rectify_overdue": late("due"),
    "standards": count, "standards_met": lambda c, f: sum(map(yes, c["met"])), "standards_not": lambda c, f: f["standards"] - f["standards_met"],
    "projects": count, "projects_rate_mean": lambda c, f: places(sum(map(rate, c["rate"])) / len(c["rate"]), 4),
    "projects_full": lambda c, f: sum(rate(r) >= 1 for r in c["rate"]), "projects_low": lambda c, f: sum(rate(r) < Decimal("0.6") for r in c["rate"]),
    "projects_late": lambda c, f: sum(rate(r) < 1 and date(d) < CUTOFF for r, d in zip(c["rate"], c["planned"])),
    "teams": count, "teams_research": kind("科研攻关"), "teams_technic": kind("技术服务"), "teams_manage": kind("管理服务"),
    "teams_strong": effect("成效突出"), "teams_steady": effect("正常推进"), "teams_weak": effect("成效不明显"),
    "theme_expected": lambda c, f: len(FIXED_DAYS), "theme_held": lambda c, f: sum(date(d) <= CUTOFF for d in c["date"]),
    "theme_on_day": on_days, "theme_missed": lambda c, f: f["theme_expected"] - f["theme_on_day"],
    "theme_uploaded": uploaded, "theme_lacking": lambda c, f: max(f["theme_expected"] - f["theme_uploaded"], 0),
    "theme_due": lambda c, f: sum(map(number, c["due"])), "theme_present": lambda c, f: sum(map(number, c["present"])),
    "attendance": ratio("theme_present", "theme_due"),
    "cadres": count, "study_short": lambda c, f: sum(m > 0 for m in short(c)), "study_gap": lambda c, f: plain(sum(short(c))),
    "study_points": lambda c, f: places(sum(m // 5 * Decimal("0.05") for m in short(c)), 2),
    "councils": count, "tasks": count, "tasks_done": state("已完成"), "tasks_open": state("推进中"), "tasks_idle": state("未启动"), "tasks_late": late("node"),
    "rectify_on_time": lambda c, f: f["rectify_open"] - f["rectify_overdue"],
    "projects_doubtful": lambda c, f: sum(rate(r) < 1 and o not in (None, "", "能够完成") for r, o in zip(c["rate"], c["outlook"])),
    "teams_research_rate": rate_of_kind("科研攻关"), "teams_technic_rate": rate_of_kind("技术服务"), "teams_manage_rate": rate_of_kind("管理服务"),
    "teams_rate": lambda c, f: mean(list(map(rate, c["rate"]))), "teams_full": lambda c, f: sum(rate(r) >= 1 for r in c["rate"]),
    "theme_moved": lambda c, f: sum(d not in FIXED_DAYS for d in held_on(c)),
    "theme_unsent": lambda c, f: sum(not yes(u) and date(d) <= CUTOFF for u, d in zip(c["uploaded"], c["date"])),
    "study_none": lambda c, f: sum(number(r) > 0 and number(d) == 0 for r, d in zip(c["required"], c["done"])),
    "councils_early": lambda c, f: sum(0 <= (date(d) - TERM).days < 14 for d in c["date"]),
    "tasks_in_time": later("推进中"), "tasks_idle_later": later("未启动"),
    "shortfalls": lambda c, f: sum(f[a] + f[b] > 0 for a, b in SHORTFALLS),
}
for name, category in CATEGORIES.items():
    RULES[f"rectify_{name}"] = in_category(category)
    RULES[f"rectify_{name}_done"] = in_category(category, done=True)
    RULES[f"rectify_{name}_rate"] = ratio(f"rectify_{name}_done", f"rectify_{name}")
# What a branch may fall short in, each by one metric or two.
SHORTFALLS = [("rectify_open", "rectify_open"), ("standards_not", "standards_not"), ("projects_low", "projects_late"), ("teams_weak", "teams_weak"),
    ("theme_missed", "theme_lacking"), ("study_short", "study_short"), ("tasks_late", "tasks_late")]


class Columns(dict):
    def __missing__(self, key):
        return 0 if key == "rows" else []


def reads_as(value, text):
    """Whether a printed text is what the cell says."""
    fold = lambda text: re.sub(r"[\s；\"“”‘’]|\\", "", str(text))
    if fold(text) in fold(value) or text == ("是" if yes(value) else "否"):
        return True
    if match := re.fullmatch(r"(\d+)年(\d+)月(\d+)日", text):
        return date(value) == Date(*map(int, match.groups()))
    return rate(text) == rate(value)


compared = {"branches": 0, "metrics": 0, "printed": 0, "cells": 0}
wrong = []
for path in sorted(made.glob("*/sources.json")):
    sources = json.loads(path.read_text())
    branch, sheets = sources["branch"], sources["sheets"]
    if branch not in roster.kinds:
        continue
    compared["branches"] += 1

    def own(name, row):
        compared["cells"] += 1
        owner = roster.owner(ledgers[name][row - 1][NAMED.get(name, 0)])
        if owner != branch:
            wrong.append(f"{branch}: {name} row {row} is {owner}'s")

    said = {}
    for metric in sources["metrics"]:
        columns = Columns()
        for source in metric["cells"]:
            name, values, numbers = cells(source, sheets)
            for row in numbers:
                own(name, row)
            if source["column"] is None:
                columns["rows"] += len(values)
            else:
                columns.setdefault(source["column"], []).extend(value for (value,) in values)
        ours = RULES[metric["id"]](columns, {id: said[id] for id in metric["from"]})
        ours = ours if ours is None or isinstance(ours, str) else plain(ours)
        said[metric["id"]] = Decimal(ours or 0)
        compared["metrics"] += 1
        if ours != metric["value"]:
            wrong.append(f"{branch}: {metric['id']} is {metric['value']}, its cells give {ours}")
    for printed in sources["printed"]:
        if "cell" not in printed:
            continue
        name, ((value,),), (row,) = cells({"sheet": printed["sheet"], "range": printed["cell"]}, sheets)
        own(name, row)
        compared["printed"] += 1
        if not printed["text"].startswith("【待填写：") and not reads_as(value, printed["text"]):
            wrong.append(f"{branch}: {printed['cell']} of {name} says {value!r}, printed {printed['text']!r}")
print(json.dumps(compared | {"wrong": wrong}, ensure_ascii=False))
