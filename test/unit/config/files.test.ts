import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConnectorFile, readPropertiesFile } from '../../../src/config/files.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bunnect-config-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}
const read = async (name: string, content: string) => readConnectorFile(await file(name, content))

describe('connector files', () => {
  test('properties', async () => {
    expect(await read('a.properties', 'name=a\nconnector.class=FileStreamSource\ntopic : t\n')).toMatchObject(
      {
        name: 'a',
        config: { name: 'a', 'connector.class': 'FileStreamSource', topic: 't' },
        initialState: null,
      },
    )
  })
  test('a flat JSON map; numbers and booleans keep their text', async () => {
    const { name, config, lines } = await read(
      'a.json',
      '{"name": "a",\n "tasks.max": 1,\n "x": 1.0,\n "flag": true, "none": null, "big": 12345678901234567890}',
    )
    expect(name).toBe('a')
    expect(config).toEqual({
      name: 'a',
      'tasks.max': '1',
      x: '1.0',
      flag: 'true',
      none: null,
      big: '12345678901234567890',
    })
    expect(lines.get('x')).toBe(3)
  })
  test('name, config and initial_state', async () => {
    expect(
      await read(
        'b.json',
        '{"name":"b","config":{"connector.class":"C"},"initial_state":"paused","other":{}}',
      ),
    ).toMatchObject({ name: 'b', config: { name: 'b', 'connector.class': 'C' }, initialState: 'PAUSED' })
  })
  test('the content counts, not what the name ends in', async () => {
    expect((await read('c.conf', '{"name":"c"}')).name).toBe('c')
    expect((await read('d.json', 'name=d')).name).toBe('d')
  })
  test.each([
    ['e.properties', 'a=b', "is missing the mandatory 'name' configuration"],
    ['e.json', '{"a":"b"}', "is missing the mandatory 'name' configuration"],
    [
      'f.json',
      '{"name":"x","config":{"name":"y"}}',
      "Connector name configuration in 'config' doesn't match the one specified in 'name'",
    ],
    ['g.json', '{"name":"x"', 'not valid JSON'],
    ['h.json', '{"name":"x","config":{"a":[1]}}', 'neither a map of strings nor an object'],
    [
      'i.json',
      '{"name":"x","config":{},"initial_state":"bogus"}',
      "initial_state 'bogus' is none of RUNNING, PAUSED, STOPPED",
    ],
    ['j.properties', 'name=x\nfile=\\u12', 'j.properties:2: Malformed \\uxxxx encoding.'],
  ])('%s is refused', async (name, content, message) => {
    await expect(read(name, content)).rejects.toThrow(message)
  })
})

test('a missing file and a folder are named', async () => {
  await expect(readPropertiesFile(join(folder, 'none'))).rejects.toThrow(
    `${join(folder, 'none')}: no such file`,
  )
  await expect(readConnectorFile(folder)).rejects.toThrow(`${folder}: is a folder`)
})
