declare module '*.addon' {
  /** Path of what scripts/native built: a file of the project, or one inside the compiled executable. */
  const path: string
  export default path
}
