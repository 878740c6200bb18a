import { causes, javaTrace } from '../data/errors.ts'
import type { SourceRecord } from '../data/records.ts'
import type { Logger } from '../observe/log.ts'
import type { ErrorCounters } from './error-counters.ts'
import type { ErrorReporter } from './error-reporter.ts'
import type { ConsumedRecord, ProcessingContext } from './processing-context.ts'

export interface LogReporterOptions<T> {
  task: string
  /** The record for the line, where `errors.log.include.messages` asks for it; else null. */
  recordText: ((original: T) => string) | null
  counters: ErrorCounters
  log: Logger
}

/** Writes every failed operation to the log. Java: org.apache.kafka.connect.runtime.errors.LogReporter */
export class LogReporter<T> implements ErrorReporter<T> {
  readonly #options: LogReporterOptions<T>

  constructor(options: LogReporterOptions<T>) {
    this.#options = options
  }

  report(context: ProcessingContext<T>): null {
    const { task, recordText, counters, log } = this.#options
    const text = errorLogText(task, context, recordText)
    log.error(`${text} ${causes(context.error)}`, javaTrace(context.error))
    counters.logged++
    return null
  }

  room(): null {
    return null
  }

  settled(): null {
    return null
  }

  async close(): Promise<void> {}
}

/** Java: LogReporter.message */
export function errorLogText<T>(
  task: string,
  { stage, className, original }: ProcessingContext<T>,
  recordText: ((original: T) => string) | null,
): string {
  const record = recordText === null ? '' : recordText(original)
  return `Error encountered in task ${task}. Executing stage '${stage}' with class '${className}'${record}.`
}

/** The part of a log line that names a sink's record, never its content. Java: LogReporter.Sink */
export function consumedRecordText(record: ConsumedRecord): string {
  const { topic, partition, offset, timestamp, timestampType } = record
  const time =
    timestampType === 'NoTimestampType' ? '' : `, timestamp=${timestamp}, timestampType=${timestampType}`
  return `, where consumed record is {topic='${topic}', partition=${partition}, offset=${offset}${time}}`
}

/** The part of a log line that shows a source's record, content included. Java: LogReporter.Source */
export function sourceRecordText(record: SourceRecord): string {
  return `, where source record is = ${record}`
}
