/**
 * Keys of Kafka Connect that this version does not act on. A connector that relies on one is refused, because
 * running it without would lose or change records in silence.
 */
import type { ConfigProblem } from '../validate.ts'
import { invalidValue } from '../validate.ts'

type Raw = Readonly<Record<string, string | null>>

const isTrue = (value: string) => value.trim().toLowerCase() === 'true'

const REFUSED: readonly {
  key: string
  relies: (value: string) => boolean
  why: string
}[] = [
  {
    key: 'transforms',
    relies: value => value.trim() !== '',
    why: 'transforms are not supported by this version',
  },
  {
    key: 'predicates',
    relies: value => value.trim() !== '',
    why: 'predicates are not supported by this version',
  },
  {
    key: 'errors.tolerance',
    relies: value => value.trim() === 'all',
    why: 'skipping bad records is not supported by this version; a bad record fails the task',
  },
  {
    key: 'errors.retry.timeout',
    relies: value => value.trim() !== '0',
    why: 'retrying a failed operation is not supported by this version; only 0 is',
  },
  {
    key: 'errors.log.enable',
    relies: isTrue,
    why: 'the error log is not supported by this version; a failed task tells its record in its trace',
  },
  {
    key: 'errors.deadletterqueue.topic.name',
    relies: value => value.trim() !== '',
    why: 'the dead letter queue is not supported by this version',
  },
]

/** One problem a key; `topic.creation.*` counts where the worker would act on it. */
export function unsupportedKeys(raw: Raw, options: { topicCreation: boolean }): ConfigProblem[] {
  const problems: ConfigProblem[] = []
  for (const { key, relies, why } of REFUSED) {
    const value = raw[key]
    if (typeof value === 'string' && relies(value)) {
      problems.push({ key, message: invalidValue(key, value.trim(), why) })
    }
  }
  if (options.topicCreation) {
    for (const [key, value] of Object.entries(raw)) {
      if (!key.startsWith('topic.creation.') || typeof value !== 'string') continue
      const why =
        'topics are created by the broker only in this version; create the topic beforehand, or set topic.creation.enable=false on the worker'
      problems.push({ key, message: invalidValue(key, value.trim(), why) })
    }
  }
  return problems
}
