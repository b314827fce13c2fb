"""Every branch's metrics computed from the shipped ledgers by another program. Written from the notice's table of
heads; shares nothing with zicha."""
import json
import sys
from decimal import Decimal
from pathlib import Path

from ledgers import CUTOFF, FIXED_DAYS, Roster, date, places, plain, rate, rows, yes

folder = Path(sys.argv[1])
roster = Roster(folder / "党组织名册.xlsx")


def of_branch(name, column):
    owned = {name: [] for name in roster.kinds}
    for row in rows(folder / name):
        owner = roster.owner(row[column])
        if owner:
            owned[owner].append(row)
    return owned


rectify = of_branch("规范化党支部建设整改台账.xlsx", 1)
project = of_branch("突破项目.xls", 1)
team = of_branch("党建特色团队.xlsx", 1)
theme = of_branch("主题党日.xlsx", 0)
study = of_branch("干部在线学习.csv", 0)
council = of_branch("党员议事会.ods", 0)
task = of_branch("党建工作任务分解.xlsx", 0)

metrics = {}
for name in roster.kinds:
    rates = [rate(r[6]) for r in project[name]]
    missing = [max(Decimal(r[3]) - Decimal(r[4]), Decimal(0)) for r in study[name]]
    present, due = sum(int(r[5]) for r in theme[name]), sum(int(r[4]) for r in theme[name])
    metrics[name] = {
        "rectify_total": str(len(rectify[name])),
        "rectify_done": str(sum(r[8] == "已完成" for r in rectify[name])),
        "projects": str(len(rates)),
        "projects_rate_mean": places(sum(rates) / len(rates), 4),
        "teams": str(len(team[name])),
        "teams_weak": str(sum(r[9] == "成效不明显" for r in team[name])),
        "theme_expected": str(len(FIXED_DAYS)),
        "theme_held": str(sum(date(r[2]) <= CUTOFF for r in theme[name])),
        "theme_uploaded": str(sum(yes(r[6]) for r in theme[name])),
        "attendance": places(Decimal(present) / Decimal(due), 4),
        "cadres": str(len(missing)),
        "study_short": str(sum(m > 0 for m in missing)),
        "study_gap": plain(sum(missing)),
        "study_points": places(sum(m // 5 * Decimal("0.05") for m in missing), 2),
        "councils": str(len(council[name])),
        "tasks": str(len(task[name])),
        "tasks_late": str(sum(r[5] != "已完成" and date(r[3]) < CUTOFF for r in task[name])),
    }
print(json.dumps(metrics, ensure_ascii=False))
