import type { Rotation } from '../../observe/log-file.ts'
import type { Level } from '../../observe/log-levels.ts'

/** What a Log4j configuration says that means something here. */
export interface LogConfig {
  /** null: it does not say. */
  root: Level | null
  loggers: (readonly [name: string, level: Level])[]
  /** The root logger writes to a console. */
  console: boolean
  /** The first file that the root logger writes. */
  file: { path: string; rotation: Rotation | null } | null
  /** For people: what it says and is not done. */
  warnings: string[]
}

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 }

/** `10 MB`, `512KB`, `1000`: bytes; undefined for what is no size. Java: FileSize, OptionConverter.toFileSize */
export function sizeOf(text: string | undefined): number | undefined {
  const match = /^\s*([\d.,]+)\s*([KMGT]?)(?:i?B|bytes?)?\s*$/i.exec(text ?? '')
  if (!match) return undefined
  const size = Number(match[1]!.replaceAll(',', '')) * UNITS[match[2]!.toUpperCase()]!
  return size > 0 ? Math.floor(size) : undefined
}

/** A whole number that is not negative, or undefined. */
export function countOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\d+\s*$/.test(text) ? Number(text) : undefined
}
