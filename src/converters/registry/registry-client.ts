import type { ResolvedReference, SchemaReference, SchemaType } from '../../formats/schema-format.ts'
import { Answers } from './answers.ts'
import type { ClientSettings } from './client-settings.ts'
import { type RegisteredSchema, registeredId, registeredSchema } from './registry-answers.ts'
import { UnusableAnswer } from './registry-errors.ts'
import { RegistryHttp } from './registry-http.ts'

/** A schema as it is sent. */
export interface SchemaText {
  readonly type: SchemaType
  readonly text: string
  readonly references: readonly SchemaReference[]
}

/** References of references are followed so far, which no registry's go. */
const DEEPEST = 100

/**
 * A registry's REST API as converters use it. What does not change is asked once and kept; who asks the same at the
 * same time shares one request. Rejects with what `RegistryHttp` rejects with.
 * Java: io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient
 */
export class RegistryClient {
  readonly #http: RegistryHttp
  readonly #registered: Answers<RegisteredSchema>
  readonly #lookups: Answers<RegisteredSchema>
  readonly #schemas: Answers<RegisteredSchema>
  readonly #versions: Answers<RegisteredSchema>
  readonly #latest: Answers<RegisteredSchema>

  constructor(settings: ClientSettings) {
    const { cacheSize, latestCacheSize, latestCacheTtl } = settings
    this.#http = new RegistryHttp(settings)
    this.#registered = new Answers(cacheSize)
    this.#lookups = new Answers(cacheSize)
    this.#schemas = new Answers(cacheSize)
    this.#versions = new Answers(cacheSize)
    this.#latest = new Answers(latestCacheSize, latestCacheTtl)
  }

  /** Of the answer older registries give the id alone. */
  register(subject: string, schema: SchemaText, normalize: boolean): Promise<RegisteredSchema> {
    return this.#registered.get(keyOf(subject, normalize, schema), async () => {
      const path = `/subjects/${encodeURIComponent(subject)}/versions${normalize ? '?normalize=true' : ''}`
      const answer = await this.#http.request('POST', path, schemaBody(schema))
      return {
        ...registeredSchema({ ...schemaAnswer(schema), ...registeredId(answer, path) }, path),
        subject,
      }
    })
  }

  /** The subject's version of the schema. `deleted` finds one that was deleted as well. */
  lookup(
    subject: string,
    schema: SchemaText,
    options: { normalize: boolean; deleted: boolean },
  ): Promise<RegisteredSchema> {
    const { normalize, deleted } = options
    return this.#lookups.get(`${deleted} ${keyOf(subject, normalize, schema)}`, async () => {
      const query = [normalize && 'normalize=true', deleted && 'deleted=true'].filter(Boolean).join('&')
      const path = `/subjects/${encodeURIComponent(subject)}${query && `?${query}`}`
      const answer = await this.#http.request('POST', path, schemaBody(schema))
      return registeredSchema({ ...schemaAnswer(schema), ...(answer as object) }, path)
    })
  }

  /** `subject` tells in which context the id is looked for; subject and version of the answer are none to count on. */
  byId(id: number, subject: string | null): Promise<RegisteredSchema> {
    return this.#schemas.get(`${contextOf(subject)} ${id}`, async () => {
      const query = subject === null ? '' : `&subject=${encodeURIComponent(subject)}`
      const path = `/schemas/ids/${id}?fetchMaxId=false${query}`
      return registeredSchema({ ...(await this.#object('GET', path)), id }, path)
    })
  }

  byGuid(guid: string): Promise<RegisteredSchema> {
    return this.#schemas.get(`guid ${guid}`, async () => {
      const path = `/schemas/guids/${guid}`
      return registeredSchema({ id: -1, ...(await this.#object('GET', path)) }, path)
    })
  }

  /** Also one that was deleted. */
  version(subject: string, version: number): Promise<RegisteredSchema> {
    return this.#versions.get(`${version} ${subject}`, async () => {
      const path = `/subjects/${encodeURIComponent(subject)}/versions/${version}?deleted=true`
      return registeredSchema(await this.#object('GET', path), path)
    })
  }

  latest(subject: string): Promise<RegisteredSchema> {
    return this.#latest.get(subject, async () => {
      const path = `/subjects/${encodeURIComponent(subject)}/versions/latest`
      return registeredSchema(await this.#object('GET', path), path)
    })
  }

  /** The latest version whose metadata hold all of `metadata`. */
  latestWithMetadata(subject: string, metadata: ReadonlyMap<string, string>): Promise<RegisteredSchema> {
    const query = new URLSearchParams()
    for (const [key, value] of metadata) {
      query.append('key', key)
      query.append('value', value)
    }
    query.append('deleted', 'true')
    const path = `/subjects/${encodeURIComponent(subject)}/metadata?${query}`
    return this.#latest.get(`${query} ${subject}`, async () =>
      registeredSchema(await this.#object('GET', path), path),
    )
  }

  /** Why the latest version does not admit the schema, in the registry's words; none where it does. Not kept. */
  async incompatibilities(subject: string, schema: SchemaText): Promise<string[]> {
    const path = `/compatibility/subjects/${encodeURIComponent(subject)}/versions/latest?verbose=true`
    const { messages } = (await this.#http.request('POST', path, schemaBody(schema))) as {
      messages?: unknown
    }
    return Array.isArray(messages) ? messages.map(String) : []
  }

  /** What stands behind references, and behind theirs. */
  async resolve(references: readonly SchemaReference[], depth = 0): Promise<ResolvedReference[]> {
    if (depth > DEEPEST) {
      throw new UnusableAnswer(`The references of the schema go deeper than ${DEEPEST}`, {
        hint: `Look for a circle at subject ${references[0]?.subject} version ${references[0]?.version}.`,
      })
    }
    return Promise.all(
      references.map(async ({ name, subject, version }) => {
        const found = await this.version(subject, version)
        const behind = await this.resolve(found.references, depth + 1)
        return { name, subject, version, text: found.text, references: behind }
      }),
    )
  }

  async #object(method: 'GET' | 'POST', path: string): Promise<object> {
    const answer = await this.#http.request(method, path)
    return typeof answer === 'object' && answer !== null ? answer : {}
  }
}

/** Java: RegisterSchemaRequest, which leaves out what says nothing */
function schemaBody({ type, text, references }: SchemaText): object {
  return {
    schema: text,
    ...(type !== 'AVRO' && { schemaType: type }),
    ...(references.length > 0 && {
      references: references.map(({ name, subject, version }) => ({ name, subject, version })),
    }),
  }
}

function schemaAnswer({ type, text, references }: SchemaText): object {
  return { schema: text, schemaType: type, references }
}

/** Short, however long the schema. */
function keyOf(subject: string, normalize: boolean, schema: SchemaText): string {
  const digest = new Bun.CryptoHasher('sha256').update(JSON.stringify(schemaBody(schema))).digest('base64')
  return `${normalize} ${digest} ${subject}`
}

/** `:.context:` of a qualified subject. Java: QualifiedSubject */
function contextOf(subject: string | null): string {
  return /^:\.[^:]*:/.exec(subject ?? '')?.[0] ?? ''
}
