import type { Validator } from '../keys.ts'
import { ifGiven } from '../validators.ts'

/** Java: ProducerConfig.COMPRESSION_GZIP_LEVEL_CONFIG's validator (GzipCompression.LEVEL_VALIDATOR) */
export const gzipLevel: Validator<number> = ifGiven(value =>
  (value >= 1 && value <= 9) || value === -1 ? null : 'Value must be between 1 and 9 or equal to -1',
)

/** Java: org.apache.kafka.clients.consumer.internals.AutoOffsetResetStrategy.Validator */
export const autoOffsetReset: Validator<string> = ifGiven(value =>
  ['earliest', 'latest', 'none'].includes(value) || isDuration(value)
    ? null
    : `Invalid value \`${value}\` for configuration auto.offset.reset. The value must be either 'earliest', 'latest', 'none' or of the format 'by_duration:<PnDTnHnMn.nS.>'.`,
)

function isDuration(value: string): boolean {
  const duration = /^by_duration:(P.+)$/.exec(value)?.[1]
  return duration !== undefined && /^P(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?$/i.test(duration)
}

/** Java: org.apache.kafka.clients.consumer.AcknowledgementMode.Validator */
export const acknowledgementMode: Validator<string> = ifGiven(value =>
  ['implicit', 'explicit'].includes(value)
    ? null
    : `Invalid value \`${value}\` for configuration share.acknowledgement.mode. The value must either be 'implicit' or 'explicit'.`,
)

/** Java: org.apache.kafka.clients.consumer.internals.ShareAcquireMode.Validator */
export const acquireMode: Validator<string> = ifGiven(value =>
  ['batch_optimized', 'record_limit'].includes(value.toLowerCase())
    ? null
    : `Invalid value \`${value}\` for configuration share.acquire.mode. The value must either be 'batch_optimized' or 'record_limit'.`,
)
