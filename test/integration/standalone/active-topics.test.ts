import { afterEach, beforeEach, expect, test } from 'bun:test'
import { appendFileSync, writeFileSync } from 'node:fs'
import { fileSink, fileSource, Place, until } from './support.ts'

let place: Place
beforeEach(() => {
  place = new Place()
})
afterEach(() => place.close())

const create = (name: string, config: Record<string, string>) =>
  place.running!.herder.putConnector(name, { name, ...config }, { replace: false })
const topicsOf = (name: string) => place.running!.herder.activeTopics(name)

test('a source and a sink show the topics that they use; a reset forgets them until they are used again', async () => {
  await place.start()
  const file = place.path('in.txt')
  writeFileSync(file, 'one\n')
  await create('source', fileSource(file, 'lines'))
  await create('sink', fileSink(place.path('out.txt'), 'lines,never-used'))
  for (const name of ['source', 'sink'])
    await until(`the topic of ${name}`, async () => (await topicsOf(name)).join() === 'lines')
  const { herder } = place.running!
  await herder.resetActiveTopics('source')
  await herder.resetActiveTopics('sink')
  expect([await topicsOf('source'), await topicsOf('sink')]).toEqual([[], []])
  appendFileSync(file, 'two\n')
  for (const name of ['source', 'sink'])
    await until(`the topic of ${name} again`, async () => (await topicsOf(name)).join() === 'lines')
  await herder.deleteConnector('source')
  expect(await topicsOf('source')).toEqual([])
})

test('nothing is told where topic.tracking.enable is false', async () => {
  await place.start({ 'topic.tracking.enable': 'false' })
  const file = place.path('in.txt')
  writeFileSync(file, 'one\n')
  await create('source', fileSource(file, 'lines'))
  await create('sink', fileSink(place.path('out.txt'), 'lines'))
  await until(
    'the line',
    async () =>
      (await Bun.file(place.path('out.txt'))
        .text()
        .catch(() => '')) === 'one\n',
  )
  expect([await topicsOf('source'), await topicsOf('sink')]).toEqual([[], []])
})
