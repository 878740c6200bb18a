/** A record of a compacted topic. Null keys are possible in topics that others write to; a null value is a tombstone. */
export interface LogRecord {
  partition: number
  offset: number
  /** ms since 1970 */
  timestamp: number
  key: Buffer | null
  value: Buffer | null
}

/** What is to be written; a null value is a tombstone. */
export interface LogEntry {
  key: string | Uint8Array
  value: string | Uint8Array | null
}

/**
 * A compacted topic that is read from its beginning, record by record, and written to: an internal topic of Connect.
 * Java: org.apache.kafka.connect.util.KafkaBasedLog
 */
export interface TopicLog {
  /**
   * Makes the topic or checks it, reads it to its end and from then on reads what comes. Throws ConfigException for
   * a topic that is not compacted or has the wrong number of partitions, ConnectException when the broker refuses.
   */
  start(signal?: AbortSignal): Promise<void>
  /** Resolves when all entries are acknowledged, which keeps their order; rejects with the first KafkaError. */
  append(entries: readonly LogEntry[]): Promise<void>
  /** `append`, and then resolves when these records have been told to the reader too; a question less than `readToEnd`. */
  appendAndRead(entries: readonly LogEntry[], signal?: AbortSignal): Promise<void>
  /** Resolves when every record that the topic holds by now has been told. Rejects when the signal fires. */
  readToEnd(signal?: AbortSignal): Promise<void>
  /** Resolves when everything that was appended has its outcome, at the latest after `timeoutMs`. */
  flush(timeoutMs: number): Promise<void>
  /** Safe to call twice. */
  close(): Promise<void>
}
