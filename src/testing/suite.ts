import type { Config } from '../sdk/plugin.ts'
import type { Environment } from './environment.ts'
import { Unmet } from './expectation.ts'
import type { Trial } from './trial.ts'

/** What the descriptions of sources and sinks share. */
export interface UnderTest {
  /** `jdbc/postgres sink` */
  readonly name: string
  /**
   * All keys but name, topics of a sink and converters; called for each behaviour anew. `place` names what is read or
   * written, a file or a table: it is a word of letters, digits and hyphens. The topic is called the same.
   */
  config(place: string): Config | Promise<Config>
  /** What the connector reads or writes can be taken away and given back, with all it holds. */
  readonly system?: { stop(): Promise<void>; start(): Promise<void> }
  /** Values of `config` that nobody must see. */
  secrets?(config: Config): readonly string[]
}

/** Something that any connector should do. */
export interface Behaviour<T extends Trial> {
  /** `kill and resume` */
  readonly name: string
  /** What a description must have for it. */
  readonly needs?: string
  /** Throws what is wrong. Takes up to some minutes. */
  run(trial: T): Promise<void>
}

/** A behaviour of one connector, ready to be run as a test. */
export interface Case {
  /** Of the behaviour. */
  readonly name: string
  run(environment: Environment): Promise<void>
}

/** The behaviours that one connector is held to. */
export class Suite {
  constructor(
    /** `jdbc/postgres sink` */
    readonly connector: string,
    readonly cases: readonly Case[],
    /** Behaviours that the description does not tell enough for, and what it lacks. */
    readonly omitted: readonly { readonly name: string; readonly needs: string }[],
  ) {}
}

/**
 * Those of `asked`, or as many of `all` as the description tells enough for; each has a trial of its own. One that is
 * asked for and not told enough for fails.
 */
export function suiteOf<T extends Trial>(
  subject: UnderTest,
  asked: readonly Behaviour<T>[] | undefined,
  all: () => readonly Behaviour<T>[],
  open: (environment: Environment, behaviour: string) => T,
): Suite {
  const lacks = ({ needs }: Behaviour<T>) => needs !== undefined && Reflect.get(subject, needs) === undefined
  const behaviours = asked ?? all().filter(behaviour => !lacks(behaviour))
  const omitted = asked === undefined ? all().filter(lacks) : []
  const cases = behaviours.map(behaviour => ({
    name: behaviour.name,
    async run(environment: Environment) {
      if (lacks(behaviour)) throw new Unmet(`the description of ${subject.name} lacks '${behaviour.needs}'`)
      const trial = open(environment, behaviour.name)
      try {
        await behaviour.run(trial)
      } finally {
        await trial.end()
      }
    },
  }))
  return new Suite(
    subject.name,
    cases,
    omitted.map(({ name, needs }) => ({ name, needs: needs! })),
  )
}
