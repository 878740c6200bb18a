import type { ConnectRecord } from '../data/records.ts'

/** The record with another topic. */
export function rerouted<R extends ConnectRecord>(record: R, topic: string): R {
  const { kafkaPartition, keySchema, key, valueSchema, value, timestamp } = record
  return record.newRecord(topic, kafkaPartition, keySchema, key, valueSchema, value, timestamp)
}
