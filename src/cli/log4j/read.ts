import { closeSync, openSync, readSync } from 'node:fs'
import { parseProperties } from '../../config/properties.ts'
import { elementOf, is } from './element.ts'
import type { LogConfig } from './log-config.ts'
import { fromLog4j1Properties, fromLog4j1Xml } from './log4j1.ts'
import { fromLog4j2 } from './log4j2.ts'
import { fromProperties } from './log4j2-properties.ts'
import type { Lookups } from './substitute.ts'
import { parseXml } from './xml.ts'

/** Invariant 7: the path may be that of anything. */
const LONGEST = 2 ** 20

/**
 * Reads a Log4j configuration of either version in any of its forms: properties, XML, YAML, JSON. `place` is a path
 * or a file: URL. Throws Error that says what is wrong with the file.
 */
export function readLogConfig(place: string, lookups: Pick<Lookups, 'system' | 'env'>): LogConfig {
  const path = pathOf(place)
  const bytes = bytesOf(path)
  const text = bytes.toString('utf8')
  if (/\.xml$/i.test(path)) {
    const root = parseXml(text)
    return is(root, 'log4j:configuration') ? fromLog4j1Xml(root, lookups) : fromLog4j2(root, lookups)
  }
  if (/\.(ya?ml|jso?n)$/i.test(path)) {
    const value: unknown = /\.ya?ml$/i.test(path) ? Bun.YAML.parse(text) : JSON.parse(text)
    const top = typeof value === 'object' && value !== null ? elementOf('', value) : null
    const configuration = top?.first('Configuration')
    if (!configuration) throw new Error('it has no Configuration')
    return fromLog4j2(configuration, lookups)
  }
  const { values } = parseProperties(bytes, path)
  const isFirst = Object.keys(values).some(key => /^log4j\.(root|logger|category|appender)/.test(key))
  return isFirst ? fromLog4j1Properties(values, lookups) : fromLog4j2(fromProperties(values), lookups)
}

/** `file:/a/b`, `file:///a/b` and `file:a/b`, which Java takes as relative too. */
function pathOf(place: string): string {
  if (place.startsWith('file:/')) return Bun.fileURLToPath(place.replace(/^file:\/+/, 'file:///'))
  return place.startsWith('file:') ? place.slice('file:'.length) : place
}

function bytesOf(path: string): Buffer {
  const bytes = Buffer.alloc(LONGEST + 1)
  const fd = openSync(path, 'r')
  try {
    let length = 0
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readSync(fd, bytes, length, bytes.length - length, null)
    if (length > LONGEST) throw new Error(`it is longer than ${LONGEST} bytes`)
    return bytes.subarray(0, length)
  } finally {
    closeSync(fd)
  }
}
