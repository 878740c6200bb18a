import { expect, test } from 'bun:test'
import { StandardInput } from '../../../connectors/file/standard-input.ts'

const never = new AbortController().signal

function input() {
  let controller!: ReadableStreamDefaultController<Uint8Array>
  const stream = new ReadableStream<Uint8Array>({
    start(given) {
      controller = given
    },
  })
  return { controller, standardInput: new StandardInput(() => stream.getReader()) }
}

test('two tasks that wait at the same time: each piece goes to one of them', async () => {
  const { controller, standardInput } = input()
  const waiting = [standardInput.read(5000, never), standardInput.read(5000, never)]
  controller.enqueue(Buffer.from('one'))
  controller.enqueue(Buffer.from('two'))
  const got = await Promise.all(waiting)
  while (got.filter(bytes => bytes !== null).length < 2) got.push(await standardInput.read(5000, never))
  expect(got.filter(bytes => bytes !== null).map(bytes => Buffer.from(bytes!).toString())).toEqual([
    'one',
    'two',
  ])
})

test('what comes after a reader gave up is for the next one', async () => {
  const { controller, standardInput } = input()
  expect(await standardInput.read(1, never)).toBeNull()
  controller.enqueue(Buffer.from('late'))
  expect(Buffer.from((await standardInput.read(5000, never))!).toString()).toBe('late')
})

test('a failed read is told once, and the next call reads again', async () => {
  let reads = 0
  const standardInput = new StandardInput(() => ({
    async read() {
      if (++reads === 1) throw new Error('EIO: i/o error, read')
      return { done: false, value: Buffer.from('again') }
    },
  }))
  await expect(standardInput.read(5000, never)).rejects.toThrow('EIO')
  expect(Buffer.from((await standardInput.read(5000, never))!).toString()).toBe('again')
})

test('a read that fails when nobody waits is told to the next caller', async () => {
  const { controller, standardInput } = input()
  expect(await standardInput.read(1, never)).toBeNull()
  controller.error(new Error('EIO: i/o error, read'))
  await Bun.sleep(0)
  await expect(standardInput.read(5000, never)).rejects.toThrow('EIO')
})

test('the end of input is no failure, however often it is asked for', async () => {
  const { controller, standardInput } = input()
  controller.close()
  expect(await standardInput.read(5000, never)).toBeNull()
  expect(await standardInput.read(1, never)).toBeNull()
})
