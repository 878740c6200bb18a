import { key } from '../config/keys.ts'
import { noDuplicates } from '../config/validators.ts'
import { ConnectHeaders } from '../data/headers.ts'
import { transformation } from '../sdk/plugin.ts'

/** Removes every header of some names. Java: org.apache.kafka.connect.transforms.DropHeaders */
export const dropHeaders = transformation({
  className: 'org.apache.kafka.connect.transforms.DropHeaders',
  version: '4.3.1',
  doc: 'Removes one or more headers from each record.',
  config: {
    headers: key.list({
      importance: 'high',
      validator: noDuplicates({ empty: false, null: false }),
      doc: 'The name of the headers to be removed.',
    }),
  },
  create({ headers }) {
    const dropped = new Set(headers)
    return {
      apply(record) {
        const kept = new ConnectHeaders()
        if (record.hasHeaders) {
          for (const header of record.headers) if (!dropped.has(header.key)) kept.addHeader(header)
        }
        const { topic, kafkaPartition, keySchema, key, valueSchema, value, timestamp } = record
        return record.newRecord(topic, kafkaPartition, keySchema, key, valueSchema, value, timestamp, kept)
      },
    }
  },
})
