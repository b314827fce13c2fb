"""Renders a share of the reports with docxtpl: docxtpl_peer.py TEMPLATE CONTEXTS OUTPUT K/N.

Says "ready" when everything is loaded and warm, waits for a line, renders, and says how many seconds it took.
"""

import json
import sys
import time
from pathlib import Path

from docxtpl import DocxTemplate

template, contexts, output, share = sys.argv[1:]
at, of = map(int, share.split("/"))
mine = list(enumerate(json.loads(Path(contexts).read_text("utf-8"))))[at::of]


def render(number, context):
    document = DocxTemplate(template)
    document.render(context)
    document.save(f"{output}/{number}.docx")


for number, context in mine[:5]:
    render(number, context)
print("ready", flush=True)
sys.stdin.readline()
started = time.perf_counter()
for number, context in mine:
    render(number, context)
print(time.perf_counter() - started, flush=True)
