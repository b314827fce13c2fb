"""The bands of red, black and light grey ink on each page of a PDF, from top to bottom, in mm from the page's upper left corner."""
import json
import sys

import pdfplumber
from PIL import ImageChops

DPI = 254
MM = DPI / 25.4


def bands(mask):
    """The rows of a mask that hold ink, those next to each other together."""
    width, height = mask.size
    pixels = mask.tobytes()
    found, band = [], None
    for y in range(height):
        row = pixels[y * width : (y + 1) * width]
        if b"\xff" not in row:
            band = None
            continue
        if band is None:
            band = {"top": y / MM, "left": width / MM, "right": 0}
            found.append(band)
        band["left"] = min(band["left"], row.find(b"\xff") / MM)
        band["right"] = max(band["right"], (row.rfind(b"\xff") + 1) / MM)
        band["bottom"] = (y + 1) / MM
    return found


def masks(image):
    red, green, blue = image.split()
    dark = [channel.point(lambda value: 255 * (value < 110)) for channel in (red, green, blue)]
    bright_red = red.point(lambda value: 255 * (value > 180))
    light = red.point(lambda value: 255 * (200 < value < 230))
    grey = ImageChops.darker(light, ImageChops.difference(red, blue).point(lambda value: 255 * (value < 8)))
    return {"grey": grey, "red": ImageChops.darker(bright_red, dark[1]), "black": dark[0]}


wanted = {int(number) for number in sys.argv[2:]}
with pdfplumber.open(sys.argv[1]) as pdf:
    pages = [page for page in pdf.pages if page.page_number in wanted or not wanted]
    images = [page.to_image(resolution=DPI).original.convert("RGB") for page in pages]
print(json.dumps([{name: bands(mask) for name, mask in masks(image).items()} for image in images]))
