import { mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { until } from '../servers/run.ts'
import { type ConnectWorker, type Side, startWorker } from '../servers/worker.ts'
import type { ComparableAnswer } from './allowed-differences.ts'
import { rawRequest } from './raw-http.ts'
import type { Step } from './rest-script.ts'

/**
 * Runs the script against a worker of this side and returns its answers by index, freed of what differs between any
 * two runs. Folders of both runs need names of one length: parse errors tell the column.
 */
export async function record(
  side: Side,
  bootstrap: string,
  dir: string,
  script: Step[],
): Promise<ComparableAnswer[]> {
  mkdirSync(dir, { recursive: true })
  await Bun.write(join(dir, 'in.txt'), 'one\ntwo\n')
  const worker = await startWorker(side, {
    bootstrap,
    dir,
    worker: {
      'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
      'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
    },
  })
  const answers: ComparableAnswer[] = []
  try {
    for (const step of script) {
      answers.push(await answerTo(worker, step).catch(error => ({ ...noAnswer, body: String(error) })))
      if (step.settles !== undefined) await worker.awaitState(...step.settles)
    }
  } catch (error) {
    throw new Error(
      `${side} at "${script[answers.length]?.name ?? script[answers.length - 1]?.name}": ${error}`,
      { cause: error },
    )
  } finally {
    await worker.stop()
  }
  return answers
}

const noAnswer = { status: 0, contentType: undefined, location: undefined, allow: undefined }

async function answerTo(worker: ConnectWorker, step: Step): Promise<ComparableAnswer> {
  const fill = (text: string) => text.replaceAll('$DIR', worker.dir).replaceAll('$RUN', basename(worker.dir))
  const ask = () =>
    rawRequest(
      worker.port,
      step.method,
      step.path,
      step.headers,
      step.body === undefined ? undefined : fill(step.body),
    )
  const { status, headers, body } =
    step.until === undefined
      ? await ask()
      : await until(`${step.until} in the answer to ${step.name}`, async () => {
          const answer = await ask()
          return answer.body.includes(step.until!) && answer
        })
  const general = body
    .replaceAll(worker.dir, '$DIR')
    .replaceAll(`rest-differential-${basename(worker.dir)}`, 'rest-differential-$RUN')
    .replaceAll(`127.0.0.1:${worker.port}`, 'WORKER')
  return {
    status,
    contentType: headers['content-type'],
    location: headers['location']?.replaceAll(`127.0.0.1:${worker.port}`, 'WORKER'),
    allow: headers['allow'],
    body: comparable(general),
  }
}

function comparable(text: string): unknown {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return text
  }
  return withoutFrames(parsed)
}

/** Of a trace only its messages count: the frames belong to the program that made it. */
function withoutFrames(value: unknown): unknown {
  if (Array.isArray(value)) {
    // the list of connectors has no order
    return value.every(item => typeof item === 'string') ? value.toSorted() : value.map(withoutFrames)
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      if (key !== 'trace' || typeof item !== 'string') return [key, withoutFrames(item)]
      return [
        key,
        item
          .split('\n')
          .filter(line => !/^\s+(at |\.\.\. )/.test(line))
          .join('\n')
          .trimEnd(),
      ]
    }),
  )
}
