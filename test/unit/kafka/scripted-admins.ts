import { afterEach } from 'bun:test'
import { platformaticOptions } from '../../../src/kafka/client-properties.ts'
import { ClusterAdmin } from '../../../src/kafka/wire/cluster-admin.ts'
import { type Reply, ScriptedBroker } from './scripted-brokers.ts'

/** Admin clients and brokers that follow a script, which end with the test that has made them. */
export function scriptedAdmins() {
  const open: ClusterAdmin[] = []
  const brokers: ScriptedBroker[] = []
  afterEach(async () => {
    for (const admin of open.splice(0)) await admin.close()
    for (const broker of brokers.splice(0)) broker.stop()
  })
  return {
    broker: (nodeId: number, script: Record<number, Reply[]>) =>
      ScriptedBroker.start(nodeId, script, brokers),
    adminOf(ports: readonly number[], properties: Record<string, string> = {}): ClusterAdmin {
      const servers = ports.map(port => `127.0.0.1:${port}`).join(',')
      const admin = new ClusterAdmin(
        platformaticOptions({ 'bootstrap.servers': servers, 'retry.backoff.ms': '5', ...properties }).cluster,
      )
      open.push(admin)
      return admin
    },
  }
}
