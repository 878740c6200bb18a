import type { KafkaClient } from '../kafka/port.ts'

/** `bootstrap.servers=embedded` keeps topics in a log of our own; anything else is a cluster. */
export async function openKafka(
  worker: Readonly<Record<string, string>>,
  dataDir: string,
): Promise<KafkaClient> {
  if (worker['bootstrap.servers']?.trim() === 'embedded') {
    const { embeddedClient } = await import('../kafka/embedded/client.ts')
    return embeddedClient(dataDir, worker)
  }
  const [{ librdkafkaClient }, { propertyTable }] = await Promise.all([
    import('../kafka/librdkafka/client.ts'),
    import('../kafka/client-properties.ts'),
  ])
  return librdkafkaClient(propertyTable)
}
