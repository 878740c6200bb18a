/** The cases of Confluent's diff-schema-examples.json (schema-registry, protobuf-provider), written shorter. */
import { describe, expect, test } from 'bun:test'
import { protobufFormat } from '../../../src/formats/protobuf/protobuf-schema.ts'
import type { ResolvedReference } from '../../../src/formats/schema-format.ts'

const P3 = 'syntax = "proto3";\n'
const P2 = 'syntax = "proto2";\n'
const STATUS = 'message Status { string test_string = 1; }'
const ENUM = 'enum Status { ACTIVE = 0; INACTIVE = 1; }'

function changes(
  original: string,
  update: string,
  before: ResolvedReference[] = [],
  after: ResolvedReference[] = [],
) {
  const from = protobufFormat.parse(original, before)
  const to = protobufFormat.parse(update, after)
  return {
    all: to.changes(from).map(({ type, path }) => `${type} ${path}`),
    incompatible: to.incompatibilities(from).map(text => /errorType:"(\w+)"/.exec(text)![1]!),
  }
}

const message = (fields: string, rest = '') => `${P3}message TestMessage { ${fields} } ${rest}`

const cases: [name: string, original: string, update: string, all: string[], incompatible: string[]][] = [
  [
    'package',
    `${P3}package foo; message TestMessage { string a = 1; .foo.TestMessage.Status b = 2; ${STATUS} }`,
    `${P3}package bar; message TestMessage { string a = 1; .bar.TestMessage.Status b = 2; ${STATUS} }`,
    ['PACKAGE_CHANGED #/'],
    [],
  ],
  [
    'a name in full',
    message(`string a = 1; Status b = 2; ${STATUS}`),
    message(`string a = 1; .TestMessage.Status b = 2; ${STATUS}`),
    [],
    [],
  ],
  [
    'a name in full, with a package',
    `${P3}package foo; message TestMessage { Status b = 2; ${STATUS} }`,
    `${P3}package foo; message TestMessage { .foo.TestMessage.Status b = 2; ${STATUS} }`,
    [],
    [],
  ],
  [
    'a field more',
    message('string a = 1;'),
    message('string a = 1; string b = 2;'),
    ['FIELD_ADDED #/TestMessage/2'],
    [],
  ],
  [
    'a required field more',
    `${P2}message TestMessage { optional string a = 1; }`,
    `${P2}message TestMessage { optional string a = 1; required string b = 2; }`,
    ['REQUIRED_FIELD_ADDED #/TestMessage/2'],
    ['REQUIRED_FIELD_ADDED'],
  ],
  [
    'a required field less',
    `${P2}message TestMessage { optional string a = 1; required string b = 2; }`,
    `${P2}message TestMessage { optional string a = 1; }`,
    ['REQUIRED_FIELD_REMOVED #/TestMessage/2'],
    ['REQUIRED_FIELD_REMOVED'],
  ],
  [
    'a field more in a message inside',
    `${P3}message Wrapper { int32 i = 1; message TestMessage { string a = 1; } }`,
    `${P3}message Wrapper { int32 i = 1; message TestMessage { string a = 1; string b = 2; } }`,
    ['FIELD_ADDED #/Wrapper/TestMessage/2'],
    [],
  ],
  [
    'a field less',
    message('string a = 1; string b = 2;'),
    message('string a = 1;'),
    ['FIELD_REMOVED #/TestMessage/2'],
    [],
  ],
  [
    'another number',
    message('string a = 1;'),
    message('string a = 2;'),
    ['FIELD_REMOVED #/TestMessage/1', 'FIELD_ADDED #/TestMessage/2'],
    [],
  ],
  ['int32 to int64', message('int32 a = 2;'), message('int64 a = 2;'), [], []],
  ['string to bytes', message('string a = 2;'), message('bytes a = 2;'), [], []],
  ['int32 to enum', message('int32 a = 2;'), message('Status a = 2;', ENUM), ['ENUM_ADDED #/Status'], []],
  ['enum to int32', message('Status a = 2;', ENUM), message('int32 a = 2;'), ['ENUM_REMOVED #/Status'], []],
  [
    'int32 to a message with the name of an enum',
    message('int32 a = 2;'),
    message(`.TestMessage.Status a = 2; ${STATUS}`, ENUM),
    ['FIELD_KIND_CHANGED #/TestMessage/2', 'MESSAGE_ADDED #/TestMessage/Status', 'ENUM_ADDED #/Status'],
    ['FIELD_KIND_CHANGED'],
  ],
  [
    'a message with the name of an enum to int32',
    message(`.TestMessage.Status a = 2; ${STATUS}`, ENUM),
    message('int32 a = 2;'),
    ['FIELD_KIND_CHANGED #/TestMessage/2', 'MESSAGE_REMOVED #/TestMessage/Status', 'ENUM_REMOVED #/Status'],
    ['FIELD_KIND_CHANGED', 'MESSAGE_REMOVED'],
  ],
  [
    'a constant renamed',
    message('Status a = 2;', ENUM),
    message('Status a = 2;', ENUM.replace('INACTIVE', 'NOT_ACTIVE')),
    ['ENUM_CONST_CHANGED #/Status/1'],
    [],
  ],
  [
    'one field into a oneof',
    message('string a = 1; string b = 2;'),
    message('string a = 1; oneof o { string b = 2; int32 c = 3; }'),
    ['ONEOF_ADDED #/TestMessage/o'],
    [],
  ],
  [
    'two fields into a oneof',
    message('string a = 1; string b = 2;'),
    message('oneof o { string a = 1; string b = 2; int32 c = 3; }'),
    ['MULTIPLE_FIELDS_MOVED_TO_ONEOF #/TestMessage/o', 'ONEOF_ADDED #/TestMessage/o'],
    ['MULTIPLE_FIELDS_MOVED_TO_ONEOF'],
  ],
  [
    'a field into a oneof that was there',
    message('string a = 1; oneof o { string b = 2; }'),
    message('oneof o { string a = 1; string b = 2; }'),
    ['FIELD_MOVED_TO_EXISTING_ONEOF #/TestMessage/o', 'ONEOF_FIELD_ADDED #/TestMessage/o/1'],
    ['FIELD_MOVED_TO_EXISTING_ONEOF'],
  ],
  [
    'a field more in a oneof',
    message('oneof o { string a = 1; string b = 2; }'),
    message('oneof o { string a = 1; string b = 2; int32 c = 3; }'),
    ['ONEOF_FIELD_ADDED #/TestMessage/o/3'],
    [],
  ],
  [
    'a field less in a oneof',
    message('oneof o { string a = 1; string b = 2; int32 c = 3; }'),
    message('oneof o { string a = 1; string b = 2; }'),
    ['ONEOF_FIELD_REMOVED #/TestMessage/o/3'],
    ['ONEOF_FIELD_REMOVED'],
  ],
  [
    'int32 to a message',
    message('int32 a = 2;'),
    message('TestMessage2 a = 2;', 'message TestMessage2 { string s = 1; }'),
    ['MESSAGE_ADDED #/TestMessage2', 'FIELD_KIND_CHANGED #/TestMessage/2'],
    ['FIELD_KIND_CHANGED'],
  ],
  [
    'another type and name',
    message('int32 a = 2;'),
    message('string b = 2;'),
    ['FIELD_NAME_CHANGED #/TestMessage/2', 'FIELD_SCALAR_KIND_CHANGED #/TestMessage/2'],
    ['FIELD_SCALAR_KIND_CHANGED'],
  ],
  [
    'another message',
    message('M2 a = 2;', 'message M2 { string s = 1; }'),
    message('M3 a = 2;', 'message M3 { string s = 1; }'),
    ['MESSAGE_REMOVED #/M2', 'MESSAGE_ADDED #/M3', 'FIELD_NAMED_TYPE_CHANGED #/TestMessage/2'],
    ['MESSAGE_REMOVED', 'FIELD_NAMED_TYPE_CHANGED'],
  ],
  [
    'other values of a map',
    message('map<string, int32> a = 2;'),
    message('map<string, string> b = 2;'),
    ['FIELD_NAME_CHANGED #/TestMessage/2', 'FIELD_SCALAR_KIND_CHANGED #/TestMessage/2'],
    ['FIELD_SCALAR_KIND_CHANGED'],
  ],
  [
    'a name in full in a map',
    message(`map<string, Status> a = 2; ${STATUS}`),
    message(`map<string, TestMessage.Status> a = 2; ${STATUS}`),
    [],
    [],
  ],
  [
    'a message repeated',
    message(`optional Status a = 2; ${STATUS}`),
    message(`repeated Status a = 2; ${STATUS}`),
    [],
    [],
  ],
  [
    'a string repeated',
    message('optional string a = 1;'),
    message('repeated string a = 1;'),
    ['FIELD_STRING_OR_BYTES_LABEL_CHANGED #/TestMessage/1'],
    [],
  ],
  [
    'a number repeated',
    message('optional int32 a = 1;'),
    message('repeated int32 a = 1;'),
    ['FIELD_NUMERIC_LABEL_CHANGED #/TestMessage/1'],
    ['FIELD_NUMERIC_LABEL_CHANGED'],
  ],
  [
    'a message more',
    message('string a = 1;'),
    message('string a = 1;', 'message M2 { }'),
    ['MESSAGE_ADDED #/M2'],
    [],
  ],
  [
    'a message before the others',
    message('string a = 1;'),
    `${P3}message M2 { } message TestMessage { string a = 1; }`,
    ['MESSAGE_ADDED #/M2', 'MESSAGE_MOVED #/TestMessage'],
    [],
  ],
]

