import { expect, test } from 'bun:test'
import { redirect } from '../../../src/observe/log.ts'
import { ConnectorOffsets } from '../../../src/stores/connector-offsets.ts'
import { SqliteOffsets } from '../../../src/stores/sqlite-offsets.ts'

const at = (p: number) => ({ p })
const both = () => {
  const own = new SqliteOffsets(':memory:')
  const worker = new SqliteOffsets(':memory:')
  return { own, worker, combined: new ConnectorOffsets(own, worker) }
}

test('the connector’s own offsets win, and the worker’s stand in for those that are absent', async () => {
  const { own, worker, combined } = both()
  await worker.set('c', [
    { partition: at(1), offset: { o: 'worker' } },
    { partition: at(2), offset: { o: 'worker' } },
  ])
  await own.set('c', [{ partition: at(2), offset: { o: 'own' } }])
  expect(await combined.get('c', [at(1), at(2), at(3)])).toEqual([{ o: 'worker' }, { o: 'own' }, null])
  expect(await combined.list('c')).toEqual([
    { partition: at(2), offset: { o: 'own' } },
    { partition: at(1), offset: { o: 'worker' } },
  ])
})

test('both stores have what was written when the combined one is closed', async () => {
  const { worker, combined } = both()
  await combined.set('c', [
    { partition: at(1), offset: { o: 1 } },
    { partition: at(2), offset: null },
  ])
  await combined.close()
  expect(await worker.list('c')).toEqual([
    { partition: at(1), offset: { o: 1 } },
    { partition: at(2), offset: null },
  ])
})

test('a tombstone that the worker’s topic does not take fails the write before the own topic has it', async () => {
  const { own, worker, combined } = both()
  await own.set('c', [{ partition: at(1), offset: { o: 1 } }])
  await worker.close()
  const write = combined.set('c', [
    { partition: at(1), offset: null },
    { partition: at(2), offset: { o: 2 } },
  ])
  await expect(write).rejects.toThrow('The offset store is closed')
  expect(await own.get('c', [at(1), at(2)])).toEqual([{ o: 1 }, null])
})

test('an offset that the worker’s topic does not take is only logged', async () => {
  const { own, worker, combined } = both()
  await worker.close()
  const lines: string[] = []
  const back = redirect(line => lines.push(line))
  await combined.set('c', [{ partition: at(1), offset: { o: 1 } }])
  expect(await own.get('c', [at(1)])).toEqual([{ o: 1 }])
  await combined.close()
  back()
  expect(lines.join('')).toContain("Failed to write offsets of connector c to the worker's offsets topic too")
})
