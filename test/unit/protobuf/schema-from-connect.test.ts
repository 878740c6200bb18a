/** After ProtobufDataTest and ProtobufConverterTest of confluentinc/schema-registry (protobuf-converter). */
import { describe, expect, test } from 'bun:test'
import { scrubbed } from '../../../src/converters/protobuf/names.ts'
import { decimalBuilder } from '../../../src/data/decimal.ts'
import { DATE_SCHEMA, TIME_SCHEMA, TIMESTAMP_SCHEMA } from '../../../src/data/logical.ts'
import type { Schema } from '../../../src/data/schema.ts'
import * as connect from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { formatOf } from './format.ts'

const STATUS = SchemaBuilder.string()
  .name('Status')
  .optional()
  .parameter('io.confluent.connect.protobuf.Enum', 'Status')
  .parameter('io.confluent.connect.protobuf.Enum.ACTIVE', '0')
  .parameter('io.confluent.connect.protobuf.Enum.INACTIVE', '1')
  .build()

function textOf(schema: Schema, config: Record<string, string> = {}): string {
  return formatOf(config).schemaOf(schema, null).text
}

const tagged = (builder: SchemaBuilder, tag: number): Schema =>
  builder.parameter('io.confluent.connect.protobuf.Tag', String(tag)).build()

