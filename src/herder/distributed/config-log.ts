import { ConnectException, causes } from '../../data/errors.ts'
import { logger } from '../../observe/log.ts'
import type { LogEntry, LogRecord, TopicLog } from '../../stores/topic-log.ts'
import { within } from '../../waiting/deadline.ts'
import type { TargetState } from '../../worker/status.ts'
import type { ConfigEvent, ConfigSnapshot, ConfigStore, RestartRequest, SessionKey } from './config-events.ts'
import {
  commitRecord,
  connectorRecord,
  loggerRecord,
  readConfigRecord,
  removalRecords,
  restartRecord,
  type StoredConfig,
  sessionKeyRecord,
  targetStateRecord,
  taskCountRecord,
  taskRecord,
} from './config-records.ts'
import { ConfigState } from './config-state.ts'
import { RecordComplaints } from './record-complaints.ts'

export interface ConfigLogOptions {
  /** config.storage.topic */
  topic: string
  /** Makes the log of the topic, which calls `tell` with every record in order. */
  open(tell: (record: LogRecord) => void): TopicLog
  /** How long a write and its read-back may take together. Default: Java's 30 s. */
  budgetMs?: number
}

const BUDGET_MS = 30_000
const REMEDY =
  'Nothing has to be done if a newer version of Connect or another program has written it; otherwise find out who ' +
  'writes to this topic, and send the configuration concerned again.'

/**
 * Desired state, kept in the config topic. Java: org.apache.kafka.connect.storage.KafkaConfigBackingStore
 */
export class ConfigLog implements ConfigStore {
  onEvent: (event: ConfigEvent, offset: number) => void = () => {}
  readonly #topic: string
  readonly #log: TopicLog
  readonly #budgetMs: number
  readonly #state = new ConfigState()
  readonly #complaints: RecordComplaints
  /** Before, records are history: nobody restarts what was restarted last week. */
  #started = false
  /** Writes that have begun, and not ended. */
  #writing = 0

  constructor({ topic, open, budgetMs = BUDGET_MS }: ConfigLogOptions) {
    this.#topic = topic
    this.#budgetMs = budgetMs
    this.#complaints = new RecordComplaints(
      topic,
      logger('org.apache.kafka.connect.storage.KafkaConfigBackingStore'),
    )
    this.#log = open(record => this.#read(record))
  }

  async start(signal?: AbortSignal): Promise<void> {
    await this.#log.start(signal)
    this.#started = true
  }

  snapshot(): ConfigSnapshot {
    return this.#state.snapshot()
  }

  refresh(signal?: AbortSignal): Promise<void> {
    return this.#log.readToEnd(signal)
  }

  get isWriting(): boolean {
    return this.#writing > 0
  }

  putConnector(connector: string, config: StoredConfig, initialState?: TargetState): Promise<void> {
    const entries = [connectorRecord(connector, config)]
    if (initialState !== undefined) entries.unshift(targetStateRecord(connector, initialState))
    return this.#write('Error writing connector configuration to Kafka', entries)
  }

  removeConnector(connector: string): Promise<void> {
    return this.#write('Error removing connector configuration from Kafka', removalRecords(connector))
  }

  /**
   * Java reads to the end before, between and after the two writes. Once is enough: the commit is sent when all task
   * records are acknowledged, so whoever reads it has read them.
   */
  async putTasks(connector: string, configs: readonly Readonly<Record<string, string>>[]): Promise<void> {
    const deadline = performance.now() + this.#budgetMs
    const left = () => Math.max(deadline - performance.now(), 0)
    if (configs.length > 0) {
      const entries = configs.map((config, task) => taskRecord({ connector, task }, config))
      await this.#within('Error writing task configurations to Kafka', left(), () =>
        this.#log.append(entries),
      )
    }
    await this.#write(
      'Error writing root configuration to Kafka',
      [commitRecord(connector, configs.length)],
      left(),
    )
  }

  putTargetState(connector: string, state: TargetState): Promise<void> {
    return this.#write('Error writing target state to Kafka', [targetStateRecord(connector, state)])
  }

  putTaskCount(connector: string, tasks: number): Promise<void> {
    return this.#write('Error writing task count record to Kafka', [taskCountRecord(connector, tasks)])
  }

  putSessionKey(key: SessionKey): Promise<void> {
    return this.#write('Error writing session key to Kafka', [sessionKeyRecord(key)])
  }

  putRestart(request: RestartRequest): Promise<void> {
    const { connector, onlyFailed, includeTasks } = request
    const told = `{connectorName='${connector}', onlyFailed=${onlyFailed}, includeTasks=${includeTasks}}`
    return this.#write(`Error writing restart request for ${told} to Kafka`, [restartRecord(request)])
  }

  putLoggerLevel(namespace: string, level: string): Promise<void> {
    return this.#within('Error writing logger level to Kafka', this.#budgetMs, () =>
      this.#log.append([loggerRecord(namespace, level)]),
    )
  }

  close(): Promise<void> {
    return this.#log.close()
  }

  /** Invariants 1 and 3: what resolves here is durable, and `snapshot` shows it. */
  #write(failure: string, entries: readonly LogEntry[], budgetMs = this.#budgetMs): Promise<void> {
    return this.#within(failure, budgetMs, signal => this.#log.appendAndRead(entries, signal))
  }

  async #within(failure: string, ms: number, deed: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const end = new AbortController()
    this.#writing++
    try {
      await within(deed(end.signal), ms, () => {
        throw new ConnectException(`Timed out after ${this.#budgetMs} ms`)
      })
    } catch (cause) {
      throw new ConnectException(failure, {
        cause,
        hint:
          `The topic ${this.#topic} could not be written and read back (${causes(cause)}). Look whether its brokers ` +
          'are there, have enough in-sync replicas of it, allow this worker to write and do not refuse the time that ' +
          'it stamps on records: its clock may not be further ahead of theirs than log.message.timestamp.after.max.ms ' +
          '(an hour). The change may or may not have been made: read it before you repeat it.',
      })
    } finally {
      this.#writing--
      end.abort()
    }
  }

  #read(record: LogRecord): void {
    const read = readConfigRecord(record.key, record.value)
    if (read.kind === 'undecodable') {
      this.#complaints.tell('undecodable', record, read.problem, REMEDY)
    } else if (read.kind === 'unusable') {
      this.#complaints.tell(read.about, record, read.problem, REMEDY)
    } else if (read.kind === 'commit' && read.problem !== undefined) {
      this.#complaints.tell('commit', record, read.problem, REMEDY)
    }
    const events = this.#state.apply(read, record.offset)
    if (this.#started) for (const event of events) this.onEvent(event, record.offset + 1)
  }
}
