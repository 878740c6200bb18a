import { checkSeqnos, type Incident, type SeqnoCheck, sentNumbers } from '../../chaos/seqno-check.ts'
import { until } from '../../servers/run.ts'
import type { WorkerGroup } from '../../servers/worker-group.ts'

/** Sources that send numbers, each to a topic of its own, and what has become of the numbers. */
export class NumberSources {
  readonly names: readonly string[]
  readonly #group: WorkerGroup

  constructor(group: WorkerGroup, count: number) {
    this.#group = group
    this.names = Array.from({ length: count }, (_, i) => `numbers-${'abcdef'[i]}`)
  }

  topic(name: string): string {
    return `${this.#group.name}-${name}`
  }

  config(name: string, more: Record<string, string> = {}): Record<string, string> {
    return {
      name,
      'connector.class': 'org.apache.kafka.connect.tools.VerifiableSourceConnector',
      'tasks.max': '1',
      topic: this.topic(name),
      throughput: '50',
      ...more,
    }
  }

  async make(through: string): Promise<void> {
    for (const name of this.names) {
      await this.#group.probe.create(this.topic(name))
      await this.#group.body(through, 'POST', '/connectors', { name, config: this.config(name) })
    }
  }

  /** Waits until each of these has sent something that it had not sent before. */
  async flow(names: readonly string[] = this.names): Promise<void> {
    const before = await this.#newest(names)
    await until(`numbers of ${names}`, async () => {
      const now = await this.#newest(names)
      return names.every((_, i) => now[i]! > before[i]!)
    })
  }

  /** What is wrong with the numbers of all: gaps, disorder, and repeats that no incident explains. */
  async faults(incidents: readonly Incident[], commitMs: number): Promise<SeqnoCheck[]> {
    const checks = []
    for (const name of this.names) {
      const numbers = (await sentNumbers(this.#group.probe, this.topic(name))).get('0') ?? []
      checks.push({ of: name, ...checkSeqnos(name, numbers, incidents, commitMs) })
    }
    return checks.filter(({ faults, excess }) => faults.length > 0 || excess > 0)
  }

  /**
   * Sources that would begin anywhere else than after their last number. A worker that has been taken for dead may
   * have committed what it knew when it came back, as in Java; that may not be what stays.
   */
  async wronglyCommitted(names: readonly string[] = this.names): Promise<string[]> {
    const committed = new Map<string, number>()
    for (const { key, value } of await this.#group.entries('offsets'))
      if (key !== null && value !== null) committed.set(key, (JSON.parse(value) as { seqno: number }).seqno)
    const sent = await this.#newest(names)
    return names.flatMap((name, i) => {
      const found = committed.get(JSON.stringify([name, { id: 0 }]))
      return found === sent[i] ? [] : [`${name}: committed ${found}, sent ${sent[i]}`]
    })
  }

  #newest(names: readonly string[]): Promise<number[]> {
    return Promise.all(
      names.map(async name => {
        const end = await this.#group.probe.endOffset(this.topic(name))
        let newest = -1
        for await (const { value } of this.#group.probe.read(this.topic(name), 0, Math.max(0, end - 200)))
          newest = Math.max(newest, Number(String(value)))
        return newest
      }),
    )
  }
}
