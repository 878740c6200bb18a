import { describe, expect, test } from 'bun:test'
import { ConnectHeaders } from '../../../src/data/headers.ts'
import { Float64 } from '../../../src/data/numbers.ts'
import { SinkRecord, SourceRecord } from '../../../src/data/records.ts'
import { STRING_SCHEMA } from '../../../src/data/schema.ts'

const headers = (): ConnectHeaders => new ConnectHeaders().addString('h', 'x')

describe('records print as in Java', () => {
  for (const [about, record, text] of [
    [
      'source',
      new SourceRecord({ f: 'p' }, { o: 1 }, 't', 0, STRING_SCHEMA, 'k', null, new Float64(2), 5, headers()),
      "SourceRecord{sourcePartition={f=p}, sourceOffset={o=1}} ConnectRecord{topic='t', kafkaPartition=0, key=k, keySchema=Schema{STRING}, value=2.0, valueSchema=null, timestamp=5, headers=ConnectHeaders(headers=[ConnectHeader(key=h, value=x, schema=Schema{STRING})])}",
    ],
    [
      'empty source',
      new SourceRecord(null, null, 't', null, null, null, null, null),
      "SourceRecord{sourcePartition=null, sourceOffset=null} ConnectRecord{topic='t', kafkaPartition=null, key=null, keySchema=null, value=null, valueSchema=null, timestamp=null, headers=ConnectHeaders(headers=)}",
    ],
    [
      'sink',
      new SinkRecord('t', 1, null, null, STRING_SCHEMA, 'v', 7, 5, 'CreateTime'),
      "SinkRecord{kafkaOffset=7, timestampType=CreateTime, originalTopic=t, originalKafkaPartition=1, originalKafkaOffset=7} ConnectRecord{topic='t', kafkaPartition=1, key=null, keySchema=null, value=v, valueSchema=Schema{STRING}, timestamp=5, headers=ConnectHeaders(headers=)}",
    ],
  ] as const) {
    test(about, () => expect(String(record)).toBe(text))
  }
})

describe('newRecord', () => {
  test('without headers takes a copy of its own', () => {
    const record = new SourceRecord({ f: 'p' }, { o: 1 }, 't', 0, null, 'k', null, 'v', 5, headers())
    const next = record.newRecord('u', 1, null, 'k', null, 'w', 6)
    next.headers.clear()
    expect([record.headers.size, next.sourceOffset, next.topic]).toEqual([1, { o: 1 }, 'u'])
  })
  test('keeps where a sink record came from', () => {
    const record = new SinkRecord('t', 1, null, null, null, 'v', 7)
    const next = record.newRecord('u', 2, null, null, null, 'w', null)
    expect([next.topic, next.originalTopic, next.originalKafkaPartition, next.kafkaOffset]).toEqual([
      'u',
      't',
      1,
      7,
    ])
  })
})
