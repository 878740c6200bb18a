import type { Work } from '../../group/membership.ts'

/** What a member holds, by connector. */
export class Held {
  readonly #shares = new Map<string, { connector: boolean; tasks: Set<number> }>()

  constructor(readonly work: Work) {
    for (const name of work.connectors) this.#share(name).connector = true
    for (const { connector, task } of work.tasks) this.#share(connector).tasks.add(task)
  }

  /** The connector's object. */
  connector(name: string): boolean {
    return this.#shares.get(name)?.connector ?? false
  }

  task(connector: string, task: number): boolean {
    return this.#shares.get(connector)?.tasks.has(task) ?? false
  }

  #share(name: string): { connector: boolean; tasks: Set<number> } {
    const share = this.#shares.get(name) ?? { connector: false, tasks: new Set() }
    this.#shares.set(name, share)
    return share
  }
}

/** Every connector of which there is something in it, once. */
export function connectorsIn(...works: readonly Work[]): Set<string> {
  return new Set(works.flatMap(work => [...work.connectors, ...work.tasks.map(({ connector }) => connector)]))
}
