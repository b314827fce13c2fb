"""The links of each page of a PDF: the address, and the upright text that stands in the link."""
import json
import sys

import pdfplumber


def text(page, link):
    box = (link["x0"] - 1, link["top"] - 1, link["x1"] + 1, link["bottom"] + 1)
    upright = page.filter(lambda part: part["object_type"] != "char" or part["upright"] and abs(part["matrix"][1]) < 0.01)
    return upright.within_bbox(box, strict=False).extract_text()


with pdfplumber.open(sys.argv[1]) as pdf:
    json.dump([[{"to": link["uri"], "text": text(page, link)} for link in page.hyperlinks] for page in pdf.pages], sys.stdout)
