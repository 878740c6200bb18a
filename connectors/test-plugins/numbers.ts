import { NumberFormatException } from './java-exceptions.ts'

/** Throws NumberFormatException, also for a key that is missing. Java: Integer.parseInt */
export function parseInteger(text: string | undefined): number {
  return Number(parse(text, -(2n ** 31n), 2n ** 31n - 1n))
}

/** As the nearest JavaScript number: all of these are counts and times. Java: Long.parseLong */
export function parseLong(text: string | undefined): number {
  return Number(parse(text, -(2n ** 63n), 2n ** 63n - 1n))
}

function parse(text: string | undefined, min: bigint, max: bigint): bigint {
  if (text === undefined) throw new NumberFormatException('Cannot parse null string')
  if (/^[-+]?\d+$/.test(text)) {
    const value = BigInt(text.startsWith('+') ? text.slice(1) : text)
    if (value >= min && value <= max) return value
  }
  throw new NumberFormatException(`For input string: "${text}"`)
}
