"""What Python's confluent-kafka does with the registry at argv[1]; prints what it got as one JSON object."""
import json
import sys

from confluent_kafka.schema_registry import Schema, SchemaReference, SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.error import SchemaRegistryError
from confluent_kafka.schema_registry.json_schema import JSONDeserializer, JSONSerializer
from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer, ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, timestamp_pb2

client = SchemaRegistryClient({"url": sys.argv[1]})
got = {}


def refusal(call, *arguments):
    try:
        call(*arguments)
    except SchemaRegistryError as error:
        return [error.http_status_code, error.error_code, error.error_message]
    return "no error"


def record(**fields):
    return json.dumps(
        {"type": "record", "name": "Order", "namespace": "shop",
         "fields": [dict(name=name, **field) for name, field in fields.items()]}
    )


# Registering, looking up, checking, settings, deletion.
first = Schema(record(id={"type": "long"}, note={"type": ["null", "string"], "default": None}), "AVRO")
second = Schema(record(id={"type": "long"}, note={"type": ["null", "string"], "default": None},
                       amount={"type": "double", "default": 0.0}), "AVRO")
broken = Schema(record(id={"type": "string"}), "AVRO")
id = client.register_schema("orders-value", first)
got["same id again"] = client.register_schema("orders-value", first) == id
got["second version"] = client.register_schema("orders-value", second) > id
found = client.lookup_schema("orders-value", first)
got["lookup"] = [found.subject, found.version, found.schema_id == id]
got["schema by id"] = json.loads(client.get_schema(id).schema_str) == json.loads(first.schema_str)
got["latest"] = client.get_latest_version("orders-value").version
got["versions"] = client.get_versions("orders-value")
got["subjects"] = client.get_subjects()
got["compatible"] = client.test_compatibility("orders-value", second)
got["incompatible"] = client.test_compatibility("orders-value", broken)
got["refused"] = refusal(client.register_schema, "orders-value", broken)[:2]
got["level"] = client.get_compatibility()
client.set_compatibility("orders-value", "NONE")
got["level of subject"] = client.get_compatibility("orders-value")
client.register_schema("orders-value", broken)
got["deleted version"] = client.delete_version("orders-value", 3)
got["unknown subject"] = refusal(client.get_versions, "nothing")
got["unknown id"] = refusal(client.get_schema, 4711)

# References.
client.register_schema("address", Schema(json.dumps(
    {"type": "record", "name": "shop.Address", "fields": [{"name": "street", "type": "string"}]}), "AVRO"))
client.register_schema("customer", Schema(
    json.dumps({"type": "record", "name": "shop.Customer",
                "fields": [{"name": "address", "type": "shop.Address"}]}),
    "AVRO", [SchemaReference("shop.Address", "address", 1)]))
got["references"] = [[r.name, r.subject, r.version] for r in
                     client.get_latest_version("customer").schema.references]
got["referenced"] = refusal(client.delete_subject, "address")[:2]

# Data, to bytes and back by a client that has everything still to ask.
reader = SchemaRegistryClient({"url": sys.argv[1]})
context = lambda topic: SerializationContext(topic, MessageField.VALUE)

value = {"id": 2**53 + 1, "note": "größer", "amount": 0.1}
data = AvroSerializer(client, second.schema_str)(value, context("py-avro"))
got["avro"] = AvroDeserializer(reader)(data, context("py-avro")) == value
got["avro bytes"] = data.hex()

nested = Schema(json.dumps({"type": "record", "name": "shop.Customer",
                            "fields": [{"name": "address", "type": "shop.Address"}]}),
                "AVRO", [SchemaReference("shop.Address", "address", 1)])
customer = {"address": {"street": "Hauptstraße 1"}}
data = AvroSerializer(client, nested)(customer, context("py-nested"))
got["avro with references"] = AvroDeserializer(reader)(data, context("py-nested")) == customer

schema = json.dumps({"$schema": "http://json-schema.org/draft-07/schema#", "title": "Order", "type": "object",
                     "properties": {"id": {"type": "integer"}, "note": {"type": "string"}}, "required": ["id"]})
data = JSONSerializer(schema, client)({"id": 7, "note": "ß"}, context("py-json"))
got["json"] = JSONDeserializer(None, schema_registry_client=reader)(data, context("py-json"))

file = descriptor_pb2.FileDescriptorProto(
    name="order.proto", package="shop", syntax="proto3", dependency=["google/protobuf/timestamp.proto"])
message = file.message_type.add(name="Order")
message.field.add(name="id", number=1, type=descriptor_pb2.FieldDescriptorProto.TYPE_INT64,
                  label=descriptor_pb2.FieldDescriptorProto.LABEL_OPTIONAL)
message.field.add(name="tags", number=2, type=descriptor_pb2.FieldDescriptorProto.TYPE_STRING,
                  label=descriptor_pb2.FieldDescriptorProto.LABEL_REPEATED)
message.field.add(name="at", number=3, type=descriptor_pb2.FieldDescriptorProto.TYPE_MESSAGE,
                  type_name=".google.protobuf.Timestamp", label=descriptor_pb2.FieldDescriptorProto.LABEL_OPTIONAL)
pool = descriptor_pool.Default()
pool.Add(file)
Order = message_factory.GetMessageClass(pool.FindMessageTypeByName("shop.Order"))
order = Order(id=2**53 + 1, tags=["a", "ß"], at=timestamp_pb2.Timestamp(seconds=1, nanos=2))
plain = {"use.deprecated.format": False}
data = ProtobufSerializer(Order, client, plain)(order, context("py-protobuf"))
got["protobuf"] = ProtobufDeserializer(Order, plain, reader)(data, context("py-protobuf")) == order
got["protobuf text"] = client.get_latest_version("py-protobuf-value").schema.schema_str

client.delete_subject("py-json-value")
got["deleted subject"] = client.delete_subject("py-json-value", permanent=True)
print(json.dumps(got))
