import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join, resolve } from 'node:path'
import { freePort } from '../../servers/ports.ts'
import { run } from '../../servers/run.ts'
import { Terminal } from '../cli/terminal.ts'
import { npmClient, pythonClient } from './clients.ts'

const INSTALL_MS = 600_000
const node = resolve(import.meta.dir, '../../../node_modules/.bin/node')

let terminal: Terminal
beforeAll(() => {
  terminal = new Terminal()
})
afterAll(() => terminal.close())

/** The address of a registry of its own. */
async function started(data: string): Promise<string> {
  const url = `http://127.0.0.1:${await freePort()}`
  const server = terminal.start({ args: ['schema-registry', '--listeners', url, '--data', data] })
  await server.says('Server started, listening for requests')
  return url
}

/** What the script of a client says of the registry. */
const outcome = async (command: string[]) => JSON.parse(await run(command))
const script = (name: string) => join(import.meta.dir, name)

test(
  'npm’s client finds all that it asks for, and reads what it wrote',
  async () => {
    const folder = await npmClient()
    const url = await started('npm')
    expect(await outcome([node, script('npm-client.mjs'), folder, url])).toEqual({
      sameIdAgain: true,
      secondId: true,
      lookup: true,
      schemaById: true,
      latest: 2,
      versions: [1, 2],
      subjects: ['orders-value'],
      compatible: true,
      incompatible: false,
      refused: [409, 409],
      level: 'BACKWARD',
      levelOfSubject: 'NONE',
      deletedVersion: 3,
      unknownSubject: [404, 40401],
      unknownId: [404, 40403],
      references: [{ name: 'shop.Address', subject: 'address', version: 1 }],
      referenced: [422, 42206],
      avro: { id: 7, note: 'größer' },
      avroWithReferences: { address: { street: 'ß' } },
      json: { id: 7, note: 'ß' },
      protobuf: ['9007199254740993', ['a', 'ß']],
      protobufText: expect.stringContaining('message Order {\n  int64 id = 1'),
      deletedSubject: [1],
      equal: true,
    })
  },
  INSTALL_MS,
)

test(
  'Python’s client finds all that it asks for, and reads what it wrote',
  async () => {
    const python = await pythonClient()
    const url = await started('python')
    expect(await outcome([python, script('python-client.py'), url])).toEqual({
      'same id again': true,
      'second version': true,
      lookup: ['orders-value', 1, true],
      'schema by id': true,
      latest: 2,
      versions: [1, 2],
      subjects: ['orders-value'],
      compatible: true,
      incompatible: false,
      refused: [409, 409],
      level: 'BACKWARD',
      'level of subject': 'NONE',
      'deleted version': 3,
      'unknown subject': [404, 40401, "Subject 'nothing' not found."],
      'unknown id': [404, 40403, 'Schema 4711 not found'],
      references: [['shop.Address', 'address', 1]],
      referenced: [422, 42206],
      avro: true,
      'avro bytes': expect.stringMatching(/^00[0-9a-f]{8}8280808080808020/),
      'avro with references': true,
      json: { id: 7, note: 'ß' },
      protobuf: true,
      'protobuf text': expect.stringContaining('  .google.protobuf.Timestamp at = 3;'),
      'deleted subject': [1],
    })
  },
  INSTALL_MS,
)
