/** Running totals of a source task; records are counted as polled unless said otherwise. */
export class SourceCounters {
  polled = 0
  /** Dropped by a transformation. */
  dropped = 0
  /** Handed to the producer, once however often they are sent again. */
  sent = 0
  sentBytes = 0
  /** Acknowledged by Kafka. Java: source-record-write-total */
  written = 0
}

/** Running totals of a sink task. */
export class SinkCounters {
  /** Records taken from Kafka. Java: sink-record-read-total */
  read = 0
  readBytes = 0
  /** Records that `put` has taken. Java: sink-record-send-total */
  put = 0
  commits = 0
  commitFailures = 0
}
