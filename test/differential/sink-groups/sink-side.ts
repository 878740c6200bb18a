import { join, resolve } from 'node:path'
import { run, until } from '../../servers/run.ts'
import { type ConnectWorker, type Side, startWorker } from '../../servers/worker.ts'
import type { Life } from './account.ts'
import { Printed } from './printed.ts'

const strings = 'org.apache.kafka.connect.storage.StringConverter'

const WORKER = {
  'key.converter': strings,
  'value.converter': strings,
  'offset.flush.interval.ms': '1000',
}

export const CONNECTOR = {
  'connector.class': 'org.apache.kafka.connect.tools.VerifiableSinkConnector',
  'tasks.max': '2',
  'consumer.override.metadata.max.age.ms': '2000',
}

/** Members that notice soon what happens in their group; the protocol of KIP-848 leaves that to the broker. */
export const QUICK = {
  'consumer.override.session.timeout.ms': '6000',
  'consumer.override.heartbeat.interval.ms': '500',
}

/** What lets a JVM worker find Kafka's verifiable connectors. */
export async function verifiableSinks(): Promise<Record<string, string>> {
  const jar = await run([resolve(import.meta.dir, '../../../scripts/java/test-plugins')])
  return { JVM_CONNECT_CLASSPATH: jar.trim() }
}

/** One after the other, the standalone workers of one side that run tasks of the same sinks as the other side. */
export class SinkSide {
  readonly #past: { name: string; printed: Printed; lossy: boolean }[] = []
  #worker: ConnectWorker | null = null
  #asking: Promise<void> = Promise.resolve()

  constructor(
    readonly side: Side,
    readonly bootstrap: string,
    readonly folder: string,
    readonly worker: Record<string, string> = {},
  ) {}

  get running(): ConnectWorker {
    if (this.#worker === null) throw new Error(`no worker of ${this.side} runs`)
    return this.#worker
  }

  async start(connectors: Record<string, string>[] = []): Promise<void> {
    const name = `${this.side}-${this.#past.length}`
    this.#worker = await startWorker(this.side, {
      bootstrap: this.bootstrap,
      dir: join(this.folder, name),
      worker: { ...WORKER, ...this.worker },
      connectors,
      env: await verifiableSinks(),
    })
    this.#past.push({ name, printed: new Printed(join(this.folder, name, 'worker.out')), lossy: false })
  }

  async stop(): Promise<void> {
    const code = await this.running.stop()
    // A JVM that was stuck in its stop has committed nothing.
    if (this.side === 'jvm' && code === 137) this.#past.at(-1)!.lossy = true
    this.#worker = null
  }

  async kill(): Promise<void> {
    this.#past.at(-1)!.lossy = true
    await this.running.kill()
    this.#worker = null
  }

  /** Ends what runs. */
  async close(): Promise<void> {
    await this.#worker?.kill()
    this.#worker = null
  }

  /** One at a time: a standalone JVM worker that is to delete and to resume at once ends in a deadlock. */
  request(method: string, path: string, body?: Record<string, string>): Promise<void> {
    const asked = this.#asking.then(async () => {
      const answer = await this.running.fetch(path, {
        method,
        ...(body && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
      })
      const text = await answer.text()
      if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`)
    })
    this.#asking = asked.catch(() => {})
    return asked
  }

  /** What this side's workers were given by that sink, one after the other. */
  async lives(connector: string): Promise<Life[]> {
    return Promise.all(
      this.#past.map(async ({ name, lossy, printed }) => ({
        name,
        lossy,
        puts: await printed.puts(connector),
      })),
    )
  }

  /** Waits until the worker that runs has been given a record of an offset of `from` or more. */
  async takes(connector: string, from: number): Promise<void> {
    await until(`${this.side} to take records of ${connector} from ${from} on`, async () => {
      const puts = await this.#past.at(-1)!.printed.puts(connector)
      return puts.some(({ offset }) => offset >= from)
    })
  }
}
