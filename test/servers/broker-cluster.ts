import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Broker, serversFolder, startBroker } from './kafka.ts'
import { freePort } from './ports.ts'

/** Brokers of one cluster by their number. The first is the controller too, and must stay. */
export interface BrokerCluster {
  readonly brokers: ReadonlyMap<number, Broker>
  stop(): Promise<void>
}

/**
 * Starts that many brokers one after the other; Kafka's own topics are on all of them, so that what one leads another
 * takes over within seconds when it is killed.
 */
export async function startBrokerCluster(count: number): Promise<BrokerCluster> {
  const clusterId = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64url')
  const controller = await freePort()
  const brokers = new Map<number, Broker>()
  const stop = async () => void (await Promise.all([...brokers.values()].map(broker => broker.stop())))
  try {
    for (let id = 1; id <= count; id++) brokers.set(id, await startMember(id, count, controller, clusterId))
    return { brokers, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function startMember(
  id: number,
  count: number,
  controller: number,
  clusterId: string,
): Promise<Broker> {
  const port = await freePort()
  const dir = join(serversFolder(), `kafka-${port}`)
  mkdirSync(join(dir, 'data'), { recursive: true })
  // What the format tool writes, which gives every folder a cluster of its own.
  const directoryId = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64url')
  const properties = { version: 1, 'cluster.id': clusterId, 'node.id': id, 'directory.id': directoryId }
  const lines = Object.entries(properties).map(([key, value]) => `${key}=${value}\n`)
  await Bun.write(join(dir, 'data/meta.properties'), lines.join(''))
  const ownListener = `PLAINTEXT://127.0.0.1:${port}`
  const role: Record<string, string> =
    id === 1
      ? { listeners: `${ownListener},CONTROLLER://127.0.0.1:${controller}` }
      : { 'process.roles': 'broker', listeners: ownListener }
  return startBroker({
    port,
    dir,
    set: {
      ...role,
      'node.id': String(id),
      'controller.quorum.voters': `1@127.0.0.1:${controller}`,
      'offsets.topic.replication.factor': String(count),
      'default.replication.factor': String(count),
    },
  })
}
