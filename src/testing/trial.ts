import type { Config } from '../sdk/plugin.ts'
import type { Environment, TestWorker } from './environment.ts'
import { eventually } from './eventually.ts'
import type { UnderTest } from './suite.ts'

export interface Status {
  connector: { state: string; trace?: string }
  tasks: { id: number; state: string; trace?: string }[]
}

let trials = 0

/** One behaviour's worker, connector, place and topic, all with names of their own; the topic has one partition. */
export abstract class Trial {
  /** The connector, its topic, and the place that it reads or writes. */
  readonly name: string
  readonly environment: Environment
  readonly #subject: UnderTest
  #worker: TestWorker | undefined
  #made: Promise<void> | undefined
  #config: Config = {}

  constructor(subject: UnderTest, environment: Environment, behaviour: string) {
    this.#subject = subject
    this.environment = environment
    // A table of this name is to fit into any database: PostgreSQL takes 63 characters.
    const unique = `kit-${process.pid}-${(Date.now() % 1_000_000).toString(36)}-${++trials}`
    this.name = `${unique}-${`${subject.name} ${behaviour}`.replace(/\W+/g, '-')}`.slice(0, 50)
  }

  /** Gives the connector items number `from` up to `to` without it, of at least so many bytes each. */
  abstract add(from: number, to: number, bytes?: number): Promise<void>
  /** The numbers of all items that have arrived, in their order. */
  abstract arrived(): Promise<number[]>
  /** Waits until every number below `count` has arrived in its order, and twice only where that may be. */
  abstract awaitAll(count: number, repeats: 'allowed' | 'none'): Promise<void>
  /** Takes the system away for a while; gives these items meanwhile, or afterwards where they go through it. */
  abstract outage(from: number, to: number): Promise<void>
  /** Has the connector, whose worker is stopped, begin anew; it may have a word in it. */
  abstract resetOffsets(): Promise<void>
  /** Waits until all items below `count` have arrived once more. */
  abstract awaitAgain(count: number): Promise<void>
  /** What the connector needs before it starts. */
  protected abstract makePlace(): Promise<void>
  /** Keys of the connector besides its author's. */
  protected abstract ownConfig(): Config
  /** Keys of the worker. */
  protected abstract workerConfig(): Config

  get worker(): TestWorker {
    if (this.#worker === undefined) throw new Error('the worker has not been started')
    return this.#worker
  }

  /** The configuration that the connector has. */
  get config(): Config {
    return this.#config
  }

  /** What nobody must see of it. */
  secrets(): readonly string[] {
    return this.#subject.secrets?.(this.#config) ?? []
  }

  /** The topic, and the place with nothing in it. */
  make(): Promise<void> {
    this.#made ??= (async () => {
      await this.makePlace()
      await this.environment.createTopic(this.name, 1)
    })()
    return this.#made
  }

  /** A worker with the connector, running. */
  async open(more: Config = {}): Promise<void> {
    await this.prepare(more)
    await this.awaitState('RUNNING')
  }

  /** As `open`, but whatever becomes of it. */
  async prepare(more: Config = {}): Promise<void> {
    await this.make()
    // Short intervals, so that a behaviour shows soon.
    this.#worker = await this.environment.startWorker({
      'key.converter': 'org.apache.kafka.connect.json.JsonConverter',
      'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
      'offset.flush.interval.ms': '500',
      ...this.workerConfig(),
    })
    const config = await this.#subject.config(this.name)
    await this.configure({ 'tasks.max': '1', ...config, ...this.ownConfig(), ...more })
  }

  /** Starts the worker again, with the connector as it was. */
  async startAgain(): Promise<void> {
    await this.worker.start()
    await this.configure(this.#config)
  }

  /** Creates the connector or gives it this configuration. */
  async configure(config: Config): Promise<void> {
    this.#config = config
    const answer = await this.request(`/connectors/${this.name}/config`, { ...config, name: this.name })
    if (!answer.ok) throw new Error(`${this.name} was refused with ${answer.status}: ${await answer.text()}`)
  }

  async setState(verb: 'pause' | 'resume'): Promise<void> {
    const answer = await this.request(`/connectors/${this.name}/${verb}`)
    if (answer.status !== 202) throw new Error(`${verb} was answered with ${answer.status}`)
  }

  async delete(): Promise<void> {
    const answer = await this.worker.fetch(`/connectors/${this.name}`, { method: 'DELETE' })
    if (answer.status !== 204) throw new Error(`DELETE was answered with ${answer.status}`)
  }

  async status(): Promise<Status> {
    const answer = await this.worker.fetch(`/connectors/${this.name}/status`)
    if (!answer.ok) throw new Error(`status was answered with ${answer.status}: ${await answer.text()}`)
    return (await answer.json()) as Status
  }

  /** Waits until the connector and all its tasks, one at least, are in this state. */
  async awaitState(state: string): Promise<Status> {
    return eventually(`${this.name} to be ${state}`, async () => {
      const status = await this.status()
      return { done: isAll(status, state), seen: status }
    })
  }

  /** Waits until a task has failed; its trace. */
  async awaitFailure(): Promise<string> {
    const failed = await eventually(`a task of ${this.name} to fail`, async () => {
      const status = await this.status()
      return { done: status.tasks.some(task => task.state === 'FAILED'), seen: status }
    })
    return failed.tasks.find(task => task.state === 'FAILED')?.trace ?? ''
  }

  /** Waits for so many items, whatever their order; the numbers of all that have arrived. */
  async awaitSome(count: number): Promise<number[]> {
    return eventually(`${count} records to arrive`, async () => {
      const numbers = await this.arrived()
      return { done: new Set(numbers).size >= count, seen: numbers }
    })
  }

  /** A PUT to the worker. */
  request(path: string, body?: object): Promise<Response> {
    return this.worker.fetch(path, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  }

  async end(): Promise<void> {
    await this.#worker?.kill()
  }
}

/** Whether the connector and its tasks, one at least, are in this state. */
export function isAll({ connector, tasks }: Status, state: string): boolean {
  return connector.state === state && tasks.length > 0 && tasks.every(task => task.state === state)
}
