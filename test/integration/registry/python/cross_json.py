"""Reads the JSON messages of the test, each checked against its schema, and writes others, with schemas of its own."""
import json
from decimal import Decimal

from confluent_kafka.schema_registry import Schema, SchemaReference
from confluent_kafka.schema_registry.json_schema import JSONDeserializer, JSONSerializer
from exchange import BY_RECORD, client, finish, reader, write

DRAFT_7 = "http://json-schema.org/draft-07/schema#"
NULL = {"type": "null"}

EVERYTHING = {
    "$schema": DRAFT_7, "title": "shop.Everything", "description": "All that JSON Schema has", "type": "object",
    "properties": {
        "id": {"type": "integer"},
        "amount": {"type": "number"},
        "flag": {"type": "boolean"},
        "name": {"type": "string", "minLength": 0, "default": "none"},
        "day": {"type": "string", "format": "date"},
        "color": {"enum": ["RED", "GREEN"]},
        "note": {"oneOf": [NULL, {"type": "string"}]},
        "size": {"anyOf": [{"type": "integer"}, NULL]},
        "kind": {"type": ["null", "string"]},
        "byte": {"type": "integer", "connect.type": "int8"},
        "single": {"type": "number", "connect.type": "float32"},
        "raw": {"type": "string", "connect.type": "bytes"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "matrix": {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}},
        "address": {"$ref": "#/definitions/address"},
        "deputy": {"oneOf": [NULL, {"$ref": "#/definitions/address"}]},
        "places": {"type": "array", "items": {"$ref": "#/definitions/address"}},
        "counts": {"type": "object", "connect.type": "map", "additionalProperties": {"type": "integer"}},
        "choice": {"oneOf": [
            {"type": "string"}, {"type": "integer"}, {"type": "boolean"},
            {"type": "array", "items": {"type": "number"}},
            {"type": "object", "title": "Card", "properties": {"number": {"type": "string"}}, "required": ["number"]},
            {"type": "object", "title": "Cash", "properties": {"cents": {"type": "integer"}}, "required": ["cents"]},
        ]},
        "both": {"allOf": [
            {"type": "object", "properties": {"a": {"type": "integer"}}},
            {"type": "object", "properties": {"b": {"type": "string"}}},
        ]},
        "tree": {"$ref": "#/definitions/tree"},
    },
    "required": ["id"],
    "definitions": {
        "address": {"type": "object", "title": "Address", "properties": {"street": {"type": "string"}},
                    "required": ["street"]},
        "tree": {"type": "object", "title": "Tree", "properties": {
            "value": {"type": "integer"},
            "children": {"type": "array", "items": {"$ref": "#/definitions/tree"}}}},
    },
}

HIGH = {
    "id": 2**63 - 1, "amount": 1.7976931348623157e308, "flag": True, "name": "größer 😀 \0 \"\\\n 𝄞",
    "day": "9999-12-31", "color": "GREEN", "note": "", "size": 2**53 + 1, "kind": "k", "byte": 127,
    "single": -0.1, "raw": "AAH/", "tags": ["", "😀"], "matrix": [[], [1, -2**63]], "address": {"street": "ß"},
    "deputy": {"street": ""}, "places": [{"street": "a"}, {"street": "b"}], "counts": {"": -1, "ß": 2**53 + 1},
    "choice": "text", "both": {"a": 1, "b": "two"},
    "tree": {"value": 1, "children": [{"value": 2, "children": []}, {"value": 3, "children": [
        {"value": 4, "children": []}]}]},
}
LOW = {
    **HIGH, "id": -2**63, "amount": -5e-324, "flag": False, "name": "", "day": "0001-01-01", "color": "RED",
    "note": None, "size": None, "kind": None, "byte": -128, "single": 0, "raw": "", "tags": [], "matrix": [],
    "deputy": None, "places": [], "counts": {}, "tree": {"value": 0, "children": []},
}
CHOICES = [7, True, [0.5, 1], {"number": "4711"}, {"cents": 2**53 + 1}]

write(JSONSerializer(json.dumps(EVERYTHING), client), "py-everything", LOW, HIGH,
      *({**HIGH, "choice": choice} for choice in CHOICES))
write(JSONSerializer(json.dumps(EVERYTHING), client), "py-missing", {"id": 1})

# Newer drafts.
for draft in ("2019-09", "2020-12"):
    write(JSONSerializer(json.dumps({
        "$schema": f"https://json-schema.org/draft/{draft}/schema", "title": "Newer", "type": "object",
        "properties": {"id": {"type": "integer"}, "home": {"$ref": "#/$defs/home"}},
        "$defs": {"home": {"type": "object", "title": "Home", "properties": {"street": {"type": "string"}}}},
    }), client), f"py-{draft}", {"id": 2**53 + 1, "home": {"street": "ß"}})

# Without an object around.
write(JSONSerializer('{"type":"integer"}', client), "py-key", -2**63, 2**63 - 1, key=True)
write(JSONSerializer('{"type":"array","items":{"oneOf":[{"type":"null"},{"type":"string"}]}}', client),
      "py-array", [], ["a", None, ""])

write(JSONSerializer(json.dumps({"title": "shop.Named", "type": "object", "properties": {"id": {"type": "integer"}}}),
                     client, conf=BY_RECORD), "py-by-record", {"id": 1})

# A schema that refers to another subject's.
client.register_schema("py-money", Schema(json.dumps(
    {"$id": "https://shop.example/money.json", "title": "Money", "type": "object",
     "properties": {"cents": {"type": "integer"}, "currency": {"type": "string"}}}), "JSON"))
write(JSONSerializer(Schema(json.dumps(
    {"title": "Invoice", "type": "object", "properties": {
        "total": {"$ref": "https://shop.example/money.json"},
        "parts": {"type": "array", "items": {"$ref": "https://shop.example/money.json"}}}}),
    "JSON", [SchemaReference("https://shop.example/money.json", "py-money", 1)]), client),
    "py-references", {"total": {"cents": 2**53 + 1, "currency": "ß"}, "parts": [{"cents": -1, "currency": ""}]})

# Into a subject whose latest version the test has registered.
write(JSONSerializer(None, client, conf={"auto.register.schemas": False, "use.latest.version": True}),
      "ours-latest", {"id": 5, "note": "theirs"})


def deserialize(data, where, settings):
    # What decimals are is lost where Python makes floats of them.
    exact = lambda text: json.loads(text, parse_float=Decimal)
    decode = exact if where.topic == "ours-decimals" else None
    # As in the JVM the schema says number, whatever decimal.format makes of decimals.
    settings = {**settings, "validate": where.topic != "ours-base64"}
    return JSONDeserializer(None, schema_registry_client=reader, conf=settings, json_decode=decode)(data, where)


finish(deserialize)