describe('a struct', () => {
  test('of all types', () => {
    const schema = SchemaBuilder.struct()
      .field('int8', SchemaBuilder.int8().defaultValue(2).doc('int8 field').build())
      .field('int16', connect.INT16_SCHEMA)
      .field('int32', connect.INT32_SCHEMA)
      .field('int64', connect.INT64_SCHEMA)
      .field('float32', connect.FLOAT32_SCHEMA)
      .field('float64', connect.FLOAT64_SCHEMA)
      .field('boolean', connect.BOOLEAN_SCHEMA)
      .field('string', connect.STRING_SCHEMA)
      .field('bytes', connect.BYTES_SCHEMA)
      .field('array', SchemaBuilder.array(connect.STRING_SCHEMA).build())
      .field('map', SchemaBuilder.map(connect.STRING_SCHEMA, connect.INT32_SCHEMA).build())
      .field('mapNonStringKeys', SchemaBuilder.map(connect.INT32_SCHEMA, connect.INT32_SCHEMA).build())
      .field('enum', STATUS)
      .build()
    expect(textOf(schema)).toBe(`syntax = "proto3";

message ConnectDefault1 {
  int32 int8 = 1 [(confluent.field_meta) = {
    params: [
      {
        key: "connect.type",
        value: "int8"
      }
    ]
  }];
  int32 int16 = 2 [(confluent.field_meta) = {
    params: [
      {
        key: "connect.type",
        value: "int16"
      }
    ]
  }];
  int32 int32 = 3;
  int64 int64 = 4;
  float float32 = 5;
  double float64 = 6;
  bool boolean = 7;
  string string = 8;
  bytes bytes = 9;
  repeated string array = 10;
  repeated ConnectDefault2Entry map = 11;
  repeated ConnectDefault3Entry mapNonStringKeys = 12;
  Status enum = 13;

  message ConnectDefault2Entry {
    string key = 1;
    int32 value = 2;
  }
  message ConnectDefault3Entry {
    int32 key = 1;
    int32 value = 2;
  }
  enum Status {
    ACTIVE = 0;
    INACTIVE = 1;
  }
}
`)
  })

  test('of logical types, each import once', () => {
    const schema = SchemaBuilder.struct()
      .name('com.acme.Times')
      .field('price', decimalBuilder(2).parameter('connect.decimal.precision', '8').build())
      .field('day', DATE_SCHEMA)
      .field('time', TIME_SCHEMA)
      .field('created', TIMESTAMP_SCHEMA)
      .field('updated', TIMESTAMP_SCHEMA)
      .build()
    expect(textOf(schema)).toBe(`syntax = "proto3";
package com.acme;

import "confluent/type/decimal.proto";
import "google/type/date.proto";
import "google/type/timeofday.proto";
import "google/protobuf/timestamp.proto";

message Times {
  confluent.type.Decimal price = 1 [(confluent.field_meta) = {
    params: [
      {
        value: "8",
        key: "precision"
      },
      {
        value: "2",
        key: "scale"
      }
    ]
  }];
  google.type.Date day = 2;
  google.type.TimeOfDay time = 3;
  google.protobuf.Timestamp created = 4;
  google.protobuf.Timestamp updated = 5;
}
`)
  })

  const nullable = SchemaBuilder.struct()
    .name('Nullable')
    .field('key', connect.INT32_SCHEMA)
    .field('value', connect.OPTIONAL_STRING_SCHEMA)
    .field(
      'count',
      SchemaBuilder.int64().optional().parameter('io.confluent.connect.protobuf.Type', 'uint32').build(),
    )
    .build()

  test('optional fields: plain, with a label, in wrappers', () => {
    const fields = (text: string) => text.split('\n').filter(line => line.includes(' = '))
    expect(fields(textOf(nullable))).toEqual([
      'syntax = "proto3";',
      '  int32 key = 1;',
      '  string value = 2;',
      '  uint32 count = 3;',
    ])
    expect(fields(textOf(nullable, { 'optional.for.nullables': 'true' })).slice(1)).toEqual([
      '  int32 key = 1;',
      '  optional string value = 2;',
      '  optional uint32 count = 3;',
    ])
    expect(fields(textOf(nullable, { 'wrapper.for.nullables': 'true' })).slice(1)).toEqual([
      '  int32 key = 1;',
      '  google.protobuf.StringValue value = 2;',
      '  google.protobuf.UInt32Value count = 3;',
    ])
    expect(textOf(nullable, { 'wrapper.for.nullables': 'true' })).toContain(
      'import "google/protobuf/wrappers.proto";',
    )
  })

  test('a union becomes a oneof, numbers stay', () => {
    const union = SchemaBuilder.struct()
      .name('io.confluent.connect.protobuf.Union.some_val')
      .field('one_id', tagged(SchemaBuilder.string().optional(), 1))
      .field('other_id', tagged(SchemaBuilder.int32().optional(), 2))
      .optional()
      .build()
    const schema = SchemaBuilder.struct()
      .name('ComplexType')
      .field('some_val_0', union)
      .field('is_active', tagged(SchemaBuilder.bool().optional(), 3))
      .build()
    expect(textOf(schema)).toBe(`syntax = "proto3";

message ComplexType {
  bool is_active = 3;

  oneof some_val {
    string one_id = 1;
    int32 other_id = 2;
  }
}
`)
  })

  test('a struct with the name of its field gets another', () => {
    const nested = SchemaBuilder.struct().name('nested').field('string', connect.STRING_SCHEMA).build()
    const schema = SchemaBuilder.struct().field('nested', nested).build()
    expect(textOf(schema)).toBe(`syntax = "proto3";

message ConnectDefault1 {
  nestedMessage nested = 1;

  message nestedMessage {
    string string = 1;
  }
}
`)
  })

  test('structs without names count on', () => {
    const inner = () => SchemaBuilder.struct().field('a', connect.STRING_SCHEMA).build()
    const schema = SchemaBuilder.struct()
      .field('x', inner())
      .field('my_map', SchemaBuilder.map(connect.STRING_SCHEMA, inner()).name('tags_by_name').build())
      .field('y', SchemaBuilder.array(inner()).build())
      .build()
    expect(textOf(schema)).toBe(`syntax = "proto3";

message ConnectDefault1 {
  ConnectDefault2 x = 1;
  repeated TagsByNameEntry my_map = 2;
  repeated ConnectDefault4 y = 3;

  message ConnectDefault2 {
    string a = 1;
  }
  message TagsByNameEntry {
    string key = 1;
    ConnectDefault3 value = 2;
  
    message ConnectDefault3 {
      string a = 1;
    }
  }
  message ConnectDefault4 {
    string a = 1;
  }
}
`)
  })

  test('names that Protobuf does not take are scrubbed where that is wanted', () => {
    const schema = SchemaBuilder.struct()
      .name('org.acme-corp.invalid record-name')
      .field('invalid field-name', connect.STRING_SCHEMA)
      .build()
    const made = formatOf({ 'scrub.invalid.names': 'true' }).schemaOf(schema, null)
    expect(made.name).toBe('org.acme_corp.invalid_record_name')
    expect(made.text).toContain('string invalid_field_name = 1;')
    expect(() => textOf(schema)).toThrow(
      '"acme-corp" (of org.acme-corp.invalid record-name) is not a valid identifier.',
    )
  })

  test('a scrubbed name', () => {
    const names: [string, string][] = [
      ['', ''],
      ['abc_DEF_123', 'abc_DEF_123'],
      ['abc+-.*_', 'abc_2B____'],
      ['abc-def', 'abc_def'],
      ['abc+def', 'abc_2Bdef'],
      ['abc  def', 'abc__def'],
      ['abc.def', 'abc_def'],
      ['0abc.def', 'x0abc_def'],
      ['_abc.def', 'x_abc_def'],
      ['0abc', 'x0abc'],
      ['_abc', 'x_abc'],
    ]
    for (const [name, expected] of names) expect(scrubbed(name)).toBe(expected)
  })
})

