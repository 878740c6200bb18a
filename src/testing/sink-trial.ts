import { jsonConverterPlugin } from '../converters/json/json-converter.ts'
import { fieldBytes } from '../pipeline/field-buffer.ts'
import { parseConfig } from '../sdk/index.ts'
import type { Config } from '../sdk/plugin.ts'
import type { Environment, RawRecord } from './environment.ts'
import { eventually } from './eventually.ts'
import { expectNumbers } from './expectation.ts'
import type { SinkInput, SinkUnderTest } from './sink-suite.ts'
import { Trial } from './trial.ts'

/** Longer than a session of the connector's consumer, which is thrown out of its group where it says nothing meanwhile. */
const SESSION_MS = 6000
/** How long a system that can be taken away is away. */
const OUTAGE_MS = 2000

/** One behaviour of a sink. */
export class SinkTrial extends Trial {
  readonly sink: SinkUnderTest

  constructor(sink: SinkUnderTest, environment: Environment, behaviour: string) {
    super(sink, environment, behaviour)
    this.sink = sink
  }

  /** The connector's consumer group. */
  get group(): string {
    return `connect-${this.name}`
  }

  get sessionMs(): number {
    return SESSION_MS
  }

  async put(inputs: readonly SinkInput[]): Promise<void> {
    await this.make()
    await this.environment.produce(this.name, inputs.map(encoded))
  }

  async add(from: number, to: number, bytes?: number): Promise<void> {
    // Long ones not all at once: they are in this process's memory, too.
    const most = bytes === undefined ? to - from : Math.max(1, Math.floor(4_000_000 / bytes))
    for (let at = from; at < to; at += most) {
      const count = Math.min(most, to - at)
      await this.put(Array.from({ length: count }, (_, i) => this.sink.record(at + i, bytes)))
    }
  }

  arrived(): Promise<number[]> {
    return this.sink.written(this.name)
  }

  async awaitAll(count: number, repeats: 'allowed' | 'none'): Promise<void> {
    await this.awaitWritten(count, repeats)
    await this.awaitCommitted(count)
    // Some write once more when they flush.
    await this.awaitWritten(count, repeats)
  }

  /** As `awaitAll`, whatever is committed. */
  async awaitWritten(count: number, repeats: 'allowed' | 'none'): Promise<void> {
    const once = this.sink.redelivery === 'nothing' ? 'none' : repeats
    expectNumbers(await this.awaitSome(count), count, once)
  }

  /** Waits until the group has committed this offset. */
  async awaitCommitted(offset: number, ms?: number): Promise<void> {
    const committed = async () => {
      const seen = await this.environment.committed(this.group, this.name)
      return { done: seen === offset, seen }
    }
    await eventually(`offset ${offset} to be committed`, committed, ms)
  }

  async outage(from: number, to: number): Promise<void> {
    await this.sink.system?.stop()
    try {
      await this.add(from, to)
      await Bun.sleep(OUTAGE_MS)
    } finally {
      await this.sink.system?.start()
    }
  }

  async resetOffsets(): Promise<void> {
    const { plugin } = this.sink
    if (plugin?.alterOffsets) {
      const keys = parseConfig(plugin.config, this.config)
      plugin.alterOffsets(keys, [{ topic: this.name, partition: 0, offset: 0 }])
    }
    await this.environment.alterCommitted(this.group, this.name, 0)
  }

  async awaitAgain(count: number): Promise<void> {
    await this.awaitCommitted(count)
    const found = await this.arrived()
    if (this.sink.redelivery === 'nothing') return expectNumbers(found, count, 'none')
    expectNumbers(found.slice(0, count), count, 'none')
    expectNumbers(found.slice(count), count, 'none')
  }

  /** Has the target take nothing until what it returns is called, as often as you like. */
  async slowDown(): Promise<() => Promise<void>> {
    const release = await this.sink.slow!(this.name)
    let released: Promise<void> | undefined
    return () => (released ??= release())
  }

  protected async makePlace(): Promise<void> {}

  protected ownConfig(): Config {
    return {
      topics: this.name,
      // A killed member's group would wait for it, 45 s by default.
      'consumer.override.session.timeout.ms': String(SESSION_MS),
      'consumer.override.heartbeat.interval.ms': '1000',
    }
  }

  protected workerConfig(): Config {
    return {}
  }
}

const key = jsonConverterPlugin.converter!({}, true)
const value = jsonConverterPlugin.converter!({}, false)

function encoded(input: SinkInput): RawRecord {
  const { keySchema = null, key: keyData = null, valueSchema = null } = input
  return {
    key: fieldBytes(out => key.serialize('', keySchema, keyData, out)),
    value: fieldBytes(out => value.serialize('', valueSchema, input.value, out)),
    headers: [],
  }
}
