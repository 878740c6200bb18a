import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '../../servers/run.ts'
import type { WorkerGroup } from '../../servers/worker-group.ts'

/** File sources of a group that are fed line by line, and what has come out of them. */
export class Lines {
  /** By source: the lines that it was fed, each another one, and how many records have come of them. */
  readonly #sources = new Map<string, { fed: string[]; records: number }>()

  constructor(readonly group: WorkerGroup) {}

  /** The configuration of a source with a file of its own, which is empty; `flow` feeds it. */
  source(name: string): Record<string, string> {
    this.#sources.set(name, { fed: [], records: 0 })
    return this.unfed(name)
  }

  /** The same for a source that is to bring nothing. */
  unfed(name: string): Record<string, string> {
    writeFileSync(this.#file(name), '')
    return {
      'connector.class': 'org.apache.kafka.connect.file.FileStreamSourceConnector',
      'tasks.max': '1',
      file: this.#file(name),
      topic: this.topic(name),
    }
  }

  /**
   * Feeds every source a line and waits for it. All lines so far have to be in the topics in their order, and none
   * since the last time twice; `mayRepeat` where a task was ended before it could tell its position.
   */
  async flow(text: string, { mayRepeat = false } = {}): Promise<void> {
    for (const [name, { fed }] of this.#sources) {
      fed.push(text)
      appendFileSync(this.#file(name), `${text}\n`)
    }
    for (const [name, source] of this.#sources) {
      const seen = await until(
        `"${text}" of ${name}`,
        async () => {
          const lines = (await this.group.probe.readAll(this.topic(name))).map(({ value }) => String(value))
          return lines.includes(text) && lines
        },
        90_000,
      )
      const isWhole = [...new Set(seen)].join('\n') === source.fed.join('\n')
      if (!isWhole || (!mayRepeat && seen.length > source.records + 1))
        throw new Error(`${name} was fed ${source.fed.join(', ')}; it has brought ${seen.join(', ')}`)
      source.records = seen.length
    }
  }

  topic(name: string): string {
    return `${this.group.name}-${Buffer.from(name).toString('hex')}`
  }

  #file(name: string): string {
    return join(this.group.folder, `${name}.in`)
  }
}
