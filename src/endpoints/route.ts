// Paths with a model in them: `/v1beta/models/{model}:generateContent`. A model's name may hold slashes, plain or
// encoded; `*` stands for any one segment.

export interface Route {
  /** What every path of the route begins with. */
  readonly prefix: string
  /** The model that a path names; null where the path is not of this route. */
  readModel(path: string): string | null
}

export function hasPlaceholder(route: string): boolean {
  return /[{*]/.test(route)
}

export function compileRoute(route: string): Route {
  const pattern = route
    .split(/(\{model\}|\*)/)
    .map(piece => (piece === '{model}' ? '(.+)' : piece === '*' ? '[^/]+' : escapeForPattern(piece)))
    .join('')
  const expression = new RegExp(`^${pattern}$`, 's')
  return {
    prefix: route.slice(0, route.search(/[{*]/)),
    readModel: path => decodeSegment(expression.exec(path)?.[1]),
  }
}

function escapeForPattern(text: string): string {
  return text.replace(/[.+?^$()|[\]\\]/g, '\\$&')
}

function decodeSegment(segment: string | undefined): string | null {
  if (segment === undefined) return null
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
