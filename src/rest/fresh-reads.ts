import type { Herder } from '../herder/herder.ts'
import type { Method, Operation, Resource } from './resource.ts'

/** Says that an answer may be older than what other workers have been told. */
export const STALE_HEADER = 'x-bunnect-stale'

/**
 * Has whatever clients ask about connectors wait for what other workers have written until now. Not what other workers
 * ask: those know by themselves how far they have read. Invariant 3
 */
export class FreshReads {
  readonly #stale = new WeakSet<Request>()

  constructor(private readonly herder: Pick<Herder, 'catchUp'>) {}

  /** The same resources, those of connectors with this care. */
  of(resources: readonly Resource[]): Resource[] {
    return resources.map(resource =>
      resource.path.startsWith('/connectors') ? this.#fresh(resource) : resource,
    )
  }

  /** Whether the answer to this request may be old. */
  isStale(request: Request): boolean {
    return this.#stale.has(request)
  }

  #fresh(resource: Resource): Resource {
    const methods = Object.entries(resource.methods) as [Method, Operation][]
    const fresh = methods.map(([method, operation]) => [
      method,
      // What has a body goes to the leader, which knows; what workers ask each other is not looked at here.
      operation.consumes === 'anything' || operation.body ? operation : this.#caughtUp(method, operation),
    ])
    return { ...resource, methods: Object.fromEntries(fresh) }
  }

  #caughtUp(method: Method, operation: Operation): Operation {
    return {
      ...operation,
      ...(method === 'GET' && { canBeStale: true }),
      handler: async c => {
        // Changes look for what they change, too: what was created over another worker is not unknown here.
        const isUpToDate = c.req.query('forward') !== undefined || (await this.herder.catchUp())
        if (!isUpToDate && method === 'GET') this.#stale.add(c.req.raw)
        return await operation.handler(c)
      },
    }
  }
}
