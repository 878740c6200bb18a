import { GroupLeader } from '../../../src/group/leader.ts'
import type { Assignment, ConnectProtocol, MemberState, Work } from '../../../src/group/membership.ts'
import { heldAfter } from '../../../src/group/work.ts'
import type { Logger } from '../../../src/observe/log.ts'

/** A group whose members take what their leader gives at once; time passes only when it is told to. */
export class Cluster {
  readonly members = new Map<string, MemberState>()
  /** Tasks by connector. */
  readonly configured = new Map<string, number>()
  readonly warnings: string[] = []
  now = 1000
  /** How often each item was taken from somebody since this was cleared. */
  readonly revocations = new Map<string, number>()
  protocol: ConnectProtocol = 'sessioned'
  configOffset = 1
  #leader: string | null = null
  #leaders = new Map<string, GroupLeader>()
  #lastGenerations = new Map<string, number>()
  #generation = 0

  constructor(readonly maxDelayMs = 300_000) {}

  join(id: string, unable: readonly string[] = [], url = `http://${id}:8083/`): void {
    this.members.set(id, { url, configOffset: this.configOffset, held: null, unable })
  }

  /** The member that leads: the first that joined, until it is gone. */
  get leaderId(): string {
    if (this.#leader === null || !this.members.has(this.#leader)) this.#leader = [...this.members.keys()][0]!
    return this.#leader
  }

  get leader(): GroupLeader {
    return this.#leaderOf(this.leaderId)
  }

  #leaderOf(id: string): GroupLeader {
    const leader =
      this.#leaders.get(id) ??
      new GroupLeader({
        maxDelayMs: this.maxDelayMs,
        now: () => this.now,
        log: { debug() {}, info() {}, warn: (text: string) => this.warnings.push(text) } as unknown as Logger,
        configured: () => ({
          offset: this.configOffset,
          connectors: () => [...this.configured.keys()],
          tasks: connector =>
            Array.from({ length: this.configured.get(connector)! }, (_, task) => ({ connector, task })),
        }),
      })
    this.#leaders.set(id, leader)
    return leader
  }

  /** One round, taken by all. */
  round({ turnsEager = false } = {}): Map<string, Assignment> {
    const { leader, leaderId } = this
    this.#generation++
    const given = leader.assign(this.members, {
      memberId: leaderId,
      protocol: this.protocol,
      generation: this.#generation,
      lastGeneration: this.#lastGenerations.get(leaderId) ?? -1,
      turnsEager,
    })
    for (const [id, assignment] of given) {
      const member = this.members.get(id)!
      member.held = heldAfter(member.held, assignment, this.protocol)
      member.configOffset = this.configOffset
      this.#lastGenerations.set(id, this.#generation)
      for (const item of itemsOf(assignment.revoked))
        this.revocations.set(item, (this.revocations.get(item) ?? 0) + 1)
    }
    return given
  }

  /** Rounds, and the time that they are put off, until one gives nothing; how many there were. */
  settle(): number {
    for (let rounds = 1; rounds < 50; rounds++) {
      const given = [...this.round().values()]
      const delayMs = given[0]!.delayMs
      this.now += delayMs > 0 ? delayMs : 1
      if (delayMs === 0 && given.every(({ assigned, revoked }) => isNothing(assigned) && isNothing(revoked)))
        return rounds
    }
    throw new Error('The rounds do not end')
  }

  held(id: string): Work {
    return this.members.get(id)!.held ?? { connectors: [], tasks: [] }
  }

  /** By item, those who hold it. */
  holders(): Map<string, string[]> {
    const holders = new Map<string, string[]>()
    for (const id of this.members.keys()) {
      for (const item of itemsOf(this.held(id))) holders.set(item, [...(holders.get(item) ?? []), id])
    }
    return holders
  }

  isUnable(id: string, item: string): boolean {
    return this.members.get(id)!.unable.includes(item.split('/')[0]!)
  }

  /** `a` is a connector, `a/0` its first task. */
  items(): string[] {
    return [...this.configured].flatMap(([name, tasks]) => [
      name,
      ...Array.from({ length: tasks }, (_, task) => `${name}/${task}`),
    ])
  }
}

export function itemsOf({ connectors, tasks }: Work): string[] {
  return [...connectors, ...tasks.map(({ connector, task }) => `${connector}/${task}`)]
}

export function isNothing({ connectors, tasks }: Work): boolean {
  return connectors.length === 0 && tasks.length === 0
}
