/**
 * The files of the command line. Java: Utils.loadProps for the worker's file and
 * ConnectStandalone.parseConnectorConfigurationFile for connectors'
 */
import { readFile } from 'node:fs/promises'
import { ConfigException, ConnectException } from '../data/errors.ts'
import { type Properties, parseProperties } from './properties.ts'

/** Throws ConfigException that names the file and, where there is one, the line. */
export async function readPropertiesFile(path: string): Promise<Properties> {
  return parseProperties(await read(path), path)
}

/** A connector as its file describes it. */
export interface ConnectorFile {
  path: string
  name: string
  /** Holds `name`. A JSON null is kept for validation to refuse. */
  config: Record<string, string | null>
  initialState: 'STARTED' | 'PAUSED' | 'STOPPED' | null
  /** The line (from 1) on which each key stands. */
  lines: Map<string, number>
  warnings: string[]
}

/**
 * Reads a connector's file whatever its name ends in: a flat JSON map, a JSON object
 * `{"name", "config", "initial_state"}`, or properties.
 */
export async function readConnectorFile(path: string): Promise<ConnectorFile> {
  const bytes = await read(path)
  const text = bytes.toString('utf8')
  if (text.trimStart().startsWith('{')) return fromJson(path, text)
  const { values, lines, warnings } = parseProperties(bytes, path)
  return { path, name: nameOf(path, values), config: values, initialState: null, lines, warnings }
}

const READ_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'is a folder',
  EACCES: 'permission denied',
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    const known = code === undefined ? undefined : READ_ERRORS[code]
    throw new ConfigException(`${path}: ${known ?? (cause as Error).message}`, {
      cause,
      hint:
        code === 'EACCES'
          ? 'Let this user read it.'
          : 'Check the path; it is relative to the working directory.',
    })
  }
}

function fromJson(path: string, text: string): ConnectorFile {
  const parsed = parseJson(path, text)
  const flat = stringMap(parsed)
  const lines = jsonLines(text)
  const base = { path, lines, warnings: [] }
  if (flat) return { ...base, name: nameOf(path, flat), config: flat, initialState: null }

  const { name, config: nested, initial_state: state } = parsed
  const config = stringMap(nested)
  if (!config || !(typeof name === 'string' || name === undefined)) {
    throw new ConnectException(
      `Connector configuration at '${path}' is neither a map of strings nor an object with 'name' and 'config'`,
      {
        hint: `Values must be text, numbers or booleans; write {"name": "…", "config": {"connector.class": "…"}}.`,
      },
    )
  }
  if (config['name'] === undefined || config['name'] === null) {
    if (name === undefined) throw missingName(path)
    config['name'] = name
  } else if (config['name'] !== name) {
    throw new ConnectException(
      `Connector name configuration in 'config' doesn't match the one specified in 'name' at '${path}'`,
    )
  }
  return { ...base, name: config['name'], config, initialState: initialState(path, state) }
}

function nameOf(path: string, config: Record<string, string | null>): string {
  if (!Object.hasOwn(config, 'name')) throw missingName(path)
  return config['name'] ?? ''
}

function missingName(path: string): ConnectException {
  return new ConnectException(
    `Connector configuration at '${path}' is missing the mandatory 'name' configuration`,
    { hint: path.endsWith('.json') ? 'Add "name": "...".' : 'Add a line name=...' },
  )
}

function initialState(path: string, state: unknown): ConnectorFile['initialState'] {
  if (state === undefined || state === null) return null
  const upper = String(state).toUpperCase()
  if (upper === 'RUNNING') return 'STARTED'
  if (upper === 'PAUSED' || upper === 'STOPPED') return upper
  throw new ConnectException(`${path}: initial_state '${state}' is none of RUNNING, PAUSED, STOPPED`)
}

/** Numbers and booleans become their text as written (`1.0` stays `1.0`); null where a value is no scalar. */
function stringMap(value: unknown): Record<string, string | null> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const entries: [string, string | null][] = []
  for (const [key, item] of Object.entries(value)) {
    if (item === null || typeof item === 'string') entries.push([key, item])
    else if (item instanceof Scalar) entries.push([key, item.text])
    else return null
  }
  return Object.fromEntries(entries)
}

/** A JSON number or boolean by its text. */
class Scalar {
  constructor(readonly text: string) {}
}

function parseJson(path: string, text: string): Record<string, unknown> {
  try {
    const keepText = (_: string, value: unknown, context?: { source?: string }) =>
      typeof value === 'number' || typeof value === 'boolean'
        ? new Scalar(context?.source ?? String(value))
        : value
    return JSON.parse(text, keepText)
  } catch (cause) {
    throw new ConfigException(`${path}: not valid JSON: ${(cause as Error).message}`, {
      cause,
      hint: 'A connector file that starts with { is read as JSON.',
    })
  }
}

function jsonLines(text: string): Map<string, number> {
  const lines = new Map<string, number>()
  text.split('\n').forEach((line, index) => {
    for (const [, key] of line.matchAll(/"((?:[^"\\]|\\.)*)"\s*:/g)) lines.set(key!, index + 1)
  })
  return lines
}
