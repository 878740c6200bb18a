/** What is compared of an answer. */
export interface ComparableAnswer {
  status: number
  contentType: string | undefined
  location: string | undefined
  allow: string | undefined
  /** parsed when it is JSON, else the text */
  body: unknown
}

/**
 * Where a standalone bunnect answers otherwise than the JVM, and why; each reason is in DIFFERENCES.md too.
 * `instead` makes the answer that is expected of us out of the JVM's and of the JVM's to GET /.
 */
export interface AllowedDifference {
  /** names of steps of the REST script */
  steps: RegExp
  reason: string
  instead: (jvm: ComparableAnswer, root: ComparableAnswer) => ComparableAnswer
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
    steps: /^GET \/connector-plugins/,
    reason: 'MirrorMaker is not part of bunnect yet',
    instead: jvm => ({
      ...jvm,
      body: (jvm.body as { class: string }[]).filter(plugin => !plugin.class.includes('.mirror.')),
    }),
  },
  {
    steps: /"connector.class":"(no.such.Thing)?"\}/,
    reason: 'MirrorMaker is not part of bunnect yet, so it is not offered either',
    instead: jvm =>
      rewriteMessage(jvm, text =>
        text.replace(/PluginDesc\{klass=class \S+\.mirror\..*?\}(, )?/g, '').replace(/, $/, ''),
      ),
  },
  {
    steps: /^OPTIONS \/connectors\/none\/config$/,
    reason: 'PATCH of a configuration is not there yet',
    instead: jvm => ({
      ...jvm,
      allow: jvm.allow?.replace(',PATCH', ''),
      body: String(jvm.body).replace(', PATCH', ''),
    }),
  },
  {
    steps: /^POST \/connectors\/none\/restart$|^POST \/connectors\/none\/tasks\/0\/restart/,
    reason:
      'a restart of what does not exist is 404; the JVM standalone answers 500 with a null pointer or a guess',
    instead: jvm => ({ ...jvm, ...problem(404, 'Connector none not found') }),
  },
  {
    steps: /^POST \/connectors\/two\/tasks\/0\/restart/,
    reason:
      'a restart of what does not exist is 404; the JVM standalone answers 500 with a null pointer or a guess',
    instead: jvm => ({ ...jvm, ...problem(404, 'Connector two not found') }),
  },
  {
    steps:
      /"Content-Type":"(garbage)?"|^GET (\/\/|\/connectors\/\/|\/connectors\/%zz|\/connectors\/%FF|\/connectors\/x{9000})$/,
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

function refusal(jvm: ComparableAnswer): string {
  return /Ambiguous URI (.*)<\/title>/.exec(String(jvm.body))?.[1] ?? ''
}

function rewriteMessage(answer: ComparableAnswer, rewrite: (text: string) => string): ComparableAnswer {
  const body = answer.body as { message: string }
  return { ...answer, body: { ...body, message: rewrite(body.message) } }
}
