import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { forgetSecrets } from '../../../src/observe/secrets.ts'
import { VERSION } from '../../../src/observe/version.ts'
import { restApp } from '../../../src/rest/app.ts'
import type { ConnectorPlugin } from '../../../src/sdk/plugin.ts'
import { Place } from './support.ts'

/** Stands in every secret. */
export const CANARY = 'kQnary'
export const FILE_PROVIDER = {
  'config.providers': 'file',
  'config.providers.file.class': 'FileConfigProvider',
}

/** A place whose secrets lie in a property file, and whose worker's answers are all kept. */
export class Planted {
  readonly place = new Place()
  /** By key of the file. */
  readonly secrets: Record<string, string> = {}
  /** Everything that REST was asked and has answered, headers too. */
  readonly answers: string[] = []
  #rest: ReturnType<typeof restApp> | null = null

  get herder() {
    return this.place.running!.herder
  }

  /** A reference to a secret that is made for it. */
  secret(name: string, value = `${CANARY}-${name}`): string {
    this.secrets[name] = value
    const lines = Object.entries(this.secrets).map(
      ([key, text]) => `${key}=${text.replaceAll('\\', '\\\\')}\n`,
    )
    writeFileSync(this.place.path('secrets.properties'), lines.join(''))
    return `\${file:${this.place.path('secrets.properties')}:${name}}`
  }

  async start(own: readonly unknown[]): Promise<void> {
    const { herder } = await this.place.start(FILE_PROVIDER, own as readonly ConnectorPlugin[])
    this.#rest = restApp(herder, VERSION)
  }

  async ask(method: string, path: string, body?: unknown): Promise<{ status: number; text: string }> {
    const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
    const request = new Request(`http://worker:8083${path}`, {
      method,
      headers: { host: 'worker:8083', ...type },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const response = await this.#rest!.fetch(request)
    const text = await response.text()
    const headers = JSON.stringify([...response.headers])
    this.answers.push(`${method} ${path} ${response.status} ${headers}\n${text}`)
    return { status: response.status, text }
  }

  /** Reads all that REST tells of a connector. */
  async askAbout(name: string): Promise<void> {
    for (const path of [
      '',
      '/status',
      '/config',
      '/tasks',
      '/tasks/0/status',
      '/tasks/0/config',
      '/topics',
      '/offsets',
    ])
      await this.ask('GET', `/connectors/${name}${path}`)
    for (const path of ['/connectors?expand=info&expand=status', '/connector-plugins', '/', '/health'])
      await this.ask('GET', path)
  }

  /** What is said to people: the log, and everything that REST has answered. */
  said(): string {
    return [...this.place.logged, ...this.answers].join('\n')
  }

  async close(): Promise<void> {
    await this.place.close()
    forgetSecrets()
  }
}

export function expectNoCanary(text: string): void {
  const at = text.indexOf(CANARY)
  if (at >= 0) throw new Error(`a secret got out: …${text.slice(Math.max(at - 200, 0), at + 80)}…`)
}

/** The contents of all files below a folder, but for these. */
export function filesOf(folder: string, but: readonly string[]): string {
  mkdirSync(folder, { recursive: true })
  return readdirSync(folder)
    .filter(name => !but.includes(name))
    .map(name => join(folder, name))
    .map(path => (statSync(path).isDirectory() ? filesOf(path, but) : readFileSync(path, 'latin1')))
    .join('\n')
}
