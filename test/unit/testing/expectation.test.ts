import { expect, test } from 'bun:test'
import { expectNumbers } from '../../../src/testing/expectation.ts'

const said = (found: number[], count: number, repeats: 'allowed' | 'none') => {
  try {
    expectNumbers(found, count, repeats)
    return null
  } catch (error) {
    return (error as Error).message
  }
}

test('what is missing, out of order, twice or never given is told', () => {
  expect(said([0, 1, 2], 3, 'none')).toBeNull()
  expect(said([0, 1, 0, 1, 2], 3, 'allowed')).toBeNull()
  expect(said([], 0, 'none')).toBeNull()
  expect(said([0, 1, 1, 2], 3, 'none')).toBe('record 1 is there twice')
  expect(said([0, 2, 1], 3, 'allowed')).toBe('record 1 comes after 2')
  expect(said([0, 2, 3], 5, 'none')).toBe('2 of 5 records are missing: 1,4')
  expect(said([0, 1, 2, 3], 3, 'none')).toBe('record 3 was never given')
  expect(said([], 2, 'allowed')).toBe('2 of 2 records are missing: 0,1')
})
