/** A step of the REST script where the two workers may answer differently, and why; the same line is in DIFFERENCES.md. */
export interface AllowedDifference {
  /** name of the step, or a pattern of names */
  step: string | RegExp
  reason: string
  /** rewrites an answer before it is compared; takes away what may differ and nothing else */
  forget: (answer: ComparableAnswer) => ComparableAnswer
}

/** What is compared of an answer. */
export interface ComparableAnswer {
  status: number
  contentType: string | undefined
  location: string | undefined
  allow: string | undefined
  /** parsed when it is JSON, else the text */
  body: unknown
}

const isMirror = (plugin: unknown) =>
  typeof plugin === 'object' &&
  plugin !== null &&
  String((plugin as { class?: unknown }).class).includes('.mirror.')

export const allowedDifferences: AllowedDifference[] = [
  {
    step: /^GET \/( |$)/,
    reason: 'commit names the build; bunnect is not a build of Apache Kafka',
    forget: answer => ({ ...answer, body: withoutKey(answer.body, 'commit') }),
  },
  {
    step: /^GET \/connector-plugins/,
    reason: 'MirrorMaker is not part of bunnect yet',
    forget: answer => ({
      ...answer,
      body: Array.isArray(answer.body) ? answer.body.filter(plugin => !isMirror(plugin)) : answer.body,
    }),
  },
]

function withoutKey(body: unknown, key: string): unknown {
  if (typeof body !== 'object' || body === null || !(key in body)) return body
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== key))
}
