import type { TaskId } from '../status.ts'
import type { Suspect } from './blame.ts'
import { type MarkReader, ROWS } from './marks.ts'
import type { Lease } from './protocol.ts'
import type { RecordCounts } from './task-host.ts'
import { taskName } from './task-host.ts'

/** What a connector runs that is not compiled in. */
export interface OutsideCode {
  /** Also for code that stands in the configuration. */
  readonly outside: boolean
  /** Files to load for it. */
  readonly files: readonly string[]
}

/** A connector's object or a task that a child process runs, as the worker knows it. */
export interface Tenant {
  readonly lease: Lease
  readonly slot: number
  readonly connector: string
  /** null for the connector's object. */
  readonly id: TaskId | null
  readonly code: OutsideCode
  readonly onReconfigure: () => void
  readonly since: number
  counts: RecordCounts
  /** What it last told. */
  failed: boolean
}

/** How long a newcomer's share of the host is only guessed. */
const NEWCOMER_MS = 10_000
let lastLease = 0

/** Who lives on one host: rows on the board of marks, and leases by name. */
export class Tenants {
  readonly #live = new Map<Lease, Tenant>()
  /** The last tenant of each row, live or not: one that was given up may still be what runs. */
  readonly #rows = new Map<number, Tenant>()
  #lastSlot = 0

  get size(): number {
    return this.#live.size
  }

  /** Connector names, and whether each brings code of its own. */
  connectors(): Map<string, boolean> {
    const connectors = new Map<string, boolean>()
    for (const { connector, code } of this.#live.values())
      connectors.set(connector, code.outside || connectors.get(connector) === true)
    return connectors
  }

  /** Tasks that have just come; a connector's object does next to nothing. */
  newcomers(): number {
    const now = performance.now()
    return this.all().filter(({ id, since }) => id !== null && now - since < NEWCOMER_MS).length
  }

  admit(
    connector: string,
    id: TaskId | null,
    code: OutsideCode,
    onReconfigure: () => void = () => {},
  ): Tenant {
    const tenant: Tenant = {
      lease: ++lastLease,
      slot: this.#freeSlot(),
      connector,
      id,
      code,
      onReconfigure,
      since: performance.now(),
      counts: { written: 0, put: 0 },
      failed: false,
    }
    this.#live.set(tenant.lease, tenant)
    if (tenant.slot > 0) this.#rows.set(tenant.slot, tenant)
    return tenant
  }

  /** From now on nothing that comes under its lease counts. */
  evict(tenant: Tenant): void {
    this.#live.delete(tenant.lease)
  }

  get(lease: Lease): Tenant | undefined {
    return this.#live.get(lease)
  }

  all(): Tenant[] {
    return [...this.#live.values()]
  }

  object(connector: string): Tenant | undefined {
    return this.all().find(tenant => tenant.id === null && tenant.connector === connector)
  }

  task(id: TaskId): Tenant | undefined {
    const name = taskName(id)
    return this.all().find(tenant => tenant.id !== null && taskName(tenant.id) === name)
  }

  isLive(slot: number): boolean {
    const tenant = this.#rows.get(slot)
    return tenant !== undefined && this.#live.has(tenant.lease)
  }

  suspects(marks: MarkReader): Suspect[] {
    return [...this.#rows.values()].map(({ lease, slot, code }) => ({
      lease,
      slot,
      outside: code.outside,
      pending: marks.pending(slot),
    }))
  }

  /** Rows are used in turn, so that one is not confused with whoever has just left it; 0 when all are taken. */
  #freeSlot(): number {
    for (let tried = 1; tried < ROWS; tried++) {
      this.#lastSlot = (this.#lastSlot % (ROWS - 1)) + 1
      if (!this.isLive(this.#lastSlot)) return this.#lastSlot
    }
    return 0
  }
}
