import { type Outcome, oneLine } from './outcome.ts'

/** Where bunnect answers otherwise than the JVM, on purpose. */
export interface AllowedDifference {
  /** names of cases */
  cases: RegExp
  /** stands in DIFFERENCES.md, word for word */
  sentence: string
  /** makes what is expected of us out of the JVM's outcome */
  instead: (jvm: Outcome) => Outcome
}

export const allowedDifferences: AllowedDifference[] = [
  {
    cases: /^/,
    sentence:
      "in the log too (a failure and its causes are one line): the JVM's last log line is a stack frame",
    instead: jvm => ({ ...jvm, errorLog: jvm.errorLog.map(entry => [oneLine(entry)]) }),
  },
  {
    cases: /^topic-compacted-without-keys/,
    sentence: 'is told in general words: the native client passes on no more than a code',
    instead: jvm =>
      JSON.parse(
        JSON.stringify(jvm).replaceAll(
          /Compacted topic cannot accept message without key in topic partition [^ "]*/g,
          'This record has failed the validation on broker and hence will be rejected.',
        ),
      ),
  },
]
