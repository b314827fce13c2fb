"""What of PDF/A-2u (ISO 19005-2) a file breaks, as JSON; an empty list for a file in which nothing was found.

No validator is in the registries that the tests install from (veraPDF is in none of them), so the clauses below are read
with pdfminer, independently of the crate that writes the files. Not seen: the glyphs and widths in the embedded font
programs, the contents of ICC profiles and compressed pictures, and whether the structure makes sense."""
import io
import json
import re
import sys
from xml.etree import ElementTree

from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import PDFStream, resolve1
from pdfminer.psparser import PSKeyword, PSLiteral, PSStackParser
from pdfminer.psexceptions import PSEOF

OPERATORS = set(
    "b B b* B* BDC BI BMC BT BX c cm CS cs d d0 d1 Do DP EI EMC ET EX f F f* G g gs h i ID j J K k l m M MP n q Q re RG rg ri "
    "s S SC sc SCN scn sh T* Tc Td TD Tf Tj TJ TL Tm Tr Ts Tw Tz v w W W* y ' \"".split()
)
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
faults = []


def fault(clause, text):
    if (clause, text) not in faults:
        faults.append((clause, text))


def name(value):
    value = resolve1(value)
    return value.name if isinstance(value, PSLiteral) else value


def names(value):
    value = resolve1(value)
    return [name(v) for v in value] if isinstance(value, list) else [] if value is None else [name(value)]


class Contents(PSStackParser):
    """The operators of a content stream with their operands."""

    def do_keyword(self, pos, token):
        self.push((pos, token))

    def flush(self):
        self.add_results(*self.popall())


def operators(data):
    parser, operands = Contents(io.BytesIO(data)), []
    while True:
        try:
            _, token = parser.nextobject()
        except PSEOF:
            return
        if isinstance(token, PSKeyword):
            yield token.name.decode("latin-1"), operands
            operands = []
        else:
            operands.append(token)


def file_structure(data, document):
    head = data[:1024].split(b"\n")
    if not re.fullmatch(rb"%PDF-1\.[0-7]\r?", head[0]):
        fault("6.1.2", "header")
    if len(head) < 2 or head[1][:1] != b"%" or sum(byte > 127 for byte in head[1][1:5]) < 4:
        fault("6.1.2", "no binary comment")
    if data.rstrip(b"\r\n")[-5:] != b"%%EOF":
        fault("6.1.3", "data behind the end")
    trailers = [xref.get_trailer() for xref in document.xrefs]
    if not any("ID" in trailer for trailer in trailers):
        fault("6.1.3", "no ID")
    if any("Encrypt" in trailer for trailer in trailers):
        fault("6.1.3", "encrypted")


def objects(document):
    for xref in document.xrefs:
        for number in xref.get_objids():
            try:
                yield number, document.getobj(number)
            except Exception as error:
                fault("6.1.9", f"object {number}: {error}")


def values(value):
    """A value and all that it holds directly."""
    yield value
    inner = value.attrs.values() if isinstance(value, PDFStream) else value.values() if isinstance(value, dict) else value
    if isinstance(value, (PDFStream, dict, list)):
        for item in inner:
            yield from values(item)


def every_object(value):
    for item in values(value):
        if isinstance(item, bytes) and len(item) > 32767:
            fault("6.1.13", "a long string")
        if isinstance(item, PSLiteral) and len(item.name) > 127:
            fault("6.1.13", "a long name")
        entries = item.attrs if isinstance(item, PDFStream) else item
        if not isinstance(entries, dict):
            continue
        kind, subtype = name(entries.get("Type")), name(entries.get("Subtype"))
        if isinstance(item, PDFStream):
            if {"F", "FFilter", "FDecodeParms"} & set(entries):
                fault("6.1.7.1", "a stream in another file")
            if {"LZWDecode", "Crypt"} & set(names(entries.get("Filter"))):
                fault("6.1.7.2", "a filter")
        if subtype == "Image" and resolve1(entries.get("Interpolate")):
            fault("6.2.8", "interpolation")
        if subtype in ("Image", "Form") and {"OPI", "Alternates", "PS", "Ref"} & set(entries):
            fault("6.2.9", "OPI, alternates, PostScript or a reference")
        if subtype == "PS":
            fault("6.2.9", "PostScript")
        if kind == "Font":
            font(entries, subtype)
        if kind == "Annot" and subtype not in ("Popup", "Link") and "AP" not in entries:
            fault("6.3.3", "an annotation without appearance")
        if "S" in entries and name(entries["S"]) in ("JavaScript", "Launch", "Sound", "Movie", "ResetForm", "ImportData"):
            fault("6.5.1", f"an action {name(entries['S'])}")
        if kind == "ExtGState" and ({"TR", "HTP"} & set(entries) or name(entries.get("TR2", PSLiteral("Default"))) != "Default"):
            fault("6.2.5", "a transfer function")
        if kind == "EmbeddedFile":
            fault("6.8", "an embedded file")


