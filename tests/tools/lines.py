"""The lines and pictures of each page of a PDF: where they stand (points from the top and left), and what lines say."""
import json
import sys
import unicodedata

import pdfplumber


def plain(text):
    """A character itself where a PDF gives the radical that looks the same (⼈ for 人)."""
    return unicodedata.normalize("NFKC", text) if "\u2e80" <= text <= "\u2fdf" else text


def turned(page):
    """What is set at a right angle to the page, as the numbers of landscape pages are."""
    chars = [c for c in page.chars if abs(c["matrix"][0]) < 0.01 and c["text"].isprintable() and c["text"].strip()]
    if chars:
        text = "".join(plain(c["text"]) for c in sorted(chars, key=lambda c: c["top"]))
        edges = {"left": min(c["x0"] for c in chars), "right": max(c["x1"] for c in chars)}
        return {"text": text, **edges, "top": min(c["top"] for c in chars), "bottom": max(c["bottom"] for c in chars)}


def lines(page):
    rows = []
    for char in sorted((c for c in page.chars if abs(c["matrix"][1]) < 0.01), key=lambda c: (c["top"] + c["bottom"])):
        middle = (char["top"] + char["bottom"]) / 2
        if rows and middle - rows[-1]["middle"] < 4:
            rows[-1]["chars"].append(char)
        else:
            rows.append({"middle": middle, "chars": [char]})
    for row in rows:
        chars = sorted((c for c in row["chars"] if c["text"].isprintable() and c["text"].strip()), key=lambda c: c["x0"])
        if chars:
            text = "".join(plain(c["text"]) for c in chars)
            yield {"middle": row["middle"], "left": chars[0]["x0"], "right": chars[-1]["x1"], "size": chars[0]["size"], "text": text}


def pictures(page):
    for picture in sorted(page.images, key=lambda p: (round(p["top"]), p["x0"])):
        yield {"left": picture["x0"], "right": picture["x1"], "top": picture["top"], "bottom": picture["bottom"]}


with pdfplumber.open(sys.argv[1]) as pdf:
    pages = [
        {
            "width": float(p.width),
            "height": float(p.height),
            "lines": list(lines(p)),
            "pictures": list(pictures(p)),
            "turned": turned(p),
        }
        for p in pdf.pages
    ]
print(json.dumps(pages, ensure_ascii=False))
