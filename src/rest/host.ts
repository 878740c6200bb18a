/**
 * A request with a whole URL, or null where its Host header is none. Bun gives only the path where there is no Host,
 * as in HTTP/1.0, which health checks of load balancers speak: then it is `own`, the listener's.
 */
export function addressed(request: Request, own: URL): Request | null {
  const host = request.headers.get('host')
  if (!host && request.url.startsWith('/')) {
    const { method, headers, body, signal } = request
    return new Request(own.origin + request.url, { method, headers, body, signal })
  }
  // A comma stands between the values of two Host headers.
  return URL.canParse(request.url) && !host?.includes(',') ? request : null
}
