import { describe, expect, test } from 'bun:test'
import { BigDecimal, bigIntFromBytes, bigIntToBytes } from '../../../src/data/big-decimal.ts'
import { parseFloat32 } from '../../../src/data/float32.ts'
import { expectEach } from './table.ts'

const decimal = (unscaled: bigint | number, scale: number): BigDecimal =>
  new BigDecimal(BigInt(unscaled), scale)

describe('parse keeps the scale as written', () => {
  expectEach(
    (text: string) => BigDecimal.parse(text),
    [
      ['whole', '12', decimal(12, 0)],
      ['fraction', '1.50', decimal(150, 2)],
      ['no whole part', '.5', decimal(5, 1)],
      ['no fraction', '5.', decimal(5, 0)],
      ['signs', '-1e-3', decimal(-1, 3)],
      ['plus', '+1E+3', decimal(1, -3)],
      ['Arabic digits', '١٢', decimal(12, 0)],
      ['blank', ' 1', null],
      ['no digits', '.', null],
      ['a sign alone', '-', null],
      ['hexadecimal', '0x1', null],
      ['exponent out of range', '1e99999999999', null],
    ],
  )
})

describe('toString and toPlainString', () => {
  expectEach(
    ({ value }: { value: BigDecimal }) => [value.toString(), value.toPlainString()],
    [
      ['plain', { value: decimal(150, 2) }, ['1.50', '1.50']],
      ['negative', { value: decimal(-5, 3) }, ['-0.005', '-0.005']],
      ['exponent -6 is plain', { value: decimal(1, 6) }, ['0.000001', '0.000001']],
      ['exponent -7 is scientific', { value: decimal(1, 7) }, ['1E-7', '0.0000001']],
      ['negative scale', { value: decimal(12, -3) }, ['1.2E+4', '12000']],
      ['zero with scale', { value: decimal(0, 2) }, ['0.00', '0.00']],
      ['zero far down', { value: decimal(0, 8) }, ['0E-8', '0.00000000']],
      ['zero with negative scale', { value: decimal(0, -2) }, ['0E+2', '0']],
    ],
  )
})

describe('the low 64 bits', () => {
  expectEach(
    (value: BigDecimal) => value.toInt64(),
    [
      ['cut off', decimal(199, 2), 1n],
      ['towards zero', decimal(-199, 2), -1n],
      ['wrapped', BigDecimal.parse('123456789012345678901234567890')!, -4362896299872285998n],
      ['a huge exponent', decimal(1, -1_000_000_000), 0n],
      ['a tiny number', decimal(1, 1_000_000_000), 0n],
    ],
  )
})

describe('two’s complement', () => {
  for (const [value, hex] of [
    [0n, '00'],
    [127n, '7f'],
    [128n, '0080'],
    [-1n, 'ff'],
    [-128n, '80'],
    [-129n, 'ff7f'],
    [-156n, 'ff64'],
  ] as const) {
    test(String(value), () => {
      expect(Buffer.from(bigIntToBytes(value)).toString('hex')).toBe(hex)
      expect(bigIntFromBytes(Buffer.from(hex, 'hex'))).toBe(value)
    })
  }
})

describe('floats are rounded once', () => {
  expectEach(parseFloat32, [
    ['just above the middle of two floats', '1.00000005960464477539062500001', 1.0000001192092896],
    ['just below it', '1.00000005960464477539062499999', 1],
    ['the middle goes to the even one', '1.000000059604644775390625', 1],
    ['negative', '-1.00000005960464477539062500001', -1.0000001192092896],
    ['the smallest', '1e-45', 1.401298464324817e-45],
    ['beyond the largest', '1e39', Number.POSITIVE_INFINITY],
  ])
})

test('compareTo leaves the scale out of account', () => {
  expect(decimal(15, 1).compareTo(decimal(150, 2))).toBe(0)
  expect(decimal(15, 1).compareTo(decimal(151, 2))).toBe(-1)
  expect(decimal(15, 1).equals(decimal(150, 2))).toBe(false)
})
