import {
  ConnectException,
  INT32_SCHEMA,
  INT64_SCHEMA,
  type OffsetMap,
  SchemaBuilder,
  SourceRecord,
  type SourceTask,
  type SourceTaskContext,
  STRING_SCHEMA,
  Struct,
  sourceConnector,
} from '#bunnect'
import { jsonLine } from './json-line.ts'
import { parseInteger, parseLong } from './numbers.ts'
import { nextSeqno, numberedConfigs } from './seqno.ts'
import { Throughput } from './throughput.ts'
import { VERSION } from './version.ts'

/** After so many records the lines of all of them are waited for. */
const LINES_AT_ONCE = 100

const COMPLETE_SCHEMA = SchemaBuilder.struct()
  .field('name', STRING_SCHEMA)
  .field('task', INT32_SCHEMA)
  .field('topic', STRING_SCHEMA)
  .field('time_ms', INT64_SCHEMA)
  .field('seqno', INT64_SCHEMA)
  .build()

/**
 * Sends numbers without a gap and prints a JSON object for each, and another one when Kafka has it: who reads the
 * worker's standard output knows what must be found. Java: org.apache.kafka.connect.tools.VerifiableSourceConnector
 */
export const verifiableSource = sourceConnector({
  className: 'org.apache.kafka.connect.tools.VerifiableSourceConnector',
  taskClassName: 'org.apache.kafka.connect.tools.VerifiableSourceTask',
  version: VERSION,
  doc: 'Sends numbered records and prints what was sent and acknowledged, to test a cluster.',
  unlisted: true,
  // Its keys are the tasks' own affair, as in Java: the definition has none.
  config: {},
  taskConfigs: (_config, maxTasks, props) => numberedConfigs(props, maxTasks),
  task: (_config, context) => new VerifiableSourceTask(context),
})

class VerifiableSourceTask implements SourceTask {
  readonly #context: SourceTaskContext
  #name = ''
  #id = 0
  #topic = ''
  #complete = false
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
      this.#name = config['name'] ?? ''
      this.#id = parseInteger(config['id'])
      this.#topic = config['topic'] ?? ''
      throughput = parseLong(config['throughput'])
    } catch (cause) {
      throw new ConnectException('Invalid VerifiableSourceTask configuration', {
        cause,
        hint: 'throughput is the records a second, -1 for as many as possible.',
      })
    }
    this.#complete = config['complete.record.data']?.toLowerCase() === 'true'
    this.#partition = { id: this.#id }
    this.#seqno = await nextSeqno(this.#context, this.#partition)
    this.#first = this.#seqno
    this.#throughput = new Throughput(throughput, this.#context.signal)
    this.#context.log.info(
      `Started VerifiableSourceTask ${this.#name}-${this.#id} producing to topic ${this.#topic} resuming from seqno ${this.#seqno}`,
    )
  }

  async poll(): Promise<SourceRecord[] | null> {
    if (this.#throughput.exceededBy(this.#seqno - this.#first)) await this.#throughput.wait()
    if (this.#context.signal.aborted) return null
    const seqno = this.#seqno++
    const now = Date.now()
    this.#print(seqno, now)
    if (seqno % LINES_AT_ONCE === 0) await this.#printed
    const complete = this.#complete
    return [
      new SourceRecord(
        this.#partition,
        { seqno },
        this.#topic,
        null,
        INT32_SCHEMA,
        this.#id,
        complete ? COMPLETE_SCHEMA : INT64_SCHEMA,
        complete ? this.#completeValue(seqno, now) : seqno,
      ),
    ]
  }

  commitRecord({ value }: SourceRecord): void {
    // With complete.record.data Java cannot print the Struct, and says so in the line.
    this.#print(value, Date.now(), true)
  }

  async stop(): Promise<void> {
    await this.#printed
  }

  #print(seqno: unknown, now: number, committed = false): void {
    this.#printed = this.#context.print(
      jsonLine([
        ...(committed ? [['committed', true] as const] : []),
        ['task', this.#id],
        ['seqno', seqno],
        ['time_ms', now],
        ['name', this.#name],
        ['topic', this.#topic],
      ]),
    )
  }

  #completeValue(seqno: number, now: number): Struct {
    return new Struct(COMPLETE_SCHEMA)
      .put('name', this.#name)
      .put('task', this.#id)
      .put('topic', this.#topic)
      .put('time_ms', now)
      .put('seqno', seqno)
  }
}
