import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Schema } from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { openRegistry } from '../../../src/registry/open.ts'
import type { Config, Converter, ConverterPlugin } from '../../../src/sdk/plugin.ts'
import { freePort } from '../../servers/ports.ts'

/** A registry of its own, in a folder of its own, that is asked over HTTP. */
export class ServedRegistry {
  readonly folder = mkdtempSync(join(tmpdir(), 'served-registry-'))
  /** Those that came over HTTP. */
  requests = 0
  readonly #registry = openRegistry({ file: join(this.folder, 'schemas.db') })
  readonly #server: Bun.Server<undefined>
  #tenants = 0

  private constructor(port: number) {
    this.#server = Bun.serve({
      hostname: '127.0.0.1',
      port,
      fetch: request => {
        this.requests++
        return this.fetch(request)
      },
    })
  }

  static async start(): Promise<ServedRegistry> {
    return new ServedRegistry(await freePort())
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.port}`
  }

  /** The registry itself, without a socket. */
  readonly fetch = (request: Request) => this.#registry.fetch(request)

  /** The body of the answer, whatever its status; with a `body` to send the question is a POST. */
  async ask(path: string, body?: object): Promise<unknown> {
    const headers = { 'content-type': 'application/vnd.schemaregistry.v1+json' }
    const init = body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) }
    return (await this.fetch(new Request(`http://registry${path}`, init))).json()
  }

  /** Its settings, where `keys` have no others, are its own, and so it has a client of its own. */
  converter({ converter }: ConverterPlugin, keys: Config = {}, isKey = false): Converter {
    const tenant = String(this.#tenants++)
    return converter!({ 'schema.registry.url': this.url, 'request.header.X-Tenant': tenant, ...keys }, isKey)
  }

  async close(): Promise<void> {
    await this.#server.stop(true)
    this.#registry.close()
    rmSync(this.folder, { recursive: true })
  }
}

/** A schema of the name shop.Order. */
export function order(...fields: [name: string, schema: Schema][]): Schema {
  const builder = SchemaBuilder.struct().name('shop.Order')
  for (const [name, schema] of fields) builder.field(name, schema)
  return builder.build()
}
