import { ConnectException, causesAndHint, javaTrace } from '../data/errors.ts'
import type { OffsetMap } from '../data/records.ts'
import { offsetsTopicProperties } from '../kafka/client-layers.ts'
import { logger } from '../observe/log.ts'
import { ConnectorOffsets } from './connector-offsets.ts'
import type { DistributedWorker, InternalLogs } from './internal-logs.ts'
import { KafkaOffsets } from './kafka-offsets.ts'
import type { OffsetEntry, OffsetStore } from './offset-store.ts'

const log = logger('org.apache.kafka.connect.storage.ConnectorOffsetBackingStore')

const OWN_TOPIC = 'offsets.storage.topic'

type Config = Readonly<Record<string, string>>

interface Own {
  topic: string
  /** What the topic and its clients are made from: another text is another store. */
  fingerprint: string
  config: Config
  /** Opened with the first question. */
  store: Promise<ConnectorOffsets> | null
}

/**
 * The offsets of all connectors of a distributed worker, each in the topic that its configuration names, which its
 * connector object and its tasks share. Java: Worker.offsetStoreForRegularSourceConnector and …SourceTask
 */
export class OffsetStores implements OffsetStore {
  readonly #worker: DistributedWorker
  readonly #workerStore: OffsetStore
  readonly #logs: InternalLogs
  readonly #own = new Map<string, Own>()
  readonly #closing = new Set<Promise<void>>()

  /** Closing it closes what connectors have for themselves, not `workerStore`. */
  constructor(worker: DistributedWorker, workerStore: OffsetStore, logs: InternalLogs) {
    this.#worker = worker
    this.#workerStore = workerStore
    this.#logs = logs
  }

  /** From now on this is the connector's configuration. Throws ConnectException for clients that it may not have. */
  use(connector: string, config: Config): void {
    const wanted = this.#wanted(connector, config)
    const own = this.#own.get(connector)
    if (own?.fingerprint === wanted?.fingerprint) return
    this.release(connector)
    if (wanted) this.#own.set(connector, wanted)
  }

  /** Nothing of the connector runs here any more. */
  release(connector: string): void {
    const own = this.#own.get(connector)
    if (!own) return
    this.#own.delete(connector)
    if (own.store === null) return
    const closing = closed(connector, own.store)
    this.#closing.add(closing)
    void closing.then(() => this.#closing.delete(closing))
  }

  async get(connector: string, partitions: readonly (OffsetMap | null)[]): Promise<(OffsetMap | null)[]> {
    return await (await this.#of(connector)).get(connector, partitions)
  }

  async set(connector: string, entries: readonly OffsetEntry[]): Promise<void> {
    await (await this.#of(connector)).set(connector, entries)
  }

  async list(connector: string): Promise<OffsetEntry[]> {
    return await (await this.#of(connector)).list(connector)
  }

  async close(): Promise<void> {
    for (const connector of this.#own.keys()) this.release(connector)
    await Promise.all(this.#closing)
  }

  /** Null where the worker's topic is the connector's. */
  #wanted(connector: string, config: Config): Own | null {
    const topic = config[OWN_TOPIC]?.trim()
    if (!topic) return null
    const clients = offsetsTopicProperties(this.#worker.raw, config, connector)
    const { raw, values } = this.#worker
    const same =
      topic === values['offset.storage.topic'] &&
      serversOf(clients.producer['bootstrap.servers']) === serversOf(raw['bootstrap.servers'])
    if (same) return null
    return { topic, fingerprint: JSON.stringify([topic, clients]), config, store: null }
  }

  async #of(connector: string): Promise<OffsetStore> {
    const own = this.#own.get(connector)
    if (!own) return this.#workerStore
    own.store ??= this.#open(connector, own)
    const opening = own.store
    try {
      return await opening
    } catch (error) {
      // The next question tries again.
      if (own.store === opening) own.store = null
      throw error
    }
  }

  async #open(connector: string, { topic, config }: Own): Promise<ConnectorOffsets> {
    log.info(`Connector ${connector} keeps its offsets in topic ${topic}`)
    const store = new KafkaOffsets(topic, tell => this.#logs.openForConnector(topic, connector, config, tell))
    try {
      await store.start()
    } catch (cause) {
      await store.close()
      throw new ConnectException(
        `The offsets of connector ${connector} cannot be read from topic '${topic}' (${OWN_TOPIC}): ${(cause as Error).message}`,
        { cause, hint: `Correct ${OWN_TOPIC} of the connector, or the topic, and restart the connector.` },
      )
    }
    return new ConnectorOffsets(store, this.#workerStore)
  }
}

async function closed(connector: string, opening: Promise<OffsetStore>): Promise<void> {
  try {
    await (await opening).close()
  } catch (error) {
    log.warn(
      `The offsets topic of connector ${connector} was not closed in order: ${causesAndHint(error)}`,
      javaTrace(error),
    )
  }
}

/** The same servers in another order are the same cluster. */
function serversOf(list: string | undefined): string {
  const servers = (list ?? '').split(',').map(server => server.trim())
  return [...new Set(servers.filter(server => server !== ''))].sort().join()
}
