/** What a conformance suite stands on: a Kafka and workers, given by whoever runs it. */
import type { Config } from '../sdk/plugin.ts'

/** A record as it lies in a topic. */
export interface RawRecord {
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly { readonly name: string; readonly value: Uint8Array | null }[]
}

export interface Environment {
  /** Starts a standalone worker with these keys besides `bootstrap.servers` and its REST listener. */
  startWorker(worker: Config): Promise<TestWorker>
  createTopic(topic: string, partitions: number): Promise<void>
  /** To partition 0, in order; resolves when Kafka has them. */
  produce(topic: string, records: readonly RawRecord[]): Promise<void>
  /** All that is in partition 0 now; none where there is no such topic. */
  read(topic: string): Promise<RawRecord[]>
  /** The offset that a consumer group has committed for partition 0, null where there is none. */
  committed(group: string): Promise<number | null>
}

/** A worker process; where it is started again it has the files that it had. */
export interface TestWorker {
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** All it has printed, over all its starts. */
  log(): Promise<string>
  /** Resident memory, in bytes. */
  memory(): Promise<number>
  /** SIGTERM; resolves when it has ended. */
  stop(): Promise<void>
  /** SIGKILL */
  kill(): Promise<void>
  /** After `stop` or `kill`. */
  start(): Promise<void>
}
