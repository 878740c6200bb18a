/**
 * Every form of connect.protocol on either side: the group speaks what all of its workers do. In each group a worker of
 * ours (b) is there before the JVM's (j), which stays while others of ours come, each with another form.
 */
import { expect, test } from 'bun:test'
import { ground } from '../../servers/ground.ts'
import { isTask } from '../../servers/group-view.ts'
import { until } from '../../servers/run.ts'
import { idleSink } from './idle-sink.ts'
import { Lines } from './lines.ts'
import { sameEverywhere } from './snapshot.ts'

const { group: newGroup } = ground()

/**
 * The JVM's form, and ours one after the other with the name on the wire that comes of it. Eager ones come first: a JVM
 * worker that has run things by another protocol goes on running what an eager round gives to others.
 */
const forms: [jvm: string, ours: [form: string, spoken: string][]][] = [
  [
    'sessioned',
    [
      ['eager', 'default'],
      ['compatible', 'compatible'],
      ['sessioned', 'sessioned'],
    ],
  ],
  [
    'compatible',
    [
      ['EAGER', 'default'],
      ['sessioned', 'compatible'],
      ['compatible', 'compatible'],
    ],
  ],
  [
    'eager',
    [
      ['sessioned', 'default'],
      ['compatible', 'default'],
      ['eager', 'default'],
    ],
  ],
]

test.each(forms)(
  'a JVM worker with %s beside ours',
  async (jvm, ours) => {
    const group = newGroup(`protocols-${jvm}`)
    const lines = new Lines(group)
    const protocol = (form: string) => ({ 'connect.protocol': form })
    const tasksOf = async (name: string) =>
      (await group.configured()).filter(item => item.startsWith(`${name}-`)).length
    await group.probe.create(`${group.name}-none`, 4)
    for (const [turn, [form, spoken]] of ours.entries()) {
      await group.start('b', 'bunnect', protocol(form))
      if (turn === 0) {
        for (const name of ['s1', 's2', 's3', 's4'])
          await group.body('b', 'POST', '/connectors', { name, config: lines.source(name) })
        for (const name of ['k1', 'k2'])
          await group.body('b', 'POST', '/connectors', { name, config: idleSink(group, name, 2) })
        await group.settled()
        await lines.flow(`${jvm}: alone`)
        await group.start('j', 'jvm', protocol(jvm))
      }
      const { b, j } = await group.settled()
      expect([form, (await group.view()).protocol]).toEqual([form, spoken])
      for (const items of [b!, j!]) expect(items.filter(item => !isTask(item))).toHaveLength(3)
      expect(await group.leader()).toBe(turn === 0 ? 'b' : 'j')
      await lines.flow(`${jvm} and ${form}`)
      // Each of them through either worker, whoever runs it: task configurations reach the leader. A JVM worker that has
      // seen some change under the eager protocol stops those tasks once more, for good, when it has another protocol.
      const mayChange = spoken !== 'default' || jvm === 'eager'
      for (const [i, tasks] of (mayChange ? [3, 1, 2] : []).entries()) {
        const [first, second] = i % 2 === 0 ? ['b', 'j'] : ['j', 'b']
        await group.body(first!, 'PUT', '/connectors/k1/config', idleSink(group, 'k1', tasks))
        await group.body(second!, 'PUT', '/connectors/k2/config', idleSink(group, 'k2', tasks))
        await until(
          `${tasks} tasks of both`,
          async () => (await tasksOf('k1')) === tasks && (await tasksOf('k2')) === tasks,
        )
      }
      await group.settled()
      await group.body('j', 'PUT', '/connectors/s1/pause')
      await group.body('b', 'PUT', '/connectors/s2/pause')
      await pausedAre(['s1', 's1-0', 's2', 's2-0'], 'PAUSED')
      await group.body('b', 'PUT', '/connectors/s1/resume')
      await group.body('j', 'PUT', '/connectors/s2/resume')
      await pausedAre(['s1', 's1-0', 's2', 's2-0'], 'RUNNING')
      await sameEverywhere(group)
      await group.stop('b')
      expect((await group.settled())['j']).toHaveLength(14)
      await lines.flow(`${jvm} after ${form}`)
    }
    expect(await group.takenOverUntold()).toEqual([])
    await group.close()

    async function pausedAre(items: string[], state: string): Promise<void> {
      await until(`${items} to be ${state}`, async () => {
        const statuses = await group.statuses()
        return items.every(item => statuses.get(item)?.state === state)
      })
    }
  },
  300_000,
)
