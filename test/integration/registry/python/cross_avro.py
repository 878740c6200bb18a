"""Reads the Avro messages of the test and writes others, with schemas of its own."""
import datetime
import json
import uuid
from decimal import Decimal

from confluent_kafka.schema_registry import Schema, SchemaReference
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from exchange import BY_RECORD, client, finish, reader, write

UTC = datetime.timezone.utc

EVERYTHING = {
    "type": "record", "name": "Everything", "namespace": "shop", "doc": "All that Avro has",
    "fields": [
        {"name": "int", "type": "int"},
        {"name": "long", "type": "long", "doc": "a long one"},
        {"name": "float", "type": "float"},
        {"name": "double", "type": "double"},
        {"name": "boolean", "type": "boolean"},
        {"name": "string", "type": {"type": "string", "avro.java.string": "String"}},
        {"name": "bytes", "type": "bytes"},
        {"name": "nullable", "type": ["null", "string"], "default": None},
        {"name": "nullLast", "type": ["long", "null"], "default": 7},
        {"name": "color", "type": {"type": "enum", "name": "Color", "symbols": ["RED", "GREEN"], "default": "RED"},
         "default": "GREEN"},
        {"name": "md5", "type": {"type": "fixed", "name": "MD5", "size": 4}},
        {"name": "amount", "type": {"type": "bytes", "logicalType": "decimal", "precision": 38, "scale": 4}},
        {"name": "fee", "type": {"type": "fixed", "name": "Fee", "size": 8,
                                 "logicalType": "decimal", "precision": 18, "scale": 2}},
        {"name": "uuid", "type": {"type": "string", "logicalType": "uuid"}},
        {"name": "date", "type": {"type": "int", "logicalType": "date"}},
        {"name": "timeMillis", "type": {"type": "int", "logicalType": "time-millis"}},
        {"name": "timeMicros", "type": {"type": "long", "logicalType": "time-micros"}},
        {"name": "atMillis", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "atMicros", "type": {"type": "long", "logicalType": "timestamp-micros"}},
        {"name": "localMillis", "type": {"type": "long", "logicalType": "local-timestamp-millis"}},
        {"name": "maybeAt", "type": ["null", {"type": "long", "logicalType": "timestamp-millis"}]},
        {"name": "choice", "type": [
            "null", "int", "string", "double",
            {"type": "record", "name": "Address", "fields": [{"name": "street", "type": "string"}]},
            {"type": "array", "items": "long"},
            {"type": "map", "values": "bytes"},
            "shop.Color",
        ]},
        {"name": "address", "type": "Address"},
        {"name": "addresses", "type": {"type": "array", "items": ["null", "Address"]}},
        {"name": "scores", "type": {"type": "map", "values": {"type": "array", "items": "float"}}},
        {"name": "chain", "type": ["null", {"type": "record", "name": "Link", "fields": [
            {"name": "value", "type": "int"}, {"name": "next", "type": ["null", "Link"], "default": None}]}]},
    ],
}

LOW = {
    "int": -2**31, "long": -2**63, "float": float("-inf"), "double": -1.7976931348623157e308, "boolean": False,
    "string": "", "bytes": b"", "nullable": None, "nullLast": None, "color": "RED", "md5": b"\0\0\0\0",
    "amount": Decimal("-9999999999999999999999999999999999.9999"), "fee": Decimal("-9999999999999999.99"),
    "uuid": uuid.UUID(int=0), "date": datetime.date(1, 1, 1), "timeMillis": datetime.time(),
    "timeMicros": datetime.time(), "atMillis": datetime.datetime(1, 1, 1, tzinfo=UTC),
    "atMicros": datetime.datetime(1, 1, 1, tzinfo=UTC), "localMillis": datetime.datetime(1969, 12, 31, 23, 59, 59),
    "maybeAt": None, "choice": None, "address": {"street": ""}, "addresses": [], "scores": {}, "chain": None,
}
HIGH = {
    "int": 2**31 - 1, "long": 2**63 - 1, "float": 3.4028234663852886e38, "double": 5e-324, "boolean": True,
    "string": "größer 😀 \0 𝄞", "bytes": bytes(range(256)), "nullable": "", "nullLast": 2**53 + 1, "color": "GREEN",
    "md5": b"\xff\x00\x7f\x80", "amount": Decimal("9999999999999999999999999999999999.9999"),
    "fee": Decimal("9999999999999999.99"), "uuid": uuid.UUID("f81d4fae-7dec-11d0-a765-00a0c91e6bf6"),
    "date": datetime.date(9999, 12, 31), "timeMillis": datetime.time(23, 59, 59, 999000),
    "timeMicros": datetime.time(23, 59, 59, 999999),
    "atMillis": datetime.datetime(9999, 12, 31, 23, 59, 59, 999000, tzinfo=UTC),
    "atMicros": datetime.datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    "localMillis": datetime.datetime(1970, 1, 1), "maybeAt": datetime.datetime(1969, 12, 31, 23, 59, 59, 999000, tzinfo=UTC),
    "choice": ("shop.Address", {"street": "ß"}), "address": {"street": "Hauptstraße 1"},
    "addresses": [None, {"street": "a"}, {"street": "b"}],
    "scores": {"": [], "😀": [0.5, float("inf"), -0.0]},
    "chain": {"value": 1, "next": {"value": 2, "next": {"value": 3, "next": None}}},
}
CHOICES = [7, "text", -0.0, [2**62, -1], {"key": b"\1\2"}, ("shop.Color", "GREEN")]
# fastavro takes a long for a double as well: here each choice is what its Python type says.

