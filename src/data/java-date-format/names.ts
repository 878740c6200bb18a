/** What en_US calls them, long name and short. */
export type Names = readonly (readonly [long: string, short: string])[]

export const MONTHS: Names = [
  ['January', 'Jan'],
  ['February', 'Feb'],
  ['March', 'Mar'],
  ['April', 'Apr'],
  ['May', 'May'],
  ['June', 'Jun'],
  ['July', 'Jul'],
  ['August', 'Aug'],
  ['September', 'Sep'],
  ['October', 'Oct'],
  ['November', 'Nov'],
  ['December', 'Dec'],
]

/** From Sunday. */
export const WEEKDAYS: Names = [
  ['Sunday', 'Sun'],
  ['Monday', 'Mon'],
  ['Tuesday', 'Tue'],
  ['Wednesday', 'Wed'],
  ['Thursday', 'Thu'],
  ['Friday', 'Fri'],
  ['Saturday', 'Sat'],
]

export const ERAS: Names = [
  ['Before Christ', 'BC'],
  ['Anno Domini', 'AD'],
]

export const HALVES_OF_DAY: Names = [
  ['AM', 'AM'],
  ['PM', 'PM'],
]

/** The longest name that stands at `at`, upper and lower case alike: its index and where it ends; null for none. */
export function nameAt(text: string, at: number, names: Names): { index: number; end: number } | null {
  for (const style of [0, 1] as const) {
    for (let index = 0; index < names.length; index++) {
      const name = names[index]![style]
      if (startsWithIgnoringCase(text, at, name)) return { index, end: at + name.length }
    }
  }
  return null
}

/** Java: String.regionMatches(true, …); `name` is ASCII. */
export function startsWithIgnoringCase(text: string, at: number, name: string): boolean {
  if (text.startsWith(name, at)) return true
  const part = text.slice(at, at + name.length)
  return part.length === name.length && part.toLowerCase() === name.toLowerCase()
}
