import { Admin, ListOffsetTimestamps, Producer } from '@platformatic/kafka'

/** How often records are written, and how many go to each partition then. */
const EVERY_MS = 40
const AT_A_TIME = 1

/** A topic whose partitions are being written to all the time, all alike: the key of a record is its partition. */
export class NumberedPartitions {
  readonly #admin: Admin
  readonly #producer: Producer
  #stopped = false
  #writing: Promise<void> = Promise.resolve()
  #written = 0

  constructor(
    bootstrap: string,
    readonly topic: string,
    readonly partitions: number,
  ) {
    const options = {
      clientId: 'numbered-partitions',
      bootstrapBrokers: [bootstrap],
      retries: 20,
      retryDelay: 200,
    }
    this.#admin = new Admin(options)
    this.#producer = new Producer(options)
  }

  /** Records of each partition so far, or a few more where a write was repeated. */
  get written(): number {
    return this.#written
  }

  async begin(): Promise<void> {
    await this.#admin.createTopics({ topics: [this.topic], partitions: this.partitions, replicas: 1 })
    await this.#admin.metadata({ topics: [this.topic], forceUpdate: true })
    this.#writing = this.#write()
  }

  /** Resolves with the end offset of each partition. */
  async stop(): Promise<number[]> {
    this.#stopped = true
    await this.#writing
    const [topic] = await this.#admin.listOffsets({
      topics: [
        {
          name: this.topic,
          partitions: Array.from({ length: this.partitions }, (_, partitionIndex) => ({
            partitionIndex,
            timestamp: ListOffsetTimestamps.LATEST,
          })),
        },
      ],
    })
    const ends: number[] = []
    for (const { partitionIndex, offset } of topic?.partitions ?? []) ends[partitionIndex] = Number(offset)
    return ends
  }

  async close(): Promise<void> {
    this.#stopped = true
    await this.#writing
    await Promise.all([this.#admin.close(), this.#producer.close()])
  }

  async #write(): Promise<void> {
    while (!this.#stopped) {
      const from = this.#written
      await this.#producer.send({
        messages: Array.from({ length: this.partitions * AT_A_TIME }, (_, i) => ({
          topic: this.topic,
          partition: i % this.partitions,
          key: Buffer.from(String(i % this.partitions)),
          value: Buffer.from(String(from + Math.floor(i / this.partitions))),
        })),
      })
      this.#written = from + AT_A_TIME
      await Bun.sleep(EVERY_MS)
    }
  }
}