write(AvroSerializer(client, json.dumps(EVERYTHING)), "py-everything", LOW, HIGH,
      *({**HIGH, "choice": choice} for choice in CHOICES))

# Without a record around.
write(AvroSerializer(client, '"long"'), "py-long", -2**63, 2**63 - 1, key=True)
write(AvroSerializer(client, '"bytes"'), "py-bytes", b"", b"\x00\x01\xff")
write(AvroSerializer(client, '{"type":"array","items":["null","string"]}'), "py-array", [], ["a", None, ""])

write(AvroSerializer(client, '{"type":"enum","name":"shop.Size","symbols":["S","L"]}'), "py-enum", "S", "L")
write(AvroSerializer(client, '["null","string","long"]'), "py-union", "a", 5)

# Defaults of every shape, and records in their own arrays and maps.
write(AvroSerializer(client, json.dumps({"type": "record", "name": "shop.Node", "fields": [
    {"name": "numbers", "type": {"type": "array", "items": "int"}, "default": [1, 2]},
    {"name": "texts", "type": {"type": "map", "values": "string"}, "default": {"k": "v"}},
    {"name": "raw", "type": "bytes", "default": "\u00ff\u0000"},
    {"name": "pair", "type": {"type": "fixed", "name": "Pair", "size": 2}, "default": "\u0001\u00fe"},
    {"name": "inner", "type": {"type": "record", "name": "Inner", "fields": [
        {"name": "x", "type": "int"}]}, "default": {"x": 3}},
    {"name": "ratio", "type": "float", "default": 1},
    {"name": "children", "type": {"type": "array", "items": "Node"}},
    {"name": "byName", "type": {"type": "map", "values": ["null", "Node"]}},
]})), "py-node", {"numbers": [], "texts": {}, "raw": b"", "pair": b"ab", "inner": {"x": 0}, "ratio": 0.0, "children": [
    {"numbers": [3], "texts": {}, "raw": b"", "pair": b"cd", "inner": {"x": 1}, "ratio": 0.5, "children": [],
     "byName": {}}], "byName": {"none": None}})

# By the record's name.
write(AvroSerializer(client, json.dumps({"type": "record", "name": "shop.Named", "fields": [
    {"name": "id", "type": "long"}]}), conf=BY_RECORD), "py-by-record", {"id": 1})

# A schema that refers to another subject's.
client.register_schema("py-money", Schema(json.dumps(
    {"type": "record", "name": "shop.Money", "fields": [
        {"name": "cents", "type": "long"}, {"name": "currency", "type": "string", "default": "EUR"}]}), "AVRO"))
write(AvroSerializer(client, Schema(json.dumps(
    {"type": "record", "name": "shop.Invoice", "fields": [
        {"name": "total", "type": "shop.Money"}, {"name": "parts", "type": {"type": "array", "items": "shop.Money"}}]}),
    "AVRO", [SchemaReference("shop.Money", "py-money", 1)])),
    "py-references", {"total": {"cents": -1, "currency": "ß"}, "parts": [{"cents": 2**53 + 1, "currency": "EUR"}]})

# Into a subject whose latest version the test has registered.
latest = {"auto.register.schemas": False, "use.latest.version": True}
write(AvroSerializer(client, conf=latest), "ours-latest", {"id": 5, "note": "theirs"})

# Written by the first version, when there is a second.
first = {"type": "record", "name": "shop.Evolved", "fields": [{"name": "id", "type": "int"}, {"name": "gone", "type": "string"}]}
second = {"type": "record", "name": "shop.Evolved", "fields": [
    {"name": "id", "type": "long"}, {"name": "added", "type": ["null", "string"], "default": None},
    {"name": "size", "type": "double", "default": 0.5}]}
write(AvroSerializer(client, json.dumps(first)), "py-evolved", {"id": -5, "gone": "x"})
client.register_schema("py-evolved-value", Schema(json.dumps(second), "AVRO"))

finish(lambda data, where, settings: AvroDeserializer(reader, conf=settings)(data, where))
