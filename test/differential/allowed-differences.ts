import type { Mode } from './rest-recording.ts'

/** What is compared of an answer. */
export interface ComparableAnswer {
  status: number
  contentType: string | undefined
  location: string | undefined
  allow: string | undefined
  /** of other headers those that are compared, where there are any */
  headers?: Record<string, string>
  /** parsed when it is JSON, else the text */
  body: unknown
}

/** bunnect.rest.compat */
export type Compat = 'corrected' | 'strict'

/**
 * Where bunnect answers otherwise than the JVM, and why; each reason is in DIFFERENCES.md too.
 * `instead` makes the answer that is expected of us out of the JVM's and of the JVM's to GET /.
 */
export interface AllowedDifference {
  /** names of steps of the REST script */
  steps: RegExp
  reason: string
  /** where it holds in one mode or with one kind of codes only */
  mode?: Mode
  compat?: Compat
  instead: (jvm: ComparableAnswer, root: ComparableAnswer, compat: Compat, step: string) => ComparableAnswer
}

const problem = (status: number, message: string): Partial<ComparableAnswer> => ({
  status,
  contentType: 'application/json',
  body: { error_code: status, message },
})

/** Problems of the path or method itself carry no content type, as in the JVM. */
const bareProblem = (status: number, message: string): Partial<ComparableAnswer> => ({
  ...problem(status, message),
  contentType: undefined,
})

export const allowedDifferences: AllowedDifference[] = [
  {
    steps: /^GET \/connector-plugins\/?(\?|$)/,
    reason: 'MirrorMaker is not part of bunnect yet',
    instead: jvm => ({
      ...jvm,
      body: (jvm.body as { class: string }[]).filter(plugin => !plugin.class.includes('.mirror.')),
    }),
  },
  {
    steps: /"connector.class":"(no\.such\.\w+|Nope)?"\}/,
    reason: 'MirrorMaker is not part of bunnect yet, so it is not offered either',
    instead: jvm =>
      rewriteMessage(jvm, text =>
        text.replace(/PluginDesc\{klass=class \S+\.mirror\..*?\}(, )?/g, '').replace(/, $/, ''),
      ),
  },
  {
    steps: /./,
    reason: 'what a client did wrong is never a 5xx',
    compat: 'corrected',
    instead: jvm =>
      jvm.status === 500 && isMistake(jvm) ? { ...jvm, ...problem(400, messageOf(jvm)) } : jvm,
  },
  {
    steps: /^POST \/connectors\/(none|two)\/(tasks\/0\/)?restart$/,
    reason:
      'a restart of what does not exist is 404; the JVM standalone answers 500 with a null pointer or a guess',
    mode: 'standalone',
    instead: (jvm, _, compat, step) => ({
      ...jvm,
      ...problem(compat === 'strict' ? 500 : 404, `Connector ${/(none|two)/.exec(step)?.[1]} not found`),
    }),
  },
  {
    steps: /^PUT \/connectors\/none\/stop$/,
    reason: 'a stop of what does not exist is 404; the JVM standalone answers 500',
    mode: 'standalone',
    instead: (jvm, _, compat) => ({
      ...jvm,
      ...problem(compat === 'strict' ? 500 : 404, 'Unknown connector none'),
    }),
  },
  {
    steps:
      /"Content-Type":"(garbage)?"|^GET (\/\/|\/connectors\/\/|\/admin\/loggers\/\/|\/connectors\/%zz|\/connectors\/%FF|\/connectors\/x{9000})$/,
    reason:
      'requests that Jetty refuses with an HTML page get the same status and title in the usual error body',
    instead: jvm => ({
      ...jvm,
      ...problem(jvm.status, /<title>Error \d+ (.*)<\/title>/.exec(String(jvm.body))?.[1] ?? ''),
    }),
  },
  {
    steps: /^GET \/connectors\/a%(2F|25|5C)b$/,
    reason:
      'names with / % and \\ can be created by POST, so they can be addressed too; Jetty refuses them in a path',
    instead: jvm => ({
      ...jvm,
      ...problem(
        404,
        `Connector a${{ 'path separator': '/', 'path encoding': '%' }[refusal(jvm)] ?? '\\'}b not found`,
      ),
    }),
  },
  {
    steps: /^GET \/connectors\/\.\.\/status$/,
    reason: 'dot segments of a path are resolved by the HTTP server before we see them',
    instead: jvm => ({ ...jvm, ...bareProblem(404, 'HTTP 404 Not Found') }),
  },
  {
    steps: /^DELETE \/connectors\/\.\.$/,
    reason: 'dot segments of a path are resolved by the HTTP server before we see them',
    instead: jvm => ({ ...jvm, ...bareProblem(405, 'HTTP 405 Method Not Allowed') }),
  },
  {
    steps: /^GET \/connectors\/%2e%2e$/,
    reason: 'dot segments of a path are resolved by the HTTP server before we see them',
    instead: (jvm, root) => ({ ...jvm, ...root }),
  },
  {
    steps: /^DELETE \/connectors\/\.\.;$/,
    reason: 'a connector of the name .. is addressed as ..; for the same reason',
    instead: jvm => ({ ...jvm, status: 204, contentType: undefined, body: '' }),
  },
  {
    steps: /^PUT \/admin\/loggers\/org\.example\.a(\?|\s)/,
    reason:
      'a level is for a logger and those below it, not for those whose name begins with the same letters',
    instead: jvm =>
      Array.isArray(jvm.body) ? { ...jvm, body: jvm.body.filter(name => name !== 'org.example.all') } : jvm,
  },
  {
    steps: /^FOO /,
    reason: 'the HTTP server ends the connection at a method that HTTP does not know',
    instead: jvm => ({ ...jvm, status: 0, contentType: undefined, body: 'Error: not an HTTP answer: ""' }),
  },
  {
    steps: /connectors\/six\/|^task status of six/,
    reason: "the cause under a task's error is told in the words of this platform",
    instead: jvm => ({
      ...jvm,
      body: JSON.parse(
        JSON.stringify(jvm.body).replace(
          /Caused by: java\.nio\.file\.NoSuchFileException: ([^"\\]*)/g,
          "Caused by: Error: ENOENT: no such file or directory, open '$1'",
        ),
      ),
    }),
  },
]

/** Texts of Jackson, of null pointers where a body was missing, and of wrapped refusals. */
function isMistake(jvm: ComparableAnswer): boolean {
  return /^Cannot (?:deserialize|construct|invoke "(?!.*connProps))|^Un(?:expected|recognized)|^Trailing token|^No content|^Invalid UTF-8|^org\.apache\.kafka\S+: |^Invalid value |^Instantiation error|^Illegal null or empty/.test(
    messageOf(jvm),
  )
}

function messageOf(jvm: ComparableAnswer): string {
  return String((jvm.body as { message?: unknown } | null)?.message)
}

function refusal(jvm: ComparableAnswer): string {
  return /Ambiguous URI (.*)<\/title>/.exec(String(jvm.body))?.[1] ?? ''
}

function rewriteMessage(answer: ComparableAnswer, rewrite: (text: string) => string): ComparableAnswer {
  const body = answer.body as { message: string }
  return { ...answer, body: { ...body, message: rewrite(body.message) } }
}
