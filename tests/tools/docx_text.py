"""What python-docx reads in a document: paragraphs, tables, comments, properties."""
import json
import sys

import docx

document = docx.Document(sys.argv[1])
properties = document.core_properties
print(json.dumps({
    "paragraphs": [{"style": p.style.name, "text": p.text} for p in document.paragraphs],
    "tables": [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables],
    "comments": [comment.text for comment in document.comments],
    "title": properties.title,
    "author": properties.author,
    "created": properties.created.isoformat(),
    "language": properties.language,
}, ensure_ascii=False))
