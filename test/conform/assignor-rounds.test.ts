/**
 * Random clusters, led by Kafka Connect's own IncrementalCooperativeAssignor: java/AssignorRounds.java printed every
 * round. Ours leads the same ones, and gives the same in the same order, to the byte.
 */
import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, gunzipSync } from 'node:zlib'
import { IncrementalAssignor } from '../../src/group/assignors/incremental.ts'
import { type WorkSet, workOf } from '../../src/group/assignors/work-set.ts'
import type { MemberState, Work } from '../../src/group/membership.ts'
import { encodeAssignment } from '../../src/group/protocol.ts'

interface Round {
  now: number
  generation: number
  last: number
  /** Its process: what a leader knows outlives its member id. */
  leader: number
  leaderId: string
  /** Places in `names`, each with its number of tasks. */
  configured: number[]
  members: [id: string, held: string][]
  gives: [assigned: string, revoked: string, complete: string][]
  crc: number
  delay: number
  scheduled: number
  candidates: string[]
}

interface Cluster {
  maxDelay: number
  names: string[]
  rounds: Round[]
}

const clusters = gunzipSync(readFileSync(join(import.meta.dir, 'vectors/assignor-rounds.jsonl.gz')))
  .toString()
  .trim()
  .split('\n')
  .map(line => JSON.parse(line) as Cluster)

test('there are rounds of every kind', () => {
  const rounds = clusters.flatMap(cluster => cluster.rounds)
  expect(rounds.length).toBeGreaterThan(6000)
  const revoking = rounds.filter(({ gives }) => gives.some(([, revoked]) => revoked !== ''))
  const waiting = rounds.filter(({ delay }) => delay > 0)
  const withCandidates = rounds.filter(({ candidates }) => candidates.length > 0)
  for (const some of [revoking, waiting, withCandidates]) expect(some.length).toBeGreaterThan(200)
})

const AT_ONCE = 50
for (let from = 0; from < clusters.length; from += AT_ONCE) {
  test(`clusters from ${from}`, () => {
    const some = clusters.slice(from, from + AT_ONCE)
    for (const [i, cluster] of some.entries()) replay(cluster, from + i)
    expect(some.length).toBeGreaterThan(0)
  })
}

function replay({ maxDelay, names, rounds }: Cluster, at: number): void {
  const assignors = new Map<number, IncrementalAssignor>()
  let now = 0
  for (const [i, round] of rounds.entries()) {
    now = round.now
    const assignor = assignors.get(round.leader) ?? new IncrementalAssignor(maxDelay, () => now)
    assignors.set(round.leader, assignor)
    const shares = assignor.round({
      members: new Map(round.members.map(([id, held]) => [id, memberHolding(workNamed(held, names))])),
      configured: configuredIn(round, names),
      generation: round.generation,
      lastGeneration: round.last,
    })
    const given = round.members.map(([id]) => shares.get(id)!)
    const text = (set: WorkSet) => textOf(set, names)
    const got = {
      // Java keeps what a member has in all as it was before the round: the order is of no account there.
      gives: given.map(({ assigned, revoked, complete }) => [
        text(assigned),
        text(revoked),
        text(complete).split(' ').sort(),
      ]),
      crc: crcOf(round, given, assignor.delayMs),
      delay: assignor.delayMs,
      scheduled: assignor.scheduledAt,
      candidates: assignor.candidates,
    }
    const expected = {
      gives: round.gives.map(([assigned, revoked, complete]) => [
        assigned,
        revoked,
        complete.split(' ').sort(),
      ]),
      crc: round.crc,
      delay: round.delay,
      scheduled: round.scheduled,
      candidates: round.candidates,
    }
    if (!Bun.deepEquals(got, expected)) {
      throw new Error(
        `cluster ${at}, round ${i}:\ngot      ${JSON.stringify(got)}\nexpected ${JSON.stringify(expected)}`,
      )
    }
  }
}

function memberHolding(held: Work): MemberState {
  return { url: 'u', configOffset: 1, held, unable: [] }
}

function configuredIn({ configured }: Round, names: readonly string[]) {
  const tasks = new Map<string, number>()
  for (let i = 0; i < configured.length; i += 2) tasks.set(names[configured[i]!]!, configured[i + 1]!)
  return {
    offset: 1,
    connectors: () => [...tasks.keys()],
    tasks: (connector: string) =>
      Array.from({ length: tasks.get(connector)! }, (_, task) => ({ connector, task })),
  }
}

function workNamed(text: string, names: readonly string[]): Work {
  const work: Work = { connectors: [], tasks: [] }
  for (const item of text === '' ? [] : text.split(' ')) {
    const [name, task] = item.split('.')
    const connector = names[Number(name)]!
    if (task === undefined) work.connectors.push(connector)
    else work.tasks.push({ connector, task: Number(task) })
  }
  return work
}

function textOf(set: WorkSet, names: readonly string[]): string {
  const { connectors, tasks } = workOf(set)
  const texts = connectors.map(name => String(names.indexOf(name)))
  return [...texts, ...tasks.map(({ connector, task }) => `${names.indexOf(connector)}.${task}`)].join(' ')
}

function crcOf(
  round: Round,
  given: readonly { assigned: WorkSet; revoked: WorkSet }[],
  delayMs: number,
): number {
  const leader = round.leaderId
  const frame = { error: 0, leader, leaderUrl: `http://${leader}/`, configOffset: 1, delayMs } as const
  const bytes = given.map(({ assigned, revoked }) =>
    encodeAssignment(2, { ...frame, assigned: workOf(assigned), revoked: workOf(revoked) }),
  )
  return crc32(Buffer.concat(bytes))
}