describe('a single value', () => {
  const wrappers: [Schema, string][] = [
    [connect.INT8_SCHEMA, 'Int32Value'],
    [connect.INT64_SCHEMA, 'Int64Value'],
    [connect.FLOAT32_SCHEMA, 'FloatValue'],
    [connect.FLOAT64_SCHEMA, 'DoubleValue'],
    [connect.BOOLEAN_SCHEMA, 'BoolValue'],
    [connect.STRING_SCHEMA, 'StringValue'],
    [connect.BYTES_SCHEMA, 'BytesValue'],
  ]
  test.each(wrappers)('%s', (schema, name) => {
    const made = formatOf().schemaOf(schema, null)
    expect(made.name).toBe(`google.protobuf.${name}`)
    expect(made.text).toStartWith(`syntax = "proto3";
package google.protobuf;

option java_package = "com.google.protobuf";
option java_outer_classname = "WrappersProto";
option java_multiple_files = true;
option go_package = "google.golang.org/protobuf/types/known/wrapperspb";
option cc_enable_arenas = true;
option objc_class_prefix = "GPB";
option csharp_namespace = "Google.Protobuf.WellKnownTypes";

message DoubleValue {
  double value = 1;
}
`)
  })
})

describe('what Protobuf has no schema for', () => {
  const inStruct = (name: string, schema: Schema) =>
    SchemaBuilder.struct().name('M').field(name, schema).build()
  const array = (schema: Schema) => SchemaBuilder.array(schema).build()
  const refused: [string, Schema, string][] = [
    ['a list', array(connect.INT32_SCHEMA), 'Unsupported root schema of type ARRAY'],
    [
      'a map',
      SchemaBuilder.map(connect.STRING_SCHEMA, connect.INT32_SCHEMA).build(),
      'Unsupported root schema of type MAP',
    ],
    ['a list of lists', inStruct('a', array(array(connect.INT32_SCHEMA))), 'Array cannot be nested'],
    [
      'a number twice',
      SchemaBuilder.struct()
        .name('M')
        .field('a', tagged(SchemaBuilder.int32(), 1))
        .field('b', connect.INT32_SCHEMA)
        .build(),
      'Field number 1 has already been used in "M" by field "a"; "b" needs another.',
    ],
    [
      'a number that is none',
      inStruct('a', tagged(SchemaBuilder.int32(), 0)),
      'The field M.a asks for the number 0',
    ],
    [
      'an enum without constants',
      inStruct('a', SchemaBuilder.string().parameter('io.confluent.connect.protobuf.Enum', 'E').build()),
      'Enums must contain at least one value; E of the field M.a has none.',
    ],
    [
      'a name that is none',
      inStruct('a b', connect.INT32_SCHEMA),
      '"a b" (of M.a b) is not a valid identifier.',
    ],
  ]
  test.each(refused)('%s', (_name, schema, message) => {
    expect(() => formatOf().schemaOf(schema, null)).toThrow(message)
  })

  test('no schema at all', () => {
    expect(() => formatOf().schemaOf(null, 'x')).toThrow('Protobuf cannot write a value that has no schema')
  })
})
