/** JSON Schema (2020-12, as OpenAPI 3.1 uses it) of Connect's bodies: one entry a type of the Java package `rest.entities`. */
export type Schema = Readonly<Record<string, unknown>>

const string = { type: 'string' }
const integer = { type: 'integer' }
const nullable = (type: string) => ({ type: [type, 'null'] })
const list = (items: Schema) => ({ type: 'array', items })

function object(properties: Record<string, Schema>, optional: readonly string[] = []): Schema {
  const required = Object.keys(properties).filter(name => !optional.includes(name))
  return { type: 'object', properties, required, additionalProperties: false }
}

const state = (...states: string[]) => ({ type: 'string', enum: states })
const CONNECTOR_STATE = state('UNASSIGNED', 'RUNNING', 'PAUSED', 'STOPPED', 'FAILED', 'RESTARTING')
const TASK_STATE = state('UNASSIGNED', 'RUNNING', 'PAUSED', 'FAILED', 'RESTARTING')
const CONNECTOR_TYPE = state('source', 'sink', 'unknown')
const reported = { worker_id: string, version: nullable('string'), trace: string }
const SCALAR = { type: ['string', 'number', 'boolean', 'null'] }

export const schemas = {
  Error: object({ error_code: integer, message: nullable('string') }),
  ServerInfo: object({ version: string, commit: string, kafka_cluster_id: nullable('string') }),
  Health: object({ status: state('healthy', 'starting', 'unhealthy'), message: string }),
  ConnectorNames: list(string),
  PrometheusText: string,
  Restarts: list(
    object({
      connector: string,
      task: { type: ['integer', 'null'] },
      state: state('waiting', 'restarting', 'running', 'paused', 'failed'),
      attempts: { type: 'integer' },
      limit: { type: 'integer' },
      window_ms: { type: 'integer' },
      next_attempt: { type: ['string', 'null'], format: 'date-time' },
      next_attempt_in_ms: { type: ['integer', 'null'] },
      last_error: string,
      reason: string,
    }),
  ),
  MetricGroups: list(
    object({
      group: string,
      tags: { type: 'object', additionalProperties: string },
      metrics: { type: 'object', additionalProperties: SCALAR },
    }),
  ),
  ConnectorInfo: object({
    name: string,
    config: ref('Config'),
    tasks: list(ref('TaskId')),
    type: CONNECTOR_TYPE,
  }),
  ConnectorStatus: object({
    name: string,
    connector: object({ state: CONNECTOR_STATE, ...reported }, ['version', 'trace']),
    tasks: list(ref('TaskStatus')),
    type: CONNECTOR_TYPE,
  }),
  ExpandedConnectors: {
    type: 'object',
    additionalProperties: object({ status: ref('ConnectorStatus'), info: ref('ConnectorInfo') }, [
      'status',
      'info',
    ]),
  },
  TaskId: object({ connector: string, task: integer }),
  TaskInfo: object({ id: ref('TaskId'), config: ref('Config') }),
  TaskStatus: object({ id: integer, state: TASK_STATE, ...reported }, ['version', 'trace']),
  Config: { type: 'object', additionalProperties: string },
  SubmittedConfig: {
    type: 'object',
    description: 'Numbers and booleans become strings by their literal text.',
    additionalProperties: SCALAR,
  },
  CreateConnector: object(
    {
      name: { type: ['string', 'number', 'boolean', 'null'] },
      config: ref('SubmittedConfig'),
      initial_state: { type: ['string', 'null'], description: 'RUNNING, PAUSED or STOPPED, in any case.' },
    },
    ['name', 'initial_state'],
  ),
  ActiveTopics: { type: 'object', additionalProperties: object({ topics: list(string) }) },
  PluginInfo: object(
    {
      class: string,
      type: state('source', 'sink', 'converter', 'header_converter', 'transformation', 'predicate'),
      version: nullable('string'),
    },
    ['version'],
  ),
  ConfigKeyInfo: object({
    name: string,
    type: string,
    required: { type: 'boolean' },
    default_value: nullable('string'),
    importance: string,
    documentation: nullable('string'),
    group: nullable('string'),
    order_in_group: integer,
    width: string,
    display_name: nullable('string'),
    dependents: list(string),
  }),
  ConfigValueInfo: object({
    name: string,
    value: nullable('string'),
    recommended_values: list(nullable('string')),
    errors: list(string),
    visible: { type: 'boolean' },
  }),
  ConfigInfos: object({
    name: string,
    error_count: integer,
    groups: list(string),
    configs: list(
      object({
        definition: { anyOf: [ref('ConfigKeyInfo'), { type: 'null' }] },
        value: ref('ConfigValueInfo'),
      }),
    ),
  }),
  LoggerLevel: object({ level: string, last_modified: nullable('integer') }),
  Loggers: { type: 'object', additionalProperties: ref('LoggerLevel') },
  SetLevel: {
    type: 'object',
    properties: { level: { ...string, description: 'OFF, FATAL, ERROR, WARN, INFO, DEBUG, TRACE or ALL.' } },
    required: ['level'],
  },
  TaskConfigs: list(ref('SubmittedConfig')),
  TakeOver: object({ worker: string, connectors: list(string), tasks: list(ref('TaskId')) }),
  Decommissioned: object({
    connectors: list(string),
    tasks: list(ref('TaskId')),
    delay: {
      ...nullable('string'),
      description: 'Why the others may take over later than at once; null where they do not.',
    },
  }),
  Document: { type: 'object', properties: { openapi: string }, required: ['openapi', 'paths'] },
} satisfies Record<string, Schema>

export type SchemaName = keyof typeof schemas

function ref(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` }
}

/** A reference to a schema by its name, checked. */
export const of = (name: SchemaName): Schema => ref(name)
export const listOf = (name: SchemaName): Schema => list(ref(name))
