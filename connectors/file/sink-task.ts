import { ConnectException, javaText, type SinkRecord, type SinkTask, type SinkTaskContext } from '#bunnect'
import { AppendedFile } from './appended-file.ts'

/** Where lines go: a file or standard output. */
interface Destination {
  /** A promise when the caller has to wait before it appends more. */
  append(lines: readonly string[]): Promise<void> | undefined
  flush(): Promise<void>
  close(): Promise<void>
}

/** One line a record: the value as Java prints it. Java: org.apache.kafka.connect.file.FileStreamSinkTask */
export class FileStreamSinkTask implements SinkTask {
  readonly #path: string | null
  readonly #context: SinkTaskContext
  #destination: Destination | null = null

  constructor(file: string | null, context: SinkTaskContext) {
    this.#path = file || null
    this.#context = context
  }

  async start(): Promise<void> {
    if (this.#path === null) {
      this.#destination = standardOutput
      return
    }
    try {
      this.#destination = await AppendedFile.open(this.#path, this.#context.log)
    } catch (error) {
      throw new ConnectException(`Couldn't find or create file '${this.#path}' for FileStreamSinkTask`, {
        cause: error,
      })
    }
  }

  put(records: SinkRecord[]): Promise<void> | undefined {
    const lines: string[] = []
    for (const record of records) {
      const { value } = record
      lines.push(typeof value === 'string' ? value : javaText(value, record.valueSchema))
    }
    return this.#destination!.append(lines)
  }

  flush(): Promise<void> {
    return this.#destination!.flush()
  }

  async stop(): Promise<void> {
    const destination = this.#destination
    this.#destination = null
    await destination?.close()
  }
}

const standardOutput: Destination = {
  append: lines =>
    lines.length === 0
      ? undefined
      : new Promise((resolve, reject) => {
          process.stdout.write(`${lines.join('\n')}\n`, error => (error ? reject(error) : resolve()))
        }),
  flush: async () => {},
  close: async () => {},
}
