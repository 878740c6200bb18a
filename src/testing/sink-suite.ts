import { jsonConverterPlugin } from '../converters/json/json-converter.ts'
import type { Schema } from '../data/schema.ts'
import { fieldBytes } from '../pipeline/field-buffer.ts'
import type { Config } from '../sdk/plugin.ts'
import type { Environment, RawRecord } from './environment.ts'
import { eventually } from './eventually.ts'
import { expectNumbers } from './expectation.ts'
import type { BoundBehaviour } from './suite.ts'
import { Trial } from './trial.ts'

/** A record for a sink, in Connect's data model. */
export interface SinkInput {
  readonly keySchema?: Schema
  readonly key?: unknown
  readonly valueSchema?: Schema
  readonly value: unknown
}

/** A sink as its author describes it to the suite. */
export interface SinkUnderTest {
  /** `jdbc/postgres` */
  readonly name: string
  /** All keys but name, topics and converters; called for each behaviour anew, with a target of its own. */
  config(topic: string): Config | Promise<Config>
  /** Record number `i`. */
  record(i: number): SinkInput
  /** The numbers that the target holds, in its order, one that is there twice twice. */
  written(topic: string): Promise<number[]>
  /** What the target has of a record that is put again. */
  readonly redelivery: 'repeats' | 'nothing'
  /** One that the task refuses or its target cannot take. */
  bad?(): SinkInput
  /** Record number `i` with one more optional field. */
  evolved?(i: number): SinkInput
  /** The target can be taken away and given back, with all it holds. */
  readonly target?: { stop(): Promise<void>; start(): Promise<void> }
  /** Until what it returns is called, the target takes much longer than it needs. */
  slow?(topic: string): Promise<() => Promise<void>>
  /** Values of `config` that nobody must see. */
  secrets?(config: Config): readonly string[]
}

export interface SinkBehaviour {
  readonly name: string
  run(trial: SinkTrial): Promise<void>
}

/** The behaviours of a sink, each with a worker, a topic and a target of its own. */
export function sinkSuite(
  sink: SinkUnderTest,
  environment: () => Environment,
  behaviours: readonly SinkBehaviour[],
): BoundBehaviour[] {
  return behaviours.map(behaviour => ({
    name: `${sink.name}: ${behaviour.name}`,
    async run() {
      const trial = new SinkTrial(sink, environment(), behaviour.name)
      try {
        await behaviour.run(trial)
      } finally {
        await trial.end()
      }
    },
  }))
}

/** One behaviour of a sink: its topic has one partition. */
export class SinkTrial extends Trial {
  readonly sink: SinkUnderTest
  #config: Config = {}

  constructor(sink: SinkUnderTest, environment: Environment, behaviour: string) {
    super(environment, `${sink.name} ${behaviour}`)
    this.sink = sink
  }

  get topic(): string {
    return this.name
  }

  /** The configuration that `open` has used. */
  get config(): Config {
    return this.#config
  }

  /** A worker with the connector on a new topic, running. */
  async open(more: Config = {}, worker: Config = {}): Promise<void> {
    await this.prepare(more, worker)
    await this.awaitState('RUNNING')
  }

  /** As `open`, but whatever becomes of it. */
  async prepare(more: Config = {}, worker: Config = {}): Promise<void> {
    await this.environment.createTopic(this.topic, 1)
    await this.startWorker(worker)
    this.#config = {
      'tasks.max': '1',
      ...(await this.sink.config(this.topic)),
      topics: this.topic,
      // A killed member's group would wait for it, 45 s by default.
      'consumer.override.session.timeout.ms': '6000',
      'consumer.override.heartbeat.interval.ms': '1000',
      ...more,
    }
    await this.configure(this.#config)
  }

  async put(inputs: readonly SinkInput[]): Promise<void> {
    await this.environment.produce(this.topic, inputs.map(encoded))
  }

  /** Records from number `from` on, up to `to` without it. */
  async putNumbers(from: number, to: number): Promise<void> {
    await this.put(Array.from({ length: to - from }, (_, i) => this.sink.record(from + i)))
  }

  /** Waits until the target has every number below `count`, in their order, twice only where that may be. */
  async awaitWritten(count: number, repeats: 'allowed' | 'none'): Promise<void> {
    const found = await eventually(`${count} records at the target`, async () => {
      const numbers = await this.sink.written(this.topic)
      return { done: new Set(numbers).size >= count, seen: numbers }
    })
    const once = this.sink.redelivery === 'nothing' ? 'none' : repeats
    expectNumbers(found, count, once)
  }

  /** Waits until the group has committed this offset. */
  async awaitCommitted(offset: number): Promise<void> {
    await eventually(`offset ${offset} to be committed`, async () => {
      const seen = await this.environment.committed(`connect-${this.name}`)
      return { done: seen === offset, seen }
    })
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
