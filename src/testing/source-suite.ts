import type { Config } from '../sdk/plugin.ts'
import type { Environment } from './environment.ts'
import { eventually } from './eventually.ts'
import { expectNumbers } from './expectation.ts'
import type { BoundBehaviour } from './suite.ts'
import { Trial } from './trial.ts'

/** A source as its author describes it to the suite. */
export interface SourceUnderTest {
  /** `jdbc/postgres` */
  readonly name: string
  /**
   * All keys but name and converters; called for each behaviour anew. `place` names what is read, a file or a table:
   * it is a word of letters, digits and hyphens. Records go to the topic of the same name.
   */
  config(place: string): Config | Promise<Config>
  /** Makes the place, with nothing in it. */
  prepare(place: string): Promise<void>
  /** Puts items there, number `from` up to `to` without it, in this order. */
  add(place: string, from: number, to: number): Promise<void>
  /** The number of a record by key and value, parsed from JSON without a schema. */
  numberOf(value: unknown, key: unknown): number
  /** One that it cannot read; the task fails with a message that names it. */
  bad?(place: string): Promise<{ named: RegExp }>
  /** Items that are added from now on have one more field. */
  evolve?(place: string): Promise<void>
  /** The system can be taken away and given back, with all it holds. */
  readonly system?: { stop(): Promise<void>; start(): Promise<void> }
  /** Values of `config` that nobody must see. */
  secrets?(config: Config): readonly string[]
}

export interface SourceBehaviour {
  readonly name: string
  run(trial: SourceTrial): Promise<void>
}

/** The behaviours of a source, each with a worker, a place and a topic of its own. */
export function sourceSuite(
  source: SourceUnderTest,
  environment: () => Environment,
  behaviours: readonly SourceBehaviour[],
): BoundBehaviour[] {
  return behaviours.map(behaviour => ({
    name: `${source.name}: ${behaviour.name}`,
    async run() {
      const trial = new SourceTrial(source, environment(), behaviour.name)
      try {
        await behaviour.run(trial)
      } finally {
        await trial.end()
      }
    },
  }))
}

/** One behaviour of a source. */
export class SourceTrial extends Trial {
  readonly source: SourceUnderTest
  #config: Config = {}

  constructor(source: SourceUnderTest, environment: Environment, behaviour: string) {
    super(environment, `${source.name} ${behaviour}`)
    this.source = source
  }

  /** The place that is read, and the topic. */
  get place(): string {
    return this.name
  }

  get config(): Config {
    return this.#config
  }

  /** A worker with the connector on a new place with so many items, running. */
  async open(items = 0, more: Config = {}): Promise<void> {
    await this.prepare(items, more)
    await this.awaitState('RUNNING')
  }

  /** As `open`, but whatever becomes of it. */
  async prepare(items = 0, more: Config = {}): Promise<void> {
    await this.source.prepare(this.place)
    if (items > 0) await this.source.add(this.place, 0, items)
    await this.environment.createTopic(this.place, 1)
    await this.startWorker({
      'key.converter.schemas.enable': 'false',
      'value.converter.schemas.enable': 'false',
    })
    this.#config = { 'tasks.max': '1', ...(await this.source.config(this.place)), ...more }
    await this.configure(this.#config)
  }

  /** The numbers of all records in the topic. */
  async sent(): Promise<number[]> {
    const records = await this.environment.read(this.place)
    return records.map(({ key, value }) => this.source.numberOf(parsed(value), parsed(key)))
  }

  /** Waits until the topic has every number below `count`, in their order, twice only where that may be. */
  async awaitSent(count: number, repeats: 'allowed' | 'none'): Promise<void> {
    const found = await eventually(`${count} records in the topic`, async () => {
      const numbers = await this.sent()
      return { done: new Set(numbers).size >= count, seen: numbers }
    })
    expectNumbers(found, count, repeats)
  }
}

function parsed(bytes: Uint8Array | null): unknown {
  return bytes === null ? null : JSON.parse(Buffer.from(bytes).toString())
}
