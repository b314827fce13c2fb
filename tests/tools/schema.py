"""Validates settings (TOML) against a JSON Schema: prints a JSON list with the message of each file, null where it is valid."""

import datetime
import json
import sys
import tomllib

from jsonschema import Draft7Validator, FormatChecker


def plain(value):
    """TOML values as JSON has them: dates as texts, as taplo gives them to the schema."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    return value


with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
Draft7Validator.check_schema(schema)
validator = Draft7Validator(schema, format_checker=FormatChecker())
messages = []
for path in sys.argv[2:]:
    with open(path, "rb") as file:
        error = next(validator.iter_errors(plain(tomllib.load(file))), None)
    messages.append(error and f"{'.'.join(map(str, error.absolute_path))}: {error.message}")
print(json.dumps(messages, ensure_ascii=False))
