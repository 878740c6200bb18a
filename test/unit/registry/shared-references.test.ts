import { afterEach, beforeEach, describe, expect, spyOn, test } from 'bun:test'
import { RegistryStore } from '../../../src/registry/store.ts'
import { Door } from './door.ts'

/** Expanded as a tree the last would stand for 2^40 schemas. */
const MANY = 40

let door: Door
beforeEach(() => {
  door = new Door()
})
afterEach(() => door.close())

interface Language {
  schemaType: string
  fileName(i: number): string
  /** The schema that builds on all earlier ones, with a field more. */
  text(i: number, more: boolean): string
}

const earlier = (i: number) => Array.from({ length: i }, (_, k) => k)
const languages: Language[] = [
  {
    schemaType: 'PROTOBUF',
    fileName: i => `f${i}.proto`,
    text: (i, more) =>
      [
        'syntax = "proto3"; package p;',
        ...earlier(i).map(k => `import "f${k}.proto";`),
        `message M${i} { string own = 1; ${more ? 'string more = 2;' : ''}`,
        ...earlier(i).map(k => `M${k} m${k} = ${k + 3};`),
        '}',
      ].join('\n'),
  },
  {
    schemaType: 'AVRO',
    fileName: i => `p.M${i}`,
    text: (i, more) =>
      JSON.stringify({
        type: 'record',
        name: `p.M${i}`,
        fields: [
          { name: 'own', type: 'string' },
          ...(more ? [{ name: 'more', type: 'string', default: '' }] : []),
          ...earlier(i).map(k => ({ name: `m${k}`, type: `p.M${k}` })),
        ],
      }),
  },
  {
    schemaType: 'JSON',
    fileName: i => `f${i}.json`,
    text: (i, more) =>
      JSON.stringify({
        type: 'object',
        additionalProperties: false,
        properties: {
          own: { type: 'string' },
          ...(more && { more: { type: 'string' } }),
          ...Object.fromEntries(earlier(i).map(k => [`m${k}`, { $ref: `f${k}.json` }])),
        },
      }),
  },
]

const draft = ({ schemaType, fileName, text }: Language, i: number, more = false) => ({
  schemaType,
  schema: text(i, more),
  references: earlier(i).map(k => ({ name: fileName(k), subject: `s${k}`, version: 1 })),
})

async function registerUpTo(language: Language, last: number): Promise<void> {
  for (let i = 0; i <= last; i++) {
    const { status, body } = await door.ask(`POST /subjects/s${i}/versions`, draft(language, i))
    expect([i, status, body.id]).toEqual([i, 200, i + 1])
  }
}

describe.each(languages.map(one => [one.schemaType, one] as const))('%s', (_, language) => {
  test('a version that many build on is read once for each schema that is put together', async () => {
    const last = 9
    await registerUpTo(language, last)
    door.reopen()
    const reads = spyOn(RegistryStore.prototype, 'version')
    try {
      const form = language.schemaType === 'AVRO' ? 'resolved' : 'serialized'
      await door.ask(`GET /schemas/ids/${last + 1}?format=${form}`)
      expect(reads.mock.calls.map(([subject]) => subject).toSorted()).toEqual(earlier(last).map(k => `s${k}`))
    } finally {
      reads.mockRestore()
    }
  })

  test('schemas that each build on all earlier ones are registered, found and held against each other', async () => {
    await registerUpTo(language, MANY)
    const subject = `s${MANY}`
    await door.expectEach([
      [`POST /subjects/${subject}`, draft(language, MANY), 200, expect.objectContaining({ version: 1 })],
      [
        `POST /compatibility/subjects/${subject}/versions/1?normalize=true`,
        draft(language, MANY, true),
        200,
        { is_compatible: true },
      ],
      [
        `POST /subjects/${subject}/versions`,
        draft(language, MANY, true),
        200,
        expect.objectContaining({ version: 2 }),
      ],
    ])
  })
})

test('a schema is put together anew when a version that it builds on was imported with another text', async () => {
  const [, avro] = languages
  const fields = (type: string) => JSON.stringify([{ name: 'own', type }])
  const resolved = async () => (await door.ask('GET /subjects/s1/versions/1?format=resolved')).body.schema
  await registerUpTo(avro!, 1)
  expect(await resolved()).toContain(`"fields":${fields('string')}`)
  await door.ask('PUT /mode?force=true', { mode: 'IMPORT' })
  await door.expectEach([
    [
      'POST /subjects/s0/versions',
      { schema: `{"type":"record","name":"p.M0","fields":${fields('long')}}`, version: 1, id: 77 },
      200,
      expect.objectContaining({ id: 77, version: 1 }),
    ],
  ])
  expect(await resolved()).toContain(`"fields":${fields('long')}`)
})
