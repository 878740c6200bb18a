/** What a process takes, by proc(5); null where the system does not tell (any more). */
import { readFileSync } from 'node:fs'

const PAGE = 4096

/** Memory that is its own and what it shares. */
export function residentBytes(pid: number): number | null {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * PAGE
  } catch {
    return null // It has ended, or there is no /proc: nothing is known.
  }
}

/** Time that the main thread, which is the event loop, has been on a core so far. */
export function mainThreadMs(pid: number): number | null {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'latin1').split(' ')[0]) / 1e6
  } catch {
    return null // It has ended, or there is no /proc: nothing is known.
  }
}
