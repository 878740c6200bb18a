/** What clients send. Fields that nobody knows are passed over, as in Java. */
import type { Context } from 'hono'
import * as v from 'valibot'
import { parseLevel } from '../compatibility.ts'
import type { Draft } from '../draft.ts'
import { errors, RegistryError } from '../errors.ts'
import { orderedMetadata, type RuleSet } from '../metadata.ts'
import type { SubjectConfig } from '../scopes.ts'

const texts = v.array(v.string())
const metadata = v.pipe(
  v.object({
    tags: v.nullish(v.record(v.string(), texts)),
    properties: v.nullish(v.record(v.string(), v.string())),
    sensitive: v.nullish(texts),
  }),
  v.transform(value => orderedMetadata(withoutNulls(value))),
)
const rules = v.nullish(v.array(v.looseObject({ name: v.string() })))
const ruleSet = v.pipe(
  v.object({
    migrationRules: rules,
    domainRules: rules,
    encodingRules: rules,
    enableAt: v.nullish(v.string()),
  }),
  v.transform(value => withoutNulls(value) as RuleSet),
)
const whole = v.pipe(v.number(), v.integer())

const schemaBody = v.object({
  schema: v.nullish(v.string()),
  schemaType: v.nullish(v.string()),
  references: v.nullish(
    v.array(
      v.object({ name: v.nullish(v.string()), subject: v.nullish(v.string()), version: v.nullish(whole) }),
    ),
  ),
  metadata: v.nullish(metadata),
  ruleSet: v.nullish(ruleSet),
  version: v.nullish(whole),
  id: v.nullish(whole),
})

/** A null takes back what was set; a field that is missing leaves it. */
const configBody = v.object({
  alias: v.nullish(v.string()),
  normalize: v.nullish(v.boolean()),
  validateFields: v.nullish(v.boolean()),
  validateNames: v.nullish(v.boolean()),
  validateNewSchemas: v.nullish(v.boolean()),
  validateRules: v.nullish(v.boolean()),
  compatibility: v.nullish(v.string()),
  compatibilityLevel: v.nullish(v.string()),
  compatibilityPolicy: v.nullish(v.string()),
  compatibilityGroup: v.nullish(v.string()),
  defaultMetadata: v.nullish(metadata),
  overrideMetadata: v.nullish(metadata),
  defaultRuleSet: v.nullish(ruleSet),
  overrideRuleSet: v.nullish(ruleSet),
})

const modeBody = v.object({ mode: v.nullish(v.string()) })

export async function readDraft(c: Context): Promise<Draft> {
  const body = await read(c, schemaBody)
  return {
    type: body.schemaType ?? 'AVRO',
    text: body.schema ?? '',
    references: body.references ?? [],
    metadata: body.metadata ?? null,
    ruleSet: body.ruleSet ?? null,
    version: body.version ?? 0,
    id: body.id ?? -1,
  }
}

/** The settings as they are when the body has been applied to them. Throws the refusal of an unknown level. */
export async function readConfig(c: Context): Promise<(former: SubjectConfig) => SubjectConfig> {
  const { compatibility, compatibilityLevel, ...body } = await read(c, configBody)
  const level = compatibility === undefined ? compatibilityLevel : compatibility
  const parsed = level ? parseLevel(level) : level
  if (level && parsed === null) throw errors.invalidLevel()
  const changes = { ...body, compatibilityLevel: parsed }
  return former => {
    const changed: Record<string, unknown> = { ...former }
    for (const [key, value] of Object.entries(changes)) if (value !== undefined) changed[key] = value
    return withoutNulls(changed) as SubjectConfig
  }
}

/** Empty where there is none. */
export async function readMode(c: Context): Promise<string> {
  return (await read(c, modeBody)).mode ?? ''
}

async function read<T extends v.GenericSchema>(c: Context, schema: T): Promise<v.InferOutput<T>> {
  const text = await c.req.text()
  if (text.trim() === '')
    throw new RegistryError(422, 422, 'The request has no body; it must be a JSON object')
  const parsed = v.safeParse(schema, parseJson(text))
  if (parsed.success) return parsed.output
  const [issue] = parsed.issues
  const where = v.getDotPath(issue)
  throw new RegistryError(
    400,
    400,
    `Cannot read the body${where === null ? '' : ` at ${where}`}: expected ${issue.expected}, received ${issue.received}`,
  )
}

function parseJson(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new RegistryError(400, 400, `The body is not valid JSON: ${(cause as Error).message}`, { cause })
  }
  if (Array.isArray(value))
    throw new RegistryError(400, 400, 'Cannot read the body: expected Object, received Array')
  return value
}

function withoutNulls(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null && one !== undefined))
}
