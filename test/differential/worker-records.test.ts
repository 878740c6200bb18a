/**
 * The same requests give the same records in the config and status topics, on the JVM (which is on file) and here.
 * Statuses may be fewer here: the JVM writes tombstones and topics in use several times, until it has read them back.
 */
import { expect, test } from 'bun:test'
import jvm from '../conform/vectors/jvm-worker-records.json'
import { type WorkerRecords, workerRecords } from './worker-records.ts'

type Records = WorkerRecords['config']

function byKey(records: Records): Record<string, (string | null)[]> {
  const values: Record<string, (string | null)[]> = {}
  for (const [key, value] of records) {
    values[String(key)] ??= []
    values[String(key)]!.push(value)
  }
  return values
}

/** Without what tells the worker and the time, and without what comes again at once. */
function statuses(records: Records): Record<string, (string | null)[]> {
  const told = byKey(records)
  for (const [key, values] of Object.entries(told)) {
    const shown = values.map(value => {
      if (value === null) return null
      const { topic, state, trace, version } = JSON.parse(value)
      return topic ? `${topic.name} of ${topic.connector}` : `${state} ${trace} ${version}`
    })
    told[key] = shown.filter((value, i) => i === 0 || value !== shown[i - 1])
  }
  return told
}

test('the records of the config and status topics are those of the JVM', async () => {
  const ours = await workerRecords('bunnect')
  expect(byKey(ours.config)).toEqual(byKey(jvm.config as Records))
  expect(statuses(ours.status)).toEqual(statuses(jvm.status as Records))
}, 300_000)
