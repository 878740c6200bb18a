"""Reads the Protobuf messages of the test and writes others, of schemas of its own."""
import base64

from confluent_kafka.schema_registry.confluent.type import decimal_pb2
from confluent_kafka.schema_registry.common.protobuf import protobuf_to_decimal
from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer, ProtobufSerializer
from exchange import BY_RECORD, client, finish, reader, write
from google.protobuf import (descriptor_pb2, descriptor_pool, duration_pb2, empty_pb2, message_factory, timestamp_pb2,
                             wrappers_pb2)
from google.type import date_pb2, timeofday_pb2
import confluent_kafka.schema_registry.confluent.meta_pb2 as meta_pb2
import datetime

Field = descriptor_pb2.FieldDescriptorProto
SCALARS = ["double", "float", "int64", "uint64", "int32", "fixed64", "fixed32", "bool", "string", "bytes", "uint32",
           "sfixed32", "sfixed64", "sint32", "sint64"]


def field(message, number, name, type, repeated=False, oneof=None, optional=False, packed=None):
    added = message.field.add(name=name, number=number,
                              label=Field.LABEL_REPEATED if repeated else Field.LABEL_OPTIONAL)
    if type in SCALARS:
        added.type = getattr(Field, "TYPE_" + type.upper())
    else:
        kind, _, full_name = type.partition(" ")
        added.type = getattr(Field, "TYPE_" + kind.upper())
        added.type_name = "." + full_name
    if packed is not None:
        added.options.packed = packed
    if optional:
        added.proto3_optional = True
        message.oneof_decl.add(name="_" + name)
        added.oneof_index = len(message.oneof_decl) - 1
    elif oneof is not None:
        names = [each.name for each in message.oneof_decl]
        if oneof not in names:
            message.oneof_decl.add(name=oneof)
            names.append(oneof)
        added.oneof_index = names.index(oneof)


def map_field(message, parent, number, name, key, value):
    entry_name = name[0].upper() + name[1:] + "Entry"
    entry = message.nested_type.add(name=entry_name)
    entry.options.map_entry = True
    field(entry, 1, "key", key)
    field(entry, 2, "value", value)
    field(message, number, name, f"message {parent}.{entry_name}", repeated=True)


pool = descriptor_pool.Default()
message_of = lambda name: message_factory.GetMessageClass(pool.FindMessageTypeByName(name))

# A file that others import: its own subject in the registry.
common = descriptor_pb2.FileDescriptorProto(name="shop/common.proto", package="shop.common", syntax="proto3")
address = common.message_type.add(name="Address")
field(address, 1, "street", "string")
field(address, 2, "number", "sint32")
pool.Add(common)

main = descriptor_pb2.FileDescriptorProto(
    name="shop/main.proto", package="shop", syntax="proto3",
    dependency=["shop/common.proto", "google/protobuf/timestamp.proto", "google/protobuf/duration.proto",
                "google/protobuf/wrappers.proto", "google/type/date.proto", "google/type/timeofday.proto",
                "confluent/type/decimal.proto"])
color = main.enum_type.add(name="Color")
for number, name in [(0, "RED"), (1, "GREEN"), (-1, "NONE"), (2147483647, "LAST")]:
    color.value.add(name=name, number=number)

# [0], with [0, 2] inside it.
outer = main.message_type.add(name="Outer")
field(outer, 1, "id", "int64")
for i in range(3):
    inner = outer.nested_type.add(name=f"Inner{i}")
    field(inner, i + 1, f"note{i}", "string")
deep = outer.nested_type[2].nested_type.add(name="Deep")
field(deep, 1, "depth", "int32")

# [1]
everything = main.message_type.add(name="Everything")
for number, scalar in enumerate(SCALARS, 1):
    field(everything, number, scalar + "_value", scalar)
field(everything, 16, "color", "enum shop.Color")
field(everything, 17, "address", "message shop.common.Address")
field(everything, 18, "packed", "sint64", repeated=True)
field(everything, 19, "unpacked", "fixed32", repeated=True, packed=False)
field(everything, 20, "texts", "string", repeated=True)
field(everything, 21, "colors", "enum shop.Color", repeated=True)
field(everything, 22, "addresses", "message shop.common.Address", repeated=True)
map_field(everything, "shop.Everything", 23, "counts", "string", "int64")
map_field(everything, "shop.Everything", 24, "homes", "sint32", "message shop.common.Address")
map_field(everything, "shop.Everything", 25, "flags", "bool", "enum shop.Color")
field(everything, 30, "number", "uint64", oneof="choice")
field(everything, 31, "text", "string", oneof="choice")
field(everything, 32, "home", "message shop.common.Address", oneof="choice")
field(everything, 33, "shade", "enum shop.Color", oneof="choice")
field(everything, 40, "at", "message google.protobuf.Timestamp")
field(everything, 41, "span", "message google.protobuf.Duration")
field(everything, 42, "wrapped_text", "message google.protobuf.StringValue")
field(everything, 43, "wrapped_long", "message google.protobuf.Int64Value")
field(everything, 44, "day", "message google.type.Date")
field(everything, 45, "time", "message google.type.TimeOfDay")
field(everything, 46, "amount", "message confluent.type.Decimal")
field(everything, 47, "next", "message shop.Everything")
field(everything, 536870911, "last", "bool")
field(everything, 50, "maybe_int", "int32", optional=True)
field(everything, 51, "maybe_text", "string", optional=True)
pool.Add(main)

