import { readdirSync, readFileSync } from 'node:fs'

/** By proc(5); Linux counts in hundredths of a second whatever the machine. */
const TICKS_PER_SECOND = 100
const PAGE = 4096

export interface ProcessUsage {
  residentBytes: number
  /** User and system time of all its threads. */
  cpuSeconds: number
  openFiles: number
  threads: number
}

/** What a process takes now; null when it has ended, or where there is no /proc. */
export function processUsage(pid: number): ProcessUsage | null {
  try {
    // The name in parentheses may hold anything; the numbers begin behind the last one.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [user, system, threads, pages] = [11, 12, 17, 21].map(i => Number(fields[i])) as [
      number,
      number,
      number,
      number,
    ]
    return {
      residentBytes: pages * PAGE,
      cpuSeconds: (user + system) / TICKS_PER_SECOND,
      openFiles: readdirSync(`/proc/${pid}/fd`).length,
      threads,
    }
  } catch {
    return null // It has ended between two looks: nothing is known of it any more.
  }
}
