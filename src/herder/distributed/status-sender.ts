import { causes } from '../../data/errors.ts'
import { KafkaError } from '../../kafka/port.ts'
import type { Logger } from '../../observe/log.ts'
import type { TopicLog } from '../../stores/topic-log.ts'
import { type StatusRecord, statusText } from './status-records.ts'
import { boundedTrace, SHORT_TRACE_BYTES } from './status-trace.ts'
import type { StatusWrite, StatusWrites } from './status-writes.ts'

export interface StatusSenderParts {
  /** status.storage.topic */
  topic: string
  log: TopicLog
  logger: Logger
  writes: StatusWrites
  /** What becomes of one that could not be sent when its time to be sent again has come. */
  fate(write: StatusWrite): 'again' | 'anew' | 'never'
  /** Tells it another time, with what is true by now. */
  tellAnew(write: StatusWrite): void
  giveUp(write: StatusWrite): void
}

const FIRST_RETRY_MS = 100
const LONGEST_RETRY_MS = 10_000

/**
 * Sends statuses; what Kafka does not take for now is sent again, later and later, as long as it is to be seen. The
 * JVM's producer has no retries either. Java: KafkaStatusBackingStore.sendConnectorStatus, the retries of its callbacks
 */
export class StatusSender {
  readonly #parts: StatusSenderParts
  #retry: ReturnType<typeof setTimeout> | null = null
  /** Rounds of sending again since anything was taken. */
  #failures = 0
  #closed = false

  constructor(parts: StatusSenderParts) {
    this.#parts = parts
  }

  async send(write: StatusWrite): Promise<void> {
    write.waiting = false
    try {
      await this.#parts.log.append([{ key: write.key, value: write.value }])
      this.#failures = 0
    } catch (error) {
      if (!this.#closed) this.#failed(write, error)
    }
  }

  /** From now on nothing is sent again. */
  close(): void {
    this.#closed = true
    if (this.#retry !== null) clearTimeout(this.#retry)
  }

  #failed(write: StatusWrite, error: unknown): void {
    const { logger, topic, giveUp } = this.#parts
    if (error instanceof KafkaError && error.retriable) {
      this.#repeatLater(write, error)
    } else if (shortened(write, error)) {
      void this.send(write)
    } else {
      logger.error(
        `Failed to write the status ${write.key} to ${topic}, so that other workers do not see it: ` +
          `${causes(error)} (look whether this worker may write to the topic; a restart of the connector or task ` +
          'writes its status anew)',
      )
      giveUp(write)
    }
  }

  #repeatLater(write: StatusWrite, error: KafkaError): void {
    const { logger, topic, giveUp, fate, writes } = this.#parts
    if (fate(write) === 'never') {
      giveUp(write)
      return
    }
    write.waiting = true
    if (this.#retry !== null) return
    if (this.#failures++ === 0)
      logger.warn(`Statuses cannot be written to ${topic}, which is tried again and again: ${causes(error)}`)
    const delay = Math.min(FIRST_RETRY_MS * 2 ** Math.min(this.#failures - 1, 16), LONGEST_RETRY_MS)
    this.#retry = setTimeout(() => {
      this.#retry = null
      for (const waiting of writes.waiting()) this.#repeat(waiting)
    }, delay)
  }

  #repeat(write: StatusWrite): void {
    const { fate, tellAnew, giveUp } = this.#parts
    const what = fate(write)
    if (what === 'again') void this.send(write)
    else if (what === 'anew') tellAnew(write)
    else giveUp(write)
  }
}

/** True when a trace was too long for the broker and is shorter now. */
function shortened(write: StatusWrite, error: unknown): boolean {
  const { record } = write
  if (!(error instanceof KafkaError) || error.code !== 'MESSAGE_TOO_LARGE') return false
  if (record.kind === 'topic' || !record.status?.trace) return false
  const trace = boundedTrace(record.status.trace, SHORT_TRACE_BYTES)
  const short = { ...record, status: { ...record.status, trace } } as StatusRecord
  const value = statusText(short)
  if (value === write.value) return false
  write.value = value
  return true
}