Everything = message_of("shop.Everything")
Address = message_of("shop.common.Address")
FLOAT_MAX = 3.4028234663852886e38

low = Everything(
    double_value=-1.7976931348623157e308, float_value=-FLOAT_MAX, int64_value=-2**63, uint64_value=0,
    int32_value=-2**31, fixed64_value=1, fixed32_value=1, bool_value=False, string_value="", bytes_value=b"",
    uint32_value=1, sfixed32_value=-2**31, sfixed64_value=-2**63, sint32_value=-2**31, sint64_value=-2**63,
    color=-1, address=Address(), number=0, at=timestamp_pb2.Timestamp(seconds=-62135596800),
    span=duration_pb2.Duration(seconds=-1, nanos=-1), wrapped_text=wrappers_pb2.StringValue(),
    wrapped_long=wrappers_pb2.Int64Value(value=-2**63), day=date_pb2.Date(year=1, month=1, day=1),
    time=timeofday_pb2.TimeOfDay(), amount=decimal_pb2.Decimal(value=b"\x80", precision=3, scale=2),
    next=Everything(next=Everything(int32_value=3)), maybe_int=0, maybe_text="")
high = Everything(
    double_value=5e-324, float_value=float("inf"), int64_value=2**63 - 1, uint64_value=2**64 - 1,
    int32_value=2**31 - 1, fixed64_value=2**64 - 2, fixed32_value=2**32 - 1, bool_value=True,
    string_value="größer 😀 \0 𝄞", bytes_value=bytes(range(256)), uint32_value=2**32 - 1, sfixed32_value=2**31 - 1,
    sfixed64_value=2**63 - 1, sint32_value=2**31 - 1, sint64_value=2**63 - 1, color=2147483647,
    address=Address(street="ß", number=-2**31), packed=[0, -2**63, 2**63 - 1], unpacked=[0, 2**32 - 1],
    texts=["", "😀"], colors=[0, -1], addresses=[Address(), Address(number=1)],
    counts={"": 2**63 - 1, "ß": 0}, homes={-2**31: Address(street="a"), 0: Address()}, flags={True: 1, False: -1},
    home=Address(street="x"), at=timestamp_pb2.Timestamp(seconds=253402300799, nanos=999999999),
    wrapped_text=wrappers_pb2.StringValue(value="w"), wrapped_long=wrappers_pb2.Int64Value(value=2**53 + 1),
    day=date_pb2.Date(year=9999, month=12, day=31),
    time=timeofday_pb2.TimeOfDay(hours=23, minutes=59, seconds=59, nanos=999999999),
    amount=decimal_pb2.Decimal(value=(10**38 - 1).to_bytes(16, "big", signed=True), precision=38, scale=0),
    last=True, maybe_int=-1)
odd = Everything(double_value=-0.0, float_value=float("nan"), shade=1)

write(ProtobufSerializer(Everything, client), "py-everything", low, high, Everything(), odd,
      Everything(number=2**64 - 1), Everything(text=""), Everything(shade=0), Everything(home=Address()))

# Messages that are not the first of their file.
write(ProtobufSerializer(message_of("shop.Outer"), client), "py-outer", message_of("shop.Outer")(id=1))
write(ProtobufSerializer(message_of("shop.Outer.Inner2"), client), "py-inner",
      message_of("shop.Outer.Inner2")(note2="ß"))
write(ProtobufSerializer(message_of("shop.Outer.Inner2.Deep"), client), "py-deep",
      message_of("shop.Outer.Inner2.Deep")(depth=-1))

# A message of Google's as a record.
write(ProtobufSerializer(wrappers_pb2.Int64Value, client), "py-wrapper",
      wrappers_pb2.Int64Value(value=2**53 + 1), wrappers_pb2.Int64Value(), key=True)

write(ProtobufSerializer(message_of("shop.Outer.Inner1"), client, BY_RECORD), "py-by-record",
      message_of("shop.Outer.Inner1")(note1="named"))