def font(entries, subtype):
    if subtype == "Type0":
        if "ToUnicode" not in entries:
            fault("6.2.11.7", "a font without characters")
        inner = resolve1(resolve1(entries["DescendantFonts"])[0])
        descriptor = resolve1(inner.get("FontDescriptor")) or {}
        if not {"FontFile2", "FontFile3"} & set(descriptor):
            fault("6.2.11.4", "a font that is not embedded")
        if name(inner.get("Subtype")) == "CIDFontType2" and "CIDToGIDMap" not in inner:
            fault("6.2.11.3", "no CIDToGIDMap")
        if "W" not in inner:
            fault("6.2.11.5", "no widths")
    elif subtype in ("TrueType", "Type1", "MMType1"):
        descriptor = resolve1(entries.get("FontDescriptor")) or {}
        if not {"FontFile", "FontFile2", "FontFile3"} & set(descriptor):
            fault("6.2.11.4", "a font that is not embedded")


def contents(document, intent_components):
    for number, value in objects(document):
        if not isinstance(value, dict) or name(value.get("Type")) != "Page":
            continue
        parts = resolve1(value.get("Contents"))
        parts = parts if isinstance(parts, list) else [parts]
        data = b"\n".join(resolve1(part).get_data() for part in parts if part is not None)
        depth = 0
        for operator, operands in operators(data):
            if operator not in OPERATORS:
                fault("6.2.2", f"operator {operator}")
            if operator in ("k", "K") and intent_components != 4 or operator in ("rg", "RG") and intent_components != 3:
                fault("6.2.4.3", f"a device colour {operator}")
            depth += (operator == "q") - (operator == "Q")
            if depth > 28:
                fault("6.1.13", "nested deeper than 28")
            if operator in ("Tj", "'", '"', "TJ"):
                shown = operands[-1] if isinstance(operands[-1], list) else [operands[-1]]
                for text in (text for text in shown if isinstance(text, bytes)):
                    if any(text[at : at + 2] == b"\0\0" for at in range(0, len(text), 2)):
                        fault("6.2.11.8", ".notdef")
        if {"AA", "PresSteps"} & set(value):
            fault("6.5.2", "actions of a page")


def metadata(document, catalog):
    stream = resolve1(catalog.get("Metadata"))
    if not isinstance(stream, PDFStream):
        return fault("6.6.2.1", "no metadata")
    if "Filter" in stream.attrs:
        fault("6.6.2.1", "compressed metadata")
    text = stream.get_rawdata().decode("utf-8")
    if re.search(r"<\?xpacket begin=[^?]*(bytes|encoding)=", text):
        fault("6.6.2.1", "a packet header")
    tree = ElementTree.fromstring(re.sub(r"<\?xpacket[^?]*\?>", "", text).strip())
    found = {}
    for description in tree.iter(f"{RDF}Description"):
        for key, value in list(description.attrib.items()) + [(child.tag, "".join(child.itertext()).strip()) for child in description]:
            found[key.split("}")[-1]] = value
    if (found.get("part"), found.get("conformance")) != ("2", "U"):
        fault("6.6.4", f"part {found.get('part')}, conformance {found.get('conformance')}")
    text_of = lambda value: value.decode("utf-16") if value[:2] in (b"\xfe\xff", b"\xff\xfe") else value.decode("latin-1")
    info = {key: text_of(resolve1(value)) for entry in document.info for key, value in entry.items() if isinstance(resolve1(value), bytes)}
    for key, other in [("Title", "title"), ("Author", "creator"), ("Creator", "CreatorTool"), ("Producer", "Producer")]:
        if key in info and info[key] != found.get(other):
            fault("6.6.3", f"{key}: {info[key]!r}, {found.get(other)!r}")
    digits = lambda value: re.sub(r"\D", "", value or "")[:14]
    for key, other in [("CreationDate", "CreateDate"), ("ModDate", "ModifyDate")]:
        if key in info and digits(info[key]) != digits(found.get(other)):
            fault("6.6.3", f"{key}: {info[key]!r}, {found.get(other)!r}")


def output_intent(catalog):
    for intent in resolve1(catalog.get("OutputIntents")) or []:
        intent = resolve1(intent)
        profile = resolve1(intent.get("DestOutputProfile"))
        if name(intent.get("S")) == "GTS_PDFA1" and isinstance(profile, PDFStream):
            data = profile.get_data()
            components = resolve1(profile.attrs.get("N"))
            if data[36:40] != b"acsp" or {b"RGB ": 3, b"GRAY": 1, b"CMYK": 4}.get(data[16:20]) != components:
                fault("6.2.3", "the output intent's profile")
            return components
    fault("6.2.3", "no output intent")


data = open(sys.argv[1], "rb").read()
document = PDFDocument(PDFParser(io.BytesIO(data)))
catalog = document.catalog
file_structure(data, document)
for _, value in objects(document):
    every_object(value)
contents(document, output_intent(catalog))
metadata(document, catalog)
if {"AA", "Requirements", "OCProperties", "AcroForm"} & set(catalog):
    fault("6.5.2", "actions, requirements, layers or forms")
if {"EmbeddedFiles", "JavaScript", "AlternatePresentations"} & set(resolve1(catalog.get("Names")) or {}):
    fault("6.8", "embedded files or scripts")
print(json.dumps([f"{clause} {text}" for clause, text in faults], ensure_ascii=False))
