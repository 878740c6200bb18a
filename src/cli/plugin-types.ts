import { SCRIPT_TYPES } from '../transforms/script/script-types.ts'
import { EXIT } from './exit.ts'
import { say } from './output.ts'
import { sdkDeclarations } from './sdk-declarations.ts' with { type: 'macro' }

const DECLARATIONS: string = sdkDeclarations()

/** What of other packages the SDK's types mention. */
const ELSEWHERE = `
declare module 'valibot' {
  export interface GenericSchema<Input = unknown, Output = Input> { readonly '~types'?: [Input, Output] }
  export interface GenericValidation<Input = any, Output = any> { readonly '~types'?: [Input, Output] }
}
`

/** Prints what an editor needs to know of 'bunnect' and of scripts: `bunnect plugin-types > bunnect.d.ts`. */
export async function pluginTypes(): Promise<number> {
  const scripts = SCRIPT_TYPES.replace(/^(?=interface|type)/gm, 'declare ')
  say(
    `// The types of bunnect's plugins and scripts; lay this file beside yours.\n\n${DECLARATIONS}${ELSEWHERE}${scripts}`,
  )
  return EXIT.ok
}
