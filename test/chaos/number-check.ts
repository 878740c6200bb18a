import { createReadStream } from 'node:fs'
import { lineBytes, numberedLine } from '../servers/numbered-lines.ts'
import type { TopicProbe } from '../servers/topics.ts'

/** What was found in a topic or file of numbered lines. */
export interface NumberCheck {
  /** lines or records in all */
  total: number
  /** how many different numbers, all of 0 … distinct-1 when `faults` is empty */
  distinct: number
  duplicates: number
  /** gaps, torn, merged or foreign lines; the first ten */
  faults: string[]
}

/** Takes lines in the order they lie there. A number that is seen for the first time must be the next one. */
export class NumberChecker {
  readonly result: NumberCheck = { total: 0, distinct: 0, duplicates: 0, faults: [] }

  add(line: string): void {
    const seen = this.result
    const number = Number(line.slice(0, 10))
    if (line.length !== lineBytes || !Number.isInteger(number) || numberedLine(number) !== line) {
      this.#fault(`position ${seen.total}: not a numbered line: ${JSON.stringify(line.slice(0, 250))}`)
    } else if (number === seen.distinct) seen.distinct++
    else if (number < seen.distinct) seen.duplicates++
    else {
      this.#fault(`position ${seen.total}: ${number} comes first, ${seen.distinct} is missing`)
      seen.distinct = number + 1
    }
    seen.total++
  }

  #fault(text: string): void {
    if (this.result.faults.length < 10) this.result.faults.push(text)
  }
}

export async function checkTopic(probe: TopicProbe, topic: string): Promise<NumberCheck> {
  const checker = new NumberChecker()
  for await (const record of probe.read(topic)) checker.add(record.value?.toString('latin1') ?? 'null')
  return checker.result
}

export async function checkFile(file: string): Promise<NumberCheck> {
  const checker = new NumberChecker()
  let rest = ''
  for await (const chunk of createReadStream(file, { encoding: 'latin1', highWaterMark: 1 << 20 })) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) checker.add(line)
  }
  if (rest !== '') checker.add(`${rest} (no line feed at the end of the file)`)
  return checker.result
}