describe('what changed', () => {
  test.each(cases)('%s', (_name, original, update, all, incompatible) => {
    const found = changes(original, update)
    expect(found.all.toSorted()).toEqual(all.toSorted())
    expect(found.incompatible.toSorted()).toEqual(incompatible.toSorted())
  })
})

function imported(name: string, version: number, text: string): ResolvedReference[] {
  return [{ name, subject: name, version, text, references: [] }]
}

describe('what an import brings', () => {
  const home = (packageName: string, type: string) =>
    `${P3}package ${packageName}; message GoogleHome { ${type} deviceID = 1; bool enabled = 2; }`
  const outer = (packageName: string, type: string) =>
    `${P3}package ${packageName}; message outer { message GoogleHome { ${type} deviceID = 1; bool enabled = 2; } }`
  const user = (name: string, type: string) => `${P3}import "${name}"; message TestMessage { ${type} a = 1; }`

  test('changed in a way that breaks', () => {
    const found = changes(
      user('google.proto', '.a.b.GoogleHome'),
      user('google2.proto', '.a.b.GoogleHome'),
      imported('google.proto', 1, home('a.b', 'int32')),
      imported('google2.proto', 1, home('a.b', 'string')),
    )
    expect(found.all).toEqual([
      'FIELD_SCALAR_KIND_CHANGED #/GoogleHome/1',
      'FIELD_NAMED_TYPE_CHANGED #/TestMessage/1',
    ])
  })

  test('a message that moves into an import, and out of one', () => {
    const own = `${P3}message TestMessage { GoogleHome a = 1; } message GoogleHome { int32 deviceID = 1; bool enabled = 2; }`
    const foreign = user('google.proto', '.a.b.GoogleHome')
    const reference = imported('google.proto', 1, home('a.b', 'int32'))
    expect(changes(own, foreign, [], reference)).toEqual({
      all: ['MESSAGE_REMOVED #/GoogleHome'],
      incompatible: ['MESSAGE_REMOVED'],
    })
    expect(changes(foreign, own, reference, [])).toEqual({
      all: ['MESSAGE_ADDED #/GoogleHome'],
      incompatible: [],
    })
  })

  test('another package around the same message', () => {
    const found = changes(
      user('google.proto', '.a.domain.outer.GoogleHome'),
      user('google2.proto', '.a.domain2.outer.GoogleHome'),
      imported('google.proto', 1, outer('a.domain', 'int32')),
      imported('google2.proto', 1, outer('a.domain2', 'int32')),
    )
    expect(found.all).toEqual([])
  })

  test('another version of the same subject is looked into, the same one is not', () => {
    const type = '.a.domain.outer.GoogleHome'
    const before = imported('google.proto', 1, outer('a.domain', 'int32'))
    const after = imported('google.proto', 3, outer('a.domain', 'string'))
    const text = user('google.proto', type)
    expect(changes(text, text, before, after).all).toEqual([
      'FIELD_SCALAR_KIND_CHANGED #/outer/GoogleHome/1',
      'FIELD_NAMED_TYPE_CHANGED #/TestMessage/1',
    ])
    expect(changes(text, text, before, before).all).toEqual([])
  })
})

test('each line is the text of the Java registry', () => {
  const from = protobufFormat.parse(message('int32 a = 2;'), [])
  const to = protobufFormat.parse(message('string b = 2;'), [])
  expect(to.incompatibilities(from)).toEqual([
    `{errorType:"FIELD_SCALAR_KIND_CHANGED", description:"The kind of a SCALAR field at path '#/TestMessage/2' in the %s schema does not match its kind in the %s schema"}`,
  ])
})

test('messages that hold themselves end', () => {
  const text = (type: string) => message(`TestMessage inner = 1; ${type} a = 2; google.protobuf.Value v = 3;`)
  expect(changes(text('int32'), text('int64')).all).toEqual([])
  expect(changes(text('int32'), text('string')).all).toEqual(['FIELD_SCALAR_KIND_CHANGED #/TestMessage/2'])
})
