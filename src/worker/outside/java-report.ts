/** What a person should know of the Java plugins on plugin.path. */
import { causes } from '../../data/errors.ts'
import type { JavaPlugin, JavaPlugins } from './jars.ts'

/** A line each, for the log at start. */
export function javaReport(
  { plugins, silent }: JavaPlugins,
  isHere: (className: string) => boolean,
): string[] {
  return [
    ...plugins.map(({ className, jar }) =>
      isHere(className)
        ? `Java plugin ${className}: built in here (${jar} is not needed)`
        : `Java plugin ${className}: not available, keep it on a JVM worker (${jar})`,
    ),
    ...silent.map(
      folder =>
        `The Java archives in ${folder} name no plugins in META-INF/services; what they hold is not available, keep it on a JVM worker`,
    ),
  ]
}

/** A line each, for the log at start. */
export function unreadableArchives({ failures }: JavaPlugins): string[] {
  return failures.map(({ file, error }) => `${file} cannot be read as a Java archive: ${causes(error)}`)
}

/** The hint for a class that is no plugin here: that it is one of Java's, and where. By class name or simple name. */
export function javaHint(plugins: readonly JavaPlugin[]): (className: string) => string | undefined {
  return name => {
    const found = plugins.find(({ className }) => className === name || simpleNames(className).includes(name))
    return (
      found &&
      `${found.className} is a Java plugin (${found.jar}), which is not available here: keep it on a JVM worker.`
    )
  }
}

/** With and without what a kind of plugin ends with, as in the JVM's aliases. */
function simpleNames(className: string): string[] {
  const simple = className.slice(Math.max(className.lastIndexOf('.'), className.lastIndexOf('$')) + 1)
  return [simple, simple.replace(/(?:Connector|Converter|Transformation|Predicate)$/, '')]
}
