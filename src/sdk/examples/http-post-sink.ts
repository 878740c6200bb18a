/** A sink: sends every batch as one JSON array to a web address. */
import { atLeast, ConnectException, javaText, key, RetriableException, sinkConnector } from 'bunnect'

export const httpPostSink = sinkConnector({
  className: 'example.HttpPostSinkConnector',
  taskClassName: 'example.HttpPostSinkTask',
  version: '1.0.0',
  doc: 'Posts batches as JSON arrays of { topic, partition, offset, key, value }.',
  config: {
    url: key.string({ doc: 'Address to post to.', importance: 'high' }),
    'timeout.ms': key.long({
      doc: 'How long one request may take.',
      importance: 'low',
      default: 10_000,
      validator: atLeast(1),
    }),
  },
  // The receiver knows topic, partition and offset of what it has already.
  idempotentPut: true,
  task({ url, 'timeout.ms': timeout }, context) {
    return {
      async put(records) {
        if (records.length === 0) return
        const body = JSON.stringify(
          records.map(({ topic, kafkaPartition, kafkaOffset, key, value, valueSchema }) => ({
            topic,
            partition: kafkaPartition,
            offset: kafkaOffset,
            key,
            // Structs, dates and decimals as Java prints them; plain values are JSON already.
            value: valueSchema?.type === 'STRUCT' ? javaText(value, valueSchema) : value,
          })),
        )
        const signal = AbortSignal.any([context.signal, AbortSignal.timeout(timeout)])
        const headers = { 'content-type': 'application/json' }
        const answer = await fetch(url, { method: 'POST', body, headers, signal }).catch(error => {
          throw new RetriableException(`${url} cannot be reached`, { cause: error })
        })
        // The same records come again.
        if (answer.status >= 500) throw new RetriableException(`${url} answered ${answer.status}`)
        if (!answer.ok)
          throw new ConnectException(`${url} refused ${records.length} records: ${answer.status}`)
      },
      // What `put` has returned from is safe: no flush is needed.
    }
  },
})
