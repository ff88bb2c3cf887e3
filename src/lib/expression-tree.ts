// The tree of an expression, written again: with every look into a map made optional, and every bracket set. Collects on
// the way what the expression looks at, and refuses what could take longer than a request may.

import type { AccessOperator, ASTNode, BinaryOperator } from '@marcbachmann/cel-js'

export interface ExpressionTree {
  readonly canonical: string
  /** Variables. */
  readonly reads: ReadonlySet<string>
  /** Places in maps that are named: `['metadata', 'tier']`. */
  readonly lookups: readonly (readonly string[])[]
  readonly patterns: readonly { readonly pattern: string; readonly offset: number }[]
  readonly problem: { readonly message: string; readonly offset: number } | null
}

type Access = Extract<ASTNode, { readonly op: AccessOperator }>
type Binary = Extract<ASTNode, { readonly op: BinaryOperator | '||' | '&&' }>

const lookingThrough: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter'])

/** @param maps the variables in which a missing key reads as null */
export function readTree(root: ASTNode, maps: ReadonlySet<string>): ExpressionTree {
  const writer = new TreeWriter(maps)
  const canonical = writer.write(root)
  const { reads, lookups, patterns, problem } = writer
  return { canonical, reads, lookups, patterns, problem }
}

class TreeWriter {
  readonly reads = new Set<string>()
  readonly lookups: string[][] = []
  readonly patterns: { pattern: string; offset: number }[] = []
  problem: { message: string; offset: number } | null = null
  readonly #maps: ReadonlySet<string>
  /** Names of the loops around. */
  readonly #loops: string[] = []
  /** Written so far. */
  #nodes = 0

  constructor(maps: ReadonlySet<string>) {
    this.#maps = maps
  }

  write(node: ASTNode): string {
    this.#nodes++
    if (isAccess(node)) return this.#writeAccess(node)
    if (node.op === 'in') return `(${this.write(node.args[0])} in ${this.#writeSearched(node.args[1])})`
    if (isBinary(node)) return `(${this.write(node.args[0])} ${node.op} ${this.write(node.args[1])})`
    switch (node.op) {
      case 'value':
        return node.input.slice(node.start, node.end)
      case 'id':
        if (!this.#loops.includes(node.args)) this.reads.add(node.args)
        return node.args
      case 'call':
        return node.args[0] === 'has'
          ? this.#writeHas(node.args[1])
          : this.#writeCall(node.args[0], node.args[1])
      case 'rcall':
        return this.#writeMethod(node.args, node)
      case 'list':
        return `[${node.args.map(each => this.write(each)).join(', ')}]`
      case 'map':
        return `{${node.args.map(([key, value]) => `${this.write(key)}: ${this.write(value)}`).join(', ')}}`
      case '?:':
        return this.#writeChoice(node.args)
      case '!_':
        return `!(${this.write(node.args)})`
      case '-_':
        return `-(${this.write(node.args)})`
    }
  }

  #writeChoice([asked, yes, no]: readonly [ASTNode, ASTNode, ASTNode]): string {
    return `(${this.write(asked)} ? ${this.write(yes)} : ${this.write(no)})`
  }

  #writeAccess(node: Access): string {
    const root = rootOf(node)
    if (root === null || !this.#maps.has(root) || this.#loops.includes(root)) return this.#writePlain(node)
    this.#noteLookup(node, root)
    const text = this.#writeOptional(node)
    return holdsOptional(node) ? text : `${text}.orValue(null)`
  }

  #writePlain(node: Access): string {
    const [holder, key] = node.args
    const inner = this.write(holder)
    if (typeof key === 'string') return `${inner}${node.op}${key}`
    return `${inner}[${node.op === '[?]' ? '?' : ''}${this.write(key)}]`
  }

  #writeOptional(node: ASTNode): string {
    if (!isAccess(node)) return this.write(node)
    const [holder, key] = node.args
    const inner = this.#writeOptional(holder)
    return typeof key === 'string' ? `${inner}.?${key}` : `${inner}[?${this.write(key)}]`
  }

  #noteLookup(node: Access, root: string): void {
    const path: string[] = []
    for (let at: ASTNode = node; isAccess(at); at = at.args[0]) {
      const key = at.args[1]
      const name = typeof key === 'string' ? key : key.op === 'value' ? key.args : null
      // A computed place cannot be looked up again; the map around it can.
      if (typeof name === 'string') path.unshift(name)
      else path.length = 0
    }
    this.lookups.push([root, ...path])
  }

  /** Its last step is a plain one, by the grammar; those before it may lead nowhere. */
  #writeHas([field]: readonly ASTNode[]): string {
    if (field === undefined || !isAccess(field)) return `has(${field === undefined ? '' : this.write(field)})`
    const [holder, key] = field.args
    return typeof key === 'string'
      ? `has(${this.#writeOptional(holder)}.${key})`
      : `has(${this.write(field)})`
  }

  #writeCall(name: string, parts: readonly ASTNode[]): string {
    return `${name}(${parts.map(each => this.write(each)).join(', ')})`
  }

  #writeMethod([name, receiver, parts]: readonly [string, ASTNode, ASTNode[]], node: ASTNode): string {
    const holder = this.write(receiver)
    if (name === 'matches') return this.#writeMatches(holder, parts, node)
    if (!lookingThrough.has(name)) return `${holder}.${this.#writeCall(name, parts)}`
    if (this.#loops.length > 0)
      this.#report(`\`${name}\` within another list's loop could take too long`, node.start)
    const [variable] = parts
    const before = this.#nodes
    this.#loops.push(variable?.op === 'id' ? variable.args : '')
    const written = this.#writeCall(name, parts)
    this.#loops.pop()
    return `bounded(${holder}, ${this.#nodes - before}).${written}`
  }

  /** A variable that is a map is not gone through, and a list that is written out is short. */
  #writeSearched(node: ASTNode): string {
    const isVariable = node.op === 'id' && !this.#loops.includes(node.args)
    const written = this.write(node)
    return isVariable || node.op === 'list' || node.op === 'map' ? written : `bounded(${written}, 1)`
  }

  #writeMatches(holder: string, [pattern]: readonly ASTNode[], node: ASTNode): string {
    if (pattern?.op !== 'value' || typeof pattern.args !== 'string') {
      this.#report('`matches` takes a pattern that is written out', node.start)
      return `${holder}.matches("")`
    }
    this.patterns.push({ pattern: pattern.args, offset: pattern.start })
    return `${holder}.matchesLinear(${this.write(pattern)})`
  }

  #report(message: string, offset: number): void {
    this.problem ??= { message, offset }
  }
}

const binaryOperators: ReadonlySet<string> = new Set('|| && == != < <= > >= + - * / % in'.split(' '))

function isBinary(node: ASTNode): node is Binary {
  return binaryOperators.has(node.op)
}

function isAccess(node: ASTNode): node is Access {
  return node.op === '.' || node.op === '.?' || node.op === '[]' || node.op === '[?]'
}

/** The variable at the bottom of `a.b["c"]`; null where it is something else. */
function rootOf(node: ASTNode): string | null {
  let at = node
  while (isAccess(at)) at = at.args[0]
  return at.op === 'id' ? at.args : null
}

/** Its author deals with what is missing. */
function holdsOptional(node: ASTNode): boolean {
  for (let at = node; isAccess(at); at = at.args[0]) if (at.op === '.?' || at.op === '[?]') return true
  return false
}
