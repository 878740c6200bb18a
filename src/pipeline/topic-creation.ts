/**
 * Makes the topics of a source task before their first records are sent, with the settings of the first group that
 * fits. Java: AbstractWorkerSourceTask.maybeCreateTopic, org.apache.kafka.connect.util.TopicAdmin (KIP-158)
 */
import type { TopicCreationGroup } from '../config/connector/topic-creation.ts'
import { ConnectException, causes, javaTrace, RetriableException } from '../data/errors.ts'
import { type Admin, KafkaError, type TopicSpec } from '../kafka/port.ts'
import type { Logger } from '../observe/log.ts'
import { asAnswered, ExecutionException } from './execution-exception.ts'

export interface TopicCreationOptions {
  /** The last one fits every topic. */
  groups: readonly TopicCreationGroup[]
  openAdmin(): Promise<Admin>
  /** As in bootstrap.servers; stands in errors. */
  bootstrapServers: string
  log: Logger
}

/** One task's: it asks for each topic once, and opens an admin client only when there is something to ask. */
export class TopicCreation {
  /** Topics that are there for certain: what the record path asks for. */
  readonly known: ReadonlySet<string>
  readonly #known = new Set<string>()
  readonly #options: TopicCreationOptions
  #admin: Promise<Admin> | null = null

  constructor(options: TopicCreationOptions) {
    this.#options = options
    this.known = this.#known
  }

  /**
   * Resolves when the topic is there and `known` holds it. Throws RetriableException when nobody answered the question
   * whether it is, and ConnectException when it cannot be made.
   */
  async ensure(topic: string): Promise<void> {
    if (this.#known.has(topic)) return
    const { log } = this.#options
    log.info(
      `The task will send records to topic '${topic}' for the first time. Checking whether topic exists`,
    )
    const admin = await this.#open()
    if (await this.#exists(admin, topic)) log.info(`Topic '${topic}' already exists.`)
    else await this.#create(admin, topic)
    this.#known.add(topic)
  }

  async close(): Promise<void> {
    if (this.#admin === null) return
    try {
      await (await this.#admin).close()
    } catch (error) {
      this.#options.log.warn(`The admin client could not be closed: ${causes(error)}`, javaTrace(error))
    }
  }

  async #open(): Promise<Admin> {
    this.#admin ??= this.#options.openAdmin()
    try {
      return await this.#admin
    } catch (error) {
      this.#admin = null
      throw error
    }
  }

  async #exists(admin: Admin, topic: string): Promise<boolean> {
    try {
      return (await admin.describeTopics([topic])).has(topic)
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error
      const { bootstrapServers } = this.#options
      const cause = asAnswered(error)
      switch (error.code) {
        case 'UNKNOWN_TOPIC_OR_PARTITION':
          return false
        case 'CLUSTER_AUTHORIZATION_FAILED':
        case 'TOPIC_AUTHORIZATION_FAILED':
          throw new ConnectException(
            `Not authorized to describe topic(s) '${topic}' on the brokers ${bootstrapServers}`,
            { cause },
          )
        case 'UNSUPPORTED_VERSION':
          throw new ConnectException(
            `Unable to describe topic(s) '${topic}' since the brokers at ${bootstrapServers} do not support the DescribeTopics API.`,
            { cause },
          )
        case 'REQUEST_TIMED_OUT':
          throw new RetriableException(`Timed out while describing topics '${topic}'`, { cause })
        default:
          throw new ConnectException(`Error while attempting to describe topics '${topic}'`, {
            cause: new ExecutionException(cause),
          })
      }
    }
  }

  async #create(admin: Admin, topic: string): Promise<void> {
    const { log, groups, bootstrapServers } = this.#options
    log.info(`Creating topic '${topic}'`)
    const group = groups.find(candidate => candidate.matches(topic))!
    const { name, partitions, replicationFactor, configs } = group
    const spec: TopicSpec = { topic, partitions, replicationFactor, configs }
    const error = (await admin.createTopics([spec])).get(topic) ?? null
    if (error === null) {
      log.info(
        `Created topic '${described(spec)}' using creation group ${name} on brokers at ${bootstrapServers}`,
      )
      return
    }
    const cause = asAnswered(error)
    switch (error.code) {
      case 'TOPIC_ALREADY_EXISTS':
        log.info(`Found existing topic '${described(spec)}'`)
        return
      case 'UNSUPPORTED_VERSION':
      case 'CLUSTER_AUTHORIZATION_FAILED':
      case 'TOPIC_AUTHORIZATION_FAILED':
        log.warn(`Request to create new topic '${topic}' failed: ${cause.message}`)
        throw new ConnectException(
          `Task failed to create new topic ${described(spec)}. Ensure that the task is authorized to create topics ` +
            'or that the topic exists and restart the task',
        )
      case 'INVALID_CONFIG':
      case 'INVALID_REPLICATION_FACTOR':
      case 'INVALID_TOPIC_EXCEPTION':
        throw new ConnectException(`Unable to create topic(s) '${topic}': ${cause.message}`, { cause })
      case 'REQUEST_TIMED_OUT':
        throw new ConnectException(
          `Timed out while checking for or creating topic(s) '${topic}'. This could indicate a connectivity issue, ` +
            'unavailable topic partitions, or if this is your first use of the topic it may have taken too long to create.',
          { cause },
        )
      default:
        throw new ConnectException(`Error while attempting to create/find topic(s) '${topic}'`, {
          cause: new ExecutionException(cause),
        })
    }
  }
}

/** Java: NewTopic.toString */
function described({ topic, partitions, replicationFactor, configs = {} }: TopicSpec): string {
  const shown = Object.entries(configs).map(([name, value]) => `${name}=${value}`)
  return `(name=${topic}, numPartitions=${partitions}, replicationFactor=${replicationFactor}, replicasAssignments=null, configs={${shown.join(', ')}})`
}
