import type { PipelineCase } from './case.ts'
import { badInputCases } from './cases/bad-input.ts'
import { converterCases } from './cases/converters.ts'
import { errorCases } from './cases/errors.ts'
import { headerConverterCases } from './cases/header-converters.ts'
import { predicateCases } from './cases/predicates.ts'
import { sinkTransforms } from './cases/sink-transforms.ts'
import { sourceTransforms } from './cases/source-transforms.ts'
import { topicCases } from './cases/topics.ts'

export const families: Record<string, readonly PipelineCase[]> = {
  'transformations on sources': sourceTransforms,
  'transformations on sinks': sinkTransforms,
  predicates: predicateCases,
  converters: converterCases,
  'header converters': headerConverterCases,
  errors: errorCases,
  'topics and partitions': topicCases,
  'bad input': badInputCases,
}

export const allCases = Object.values(families).flat()
