import type { Work } from '../../../src/group/membership.ts'

/** Who runs what, as members say it; something that two run at once is written down. */
export class Board {
  readonly doubles: string[] = []
  readonly #running = new Map<string, string[]>()

  runs(worker: string, work: Work | null): void {
    const now = itemsOf(work)
    const others = new Set([...this.#running].flatMap(([name, items]) => (name === worker ? [] : items)))
    for (const item of now) if (others.has(item)) this.doubles.push(`${item} at ${worker}`)
    this.#running.set(worker, now)
  }

  /** It has been killed. */
  gone(worker: string): void {
    this.#running.delete(worker)
  }

  /** Everything that runs, sorted. */
  get all(): string[] {
    return [...this.#running.values()].flat().sort()
  }

  of(worker: string): string[] {
    return this.#running.get(worker) ?? []
  }

  /** How much each runs, sorted. */
  get sizes(): number[] {
    return [...this.#running.values()].map(items => items.length).sort((a, b) => a - b)
  }
}

/** Connectors as `c`, tasks as `c-0`, sorted. */
export function itemsOf(work: Work | null): string[] {
  if (work === null) return []
  return [...work.connectors, ...work.tasks.map(({ connector, task }) => `${connector}-${task}`)].sort()
}
