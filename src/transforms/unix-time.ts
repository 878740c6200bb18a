import { int64 } from '../data/numbers.ts'

export type UnixPrecision = 'seconds' | 'milliseconds' | 'microseconds' | 'nanoseconds'

const MIN_LONG = -(2n ** 63n)
const MAX_LONG = 2n ** 63n - 1n

/** Units of a millisecond, for those that are shorter. */
const PER_MILLI = { microseconds: 1000, nanoseconds: 1_000_000 } as const

/** Milliseconds, cut off towards zero: -1 µs is 0 ms. Java: TimeUnit.toMillis */
export function millisOfUnixTime(time: number | bigint, precision: UnixPrecision): number {
  if (precision === 'milliseconds') return Number(time)
  if (precision === 'seconds') return Number(time) * 1000
  const per = PER_MILLI[precision]
  return typeof time === 'bigint' ? Number(time / BigInt(per)) : (time - (time % per)) / per
}

/** Seconds are cut off towards zero, microseconds and nanoseconds stay within 64 bits. Java: TimeUnit.toSeconds … */
export function unixTimeOfMillis(millis: number, precision: UnixPrecision): number | bigint {
  if (precision === 'milliseconds') return millis
  if (precision === 'seconds') return (millis - (millis % 1000)) / 1000
  const time = millis * PER_MILLI[precision]
  if (Number.isSafeInteger(time)) return time
  const exactly = BigInt(millis) * BigInt(PER_MILLI[precision])
  return int64(exactly > MAX_LONG ? MAX_LONG : exactly < MIN_LONG ? MIN_LONG : exactly)
}
