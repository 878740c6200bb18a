import { parseWorkerConfig } from '../../../src/config/worker-config.ts'
import { VERSION } from '../../../src/observe/version.ts'
import { type RestApp, restApps } from '../../../src/rest/app.ts'
import { restSettings } from '../../../src/rest/settings.ts'
import type { Plugin } from '../../../src/sdk/plugin.ts'
import { Place } from '../../integration/standalone/support.ts'

const WORKER = {
  'bootstrap.servers': 'embedded',
  'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
  'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
  'offset.storage.file.filename': 'offsets',
}

export interface Answer {
  status: number
  headers: Headers
  /** As sent. */
  text: string
  /** Parsed where it is JSON, else null. */
  body: unknown
}

export interface Question {
  headers?: Record<string, string>
  /** Text as it stands, bytes, or a value to write as JSON (then with its content type). */
  body?: unknown
}

/** REST of a real standalone worker on the embedded log, without a port. */
export class Door {
  private constructor(
    readonly place: Place,
    private readonly app: RestApp,
    /** What `admin.listeners` would serve. */
    private readonly admin: RestApp | null,
  ) {}

  /** `more` are keys of the worker. */
  static async open(more: Record<string, string> = {}, own: readonly Plugin[] = []): Promise<Door> {
    const place = new Place()
    const { herder, worker } = await place.start(more, own)
    const { values } = parseWorkerConfig('standalone', { ...WORKER, ...more })
    const { main, admin } = restApps(herder, VERSION, restSettings(values), worker.metrics)
    return new Door(place, main, admin)
  }

  /** What is mounted. */
  get resources(): RestApp['resources'] {
    return this.app.resources
  }

  /** A request to the admin listeners; null where there are none. */
  async ofAdmin(method: string, path: string): Promise<Response | null> {
    return (await this.admin?.fetch(new Request(`http://worker:8084${path}`, { method }))) ?? null
  }

  async ask(method: string, path: string, { headers = {}, body }: Question = {}): Promise<Answer> {
    const bytes = body === undefined ? undefined : bytesOf(body)
    const json: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
    const request = new Request(`http://worker:8083${path}`, {
      method,
      headers: new Headers({ ...json, host: 'worker:8083', ...headers }),
      ...(bytes && { body: bytes }),
    })
    const response = await this.app.fetch(request)
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, body: parsed(text) }
  }

  /** A request of the test's own making. */
  async fetch(request: Request): Promise<Response> {
    return await this.app.fetch(request)
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.ask('GET', path, { headers })
  }

  post(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.ask('POST', path, { body, headers })
  }

  put(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.ask('PUT', path, { body, headers })
  }

  /** A file source that exists, by name. */
  async source(name: string, more: Record<string, unknown> = {}): Promise<void> {
    const answer = await this.post('/connectors', { name, config: { ...this.sourceConfig(), ...more } })
    if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`)
    await this.place.state(name, 'RUNNING', 'RUNNING')
  }

  sourceConfig(): Record<string, string> {
    return {
      'connector.class': 'FileStreamSource',
      'tasks.max': '1',
      file: this.place.path('in'),
      topic: 't',
    }
  }

  close(): Promise<void> {
    return this.place.close()
  }
}

function bytesOf(body: unknown): Uint8Array<ArrayBuffer> {
  if (body instanceof Uint8Array) return new Uint8Array(body)
  return new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
