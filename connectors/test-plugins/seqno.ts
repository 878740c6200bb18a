import { ConnectException, type OffsetMap, type SourceTaskContext } from '#bunnect'

/** The number of a source task's next record: the one after what was committed. */
export async function nextSeqno(context: SourceTaskContext, partition: OffsetMap): Promise<number> {
  const stored = await context.offsets.offset(partition)
  if (stored === null) return 0
  const { seqno } = stored
  if (typeof seqno === 'number' || typeof seqno === 'bigint') return Number(seqno) + 1
  throw new ConnectException(
    `The stored offset of source partition ${JSON.stringify(partition)} has no whole number as seqno`,
    { hint: 'Stop the connector, delete its offsets, resume it: it then begins at 0.' },
  )
}

/** A task configuration for each of `maxTasks` tasks: the connector's with the task's number as `id`. */
export function numberedConfigs(
  props: Readonly<Record<string, string>>,
  maxTasks: number,
): Record<string, string>[] {
  return Array.from({ length: maxTasks }, (_, id) => ({ ...props, id: String(id) }))
}
