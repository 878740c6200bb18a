import { afterEach, expect, test } from 'bun:test'
import { forgetSecrets, hide, masked } from '../../../src/observe/secrets.ts'

afterEach(forgetSecrets)

test('a secret is masked wherever it stands, the longest first', () => {
  expect(masked('hunter2')).toBe('hunter2')
  hide(['hunter2', 'hunter2-and-more', 'a.b*c('])
  expect(masked('pass=hunter2;hunter2-and-more xhunter2x a.b*c( aXb*c(')).toBe(
    'pass=[hidden];[hidden] x[hidden]x [hidden] aXb*c(',
  )
})

test('in the forms that messages give it', () => {
  hide(['  trimmed \n', 'first,  second', 'line one\nline two', 'quo"te', 'per cent', '0012345'])
  expect(masked('"trimmed"')).toBe('"[hidden]"')
  expect(masked('[first, second] first')).toBe('[[hidden]] [hidden]')
  expect(masked('at line two')).toBe('at [hidden]')
  expect(masked('{"x":"quo\\"te"}')).toBe('{"x":"[hidden]"}')
  expect(masked('?a=per%20cent')).toBe('?a=[hidden]')
  expect(masked('Invalid value 12345')).toBe('Invalid value [hidden]')
})

test('what is short or says nothing is not', () => {
  hide(['abc', 'true', 'null', ''])
  expect(masked('abc true null')).toBe('abc true null')
})

test('class names keep their packages', () => {
  hide(['kafka', 'connect', 'lang'])
  expect(masked('org.apache.kafka.connect.errors.ConnectException: no kafka for connect')).toBe(
    'org.apache.kafka.connect.errors.ConnectException: no [hidden] for [hidden]',
  )
  expect(masked('java.lang.String')).toBe('java.lang.String')
})

test('a secret with dots is none the less one behind the beginning of a package', () => {
  hide(['internal.example.com', 'lang'])
  expect(masked('no host java.internal.example.com for java.lang.String')).toBe(
    'no host java.[hidden] for java.lang.String',
  )
})

test('the oldest of very many are forgotten, what is told again is young', () => {
  hide(['the-first-one', 'the-second-one'])
  const many = Array.from({ length: 9_999 }, (_, i) => `value-${i}`)
  hide(many.slice(0, 5000))
  hide(['the-first-one'])
  hide(many.slice(5000))
  expect(masked('the-first-one the-second-one value-9998')).toBe('[hidden] the-second-one [hidden]')
})
