/**
 * The behaviours that every implementation of src/kafka/port.ts has, run through the port alone. Call it from
 * a test file: `portSuite(factory)`.
 */
import { afterAll, beforeAll, describe } from 'bun:test'
import type { KafkaClient } from '../../src/kafka/port.ts'
import { adminBehaviours } from './admin.ts'
import { consumerBehaviours } from './consumer.ts'
import { groupBehaviours } from './groups.ts'
import type { Port, PortFactory } from './harness.ts'
import { DEADLINE } from './harness.ts'
import { producerBehaviours } from './producer.ts'
import { recordBehaviours } from './records.ts'
import { transactionBehaviours } from './transactions.ts'

export type { PortFactory } from './harness.ts'

export function portSuite(factory: PortFactory): void {
  describe(`Kafka port: ${factory.name}`, () => {
    let client: KafkaClient | null = null
    const port: Port = {
      factory,
      get client() {
        if (!client) throw new Error(`${factory.name} is not open`)
        return client
      },
      properties: (more = {}) => ({ ...factory.properties(), ...more }),
    }
    beforeAll(async () => {
      client = await factory.client()
    }, DEADLINE)
    afterAll(async () => {
      await client?.close()
      await factory.dispose()
    }, DEADLINE)

    recordBehaviours(port)
    producerBehaviours(port)
    consumerBehaviours(port)
    groupBehaviours(port)
    transactionBehaviours(port)
    adminBehaviours(port)
  })
}
