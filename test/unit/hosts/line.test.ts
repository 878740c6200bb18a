import { serialize } from 'bun:jsc'
import { expect, test } from 'bun:test'
import { ConnectException, DataException, javaTrace } from '../../../src/data/errors.ts'
import { Line, LineAbused } from '../../../src/worker/hosts/line.ts'

type Calls = { double: { args: number; answer: number } }
type None = Record<string, never>

/** Two ends of one line, in one process. */
function ends(answer: (n: number) => Promise<number>) {
  const told: unknown[] = []
  const here: Line<Calls, None, unknown> = new Line({
    send: bytes => queueMicrotask(() => there.receive(bytes)),
    answer: async () => null,
    told: () => {},
  })
  const there: Line<None, Calls, unknown> = new Line<None, Calls, unknown>({
    send: bytes => queueMicrotask(() => here.receive(bytes)),
    answer: call => answer(call.args),
    told: message => told.push(message),
  })
  return { here, there, told }
}
const late = () => new Error('late')

test('a call has its answer, whatever the order', async () => {
  const second = Promise.withResolvers<void>()
  const { here } = ends(async n => {
    if (n === 1) await second.promise
    else second.resolve()
    return n * 2
  })
  expect(await Promise.all([here.call('double', 1, 5000, late), here.call('double', 2, 5000, late)])).toEqual(
    [2, 4],
  )
})

test('an error keeps class, text, hint and causes', async () => {
  const { here } = ends(async () => {
    throw new DataException('bad', { hint: 'mend it', cause: new TypeError('why') })
  })
  const error = (await here.call('double', 1, 5000, late).catch(error => error)) as ConnectException
  expect(error).toBeInstanceOf(ConnectException)
  expect(error.hint).toBe('mend it')
  const trace = javaTrace(error)
  expect(trace).toStartWith('org.apache.kafka.connect.errors.DataException: bad\n\tat ')
  expect(trace).toContain('\nCaused by: TypeError: why\n')
})

test('a call ends at its deadline, and when the line is closed', async () => {
  const { here } = ends(() => new Promise(() => {}))
  await expect(here.call('double', 1, 5, late)).rejects.toThrow('late')
  const waiting = here.call('double', 1, 5000, late)
  here.close(new Error('the host has ended'))
  await expect(waiting).rejects.toThrow('the host has ended')
  await expect(here.call('double', 1, 5000, late)).rejects.toThrow('the host has ended')
})

test('messages arrive as they are', async () => {
  const { here, told } = ends(async n => n)
  here.post({ type: 'note', n: 1n, bytes: new Uint8Array([1]) })
  // Messages keep their order: an answer means that what was posted before the call has come.
  await here.call('double', 1, 5000, late)
  expect(told).toEqual([{ type: 'note', n: 1n, bytes: new Uint8Array([1]) }])
})

const abuses: [what: string, bytes: unknown][] = [
  ['a text', 'hello'],
  ['bytes that are no message', new Uint8Array([1, 2, 3])],
  ['a message without a type', serialize([], { binaryType: 'nodebuffer' })],
  ['more bytes than a message may have', new Uint8Array(65 * 1024 * 1024)],
]
test.each(abuses)('%s is refused', (_, bytes) => {
  const { here } = ends(async n => n)
  expect(() => here.receive(bytes)).toThrow(LineAbused)
})

test('calls that are not waited for are bounded', () => {
  const { there } = ends(() => new Promise(() => {}))
  const call = (id: number) =>
    there.receive(serialize({ type: 'call', id, name: 'double', args: 1 }, { binaryType: 'nodebuffer' }))
  for (let id = 0; id < 1024; id++) call(id)
  expect(() => call(1024)).toThrow('has 1024 calls waiting')
})
