import { describe, expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { indexesOf, nameAt } from '../../../src/formats/protobuf/message-indexes.ts'
import { type ProtobufSchema, protobufFormat } from '../../../src/formats/protobuf/protobuf-schema.ts'
import { InvalidSchema } from '../../../src/formats/schema-format.ts'

const folder = `${import.meta.dir}/../../fixtures/protobuf/texts`

function fixture(name: string, forms: readonly string[]): string {
  const form = forms.find(ending => existsSync(`${folder}/${name}${ending}.proto`))
  return readFileSync(`${folder}/${name}${form}.proto`, 'utf8')
}

const names = ['normalization', 'options', 'values', 'extensions', 'ranges', 'nested-options']

describe('the text of a schema', () => {
  test.each(names)('%s: as the registry stores it', name => {
    const schema = protobufFormat.parse(fixture(name, ['']), [])
    const canonical = fixture(name, ['.canonical', ''])
    expect(schema.text).toBe(canonical)
    expect(protobufFormat.parse(canonical, []).text).toBe(canonical)
  })

  test.each(names)('%s: normalized', name => {
    const normalized = fixture(name, ['.normalized', ''])
    expect(protobufFormat.parse(fixture(name, ['']), []).normalized()).toBe(normalized)
    expect(protobufFormat.parse(normalized, []).normalized()).toBe(normalized)
  })

  test('escapes of options', () => {
    const text = String.raw`syntax = "proto3";

option a = "backslash\\backslash";
option b = "\"something\"";
option c = "\'something\'";
option d = "newline\n bell\a backspace\b formFeed\f return\r tab\t vertical\v";

message Test {
  bool test_bool = 1;
}
`
    expect(protobufFormat.parse(text, []).text).toBe(text)
    const octal = protobufFormat.parse(String.raw`option a = "\x41\102\u00e9\U0001F600"; message M {}`, [])
    expect(octal.text).toContain('option a = "ABé😀";')
    expect(protobufFormat.parse(octal.text, []).text).toBe(octal.text)
  })

  test('public and weak imports, groups, defaults', () => {
    const schema = protobufFormat.parse(
      `syntax = "proto2"; import public "a.proto"; import weak "b.proto";
       message M { optional group G = 1 { required int32 x = 1; } optional string s = 2 [default = "a\\"b"];
       optional int32 i = 3 [default = -5, deprecated = true]; optional E e = 4 [default = B];
       enum E { A = 0; B = -0x1; } }`,
      [],
    )
    expect(schema.text).toBe(`syntax = "proto2";

import "b.proto";
import public "a.proto";

message M {
  optional string s = 2 [default = "a\\"b"];
  optional int32 i = 3 [
    deprecated = true,
    default = -5
  ];
  optional E e = 4 [default = B];

  optional group G = 1 {
    required int32 x = 1;
  }

  enum E {
    A = 0;
    B = -1;
  }
}
`)
  })
})

describe('what is no schema', () => {
  const refused: [name: string, text: string, message: string][] = [
    [
      'a message without an end',
      'message M {',
      'Could not parse Protobuf - Syntax error in :1:12: expected a word',
    ],
    [
      'a word of no meaning',
      'syntax = "proto3";\nfoo',
      'Could not parse Protobuf - Syntax error in :2:4: unexpected label: foo',
    ],
    [
      'another syntax',
      'syntax = "proto4";',
      'Could not parse Protobuf - Syntax error in :1:18: unexpected syntax: proto4',
    ],
    [
      'an edition',
      'edition = "2023"; message M {}',
      'Could not parse Protobuf - Syntax error in :1:8: editions are not supported; write the schema with syntax = "proto3" or "proto2"',
    ],
    ['no types', 'syntax = "proto3";', 'Protobuf schema definition contains no type definitions'],
    [
      'an unknown type',
      'message M { optional Foo f = 1; }',
      'Could not resolve type: Foo (of the field M.f); is an import or a reference missing?',
    ],
    [
      'the number 0',
      'message M { optional int32 f = 0; }',
      'field f has the number 0, which is not within 1 to 536870911',
    ],
    [
      'a number twice',
      'message M { optional int32 f = 1; optional int32 g = 1; }',
      'Field number 1 has already been used in "M" by field "f"; "g" needs another.',
    ],
    [
      'a name twice',
      'message M { optional int32 f = 1; optional int32 f = 2; }',
      '"f" is already defined in "M".',
    ],
    [
      'a required field of proto3',
      'syntax = "proto3"; message M { required int32 f = 1; }',
      "'required' label forbidden in proto3",
    ],
    ['an open text', 'option a = "b\n";', 'unterminated string'],
    ['an open comment', 'message M {} /* ', 'unterminated comment'],
    [
      'Base64 of something else',
      'aGVsbG8gd29ybGQ=',
      'unexpected label: aGVsbG8gd29ybGQ; nor is it the base64 of a compiled file: Protocol message',
    ],
    ['a single word', 'message', 'expected a word; nor is it the base64 of a compiled file: '],
    ['an option without end', `option a = ${'{ a: '.repeat(5000)}`, 'an option is nested more than 100 deep'],
    ['messages without end', 'message M { '.repeat(5000), 'messages are nested more than 100 deep'],
  ]
  test.each(refused)('%s', (_name, text, message) => {
    expect(() => protobufFormat.parse(text, [])).toThrow(message)
  })
})

describe('paths to messages', () => {
  const schema = protobufFormat.parse(
    `syntax = "proto3"; package a.b; enum E { X = 0; } message A { message C { message D {} } message B {} } message A2 {}`,
    [],
  )
  const paths: [string, number[]][] = [
    ['a.b.A', [0]],
    ['a.b.A.B', [0, 1]],
    ['a.b.A.C.D', [0, 0, 0]],
    ['a.b.A2', [1]],
  ]
  test.each(paths)('%s', (name, path) => {
    expect(indexesOf(schema.file, name)).toEqual(path)
    expect(nameAt(schema.file, path)).toBe(name)
  })

  test('to none', () => {
    expect(indexesOf(schema.file, 'a.b.Other')).toEqual([])
    expect(nameAt(schema.file, [2])).toBeNull()
    expect(nameAt(schema.file, [0, 5])).toBeNull()
  })
})

describe('compiled files', () => {
  test.each(names)('%s: what was compiled reads as the same messages', name => {
    const schema = protobufFormat.parse(fixture(name, ['']), [])
    const base64 = schema.formatted('serialized')!
    const again = protobufFormat.parse(base64, [])
    expect(again.name).toBe(schema.name!)
    expect(again.incompatibilities(schema)).toEqual([])
    expect(schema.incompatibilities(again)).toEqual([])
    expect(protobufFormat.parse(again.text, []).text).toBe(again.text)
  })

  test('maps, optional fields and meta data stay', () => {
    const text = `syntax = "proto3";
package a;

import "confluent/meta.proto";

option java_package = "x";
option go_package = "y";

message M {
  optional int32 i = 1 [(confluent.field_meta) = {
    doc: "a number",
    params: [
      {
        key: "connect.type",
        value: "int8"
      }
    ],
    tags: [
      "PII"
    ]
  }];
  repeated .a.M.MyMapEntry my_map = 2;

  oneof choice {
    string s = 3;
    .a.E e = 4;
  }

  message MyMapEntry {
    option map_entry = true;
  
    string key = 1;
    .a.M value = 2;
  }
}
enum E {
  A = 0;
}
`
    const schema = protobufFormat.parse(text, [])
    expect(protobufFormat.parse(schema.formatted('serialized')!, []).text).toBe(text)
    expect(schema.normalized()).toContain('map<string, .a.M> my_map = 2;')
    expect(schema.normalized()).not.toContain('MyMapEntry')
  })
})

describe('texts and compiled files with something changed', () => {
  let state = 99
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  const changed = (text: string): string => {
    const chars = [...text]
    for (let k = random(3); k >= 0; k--) {
      const at = random(chars.length)
      const kind = random(3)
      if (kind === 0) chars.splice(at, 1)
      else if (kind === 1) chars[at] = '{}[]();="\'/*.-a1 \n'[random(18)]!
      else chars.splice(at, random(20))
    }
    return chars.join('')
  }
  const compiled = (bytes: Buffer): string => {
    const copy = Buffer.from(bytes)
    copy[random(copy.length)] = random(256)
    return copy.toString('base64')
  }
  /** What is taken can be stored and read again. */
  const isStable = (text: string): boolean => {
    let schema: ProtobufSchema
    try {
      schema = protobufFormat.parse(text, [])
    } catch (error) {
      if (error instanceof InvalidSchema) return false
      throw error
    }
    expect(protobufFormat.parse(schema.text, []).text).toBe(schema.text)
    expect(protobufFormat.parse(schema.formatted('serialized')!, []).name).toBe(schema.name!)
    return true
  }

  test.each(names)('%s: is refused, or as good as any other', name => {
    const text = fixture(name, [''])
    const bytes = Buffer.from(protobufFormat.parse(text, []).formatted('serialized')!, 'base64')
    const outcomes = Array.from({ length: 200 }, () => [
      isStable(changed(text)),
      isStable(compiled(bytes)),
    ]).flat()
    expect(outcomes).toContain(true)
    expect(outcomes).toContain(false)
  })
})
