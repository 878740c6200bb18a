declare module 'typescript-6/lib/typescript.js' {
  /** The path of the compiler's file; in the executable the path of an embedded one. */
  const path: string
  export default path
}
