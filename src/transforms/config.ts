import { key } from '../config/keys.ts'

/** What most transformations that copy fields know. */
export const replaceNullWithDefault = {
  'replace.null.with.default': key.boolean({
    default: true,
    importance: 'medium',
    doc: 'Whether to replace fields that have a default value and that are null to the default value. When set to true, the default value is used, otherwise null is used.',
  }),
}

/** The doc's last sentence for a transformation that has a form for keys and one for values. */
export function twoForms(doc: string, name: string): string {
  const form = (variant: string): string =>
    `<code>org.apache.kafka.connect.transforms.${name}$${variant}</code>`
  return `${doc}<p/>Use the concrete transformation type designed for the record key (${form('Key')}) or value (${form('Value')}).`
}
