import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { serversFolder, sharedBroker } from '../servers/kafka.ts'
import { type Side, startWorker } from '../servers/worker.ts'
import { rawRequest } from './raw-http.ts'
import { validateScript } from './validate-script.ts'

/** Compared as it comes, to the last byte. */
interface TextAnswer {
  status: number
  contentType: string | undefined
  allow: string | undefined
  body: string
}

interface AllowedDifference {
  /** names of steps of the script */
  steps: RegExp
  reason: string
  instead: (jvm: TextAnswer) => TextAnswer
}

const inBody = (rewrite: (body: string) => string) => (jvm: TextAnswer) => ({
  ...jvm,
  body: rewrite(jvm.body),
})

const unknownPlugin = (jvm: TextAnswer, name: string): TextAnswer => ({
  ...jvm,
  status: 404,
  body: JSON.stringify({ error_code: 404, message: `Unknown plugin ${name}.` }),
})

const NO_PLUGIN = 'a Java class that is no plugin is unknown, as there is no class path'

/** Each reason is in DIFFERENCES.md too. */
const allowedDifferences: AllowedDifference[] = [
  {
    steps: /^GET \/connector-plugins\?/,
    reason: 'MirrorMaker is not part of bunnect yet',
    instead: inBody(body => body.replaceAll(/\{"class":"[^"]*\.mirror\.[^}]*\},?/g, '')),
  },
  {
    steps: /^validate (an unknown class|a class that is no connector|a class with blanks)$/,
    reason: 'MirrorMaker is not part of bunnect yet, so it is not offered either',
    instead: inBody(body => body.replaceAll(/, PluginDesc\{klass=class \S+\.mirror\..*?\}/g, '')),
  },
  ...[
    'java.lang.String',
    'java.util.Map',
    'org.apache.kafka.connect.file.FileStreamSourceTask',
    'org.apache.kafka.connect.storage.Converter',
  ].map(name => ({
    steps: new RegExp(`^GET /connector-plugins/${RegExp.escape(name)}/config$`),
    reason: NO_PLUGIN,
    instead: (jvm: TextAnswer) => unknownPlugin(jvm, name),
  })),
  {
    steps:
      /\.type (java\.\S+|\S+\.Transformation|\S+\.Predicate)$|converter "(java\.\S+|\S+\.storage\.\w+)"$/,
    reason: NO_PLUGIN,
    instead: inBody(notFound),
  },
]

/** What the JVM says of a class that it does not find, instead of what it says of this one. */
function notFound(body: string): string {
  const [, key = '', type = ''] =
    /"name":"((?:transforms|predicates)\.\w\.type|\w+\.converter)","value":"([\w.]+)",[^}]*"errors":\["/.exec(
      body,
    ) ?? []
  const complaint =
    /(?:Class (?:class|interface) [\w.]+ does not implement the \w+ interface|This class is abstract and cannot be created\.)/
  return body
    .replace(`"name":"${key}","value":"${type}"`, `"name":"${key}","value":null`)
    .replace(complaint, `Invalid value ${type} for configuration ${key}: Class ${type} could not be found.`)
    .replace(
      new RegExp(`("name":"${RegExp.escape(key)}.plugin.version","value":null,.*?"visible":)true`),
      key.endsWith('.converter') ? '$1false' : '$1true',
    )
}

/** BUNNECT_DIFFERENTIAL_SIDE=jvm compares the JVM with itself. */
const ours = (process.env['BUNNECT_DIFFERENTIAL_SIDE'] ?? 'bunnect') as Side
const folder = join(serversFolder(), `validate-${process.pid}`)

let broker: Awaited<ReturnType<typeof sharedBroker>>
let expected: TextAnswer[]
let found: TextAnswer[]

beforeAll(async () => {
  broker = await sharedBroker()
  expected = await answers('jvm', join(folder, 'a'))
  found = await answers(ours, join(folder, 'b'))
}, 300_000)

afterAll(async () => {
  await broker.stop()
  rmSync(folder, { recursive: true, force: true })
}, 300_000)

describe('plugins and configurations: the bytes of JVM Connect 4.3.1', () => {
  validateScript.forEach((step, index) => {
    test(`${index} ${step.name}`, () => {
      const { body, ...rest } = found[index]!
      expect(inLines({ ...rest, body: withoutOwn(body) })).toEqual(
        inLines(wanted(step.name, expected[index]!)),
      )
    })
  })
})

test.each(allowedDifferences.map(difference => [String(difference.steps), difference] as const))(
  'still needed: %s',
  (_, { steps, instead }) => {
    const touched = validateScript.flatMap((step, i) => (steps.test(step.name) ? [expected[i]!] : []))
    expect(touched.some(answer => !Bun.deepEquals(instead(answer), answer))).toBe(true)
  },
)

function wanted(name: string, jvm: TextAnswer): TextAnswer {
  if (ours === 'jvm') return jvm
  return allowedDifferences
    .filter(({ steps }) => steps.test(name))
    .reduce((answer, { instead }) => instead(answer), jvm)
}

/** For a difference that can be read: a key's entry on a line. */
function inLines({ body, ...rest }: TextAnswer) {
  return { ...rest, body: body.replaceAll('{"definition"', '\n{"definition"').split('\n') }
}

/** Plugins of our own are listed and recommended among the others. */
function withoutOwn(body: string): string {
  return body.replaceAll(/\{"class":"bunnect\.[^}]*\},?/g, '').replaceAll(/"bunnect\.[^",]*",?/g, '')
}

async function answers(side: Side, dir: string): Promise<TextAnswer[]> {
  mkdirSync(dir, { recursive: true })
  const converter = 'org.apache.kafka.connect.json.JsonConverter'
  const worker = await startWorker(side, {
    bootstrap: broker.bootstrap,
    dir,
    worker: { 'key.converter': converter, 'value.converter': converter, 'bunnect.rest.compat': 'strict' },
  })
  try {
    const all: TextAnswer[] = []
    for (const { method, path, headers: sent, body: text } of validateScript) {
      const { status, headers, body } = await rawRequest(worker.port, method, path, sent, text)
      all.push({ status, contentType: headers['content-type'], allow: headers['allow'], body })
    }
    return all
  } finally {
    await worker.stop()
  }
}
