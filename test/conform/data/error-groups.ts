/** Groups operator, errorlog and dlq. */
import { ConnectException, DataException, javaTrace, RetriableException } from '../../../src/data/errors.ts'
import type { SourceRecord } from '../../../src/data/records.ts'
import { KafkaError } from '../../../src/kafka/port.ts'
import { consumedLetter, contextHeaders } from '../../../src/pipeline/dead-letter.ts'
import { ErrorCounters } from '../../../src/pipeline/error-counters.ts'
import { ErrorOperator } from '../../../src/pipeline/error-operator.ts'
import { Interrupts } from '../../../src/pipeline/interrupts.ts'
import { consumedRecordText, errorLogText, sourceRecordText } from '../../../src/pipeline/log-reporter.ts'
import { type ConsumedRecord, ProcessingContext } from '../../../src/pipeline/processing-context.ts'
import type { Group } from './groups.ts'
import { toRecord } from './records.ts'
import type { Vector } from './vectors.ts'

class JavaException extends ConnectException {
  readonly #class: string

  constructor(javaClass: string, message: string | null, cause?: Error) {
    // Without a message it is null in Java, which is not the empty text.
    super((message ?? undefined) as string, cause && { cause })
    this.#class = javaClass
  }
  override get javaClass(): string {
    return this.#class
  }
}

const attempts: Readonly<Record<string, () => Error>> = {
  Data: () => new DataException('d'),
  Retriable: () => new RetriableException('r'),
  KafkaRetriable: () =>
    new KafkaError('REQUEST_TIMED_OUT', 'k', {
      javaClass: 'org.apache.kafka.common.errors.TimeoutException',
      retriable: true,
    }),
  NPE: () => new TypeError('null has no methods'),
  Error: () => new JavaException('java.lang.StackOverflowError', 'e'),
}

/** Metrics that did not move are left out. */
function metrics(counters: ErrorCounters): Record<string, number> {
  const all = {
    lastErrorTimestampUpdates: counters.lastErrorTimestamp === 0 ? 0 : 1,
    'total-record-errors': counters.errors,
    'total-record-failures': counters.failures,
    'total-records-skipped': counters.skipped,
    'total-retries': counters.retries,
  }
  return Object.fromEntries(Object.entries(all).filter(([, count]) => count > 0))
}

async function operated({ in: input, out }: Vector): Promise<unknown> {
  const counters = new ErrorCounters()
  let reports = 0
  const operator = new ErrorOperator<null>({
    tolerance: input['errors.tolerance'],
    retryTimeoutMs: input['errors.retry.timeout'],
    retryDelayMaxMs: input['errors.retry.delay.max.ms'],
    task: 'n-0',
    counters,
    cancelled: new AbortController().signal,
    interrupts: new Interrupts(),
    describe: () => 'record',
  })
  const report = () => {
    reports++
    return null
  }
  const counting = { room: () => null, settled: () => null, close: async () => {} }
  operator.reporters = [{ ...counting, report }]
  let calls = 0
  const operation = () => {
    const attempt = input.attempts[Math.min(calls++, input.attempts.length - 1)]
    if (attempt === 'ok') return 'value'
    throw attempts[attempt]!()
  }
  const context = new ProcessingContext(null).at(input.stage, 'Class')
  let end: Record<string, unknown>
  try {
    end = { returned: await attempted(operation, error => operator.recover(context, operation, error)) }
  } catch (error) {
    end = { threw: thrown(error) }
  }
  const all = { ...end, contextFailed: context.failed, calls, metrics: metrics(counters), reports }
  // How often a retry fits into 30 ms, nobody knows.
  return Object.fromEntries(Object.entries(all).filter(([name]) => name in out))
}

/** As the record path does: what does not fail knows nothing of the operator. */
function attempted<V>(
  operation: () => V,
  failed: (error: unknown) => Promise<V | null>,
): V | Promise<V | null> {
  try {
    return operation()
  } catch (error) {
    return failed(error)
  }
}

function thrown(error: unknown): unknown {
  const { cause, message } = error as Error
  return {
    class: (error as ConnectException).javaClass,
    message,
    ...(cause
      ? { cause: { class: (cause as ConnectException).javaClass, message: (cause as Error).message } }
      : {}),
  }
}

const consumed = (input: Vector['in']): ConsumedRecord => ({
  topic: input.topic ?? 'orders',
  partition: input.partition ?? 1,
  offset: input.offset ?? 77,
  timestamp: input.timestamp ?? 1566570894346,
  timestampType: 'CreateTime',
  key: null,
  value: null,
  headers: [{ name: 'orig', value: Buffer.from([1]) }],
})

function logged({ in: input }: Vector): string {
  const withMessages = input['errors.log.include.messages']
  if (input.record !== undefined) {
    const record = toRecord(input.record) as SourceRecord
    const context = new ProcessingContext(record)
    context.at('TRANSFORMATION', 'org.apache.kafka.connect.transforms.Cast$Value')
    return errorLogText('src1-0', context, withMessages ? sourceRecordText : null)
  }
  const context = new ProcessingContext(consumed(input))
  context.at('VALUE_CONVERTER', 'org.apache.kafka.connect.json.JsonConverter')
  return errorLogText('sink1-2', context, withMessages ? consumedRecordText : null)
}

interface ErrorInput {
  class: string
  message: string | null
  cause?: ErrorInput
}

function toError(input: ErrorInput): JavaException {
  return new JavaException(input.class, input.message, input.cause && toError(input.cause))
}

function lettered({ in: input }: Vector): unknown {
  const record = consumed(input)
  const context = new ProcessingContext(record).at(input.stage, input.executingClass)
  if (input.error) context.fail(toError(input.error))
  const id = { connector: input.connector, task: input.task }
  const headers = [...record.headers, ...contextHeaders(id, consumedLetter(record), context)]
  return headers.map(({ name: key, value }) => {
    const text = value && Buffer.from(value).toString()
    if (key.endsWith('.stacktrace')) {
      if (text !== javaTrace(context.error)) throw new Error('not the trace')
      return { key, firstLineUtf8: text.split('\n')[0] }
    }
    return { key, value: value && { utf8: text, hex: Buffer.from(value).toString('hex') } }
  })
}

export const errorGroups: Readonly<Record<string, Group>> = {
  operator: { run: operated },
  errorlog: { run: logged },
  dlq: { run: lettered },
}
