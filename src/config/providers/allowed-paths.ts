import { existsSync } from 'node:fs'
import { isAbsolute, normalize, sep } from 'node:path'
import { ConfigException } from '../../data/errors.ts'
import type { ProviderLog } from './provider.ts'

/**
 * The folders and files that a provider may read; without a list all of them. Java:
 * org.apache.kafka.common.config.internals.AllowedPaths
 */
export class AllowedPaths {
  readonly #allowed: readonly string[] | null

  /** `list` is the value of `allowed.paths`. Throws ConfigException with the JVM's text. */
  constructor(list: string | undefined) {
    this.#allowed = list === undefined || list === '' ? null : list.split(',').map(checked)
  }

  /** The path to read, or null, which is told, where it is not below an allowed one. */
  resolve(path: string, log: ProviderLog): string | null {
    if (this.#allowed === null) return path
    const wanted = withoutEnd(normalize(path))
    const isBelow = (allowed: string) =>
      wanted === allowed || wanted.startsWith(allowed === sep ? sep : allowed + sep)
    if (this.#allowed.some(isBelow)) return wanted
    log.warn(`The path ${path} is not allowed to be accessed`)
    return null
  }
}

function checked(item: string): string {
  const path = withoutEnd(normalize(item))
  // Java's empty path is the empty text, not a dot.
  const shown = item === '' ? '' : path
  if (!isAbsolute(path)) throw new ConfigException(`Path ${shown} is not absolute`)
  if (!existsSync(path)) throw new ConfigException(`Path ${shown} does not exist`)
  return path
}

function withoutEnd(path: string): string {
  return path.length > 1 && path.endsWith(sep) ? path.slice(0, -1) : path
}
