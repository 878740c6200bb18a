import {
  BOOLEAN_SCHEMA,
  ConnectException,
  FLOAT32_SCHEMA,
  FLOAT64_SCHEMA,
  INT32_SCHEMA,
  INT64_SCHEMA,
  type OffsetMap,
  type Schema,
  SchemaBuilder,
  SourceRecord,
  type SourceTask,
  type SourceTaskContext,
  STRING_SCHEMA,
  Struct,
  sourceConnector,
} from '#bunnect'
import { parseInteger, parseLong } from './numbers.ts'
import { nextSeqno, numberedConfigs } from './seqno.ts'
import { Throughput } from './throughput.ts'
import { VERSION } from './version.ts'

const LINES_AT_ONCE = 100

const schemaOf = (version: number, ...more: readonly (readonly [string, Schema])[]): Schema => {
  const fields = [
    ['boolean', BOOLEAN_SCHEMA],
    ['int', INT32_SCHEMA],
    ['long', INT64_SCHEMA],
    ['float', FLOAT32_SCHEMA],
    ['double', FLOAT64_SCHEMA],
    ['partitioning', INT32_SCHEMA],
    ...more,
    ['id', INT32_SCHEMA],
    ['seqno', INT64_SCHEMA],
  ] as const
  const builder = SchemaBuilder.struct().version(version).name('record')
  for (const [name, schema] of fields) builder.field(name, schema)
  return builder.build()
}

const FIRST_SCHEMA = schemaOf(1)
const SECOND_SCHEMA = schemaOf(2, ['string', SchemaBuilder.string().defaultValue('abc').build()])

/**
 * Sends numbered Structs of one schema, or of two in turn. Java: org.apache.kafka.connect.tools.SchemaSourceConnector
 */
export const schemaSource = sourceConnector({
  className: 'org.apache.kafka.connect.tools.SchemaSourceConnector',
  taskClassName: 'org.apache.kafka.connect.tools.SchemaSourceTask',
  version: VERSION,
  doc: 'Sends numbered records with schemas, to test converters and sinks.',
  unlisted: true,
  config: {},
  taskConfigs: (_config, maxTasks, props) => numberedConfigs(props, maxTasks),
  task: (_config, context) => new SchemaSourceTask(context),
})

class SchemaSourceTask implements SourceTask {
  readonly #context: SourceTaskContext
  #id = 0
  #topic = ''
  #messages = 0
  #twoSchemas = false
  #partitions = 1
  #partition: OffsetMap = {}
  #throughput!: Throughput
  #first = 0
  #seqno = 0
  #printed: Promise<void> = Promise.resolve()

  constructor(context: SourceTaskContext) {
    this.#context = context
  }

  async start(): Promise<void> {
    const config = this.#context.configs()
    let throughput: number
    try {
      this.#id = parseInteger(config['id'])
      this.#topic = config['topic'] ?? ''
      this.#messages = parseLong(config['num.messages'])
      this.#twoSchemas = config['multiple.schema']?.toLowerCase() === 'true'
      this.#partitions = parseInteger(config['partition.count'] ?? '1')
      throughput = parseLong(config['throughput'])
    } catch (cause) {
      throw new ConnectException('Invalid SchemaSourceTask configuration', {
        cause,
        hint: 'num.messages and throughput (records a second, -1 for as many as possible) are required.',
      })
    }
    this.#partition = { id: this.#id }
    this.#seqno = await nextSeqno(this.#context, this.#partition)
    this.#first = this.#seqno
    this.#throughput = new Throughput(throughput, this.#context.signal)
    this.#context.log.info(
      `Started SchemaSourceTask ${config['name']}-${this.#id} producing to topic ${this.#topic} resuming from seqno ${this.#seqno}`,
    )
  }

  async poll(): Promise<SourceRecord[] | null> {
    const count = this.#seqno - this.#first
    const over = count >= this.#messages
    if (over || this.#throughput.exceededBy(count)) await this.#throughput.wait()
    if (over || this.#context.signal.aborted) return null
    const record = this.#record(this.#twoSchemas && count % 2 === 1)
    this.#printed = this.#context.print(`{"task": ${this.#id}, "seqno": ${this.#seqno}}`)
    if (this.#seqno % LINES_AT_ONCE === 0) await this.#printed
    this.#seqno++
    return [record]
  }

  async stop(): Promise<void> {
    await this.#printed
  }

  #record(second: boolean): SourceRecord {
    const seqno = this.#seqno
    const schema = second ? SECOND_SCHEMA : FIRST_SCHEMA
    const value = new Struct(schema)
      .put('boolean', true)
      .put('int', 12)
      .put('long', 12)
      .put('float', Math.fround(12.2))
      .put('double', 12.2)
      .put('partitioning', this.#partitioning(seqno))
      .put('id', this.#id)
      .put('seqno', seqno)
    if (second) value.put('string', 'def')
    // The task's number is the Kafka partition, too.
    return new SourceRecord(
      this.#partition,
      { seqno },
      this.#topic,
      this.#id,
      STRING_SCHEMA,
      'key',
      schema,
      value,
    )
  }

  #partitioning(seqno: number): number {
    if (this.#partitions !== 0) return seqno % this.#partitions
    throw new ConnectException('partition.count must not be 0', {
      hint: 'It is what seqno is divided by for the field partitioning.',
    })
  }
}
