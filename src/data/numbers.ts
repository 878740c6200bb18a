/**
 * Numbers that say which Java class they are, for where no schema does. A plain JavaScript number means Long
 * when it is a safe integer other than -0, else Double; a bigint means Long.
 */

export abstract class JavaNumber {
  abstract readonly javaClass: string

  constructor(readonly value: number) {}

  /** Calculates and compares (but for ===) like the number itself. */
  valueOf(): number {
    return this.value
  }

  equals(other: unknown): boolean {
    return (
      other instanceof JavaNumber && other.javaClass === this.javaClass && Object.is(other.value, this.value)
    )
  }
}

export class Int8 extends JavaNumber {
  override get javaClass(): string {
    return 'java.lang.Byte'
  }
}

export class Int16 extends JavaNumber {
  override get javaClass(): string {
    return 'java.lang.Short'
  }
}

export class Int32 extends JavaNumber {
  override get javaClass(): string {
    return 'java.lang.Integer'
  }
}

/** Rounds to single precision when it is made. */
export class Float32 extends JavaNumber {
  constructor(value: number) {
    super(Math.fround(value))
  }

  override get javaClass(): string {
    return 'java.lang.Float'
  }
}

export class Float64 extends JavaNumber {
  override get javaClass(): string {
    return 'java.lang.Double'
  }
}

const MIN_LONG = -(2n ** 63n)
const MAX_LONG = 2n ** 63n - 1n

export function fitsInt64(value: bigint): boolean {
  return value >= MIN_LONG && value <= MAX_LONG
}

/** The settled form of an INT64: a number when it is a safe integer, else a bigint. */
export function int64(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

/** True for a plain number that stands for a Long where no schema says otherwise. */
export function isPlainLong(value: number): boolean {
  return Number.isSafeInteger(value) && !Object.is(value, -0)
}
