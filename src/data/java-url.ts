/** What is neither encoded nor, as the space is, replaced. */
const KEPT = /[A-Za-z0-9.*_-]/

/** As in a form that a browser sends, in UTF-8. Java: URLEncoder.encode, for which half a character is a question mark */
export function urlEncoded(text: string): string {
  let encoded = ''
  for (const char of text.replace(/\p{Surrogate}/gu, '?')) {
    if (char === ' ') encoded += '+'
    else encoded += KEPT.test(char) ? char : percentEncoded(char)
  }
  return encoded
}

function percentEncoded(char: string): string {
  const bytes = Array.from(Buffer.from(char), byte => byte.toString(16).toUpperCase().padStart(2, '0'))
  return `%${bytes.join('%')}`
}
