/** Groups file.source, file.sink, file.alterOffsets and file.eos: the connectors of connectors/file. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type OffsetMap, parseConfig, SinkRecord } from '#bunnect'
import { FileStreamSinkTask } from '../../../connectors/file/sink-task.ts'
import { fileStreamSource } from '../../../connectors/file/source.ts'
import { FileStreamSourceTask } from '../../../connectors/file/source-task.ts'
import { sinkContext, sourceContext } from '../../unit/file/task-context.ts'
import type { Group } from './groups.ts'
import { toValue } from './values.ts'
import { bytesOf, type TaggedValue, type Vector } from './vectors.ts'

/** Poll by poll null or the lines with their positions. */
async function polled({ in: input }: Vector): Promise<unknown> {
  return inFolder(async folder => {
    const file = join(folder, 'source')
    await writeFile(file, input.content)
    const { polls, storedPosition } = input
    const task = new FileStreamSourceTask(
      { file, topic: 't', batchSize: Number(input['batch.size']) },
      sourceContext(storedPosition === null ? null : { position: storedPosition }),
    )
    const seen: unknown[] = []
    for (let i = 0; i < polls; i++) {
      const records = await task.poll()
      seen.push(
        records?.map(({ value, sourceOffset }) => ({ value, position: sourceOffset!['position'] })) ?? null,
      )
    }
    await task.stop()
    return seen
  })
}

/** The bytes of the file, in hexadecimal. */
async function written({ in: input }: Vector): Promise<unknown> {
  return inFolder(async folder => {
    const file = join(folder, 'sink')
    const task = new FileStreamSinkTask(file, sinkContext())
    await task.start()
    await task.put([new SinkRecord('t', 0, null, null, null, toValue(input.value, null), 0)])
    await task.flush()
    await task.stop()
    return (await readFile(file)).toString('hex')
  })
}

function altered({ in: input }: Vector): unknown {
  const config = parseConfig(fileStreamSource.config, input.config)
  return fileStreamSource.alterOffsets!(
    config,
    input.offsets.map(({ partition, offset }: Record<string, TaggedValue>) => ({
      partition: offsetMap(partition!),
      offset: offsetMap(offset!),
    })),
  )
}

function offsetMap(tagged: TaggedValue): OffsetMap | null {
  return tagged && (Object.fromEntries(toValue(tagged, null) as Map<string, never>) as OffsetMap)
}

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'bunnect-vectors-'))
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

export const connectorFileGroups: Readonly<Record<string, Group>> = {
  'file.source': { run: polled },
  'file.sink': { run: written, expected: ({ out }) => bytesOf(out)?.toString('hex') },
  'file.alterOffsets': { run: altered },
  'file.eos': {
    run: ({ in: { config } }) =>
      fileStreamSource.exactlyOnceSupport!(parseConfig(fileStreamSource.config, config)),
  },
}
