import { expect, test } from 'bun:test'
import { ScramExchange } from '../../../src/kafka/wire/scram.ts'

const NONCE = 'rOprNGfwEbeRWgbNEkqO'
const SERVER_FIRST = 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096'
const SERVER_FINAL = 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4='

test('the exchange of RFC 7677', () => {
  const scram = new ScramExchange('SCRAM-SHA-256', 'user', 'pencil', NONCE)
  expect(scram.first()).toBe(`n,,n=user,r=${NONCE}`)
  expect(scram.final(SERVER_FIRST)).toBe(
    'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
  )
  scram.verify(SERVER_FINAL)
})

test('a server that does not know the password, or that lies, is refused', () => {
  const begun = () => {
    const scram = new ScramExchange('SCRAM-SHA-256', 'user', 'pencil', NONCE)
    scram.final(SERVER_FIRST)
    return scram
  }
  expect(() => begun().verify(SERVER_FINAL.replace('6rri', '7rri'))).toThrow('could not prove')
  expect(() => begun().verify('v=')).toThrow('could not prove')
  expect(() => begun().verify('e=invalid-proof')).toThrow('The broker refused SCRAM: invalid-proof')
  const fresh = () => new ScramExchange('SCRAM-SHA-512', 'user', 'pencil', NONCE)
  expect(() => fresh().verify(SERVER_FINAL)).toThrow('could not prove')
  expect(() => fresh().final(SERVER_FIRST.replace('4096', '1'))).toThrow('asks for 1 iterations')
  expect(() => fresh().final('r=other,s=AAAA,i=4096')).toThrow('a nonce or salt that cannot be')
  expect(() => fresh().final('nonsense')).toThrow('a nonce or salt that cannot be')
})

test('names with what SCRAM uses itself are escaped', () => {
  expect(new ScramExchange('SCRAM-SHA-256', 'a=b,c', 'x', 'n').first()).toBe('n,,n=a=3Db=2Cc,r=n')
})
