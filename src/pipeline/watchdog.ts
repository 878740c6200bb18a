import { Script } from 'node:vm'
import { ConnectException } from '../data/errors.ts'
import { type ConnectRecord, SinkRecord } from '../data/records.ts'
import type { Predicate, Transformation } from '../sdk/plugin.ts'
import { describeConsumed } from './processing-context.ts'
import { describeSource } from './source-record.ts'

const PLACE = Symbol.for('bunnect.watchdog')
const place = globalThis as unknown as Record<symbol, (() => unknown) | null>
/** A script's timeout is the one way to interrupt JavaScript that never returns. */
const script = new Script(`globalThis[Symbol.for('bunnect.watchdog')]()`, { filename: 'watchdog' })

/**
 * A transformation whose code is not compiled in, with a deadline for each record: what takes longer is interrupted
 * and is an error of the record. A regular expression cannot be interrupted; that is the task host's matter.
 */
export function watchedTransformation(
  inner: Transformation,
  name: string,
  timeoutMs: number,
): Transformation {
  let record: ConnectRecord
  const work = () => inner.apply(record)
  return {
    apply<R extends ConnectRecord>(given: R) {
      record = given
      return underDeadline(work, timeoutMs, given, name) as R
    },
    close: () => inner.close?.(),
  }
}

/** As `watchedTransformation`. `timeoutMs` is bunnect.transform.timeout.ms, `name` stands in the error. */
export function watchedPredicate(inner: Predicate, name: string, timeoutMs: number): Predicate {
  let record: ConnectRecord
  const work = () => inner.test(record)
  return {
    test(given) {
      record = given
      return underDeadline(work, timeoutMs, given, name) as boolean
    },
    close: () => inner.close?.(),
  }
}

function underDeadline(work: () => unknown, timeoutMs: number, record: ConnectRecord, name: string): unknown {
  place[PLACE] = work
  try {
    return script.runInThisContext({ timeout: timeoutMs })
  } catch (error) {
    if ((error as NodeJS.ErrnoException | null)?.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
    throw new ConnectException(
      `${name} did not return within ${timeoutMs} ms (bunnect.transform.timeout.ms), ${describeRecord(record)}`,
    )
  }
}

function describeRecord(record: ConnectRecord): string {
  if (!(record instanceof SinkRecord)) return describeSource(record as never)
  const { originalTopic, originalKafkaPartition, originalKafkaOffset } = record
  return describeConsumed({
    topic: originalTopic,
    partition: originalKafkaPartition,
    offset: originalKafkaOffset,
  })
}
