import { logger } from '../../observe/log.ts'
import { masked } from '../../observe/secrets.ts'
import type { LogRecord, TopicLog } from '../../stores/topic-log.ts'
import type { ConnectorState, StatusDetail, StatusListener, TaskId, TaskState } from '../../worker/status.ts'
import type { ConnectorStatus, TaskStatus } from '../herder.ts'
import type { Statuses } from '../statuses.ts'
import { RecordComplaints } from './record-complaints.ts'
import { StatusCache } from './status-cache.ts'
import {
  readStatusRecord,
  type StatusRecord,
  type StoredStatus,
  statusKey,
  statusText,
} from './status-records.ts'
import { StatusSender } from './status-sender.ts'
import { boundedTrace, MAX_TRACE_BYTES } from './status-trace.ts'
import { type StatusWrite, StatusWrites } from './status-writes.ts'

export interface StatusLogOptions {
  /** status.storage.topic */
  topic: string
  /** Makes the log of the topic, which calls `tell` with every record in order of its partition. */
  open(tell: (record: LogRecord) => void): TopicLog
  /** `host:port` as others know this worker. */
  workerId: string
  /** Of the group, as of now. */
  generation(): number
}

/** How long the last statuses may take when the worker ends. */
const CLOSE_MS = 5_000
const REMEDY =
  'Nothing has to be done if a newer version of Connect or another program has written it; otherwise find out who ' +
  'writes to this topic. A restart of the connector or task concerned writes its status anew.'

/**
 * Statuses in the status topic, which all workers read. What counts is what was read back, as in the JVM; only what
 * this worker shows is ahead of that by its own writes, so that a status is seen as soon as it is reported
 * (invariant 3). Writing never blocks. Java: org.apache.kafka.connect.storage.KafkaStatusBackingStore
 */
export class StatusLog implements Statuses, StatusListener {
  /** Told of a status that another worker has written; `task` is null for a connector's own. */
  onOthers: (connector: string, task: number | null) => void = () => {}
  /** Told when another worker has reset the topics of a connector. */
  onTopicsReset: (connector: string) => void = () => {}
  /** Whether this is here to run as of the current generation of the group; `task` is null for a connector's object. */
  isHere: (connector: string, task: number | null) => boolean = () => false
  readonly #options: StatusLogOptions
  readonly #log: TopicLog
  readonly #logger = logger('org.apache.kafka.connect.storage.KafkaStatusBackingStore')
  readonly #complaints: RecordComplaints
  /** What was read back. */
  readonly #cache = new StatusCache()
  /** The same, ahead by what this worker has written since. */
  readonly #shown = new StatusCache()
  readonly #writes = new StatusWrites()
  /** Told by others of what ran here, for a generation that this worker had not come to; by key. */
  readonly #contested = new Map<string, { read: StatusRecord; before: StoredStatus }>()
  readonly #sender: StatusSender
  #started = false
  #closed = false

