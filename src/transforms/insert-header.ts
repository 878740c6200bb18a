import { key } from '../config/keys.ts'
import { notNull } from '../config/validators.ts'
import { ConnectHeader, ConnectHeaders } from '../data/headers.ts'
import { parseString } from '../data/values/parse.ts'
import { transformation } from '../sdk/plugin.ts'

/** Adds the same header to every record. Java: org.apache.kafka.connect.transforms.InsertHeader */
export const insertHeader = transformation({
  className: 'org.apache.kafka.connect.transforms.InsertHeader',
  version: '4.3.1',
  doc: 'Add a header to each record.',
  config: {
    header: key.string({ importance: 'high', validator: notNull, doc: 'The name of the header.' }),
    'value.literal': key.string({
      importance: 'high',
      validator: notNull,
      doc: 'The literal value that is to be set as the header value on all records.',
    }),
  },
  create(config) {
    const parsed = parseString(config['value.literal'])
    const header = new ConnectHeader(config.header, parsed?.schema ?? null, parsed?.value ?? null)
    return {
      apply(record) {
        const headers = record.hasHeaders ? record.headers.duplicate() : new ConnectHeaders()
        headers.addHeader(header)
        const { topic, kafkaPartition, keySchema, key, valueSchema, value, timestamp } = record
        return record.newRecord(topic, kafkaPartition, keySchema, key, valueSchema, value, timestamp, headers)
      },
    }
  },
})
