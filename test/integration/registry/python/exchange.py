"""Speaks with the test: messages in, what they say out; values as JSON in which each tells exactly what it is."""
import datetime
import decimal
import json
import sys
import uuid

from confluent_kafka.schema_registry import SchemaRegistryClient, record_subject_name_strategy
from confluent_kafka.serialization import MessageField, SerializationContext

BY_RECORD = {"subject.name.strategy": record_subject_name_strategy}
LATEST = {"use.latest.version": True}

url, messages_file = sys.argv[1:]
with open(messages_file) as file:
    messages = json.load(file)

# One that has everything still to ask, apart from the one that writes.
reader = SchemaRegistryClient({"url": url})
client = SchemaRegistryClient({"url": url})

written = {}


def told(value):
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return {"int": str(value)}
    if isinstance(value, float):
        return {"float": repr(value)}
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, decimal.Decimal):
        return {"decimal": str(value)}
    if isinstance(value, datetime.datetime):
        return {"datetime": value.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")}
    if isinstance(value, datetime.date):
        return {"date": value.isoformat()}
    if isinstance(value, datetime.time):
        return {"time": value.isoformat(timespec="microseconds")}
    if isinstance(value, uuid.UUID):
        return {"uuid": str(value)}
    if isinstance(value, (list, tuple)):
        return [told(element) for element in value]
    if isinstance(value, dict):
        return {"dict": [[told(key), told(element)] for key, element in value.items()]}
    raise TypeError(f"{type(value)} is not told: {value!r}")


def place(topic, key=False):
    return SerializationContext(topic, MessageField.KEY if key else MessageField.VALUE)


def write(serializer, topic, *values, key=False):
    """What a serializer makes of the values."""
    written[topic] = [serializer(value, place(topic, key)).hex() for value in values]


def finish(deserialize):
    """`deserialize(data, place, settings)` reads every message that the test has written."""
    read = []
    for message in messages:
        settings = {**(BY_RECORD if message["byRecord"] else {}), **(LATEST if message["latest"] else {})}
        where = place(message["topic"], message["key"])
        read.append([told(deserialize(bytes.fromhex(data), where, settings)) for data in message["bytes"]])
    print(json.dumps({"read": read, "written": written}))
