import type { TopicProbe } from '../servers/topics.ts'

/** A number that was sent or printed, and when (epoch ms). */
interface Seen {
  number: number
  at: number
}

/** Something was killed then: what followed the last commit before it may come again. */
export interface Incident {
  what: string
  from: number
  /** when everything was as before */
  until: number
}

export interface SeqnoCheck {
  /** how many different numbers, all of 0 … distinct-1 when `faults` is empty */
  distinct: number
  repeats: number
  /** gaps and numbers out of order */
  faults: string[]
  /** repeats in excess of what incidents allow */
  excess: number
}

/**
 * Numbers in the order they came: one that is seen for the first time must be the next one. As many may come again
 * as came between the last commit before an incident and its end; `commitMs` is the longest time between two commits.
 */
export function checkSeqnos(
  of: string,
  numbers: readonly Seen[],
  incidents: readonly Incident[],
  commitMs: number,
): SeqnoCheck {
  const check: SeqnoCheck = { distinct: 0, repeats: 0, faults: [], excess: 0 }
  let repeatable = 0
  for (const [position, { number, at }] of numbers.entries()) {
    if (incidents.some(({ from, until }) => at >= from - commitMs && at <= until)) repeatable++
    if (number === check.distinct) check.distinct++
    else if (number < check.distinct) check.repeats++
    else {
      check.faults.push(`${of}, position ${position}: ${number} comes first, ${check.distinct} is missing`)
      check.distinct = number + 1
    }
  }
  check.faults.splice(10)
  check.excess = Math.max(0, check.repeats - repeatable)
  return check
}

/** What each task of a VerifiableSource has sent to this topic of one partition, by the task's number. */
export async function sentNumbers(probe: TopicProbe, topic: string): Promise<Map<string, Seen[]>> {
  const numbers = new Map<string, Seen[]>()
  for await (const { key, value, timestamp } of probe.read(topic)) {
    const task = String(key)
    const seen = { number: Number(String(value)), at: timestamp }
    const own = numbers.get(task)
    if (own) own.push(seen)
    else numbers.set(task, [seen])
  }
  return numbers
}

interface SinkLine {
  name: string
  topic: string
  offset: number
  time_ms: number
  flushed?: boolean
}

/**
 * Offsets that VerifiableSinks have printed when they were given them, by sink and topic (of one partition), from the
 * standard outputs of all workers. A line that a SIGKILL has torn is not counted.
 */
export function printedOffsets(outputs: readonly string[]): Map<string, Seen[]> {
  const offsets = new Map<string, Seen[]>()
  for (const output of outputs) {
    for (const line of output.split('\n')) {
      if (!line.includes('"sinkTask"') || !line.endsWith('}')) continue
      const { name, topic, offset, time_ms, flushed } = JSON.parse(line) as SinkLine
      if (flushed) continue
      const of = `${name} of ${topic}`
      const seen = { number: offset, at: time_ms }
      const own = offsets.get(of)
      if (own) own.push(seen)
      else offsets.set(of, [seen])
    }
  }
  // Stable: those of one output stay in their order.
  for (const seen of offsets.values()) seen.sort((a, b) => a.at - b.at)
  return offsets
}
