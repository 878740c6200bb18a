import type { Config } from '../sdk/plugin.ts'
import type { Environment, TestWorker } from './environment.ts'
import { eventually } from './eventually.ts'

export interface Status {
  connector: { state: string; trace?: string }
  tasks: { id: number; state: string; trace?: string }[]
}

let trials = 0

/** One behaviour's worker, connector and topics, all with names of their own. */
export class Trial {
  /** The connector; its topics begin with it. */
  readonly name: string
  readonly environment: Environment
  #worker: TestWorker | undefined

  constructor(environment: Environment, behaviour: string) {
    this.environment = environment
    // A table of this name is to fit into any database: PostgreSQL takes 63 characters.
    const unique = `kit-${process.pid}-${(Date.now() % 1_000_000).toString(36)}-${++trials}`
    this.name = `${unique}-${behaviour.replace(/\W+/g, '-')}`.slice(0, 50)
  }

  get worker(): TestWorker {
    if (this.#worker === undefined) throw new Error('the worker has not been started')
    return this.#worker
  }

  /** Short intervals, so that a behaviour shows soon. */
  async startWorker(more: Config = {}): Promise<TestWorker> {
    this.#worker = await this.environment.startWorker({
      'key.converter': 'org.apache.kafka.connect.json.JsonConverter',
      'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
      'offset.flush.interval.ms': '500',
      ...more,
    })
    return this.#worker
  }

  /** Creates the connector or gives it this configuration. */
  async configure(config: Config): Promise<void> {
    const answer = await this.#put('config', { ...config, name: this.name })
    if (!answer.ok) throw new Error(`${this.name} was refused with ${answer.status}: ${await answer.text()}`)
  }

  async setState(verb: 'pause' | 'resume'): Promise<void> {
    const answer = await this.#put(verb)
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
      const { connector, tasks } = status
      const all = connector.state === state && tasks.length > 0 && tasks.every(task => task.state === state)
      return { done: all, seen: status }
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

  async end(): Promise<void> {
    await this.#worker?.kill()
  }

  #put(path: string, body?: object): Promise<Response> {
    return this.worker.fetch(`/connectors/${this.name}/${path}`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  }
}
