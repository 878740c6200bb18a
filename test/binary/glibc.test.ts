import { beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { BUILD_TIMEOUT, bunnect, root, run } from './executables.ts'

/** RHEL 8; the requirement is 2.34. */
const NEWEST = [2, 28] as const

let executable: string
beforeAll(async () => {
  executable = await bunnect()
}, BUILD_TIMEOUT)

const addon = () => join(root, 'src/kafka/librdkafka/native/kafka.addon')

/** Versions of GLIBC that an ELF file asks the loader for. */
async function versions(file: string): Promise<string[]> {
  const text = await run(['readelf', '-W', '--version-info', file])
  return [...new Set(Array.from(text.matchAll(/Name: GLIBC_(\S+)/g), match => match[1]!))]
}

function isNewer(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return Number.isNaN(major) || major > NEWEST[0] || (major === NEWEST[0] && minor > NEWEST[1])
}

test('the executable runs on GLIBC 2.28', async () => {
  const asked = await versions(executable)
  expect(asked).toContain('2.2.5')
  expect(asked.filter(isNewer)).toEqual([])
})

test('the addon runs on GLIBC 2.28', async () => {
  const asked = await versions(addon())
  expect(asked).toContain('2.2.5')
  expect(asked.filter(isNewer)).toEqual([])
})

test('the addon takes each function from the library that GLIBC 2.28 has it in', async () => {
  const text = await run(['readelf', '-W', '--version-info', '--dyn-syms', addon()])
  const files = new Map<string, string>()
  let file = ''
  for (const [, ofFile, version] of text.matchAll(/File: (\S+)|Name: GLIBC_\S+ .*Version: (\d+)/g)) {
    if (ofFile) file = ofFile
    else files.set(version!, file)
  }
  const owners = new Map(
    Array.from(text.matchAll(/ UND (\S+)@GLIBC_\S+ \((\d+)\)/g), ([, name, version]) => [
      name!,
      files.get(version!),
    ]),
  )
  for (const [library, names] of Object.entries({
    'libc.so.6': ['getrandom', 'pthread_mutex_lock', 'pthread_cond_wait', 'dl_iterate_phdr'],
    'libm.so.6': ['pow'],
    'libpthread.so.0': [
      'pthread_create',
      'pthread_join',
      'pthread_once',
      'pthread_key_create',
      'pthread_rwlock_rdlock',
    ],
    'libdl.so.2': ['dlopen', 'dlsym'],
  }))
    for (const name of names) expect([name, owners.get(name)]).toEqual([name, library])
})

test('both need nothing but libc', async () => {
  for (const file of [executable, addon()]) {
    const text = await run(['readelf', '-W', '-d', file])
    const needed = Array.from(text.matchAll(/\(NEEDED\).*\[(.+)\]/g), match => match[1]!)
    const allowed = ['libc.so.6', 'libm.so.6', 'libpthread.so.0', 'libdl.so.2', 'ld-linux-x86-64.so.2']
    expect(needed.filter(library => !allowed.includes(library))).toEqual([])
  }
})

test('the build refuses an addon that asks for more than it may, and names the symbol', async () => {
  await expect(run(['scripts/native-check', addon(), '2.3'])).rejects.toThrow(/getrandom@GLIBC_2\.25/)
})

test('the addon shows none of its own symbols, so that none can clash with those of Bun', async () => {
  const shown = (await run(['nm', '-D', '--defined-only', addon()])).trim().split('\n').filter(Boolean)
  expect(shown).toEqual([])
})