# proto2, with defaults of its own.
old = descriptor_pb2.FileDescriptorProto(name="old.proto", package="old")
old_message = old.message_type.add(name="Old")
field(old_message, 1, "id", "int32")
old_message.field[0].label = Field.LABEL_REQUIRED
field(old_message, 2, "size", "int64")
old_message.field[1].default_value = "42"
field(old_message, 3, "name", "string")
field(old_message, 4, "raw", "bytes")
old_message.field[3].default_value = "\\000\\377\\na"
pool.Add(old)
Old = message_of("old.Old")
write(ProtobufSerializer(Old, client), "py-proto2", Old(id=0), Old(id=1, size=0, name="", raw=b""))

# Into a subject whose latest version the test has registered.
noted = descriptor_pb2.FileDescriptorProto(name="noted.proto", package="theirs", syntax="proto3")
noted_message = noted.message_type.add(name="Noted")
field(noted_message, 1, "id", "int32")
field(noted_message, 2, "note", "string")
pool.Add(noted)
Noted = message_of("theirs.Noted")
write(ProtobufSerializer(Noted, client, {"auto.register.schemas": False, "use.latest.version": True}),
      "theirs-latest", Noted(id=5, note="theirs"))


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return (value >> 1) ^ -(value & 1), at


def class_of(data):
    """The message class of what the test has written, made of the schema in the registry alone."""
    schema = reader.get_schema(int.from_bytes(data[1:5], "big"), fmt="serialized")
    own = descriptor_pool.DescriptorPool()

    def add(name, text, references):
        file = descriptor_pb2.FileDescriptorProto.FromString(base64.b64decode(text))
        file.name = name
        for reference in references or []:
            version = reader.get_version(reference.subject, reference.version, fmt="serialized")
            add(reference.name, version.schema.schema_str, version.schema.references)
        for dependency in file.dependency:
            add_known(dependency)
        own.Add(file)
        return file

    def add_known(name):
        try:
            own.FindFileByName(name)
        except KeyError:
            known = descriptor_pb2.FileDescriptorProto()
            pool.FindFileByName(name).CopyToProto(known)
            for dependency in known.dependency:
                add_known(dependency)
            own.Add(known)

    file = add("read.proto", schema.schema_str, schema.references)
    count, at = varint(data, 5)
    indexes = []
    for _ in range(count):
        index, at = varint(data, at)
        indexes.append(index)
    first, *rest = indexes or [0]
    found = own.FindFileByName(file.name).message_types_by_name[file.message_type[first].name]
    for index in rest:
        found = found.nested_types[index]
    return message_factory.GetMessageClass(found)


def value_of(message):
    """A message as a dict; None for what is not there."""
    descriptor = message.DESCRIPTOR
    name = descriptor.full_name
    if name == "google.protobuf.Timestamp":
        zone = datetime.timezone.utc
        return datetime.datetime(1970, 1, 1, tzinfo=zone) + datetime.timedelta(
            seconds=message.seconds, microseconds=message.nanos // 1000)
    if name == "google.type.Date":
        return datetime.date(message.year, message.month, message.day)
    if name == "google.type.TimeOfDay":
        return datetime.time(message.hours, message.minutes, message.seconds, message.nanos // 1000)
    if name == "confluent.type.Decimal":
        return protobuf_to_decimal(message)
    if name.startswith("google.protobuf.") and name.endswith("Value"):
        return message.value
    return {each.name: field_of(message, each) for each in descriptor.fields}


def field_of(message, descriptor):
    is_map = descriptor.message_type is not None and descriptor.message_type.GetOptions().map_entry
    value = getattr(message, descriptor.name)
    if is_map:
        of = descriptor.message_type.fields_by_name["value"]
        return {key: element_of(of, value[key]) for key in value}
    if isinstance(value, (list, tuple)) or hasattr(value, "append"):
        return [element_of(descriptor, element) for element in value]
    if descriptor.has_presence and not message.HasField(descriptor.name):
        return None
    return element_of(descriptor, value)


def element_of(descriptor, value):
    if descriptor.message_type is not None:
        return value_of(value)
    if descriptor.enum_type is not None:
        return descriptor.enum_type.values_by_number[value].name
    return value


def deserialize(data, where, settings):
    message_class = class_of(data)
    # With the registry the deserializer cannot read Google's files, its own messages of that kind included: it has
    # them already, and takes the registered ones for duplicates.
    registry = None if message_class.DESCRIPTOR.file.package == "google.protobuf" else reader
    return value_of(ProtobufDeserializer(message_class, settings, registry)(data, where))


finish(deserialize)
