import { expect } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type OpenRegistry, openRegistry } from '../../../src/registry/open.ts'
import type { RegistrySettings } from '../../../src/registry/registry.ts'

export interface Answer {
  status: number
  type: string | null
  /** As sent. */
  text: string
  /** Parsed where it is JSON, else null. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON says
  body: any
}

/** `[METHOD path, request body or null, status, answered body]`; a number as answered body is its error_code. */
export type Step = readonly [string, unknown, number, unknown]

/** A registry in a folder of its own, without a port. */
export class Door {
  readonly folder = mkdtempSync(join(tmpdir(), 'bunnect-registry-'))
  readonly file = join(this.folder, 'data', 'schema-registry.db')
  #registry: OpenRegistry

  constructor(private readonly settings: Partial<RegistrySettings> = {}) {
    this.#registry = openRegistry({ file: this.file, settings })
  }

  async ask(request: string, body: unknown = null, headers: Record<string, string> = {}): Promise<Answer> {
    const [method = '', path = ''] = request.split(' ')
    const response = await this.#registry.fetch(
      new Request(`http://registry:8081${path}`, {
        method,
        headers: {
          ...(body !== null && { 'content-type': 'application/vnd.schemaregistry.v1+json' }),
          ...headers,
        },
        ...(body !== null && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    )
    const text = await response.text()
    return { status: response.status, type: response.headers.get('content-type'), text, body: parsed(text) }
  }

  /** One after the other; what differs is told with the request. */
  async expectEach(steps: readonly Step[]): Promise<void> {
    for (const [request, body, status, answer] of steps) {
      const { status: given, body: answered } = await this.ask(request, body)
      const shown = typeof answer === 'number' && given >= 400 ? answered?.error_code : answered
      expect([request, given, shown]).toEqual([request, status, answer])
    }
  }

  /** The id that a schema gets. */
  async register(subject: string, schema: unknown, more: Record<string, unknown> = {}): Promise<number> {
    const { status, body } = await this.ask(`POST /subjects/${subject}/versions`, avro(schema, more))
    expect([subject, status, body]).toEqual([subject, 200, expect.objectContaining({ id: body.id })])
    return body.id
  }

  /** As after an end of the process. */
  reopen(): void {
    this.#registry.close()
    this.#registry = openRegistry({ file: this.file, settings: this.settings })
  }

  /** Closes the file below the one who answers. */
  pullAway(): void {
    this.#registry.close()
  }

  close(): void {
    this.#registry.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** What registers a schema. */
export function avro(schema: unknown, more: Record<string, unknown> = {}) {
  return { schema: typeof schema === 'string' ? schema : JSON.stringify(schema), ...more }
}

/** Fields by name: a type, or `[type, default]`. */
export function record(name: string, fields: Record<string, unknown>) {
  return {
    type: 'record',
    name,
    fields: Object.entries(fields).map(([field, type]) =>
      Array.isArray(type) ? { name: field, type: type[0], default: type[1] } : { name: field, type },
    ),
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
