import { Database } from 'bun:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConnectException } from '../../../src/data/errors.ts'
import { registryConfig } from '../../../src/registry/config.ts'
import { RegistryStore } from '../../../src/registry/store.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bunnect-registry-store-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const file = () => join(folder, 'registry.db')
const refused = (open: () => unknown) => {
  try {
    open()
  } catch (error) {
    if (error instanceof ConnectException) return `${error.message}. ${error.hint}`
    throw error
  }
  return 'opened'
}

describe('the file', () => {
  test('belongs to one process', () => {
    const store = new RegistryStore(file())
    expect(refused(() => new RegistryStore(file()))).toBe(
      `The schema registry's file ${file()} is in use by another process. Stop that process (fuser ${file()} names it), or name another folder.`,
    )
    store.close()
    new RegistryStore(file()).close()
  })

  test('is not that of another program', () => {
    const db = new Database(file())
    db.run('CREATE TABLE other(x)')
    db.close()
    expect(refused(() => new RegistryStore(file()))).toContain('is the file of another program')
  })

  test('is not read when a newer bunnect wrote it', () => {
    new RegistryStore(file()).close()
    const db = new Database(file())
    db.run('PRAGMA user_version = 9')
    db.close()
    expect(refused(() => new RegistryStore(file()))).toContain(
      'was written by a newer bunnect (format 9, this one knows 1)',
    )
  })

  test('that is no database is told with what to do', () => {
    writeFileSync(file(), 'no database at all, but long enough to be read as the header of one')
    expect(refused(() => new RegistryStore(file()))).toMatch(
      /cannot be opened: .*\(SQLITE_NOTADB\)\. .*sqlite3 FILE \.recover/,
    )
  })

  test('needs a folder', () => {
    writeFileSync(join(folder, 'taken'), '')
    expect(refused(() => new RegistryStore(join(folder, 'taken', 'registry.db')))).toContain(
      'cannot be created',
    )
    mkdirSync(file())
    expect(refused(() => new RegistryStore(file()))).toContain('cannot be opened')
  })

  test('a write that fails changes nothing', () => {
    const store = new RegistryStore(file())
    const failing = () =>
      store.write(() => {
        store.addContext('.eu')
        throw new Error('no')
      })
    expect(failing).toThrow('no')
    expect(store.contexts()).toEqual([])
    store.close()
  })
})

describe('the property file', () => {
  test('Java’s defaults, but for this machine alone', () => {
    expect(registryConfig({})).toEqual({
      listeners: ['http://127.0.0.1:8081'],
      dataDir: 'bunnect-data',
      settings: { compatibilityLevel: 'BACKWARD', modeMutability: true },
      tls: {},
      unread: [],
    })
  })

  test('Confluent’s names, the old one of the level too', () => {
    const of = (raw: Record<string, string>) => registryConfig(raw).settings.compatibilityLevel
    expect(of({ 'schema.compatibility.level': 'full' })).toBe('FULL')
    expect(of({ 'avro.compatibility.level': 'none' })).toBe('NONE')
    expect(of({ 'avro.compatibility.level': 'none', 'schema.compatibility.level': 'forward' })).toBe(
      'FORWARD',
    )
    expect(registryConfig({ 'mode.mutability': 'false' }).settings.modeMutability).toBe(false)
    expect(registryConfig({ listeners: 'http://0.0.0.0:8081, http://[::]:1' }).listeners).toEqual([
      'http://0.0.0.0:8081',
      'http://[::]:1',
    ])
  })

  test('what nobody reads is named, what is wrong refused', () => {
    expect(registryConfig({ 'kafkastore.bootstrap.servers': 'b:9092', 'host.name': 'x' }).unread).toEqual([
      'kafkastore.bootstrap.servers',
      'host.name',
    ])
    expect(() => registryConfig({ 'schema.compatibility.level': 'sideways' })).toThrow(
      'schema.compatibility.level',
    )
    expect(() => registryConfig({ 'authentication.method': 'BASIC' })).toThrow('everybody would be let in')
  })
})
