import { causes } from '../../data/errors.ts'
import type { OtherWorkers, WorkerAnswer } from '../other-workers.ts'
import { UndeliveredError } from '../undelivered-error.ts'
import type { ConfigSnapshot } from './config-events.ts'
import type { Leadership } from './leadership.ts'
import { signatureHeaders } from './request-signature.ts'

export interface TaskConfigDeliveryParts {
  others: OtherWorkers
  leadership: Pick<Leadership, 'url'>
  snapshot(): ConfigSnapshot
  /** inter.worker.signature.algorithm */
  algorithm: string
}

/**
 * Gives the leader the task configurations of connectors whose objects this worker runs.
 * Java: DistributedHerder.publishConnectorTaskConfigs
 */
export class TaskConfigDelivery {
  readonly #parts: TaskConfigDeliveryParts
  readonly #underWay = new Map<string, AbortController>()

  constructor(parts: TaskConfigDeliveryParts) {
    this.#parts = parts
  }

  /** Resolves when the leader has written them. Throws UndeliveredError. */
  async send(connector: string, configs: readonly Record<string, string>[]): Promise<void> {
    const { others, leadership, snapshot, algorithm } = this.#parts
    const { url } = leadership
    if (url === null) throw new UndeliveredError('It is not known who leads the group', null)
    const body = JSON.stringify(configs)
    const key = snapshot().sessionKey
    // Or an older set, of an object that has been replaced, could arrive behind this one.
    this.#underWay.get(connector)?.abort(new Error('there are newer ones'))
    const end = new AbortController()
    this.#underWay.set(connector, end)
    let answer: WorkerAnswer
    try {
      const request = {
        method: 'POST',
        path: `/connectors/${encodeURIComponent(connector)}/tasks`,
        body,
        // As the JVM: signed as soon as there is a key, whether the group asks for it or not.
        headers: key ? signatureHeaders(body, algorithm, key.key) : {},
      } as const
      answer = await others.ask(url, request, end.signal)
    } catch (error) {
      throw new UndeliveredError(`The leader at ${url} did not take them: ${causes(error)}`, null)
    } finally {
      if (this.#underWay.get(connector) === end) this.#underWay.delete(connector)
    }
    const { status, body: told } = answer
    if (status >= 300)
      throw new UndeliveredError(`The leader at ${url} answered ${status}: ${messageOf(told)}`, status)
  }

  /** The connector's object is not here any more. */
  forget(connector: string): void {
    this.#underWay.get(connector)?.abort(new Error('the connector was taken away'))
  }

  /** Somebody else leads now, or the worker ends. */
  abandon(reason: string): void {
    for (const end of this.#underWay.values()) end.abort(new Error(reason))
  }
}

function messageOf(body: unknown): string {
  const message = body !== null && typeof body === 'object' && 'message' in body ? body.message : null
  return typeof message === 'string' ? message : JSON.stringify(body)
}
