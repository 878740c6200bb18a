/** A worker that does not reach its broker any more, while its clients and the other workers reach it. */
import { afterAll, expect, test } from 'bun:test'
import { CuttingProxy } from '../../servers/cutting-proxy.ts'
import { ground } from '../../servers/ground.ts'
import { startBroker } from '../../servers/kafka.ts'
import { freePort } from '../../servers/ports.ts'
import { until } from '../../servers/run.ts'
import { NumberSources } from './numbers.ts'

let proxy: CuttingProxy
let cutOffBootstrap: string
afterAll(() => proxy.close())
const { group: newGroup } = ground(async () => {
  const [port, controller, behind, before] = await freePorts()
  const broker = await startBroker({
    port,
    set: {
      // The second way to the same broker leads through the proxy.
      listeners: `PLAINTEXT://127.0.0.1:${port},CUT://127.0.0.1:${behind},CONTROLLER://127.0.0.1:${controller}`,
      'controller.quorum.voters': `1@127.0.0.1:${controller}`,
      'advertised.listeners': `PLAINTEXT://127.0.0.1:${port},CUT://127.0.0.1:${before}`,
      'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,CUT:PLAINTEXT',
    },
  })
  proxy = new CuttingProxy(before, behind)
  cutOffBootstrap = `127.0.0.1:${before}`
  return broker
})

async function freePorts(): Promise<[number, number, number, number]> {
  return [await freePort(), await freePort(), await freePort(), await freePort()]
}

test.each([
  ['leader', 'cut connections', ['far', 'near']],
  ['follower', 'silent connections', ['near', 'far']],
] as const)(
  'cut off as %s with %s: another one takes over, nothing is decided twice, and it comes back',
  async (role, how, order) => {
    const group = newGroup(`cut-${role}`, { 'bunnect.task.hosts': '0' })
    const cut = (on: boolean) => {
      proxy.mute(on)
      if (how === 'cut connections') proxy.cut()
    }
    try {
      for (const worker of order)
        await group.start(worker, 'bunnect', worker === 'far' ? { 'bootstrap.servers': cutOffBootstrap } : {})
      const sources = new NumberSources(group, 4)
      await sources.make('near')
      await group.settled()
      await sources.flow()
      expect(await group.leader()).toBe(order[0])

      const from = Date.now()
      cut(true)
      // Its REST goes on: what it knows is answered, and marked where others may know better.
      const read = await group.ask('far', 'GET', '/connectors/numbers-a/config')
      expect(read.status).toBe(200)
      await until('the other one to have all', async () => {
        const { state, members } = await group.view()
        return state === 'Stable' && members.length === 1 && members[0]!.held.length === 8
      })
      await sources.flow()
      const records = await group.entries('configs')

      // A change through either: the one that is in the group makes it, the other one makes it nowhere else.
      const changed = sources.config('numbers-b', { throughput: '20' })
      await group.body('near', 'PUT', '/connectors/numbers-b/config', changed)
      const put = group.ask(
        'far',
        'PUT',
        '/connectors/numbers-c/config',
        sources.config('numbers-c', { throughput: '10' }),
      )
      const stale = await group.ask('far', 'GET', '/connectors/numbers-b/config')
      expect(stale.status).toBe(200)
      expect(stale.headers.get('X-Bunnect-Stale')).toBe('true')
      const answered = await put
      const told = JSON.stringify(answered.body)
      expect(answered.status === 200 || answered.status >= 409, told).toBe(true)
      const between = (await group.entries('configs')).slice(records.length)
      const isKept = between.some(({ key }) => key === 'connector-numbers-c')
      expect(isKept, told).toBe(answered.status === 200)

      cut(false)
      await group.settled()
      await sources.flow()
      const now = await group.ask('far', 'GET', '/connectors/numbers-b/config')
      expect(now.body).toEqual(changed)
      expect(now.headers.get('X-Bunnect-Stale')).toBe(null)

      for (const source of sources.names) await group.body('near', 'PUT', `/connectors/${source}/stop`)
      for (const worker of order) await group.stop(worker)
      const incident = { what: 'cut off', from, until: Date.now() }
      expect(await sources.faults([incident], 2500)).toEqual([])
      expect(await sources.wronglyCommitted()).toEqual([])
      // All that was written since it was cut off has been asked for.
      const since = (await group.entries('configs')).slice(records.length).map(({ key }) => key!)
      const allowed = /^(session-key|(target-state|commit)-numbers-[a-d]|(connector|task)-numbers-[bc](-0)?)$/
      expect(since.filter(key => !allowed.test(key))).toEqual([])
    } finally {
      proxy.mute(false)
      await group.close()
    }
  },
  180_000,
)
