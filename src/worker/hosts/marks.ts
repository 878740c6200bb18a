/**
 * A page of memory that a host and its worker share: the host marks what plugin code it is in, and the worker can
 * still read it when the host does nothing else any more.
 */
import { closeSync, ftruncateSync, openSync, unlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The calls into a plugin, in the JVM's names. */
export const PLUGIN_CALLS = [
  'start',
  'stop',
  'taskConfigs',
  'poll',
  'commitRecord',
  'commit',
  'open',
  'put',
  'flush',
  'preCommit',
  'close',
  'transform',
  'predicate',
  'converter',
  'validate',
  'load',
  'pluginMetrics',
] as const
export type PluginCall = (typeof PLUGIN_CALLS)[number]

/** Int32 places of a row; the first two of row 0 are the mark and its count. */
const ROW = PLUGIN_CALLS.length
/** Actors that a board has room for; row 0 is the board's own. */
export const ROWS = 1024
const BYTES = ROW * ROWS * 4
/** In shared memory it never costs a write to a disk. */
const FOLDERS = ['/dev/shm', tmpdir()]

/** What a host is in: row of the actor, and which call. */
export interface Mark {
  slot: number
  call: PluginCall
}

/** A new board and the descriptor to hand to the host, or null where the system allows no such file. */
export function createBoard(): { board: Int32Array; fd: number } | null {
  for (const folder of FOLDERS) {
    const path = join(folder, `bunnect-${process.pid}-${crypto.randomUUID()}`)
    let fd: number
    try {
      fd = openSync(path, 'wx+', 0o600)
    } catch {
      continue // Read-only or missing: the next folder may do.
    }
    try {
      ftruncateSync(fd, BYTES)
      return { board: new Int32Array(Bun.mmap(path, { shared: true }).buffer), fd }
    } catch {
      closeSync(fd) // No room, or no shared mappings there.
    } finally {
      unlinkSync(path)
    }
  }
  return null
}

/** The same board seen from the host; null where the worker could not make one. */
export function inheritBoard(fd: number): Int32Array | null {
  try {
    const board = new Int32Array(Bun.mmap(`/proc/self/fd/${fd}`, { shared: true }).buffer)
    return board.length === ROW * ROWS ? board : null
  } catch {
    return null // Then the worker blames all outside plugins of a host that fails.
  }
}

/** The host's pen. Slot 0 stands for nobody. */
export class MarkWriter {
  readonly #board: Int32Array

  constructor(board: Int32Array | null) {
    this.#board = board ?? new Int32Array(ROW * ROWS)
  }

  /** Returns what `leave` has to put back. */
  enter(slot: number, call: number): number {
    const board = this.#board
    const before = board[0]!
    board[0] = slot * ROW + call + 1
    board[1]!++
    return before
  }

  leave(before: number): void {
    this.#board[0] = before
  }

  /** The call has returned a promise that is not settled yet. */
  pend(slot: number, call: number): void {
    if (slot > 0) this.#board[slot * ROW + call]!++
  }

  settle(slot: number, call: number): void {
    if (slot > 0) this.#board[slot * ROW + call]!--
  }

  /** For a new actor in a row that another one has had. */
  clear(slot: number): void {
    if (slot > 0) this.#board.fill(0, slot * ROW, (slot + 1) * ROW)
  }
}

/** The worker's view. */
export class MarkReader {
  readonly #board: Int32Array | null

  constructor(board: Int32Array | null) {
    this.#board = board
  }

  /** How many calls have been entered, modulo 2^32. */
  get entered(): number {
    return this.#board?.[1] ?? 0
  }

  /** The synchronous part of a call that the host is in right now. */
  current(): Mark | null {
    const mark = (this.#board?.[0] ?? 0) - 1
    const slot = Math.floor(mark / ROW)
    if (mark < 0 || slot < 1 || slot >= ROWS) return null
    return { slot, call: PLUGIN_CALLS[mark % ROW]! }
  }

  /** Calls of `slot` whose promises are not settled. */
  pending(slot: number): Mark[] {
    const row = this.#board?.subarray(slot * ROW, (slot + 1) * ROW)
    return PLUGIN_CALLS.filter((_, call) => (row?.[call] ?? 0) > 0).map(call => ({ slot, call }))
  }
}
