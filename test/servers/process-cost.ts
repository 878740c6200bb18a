import { readdirSync, readFileSync } from 'node:fs'

/** What a process and its children have cost so far. */
export interface ProcessCost {
  /** user + system time of all threads, of living children and of those waited for */
  cpuSeconds: number
  /** resident now, MB of 10^6 bytes, children added */
  rssMb: number
  /** highest resident set (VmHWM), MB; with children the sum of each one's own peak */
  peakRssMb: number
}

const ticksPerSecond = 100

export function processCost(pid: number): ProcessCost {
  const cost = { cpuSeconds: 0, rssMb: 0, peakRssMb: 0 }
  for (const id of [pid, ...descendants(pid)]) {
    let stat: string
    let status: string
    try {
      stat = readFileSync(`/proc/${id}/stat`, 'latin1')
      status = readFileSync(`/proc/${id}/status`, 'latin1')
    } catch (error) {
      // a child may end between the listing and the look; its time is then in its parent's cutime
      if (id !== pid) continue
      throw new Error(`process ${pid} has ended`, { cause: error })
    }
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // utime, stime, cutime, cstime are fields 14-17 of proc(5); the state is field 3
    const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0)
    cost.cpuSeconds += ticks / ticksPerSecond
    cost.rssMb += kilobytes(status, 'VmRSS') * 0.001024
    cost.peakRssMb += kilobytes(status, 'VmHWM') * 0.001024
  }
  return cost
}

/** Threads and open file descriptors of a process and its children. */
export function openThings(pid: number): { threads: number; files: number } {
  const all = [pid, ...descendants(pid)]
  const count = (folder: string) => all.reduce((sum, id) => sum + listing(`/proc/${id}/${folder}`).length, 0)
  return { threads: count('task'), files: count('fd') }
}

function kilobytes(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0)
}

function descendants(pid: number): number[] {
  const found: number[] = []
  for (const thread of listing(`/proc/${pid}/task`)) {
    let children = ''
    try {
      children = readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1')
    } catch {
      continue // the thread has ended meanwhile
    }
    for (const child of children.split(' ').filter(Boolean).map(Number))
      found.push(child, ...descendants(child))
  }
  return found
}

function listing(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return [] // the process has ended meanwhile
  }
}
