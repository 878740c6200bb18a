/** Fills the file system at argv[2], frees space again, and tells what became of offsets as a line of JSON. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ConnectException } from '../../../src/data/errors.ts'
import { openOffsets } from '../../../src/stores/open-offsets.ts'

const mount = process.argv[2]!
const file = join(mount, 'connect.offsets')
const ballast = join(mount, 'ballast')
let store = await openOffsets(file)
await store.set('c', [{ partition: { f: 0 }, offset: { p: 1 } }])
writeFileSync(ballast, Buffer.alloc(500_000))
const many = Array.from({ length: 20_000 }, (_, f) => ({ partition: { f }, offset: { p: 2 } }))
const error = (await store.set('c', many).then(
  () => null,
  e => e,
)) as ConnectException | null
const whileFull = await store.get('c', [{ f: 0 }, { f: 1 }])
rmSync(ballast)
await store.set('c', [{ partition: { f: 1 }, offset: { p: 3 } }])
await store.close()
store = await openOffsets(file)
const afterwards = await store.get('c', [{ f: 0 }, { f: 1 }])
await store.close()
const told = {
  message: error?.message,
  hint: error?.hint,
  whileFull,
  afterwards,
  size: readFileSync(file).length,
}
process.stdout.write(JSON.stringify(told))
