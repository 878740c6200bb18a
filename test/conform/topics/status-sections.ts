/** Sections about the status topic. */
import { taskIdAfter } from '../../../src/herder/distributed/config-keys.ts'
import { StatusCache } from '../../../src/herder/distributed/status-cache.ts'
import {
  readStatusRecord,
  type StoredStatus,
  statusKey,
  statusText,
} from '../../../src/herder/distributed/status-records.ts'
import { parsedKeys } from './config-sections.ts'
import { type Comparison, each, type Section } from './section.ts'

interface RecordVector {
  key: string
  value: string | null
}

interface ParsedVector {
  parsed: Record<string, { connector: string; task: number } | null>
}

/** Each record is read, and what was read is written again. */
function statusTopic(vector: RecordVector | ParsedVector): Comparison {
  if ('parsed' in vector) return parsedKeys(vector.parsed, key => taskIdAfter(key, 2))
  const { key, value } = vector
  const read = readStatusRecord(Buffer.from(key), value === null ? null : Buffer.from(value))
  const got = read.kind === 'unusable' ? read.problem : { key: statusKey(read), value: statusText(read) }
  return { expected: { key, value }, got }
}

interface ReplayVector {
  records: RecordVector[]
  result: { connector: string | null; tasks: Record<string, string>; topics: string[] }
}

function statusTopicReplay({ records, result }: ReplayVector): Comparison {
  const cache = new StatusCache()
  for (const { key, value } of records) {
    const read = readStatusRecord(Buffer.from(key), value === null ? null : Buffer.from(value))
    if (read.kind !== 'unusable') cache.apply(read)
  }
  const text = (status: StoredStatus | null) =>
    status && `${status.state}@${status.workerId}/${status.generation}`
  return {
    expected: result,
    got: {
      connector: text(cache.connector('c')),
      tasks: Object.fromEntries(cache.tasks('c').map(([task, status]) => [`c-${task}`, text(status)])),
      topics: cache.topics('c'),
    },
  }
}

export const statusSections: Readonly<Record<string, Section>> = {
  statusTopic: each(statusTopic),
  statusTopicReplay: each(statusTopicReplay),
}
