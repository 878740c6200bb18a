import type { Put } from './account.ts'

/** What the verifiable sinks of a worker have printed, read on from where it was read before. */
export class Printed {
  readonly #puts = new Map<string, Put[]>()
  #read = 0
  #reading: Promise<void> = Promise.resolve()

  constructor(readonly file: string) {}

  async puts(connector: string): Promise<readonly Put[]> {
    this.#reading = this.#reading.then(() => this.#readOn())
    await this.#reading
    return this.#puts.get(connector) ?? []
  }

  /** Leaves out the lines about commits, and one that a kill cut off. */
  async #readOn(): Promise<void> {
    const bytes = await Bun.file(this.file).slice(this.#read).bytes()
    const end = bytes.lastIndexOf(0x0a) + 1
    this.#read += end
    for (const line of new TextDecoder().decode(bytes.subarray(0, end)).split('\n')) {
      if (!line.startsWith('{')) continue
      const said = JSON.parse(line)
      if (said.offset === undefined || said.flushed === true) continue
      const puts = this.#puts.get(said.name) ?? []
      this.#puts.set(said.name, puts)
      puts.push({
        partition: Number(said.task),
        offset: said.offset,
        time: said.time_ms,
        task: said.sinkTask,
      })
    }
  }
}
