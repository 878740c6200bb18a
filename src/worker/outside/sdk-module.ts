import * as sdk from '../../sdk/index.ts'

let done = false

/** From now on `import … from 'bunnect'` is this program's own SDK, in every file that is imported later. */
export function provideSdk(): void {
  if (done) return
  done = true
  Bun.plugin({
    name: 'bunnect',
    setup(build) {
      build.module('bunnect', () => ({ exports: { ...sdk }, loader: 'object' }))
    },
  })
}
