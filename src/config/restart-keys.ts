import { type ConfigSpec, key } from './keys.ts'
import { atLeast, between, oneOf } from './validators.ts'

/** Of a worker, and of a connector, whose own count more. The JVM restarts nothing by itself. */
export const restartKeys = {
  'bunnect.restart.policy': key.string({
    doc: 'Which connectors and tasks that have failed are restarted: with retriable those whose cause may pass by itself (a broker that is away, an error that the plugin calls retriable, a task host that has ended), with always any, with never none.',
    importance: 'medium',
    default: 'retriable',
    validator: oneOf('retriable', 'always', 'never'),
  }),
  'bunnect.restart.backoff.initial.ms': key.long({
    doc: 'How long the first restart waits after a failure; every further one waits twice as long as the one before, until one has lasted.',
    importance: 'low',
    default: 2000,
    validator: atLeast(1),
  }),
  'bunnect.restart.backoff.max.ms': key.long({
    doc: 'The longest such wait. Something that has run this long again has recovered: its next failure waits as the first.',
    importance: 'low',
    default: 300_000,
    validator: atLeast(1),
  }),
  'bunnect.restart.backoff.jitter': key.double({
    doc: 'By which part a wait may be shorter or longer, so that many that have failed at once do not come back at once.',
    importance: 'low',
    default: 0.2,
    validator: between(0, 1, String),
  }),
  'bunnect.restart.limit': key.int({
    doc: 'How many restarts one connector or task may have within bunnect.restart.window.ms; the next waits until the window has room.',
    importance: 'low',
    default: 20,
    validator: atLeast(1),
  }),
  'bunnect.restart.window.ms': key.long({
    doc: 'The time that bunnect.restart.limit counts in.',
    importance: 'low',
    default: 3_600_000,
    validator: atLeast(1),
  }),
} satisfies ConfigSpec