  constructor(options: StatusLogOptions) {
    this.#options = options
    this.#complaints = new RecordComplaints(options.topic, this.#logger)
    this.#log = options.open(record => this.#read(record))
    this.#sender = new StatusSender({
      topic: options.topic,
      log: this.#log,
      logger: this.#logger,
      writes: this.#writes,
      fate: write => this.#fate(write),
      tellAnew: write => this.#tellAnew(write),
      giveUp: write => this.#giveUp(write),
    })
  }

  async start(signal?: AbortSignal): Promise<void> {
    await this.#log.start(signal)
    this.#started = true
  }

  /** Resolves when what was reported has been sent or has failed, at the latest after `timeoutMs`. */
  flush(timeoutMs: number): Promise<void> {
    return this.#log.flush(timeoutMs)
  }

  /** Resolves when every status that any worker had written by now is shown. */
  refresh(signal?: AbortSignal): Promise<void> {
    return this.#log.readToEnd(signal)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    await this.#log.flush(CLOSE_MS)
    this.#closed = true
    this.#sender.close()
    const unsent = this.#writes.waiting().length
    if (unsent > 0)
      this.#logger.warn(
        `${unsent} statuses could not be written to ${this.#options.topic} before this worker ended`,
      )
    this.#writes.clear()
    await this.#log.close()
  }

  connector(name: string, state: ConnectorState, detail: StatusDetail): void {
    this.#put({ kind: 'connector', connector: name, status: this.#status(state, detail) }, isSafe(state))
  }

  task(id: TaskId, state: TaskState, detail: StatusDetail): void {
    this.#put({ kind: 'task', id, status: this.#status(state, detail) }, isSafe(state))
  }

  /** Written once, until it is reset: the JVM goes on writing it with every record until it has read it back. */
  topic({ connector, task }: TaskId, topic: string): void {
    if (this.#shown.topic(connector, topic) !== null) return
    const used = { name: topic, connector, task, discovered: Date.now() }
    this.#put({ kind: 'topic', connector, topic, used }, false)
  }

  /** The connector is gone: it and its tasks have no status any more. */
  deleteConnector(name: string): void {
    for (const [task] of this.#shown.tasks(name)) this.deleteTask({ connector: name, task })
    this.#put({ kind: 'connector', connector: name, status: null }, false)
  }

  deleteTask(id: TaskId): void {
    this.#put({ kind: 'task', id, status: null }, false)
  }

  /** The connector has used no topics from now on. */
  forgetTopics(connector: string): void {
    for (const topic of this.#shown.topics(connector))
      this.#put({ kind: 'topic', connector, topic, used: null }, false)
  }

  /** Those that have a status, or a task that has one. */
  connectors(): string[] {
    return this.#shown.connectors()
  }

  connectorStatus(name: string): ConnectorStatus['connector'] | null {
    const status = this.#shown.connector(name)
    return status && { state: status.state, ...detailOf(status) }
  }

  taskStatus(id: TaskId): TaskStatus | null {
    const status = this.#shown.task(id)
    return status && { id: id.task, state: status.state, ...detailOf(status) }
  }

  taskStatuses(connector: string): TaskStatus[] {
    return this.#shown
      .tasks(connector)
      .map(([id, status]) => ({ id, state: status.state, ...detailOf(status) }))
  }

  topics(connector: string): string[] {
    return this.#shown.topics(connector)
  }

  #status<S extends ConnectorState>(state: S, { version, trace }: StatusDetail): StoredStatus<S> {
    return {
      state,
      // Invariant 5: a trace tells what a plugin says, and a plugin knows secrets.
      trace: trace === undefined ? null : boundedTrace(masked(trace), MAX_TRACE_BYTES),
      workerId: this.#options.workerId,
      generation: this.#options.generation(),
      version,
    }
  }

  #put(record: StatusRecord, safe: boolean): void {
    const write: StatusWrite = {
      key: statusKey(record),
      value: statusText(record),
      record,
      safe,
      waiting: false,
    }
    if (this.#closed || !this.#isAllowed(write)) return
    this.#writes.add(write)
    this.#shown.apply(record)
    void this.#sender.send(write)
  }

  /** Java: KafkaStatusBackingStore.CacheEntry.canWriteSafely */
  #isAllowed({ record, safe }: StatusWrite): boolean {
    if (!safe) return true
    const known = this.#knownOf(record)
    const { workerId, generation } = this.#options
    return known === null || known.workerId === workerId || known.generation <= generation()
  }

  #knownOf(record: StatusRecord): StoredStatus | null {
    if (record.kind === 'connector') return this.#cache.connector(record.connector)
    return record.kind === 'task' ? this.#cache.task(record.id) : null
  }

  #giveUp(write: StatusWrite): void {
    this.#writes.drop(write)
    if (!this.#writes.has(write.key)) this.#shown.copyFrom(this.#cache, write.record)
  }

  /**
   * Only the newest of a key, or an old status would come to stand over a new one. A state of another generation may
   * be somebody else's to tell, unless the group has left here what it is about.
   */
  #fate(write: StatusWrite): 'again' | 'anew' | 'never' {
    const { record } = write
    if (!this.#writes.isNewest(write)) return 'never'
    const told = record.kind === 'topic' ? null : record.status
    if (told === null || told.generation === this.#options.generation())
      return this.#isAllowed(write) ? 'again' : 'never'
    return this.#isOwn(record) ? 'anew' : 'never'
  }

  #isOwn(record: StatusRecord): boolean {
    if (record.kind === 'topic') return false
    return record.kind === 'task'
      ? this.isHere(record.id.connector, record.id.task)
      : this.isHere(record.connector, null)
  }

  #tellAnew(write: StatusWrite): void {
    const { record, safe } = write
    this.#writes.drop(write)
    if (record.kind === 'topic' || record.status === null) return
    const status = { ...record.status, generation: this.#options.generation() }
    this.#put({ ...record, status } as StatusRecord, safe)
  }

  #read(record: LogRecord): void {
    const read = readStatusRecord(record.key, record.value)
    if (read.kind === 'unusable') {
      this.#complaints.tell(read.about, record, read.problem, REMEDY)
      return
    }
    const before = this.#knownOf(read)
    this.#cache.apply(read)
    this.#show(read, record.value)
    if (this.#started) {
      this.#tellOthers(read)
      this.#contradict(read, before)
    }
    if (read.kind !== 'connector' || read.status !== null) return
    const { connector } = read
    for (const [task] of this.#shown.tasks(connector))
      this.#show({ kind: 'task', id: { connector, task }, status: null }, null)
  }

  #tellOthers(read: StatusRecord): void {
    if (read.kind === 'topic') {
      if (read.used === null) this.onTopicsReset(read.connector)
    } else if (read.status !== null && read.status.workerId !== this.#options.workerId) {
      if (read.kind === 'task') this.onOthers(read.id.connector, read.id.task)
      else this.onOthers(read.connector, null)
    }
  }

  /**
   * A worker that did not reach its broker for a while writes afterwards what it has stopped since, without having read
   * who runs it now, or because the group has it stop what it found given to another one. In Java that stays the status.
   */
  #contradict(read: StatusRecord, before: StoredStatus | null): void {
    if (read.kind === 'topic') return
    const key = statusKey(read)
    this.#contested.delete(key)
    if (read.status === null || before === null) return
    const { workerId } = this.#options
    if (read.status.workerId === workerId || before.workerId !== workerId) return
    if (!isSafe(read.status.state)) return
    // A generation that this worker has not come to yet may have given it away.
    if (read.status.generation > this.#options.generation()) this.#contested.set(key, { read, before })
    else if (this.#isOwn(read) && !this.#writes.has(key)) {
      const status = { ...before, generation: this.#options.generation() }
      this.#put({ ...read, status } as StatusRecord, false)
    }
  }

  /** A round has been taken on: what others have told of its generation can be judged now. */
  generationBegun(): void {
    for (const { read, before } of [...this.#contested.values()]) this.#contradict(read, before)
  }

  /** Shows what was read, unless this worker has written something newer. */
  #show(read: StatusRecord, value: Buffer | null): void {
    const key = statusKey(read)
    this.#writes.readBack(key, value)
    if (!this.#writes.has(key)) this.#shown.copyFrom(this.#cache, read)
  }
}

/** Java: putSafe, which is for what a worker says of something that may be another one's already. */
function isSafe(state: ConnectorState): boolean {
  return state === 'UNASSIGNED' || state === 'FAILED'
}

function detailOf(status: StoredStatus): { worker_id: string; version: string | null; trace?: string } {
  const { workerId: worker_id, version, trace } = status
  return { worker_id, version, ...(trace && { trace }) }
}
