"""Reads a message with Python's confluent-kafka and writes one, with the registry at argv[1]; prints both as JSON."""
import base64
import json
import sys

from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.json_schema import JSONDeserializer, JSONSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

url, topic, message, schema, value = sys.argv[1:]
client = SchemaRegistryClient({"url": url})
context = lambda topic: SerializationContext(topic, MessageField.VALUE)

read = JSONDeserializer(None, schema_registry_client=client)(base64.b64decode(message), context(topic))
written = JSONSerializer(schema, client)(json.loads(value), context(topic + "-python"))
print(json.dumps({"read": read, "written": base64.b64encode(written).decode()}))
