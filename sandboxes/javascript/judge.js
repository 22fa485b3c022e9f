// The judge's process (QuickJS): runs the tests, holds the expected values, and never executes a line of the candidate. The image has it
// as a program with its bytecode inside, since reading it would take longer than most tests.
//
// Reads {nonce, helpers, tests, names, cases} from descriptor 0 until its end; calls the candidate over descriptor 3; writes
// JSON lines on descriptor 0, each with the nonce: the plan, cases as they are decided (the last line of a case counts), done.
//
// Values cross as JSON, what JSON cannot say as an array: ["u"] undefined, ["h"] a hole, ["n", text] NaN, -0 and infinities,
// ["i", text] a BigInt, ["y", text] a symbol, ["f", name] a function that stays; and with the number of the object, counted
// from 0 within one message: ["a", n, items], ["o", n, [[key, value]], class], ["m", n, [[key, value]]] Map, ["S", n, items]
// Set, ["d", n, ms] Date, ["b", n, value] a boxed primitive, ["t", n, class, items] a typed array, ["@", n] an earlier object.
import * as std from 'std'
import * as os from 'os'

const PEER = 3
const CHANNEL = 0
const MAX_BYTES = 4 * 1024 * 1024 // of one message: a hundred times any honest value of the suites
const MAX_NODES = 1000000
const MAX_DEPTH = 520
const MAX_DIGITS = 100000 // of a BigInt: reading one takes the square of its length
const MAX_SHOWN = 500
const MAX_TEXT = 2000

// The process of the candidate is gone, or sent what its server never sends. A test that catches these meets them again.
class Gone {}
class Forged {}

// --- frames ---

function exactly(size) {
  const buffer = new ArrayBuffer(size)
  for (let at = 0; at < size; ) {
    const count = os.read(PEER, buffer, at, size - at)
    if (count <= 0) throw new Gone()
    at += count
  }
  return new Uint8Array(buffer)
}

function textOf(bytes) {
  const parts = []
  for (let at = 0; at < bytes.length; at += 8192) parts.push(String.fromCharCode.apply(null, bytes.subarray(at, at + 8192)))
  return parts.join('')
}

function writeAll(descriptor, text) {
  const bytes = new Uint8Array(text.length)
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at)
  for (let at = 0; at < bytes.length; ) {
    const count = os.write(descriptor, bytes.buffer, at, bytes.length - at)
    if (count <= 0) throw new Gone()
    at += count
  }
}

function ascii(value) {
  return JSON.stringify(value).replace(/[\u007f-\uffff]/g, (c) => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'))
}

function writeMessage(message) {
  const data = ascii(message)
  if (data.length > MAX_BYTES) throw new RangeError('the argument is too large to be sent')
  const head = [24, 16, 8, 0].map((shift) => String.fromCharCode((data.length >>> shift) & 255)).join('')
  writeAll(PEER, head + data)
}

function readMessage() {
  const [a, b, c, d] = exactly(4)
  const size = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0
  if (size > MAX_BYTES) throw new Forged()
  const bytes = exactly(size)
  let nodes = 0
  if (size > MAX_NODES) for (const byte of bytes) if (byte === 0x5b || byte === 0x7b || byte === 0x2c) nodes++
  if (nodes > MAX_NODES) throw new Forged()
  try {
    return JSON.parse(textOf(bytes))
  } catch {
    throw new Forged()
  }
}

// --- values ---

const SPECIAL = { NaN: NaN, Infinity: Infinity, '-Infinity': -Infinity, '-0': -0 }
const TYPED = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array]
TYPED.push(Float32Array, Float64Array, BigInt64Array, BigUint64Array)
const classes = new WeakMap() // object: name of its class in the candidate's process, to be shown

function encoded(value, numbers) {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0) ? value : ['n', Object.is(value, -0) ? '-0' : `${value}`]
    case 'undefined':
      return ['u']
    case 'bigint':
      return ['i', `${value}`]
    case 'object':
      break
    default:
      throw new TypeError(`a ${typeof value} cannot be sent to the program`)
  }
  if (value === null) return null
  if (numbers.has(value)) return ['@', numbers.get(value)]
  const number = numbers.size
  numbers.set(value, number)
  const below = (item) => encoded(item, numbers)
  if (Array.isArray(value)) {
    const items = []
    for (let at = 0; at < value.length; at++) items.push(at in value ? below(value[at]) : ['h'])
    return ['a', number, items]
  }
  if (value instanceof Map) return ['m', number, [...value].map(([key, item]) => [below(key), below(item)])]
  if (value instanceof Set) return ['S', number, [...value].map(below)]
  if (value instanceof Date) return ['d', number, below(+value)]
  return ['o', number, Object.keys(value).map((key) => [key, below(value[key])])]
}

function check(condition) {
  if (!condition) throw new Forged()
}

function scalar(tag, word) {
  switch (tag) {
    case 'u':
    case 'h':
      return undefined
    case 'n':
      check(typeof word === 'string' && Object.hasOwn(SPECIAL, word))
      return SPECIAL[word]
    case 'i':
      check(typeof word === 'string' && word.length <= MAX_DIGITS && /^-?\d+$/.test(word))
      return BigInt(word)
    case 'y':
      return Symbol(String(word))
    default:
      return () => {
        throw new TypeError('a function of the program cannot be called by the tests')
      }
  }
}

// Makes the value that a node describes. ``table`` holds the message's objects so far.
function decoded(node, table, depth = 0) {
  if (node === null || ['string', 'boolean', 'number'].includes(typeof node)) return node
  check(Array.isArray(node) && depth <= MAX_DEPTH)
  const [tag, number] = node
  if (['u', 'n', 'i', 'y', 'f', 'h'].includes(tag)) return scalar(tag, number)
  check(Number.isInteger(number))
  if (tag === '@') {
    check(number >= 0 && number < table.length)
    return table[number]
  }
  check(number === table.length)
  const made = empty(node, table, depth)
  table[number] = made
  fill(made, node, table, depth)
  return table[number] // a typed array is made when its items are known
}

function empty([tag, , items], table, depth) {
  switch (tag) {
    case 'a':
      return []
    case 'o':
      return {}
    case 'm':
      return new Map()
    case 'S':
      return new Set()
    case 'd': {
      const time = decoded(items, table, depth + 1)
      check(typeof time === 'number')
      return new Date(time)
    }
    case 'b': {
      const inner = decoded(items, table, depth + 1)
      check(inner !== null && typeof inner !== 'object')
      return Object(inner)
    }
    case 't': {
      const kind = TYPED.find((each) => each.name === items)
      check(kind !== undefined)
      return kind
    }
  }
  throw new Forged()
}

function fill(made, [tag, number, items, word], table, depth) {
  const below = (item) => decoded(item, table, depth + 1)
  if (tag === 'd' || tag === 'b') return
  if (tag === 't') {
    check(Array.isArray(word))
    const values = word.map(below)
    const type = made.name.startsWith('Big') ? 'bigint' : 'number'
    check(values.every((value) => typeof value === type))
    table[number] = made.from(values)
    return
  }
  check(Array.isArray(items))
  if (tag === 'a') {
    made.length = items.length
    items.forEach((item, at) => {
      if (!Array.isArray(item) || item[0] !== 'h') made[at] = below(item)
    })
  } else if (tag === 'S') {
    for (const item of items) made.add(below(item))
  } else {
    for (const pair of items) {
      check(Array.isArray(pair) && pair.length === 2)
      if (tag === 'm') made.set(below(pair[0]), below(pair[1]))
      else define(made, pair[0], below(pair[1]))
    }
    if (tag === 'o' && typeof word === 'string' && word) classes.set(made, word.replace(/[^\w$.]/g, '').slice(0, 100))
  }
}

function define(object, key, value) {
  check(typeof key === 'string')
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
}

// Puts what a program made of an argument in place of what it was.
function refill(object, node, table) {
  const kind = { a: Array, o: Object, m: Map, S: Set }[node[0]]
  if (node[0] === 'd' && object instanceof Date) return
  check(kind !== undefined && object instanceof kind && (kind === Object) === (Object.getPrototypeOf(object) === Object.prototype))
  if (kind === Array) object.length = 0
  else if (kind === Object) for (const key of Object.keys(object)) delete object[key]
  else object.clear()
  fill(object, node, table, 0)
}

// --- the candidate, as seen from here ---

const ERRORS = { TypeError, RangeError, SyntaxError, ReferenceError, URIError, EvalError }
const lines = new WeakMap() // error: line of the candidate
let failure = null
let sequence = 0

function request(message) {
  if (failure !== null) throw failure
  sequence++
  try {
    writeMessage({ seq: sequence, ...message })
    const reply = readMessage()
    check(reply !== null && typeof reply === 'object' && reply.seq === sequence)
    if (Object.hasOwn(reply, 'err')) return { error: rebuilt(reply.err) }
    check(Object.hasOwn(reply, 'ok'))
    return { value: reply.ok }
  } catch (error) {
    if (error instanceof Gone || error instanceof Forged) failure = error
    throw error
  }
}

function rebuilt(described) {
  check(described !== null && typeof described === 'object' && typeof described.message === 'string')
  const name = typeof described.type === 'string' ? described.type.replace(/[^\w$ .]/g, '').slice(0, 100) : ''
  const error = new (Object.hasOwn(ERRORS, name) ? ERRORS[name] : Error)(described.message.slice(0, MAX_TEXT))
  if (name) error.name = name
  if (Number.isInteger(described.line)) lines.set(error, described.line)
  return error
}

let mutates = false // whether the test throws the result away, and so looks at the arguments

function remote(name) {
  return (...args) => {
    const isForArguments = mutates
    mutates = false
    const numbers = new Map()
    const nodes = args.map((value) => encoded(value, numbers))
    const { error, value } = request({ op: 'call', name, args: nodes, mutates: isForArguments })
    if (error !== undefined) throw error
    try {
      if (!isForArguments) return decoded(value, [])
      const table = [...numbers.keys()]
      check(Array.isArray(value) && value.length === table.length)
      value.forEach((node, number) => {
        check(Array.isArray(node) && node[1] === number)
        refill(table[number], node, table)
      })
      return undefined
    } catch (problem) {
      failure = new Forged() // whatever a hostile node provokes
      throw failure
    }
  }
}

// --- showing values, at bounded cost ---

function show(value, depth = 0) {
  let text
  try {
    text = shown(value, depth)
  } catch {
    text = typeof value
  }
  return text.length <= MAX_SHOWN ? text : text.slice(0, MAX_SHOWN - 1) + '…'
}

function shown(value, depth) {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, MAX_SHOWN)) + (value.length > MAX_SHOWN ? '…' : '')
  if (typeof value === 'bigint') return `${value}n`
  if (Object.is(value, -0)) return '-0'
  if (typeof value === 'function') return 'function'
  if (value === null || typeof value !== 'object') return String(value)
  if (depth > 20) return '…'
  const item = (each) => show(each, depth + 1)
  if (Array.isArray(value)) return `[${joined(value.keys(), (at) => (at in value ? item(value[at]) : ''))}]`
  if (value instanceof Map) return `Map {${joined(value, ([key, each]) => `${item(key)} => ${item(each)}`)}}`
  if (value instanceof Set) return `Set {${joined(value, item)}}`
  if (value instanceof Date) return `Date(${+value})`
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} [${joined(value, item)}]`
  if (['Number', 'String', 'Boolean', 'BigInt'].includes(value.constructor?.name) && typeof value.valueOf !== 'undefined') {
    const inner = Object.getPrototypeOf(value).valueOf.call(value)
    if (typeof inner !== 'object') return `Object(${item(inner)})`
  }
  const name = classes.has(value) ? classes.get(value) + ' ' : ''
  return `${name}{${joined(Object.keys(value), (key) => `${/^[\w$]+$/.test(key) ? key : JSON.stringify(key)}: ${item(value[key])}`)}}`
}

function joined(values, text) {
  const parts = []
  let size = 0
  for (const value of values) {
    parts.push(text(value))
    size += parts.at(-1).length + 2
    if (size > MAX_SHOWN) {
      parts.push('…')
      break
    }
  }
  return parts.join(', ')
}

// --- cases ---

let nonce = ''
let cases = []
const endsAtFailure = std.getenv('CODELOOP_FIRST_FAILURE') === '1'

function write(line) {
  writeAll(CHANNEL, ascii({ nonce, ...line }) + '\n')
}

function record(number, status, fields) {
  const found = cases[number]
  if (found.status === 'failed' || found.status === 'raised' || found.status === status) return
  Object.assign(found, fields, { status })
  write({ case: found })
  if (endsAtFailure && (status === 'failed' || status === 'raised')) {
    write({ done: true, whole: false, died: failure instanceof Gone, forged: failure instanceof Forged })
    std.exit(0)
  }
}

function exceptionText(error) {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : show(error)
  return text.slice(0, MAX_SHOWN)
}

// Runs one assertion; ``decide`` gives whether it holds, and the two texts to show.
function attempt(number, decide) {
  try {
    const [holds, expected, actual] = decide()
    record(number, holds ? 'passed' : 'failed', { expected, actual })
  } catch (error) {
    if (error instanceof Gone || error instanceof Forged) {
      const text = error instanceof Gone ? 'process exited' : 'the candidate forged a message'
      record(number, 'failed', { exception: text })
      throw error
    }
    record(number, 'raised', { exception: exceptionText(error), line: lines.get(error) ?? null })
  }
}

const COMPARE = {
  '===': (a, b) => a === b,
  '!==': (a, b) => a !== b,
  '==': (a, b) => a == b,
  '!=': (a, b) => a != b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b
}
const MIRRORED = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' }

const hooks = {
  // left OP right; ``actual`` is 0 where the left side is the program's answer; ``isJson``: both sides are JSON texts.
  compare(number, left, operator, right, actual, isJson) {
    attempt(number, () => {
      const sides = [left(), right()]
      const text = (value) => (isJson ? String(value).slice(0, MAX_SHOWN) : show(value))
      const sign = (actual === 1 && MIRRORED[operator]) || operator
      const before = sign === '===' || sign === '==' ? '' : `${sign} `
      return [COMPARE[operator](...sides), before + text(sides[1 - actual]), text(sides[actual])]
    })
  },
  // Math.abs(left SIGN right) OP bound
  near(number, left, sign, right, operator, bound, actual) {
    attempt(number, () => {
      const [a, b, limit] = [left(), right(), bound()]
      const distance = Math.abs(sign === '-' ? a - b : a + b)
      const expected = actual === 1 ? a : b
      const shownExpected = sign === '-' ? show(expected) : show(-expected)
      return [COMPARE[operator](distance, limit), `${shownExpected} ± ${show(limit)}`, show(actual === 1 ? b : a)]
    })
  },
  truth(number, value, isNegated) {
    attempt(number, () => {
      const found = value()
      return [isNegated ? !found : !!found, isNegated ? 'falsy' : 'truthy', show(found)]
    })
  },
  whole(number, value) {
    attempt(number, () => [!!value(), '', ''])
  },
  // A call whose result nobody looks at: it is made for what it does to its arguments.
  inPlace(call) {
    mutates = true
    try {
      call()
    } finally {
      mutates = false
    }
  }
}

const quiet = () => {}
const testConsole = new Proxy(
  {
    assert(condition) {
      if (!condition) throw new Error('Assertion failed')
    }
  },
  { get: (target, name) => target[name] ?? quiet }
)

function run(job) {
  const names = job.names
  const program = new Function('codeloop$', 'console', ...names, `${job.helpers}\n${job.tests}`)
  cases = job.cases
  write({ plan: cases })
  let isMissing = false
  try {
    const { error, value } = request({ op: 'load', names })
    if (error !== undefined) throw error
    if (!Array.isArray(value) || value.length !== names.length) {
      failure = new Forged()
      throw failure
    }
    isMissing = value[0] !== true
    if (isMissing) throw new ReferenceError(`the program does not define the function ${names[0]}`)
    program(hooks, testConsole, ...names.map(remote))
  } catch (error) {
    if (!(error instanceof Gone || error instanceof Forged)) setup(error)
  }
  const isWhole = failure === null && !cases.some((each) => each.name === 'setup')
  return { whole: isWhole, died: failure instanceof Gone, forged: failure instanceof Forged, missing: isMissing }
}

// Records an exception outside of any assertion: it ends the run.
function setup(error) {
  cases.push({ id: cases.length, name: 'setup', status: 'not_run', expression: '', is_opaque: true })
  record(cases.length - 1, 'raised', { exception: exceptionText(error), line: lines.get(error) ?? null })
}

const job = JSON.parse(std.in.readAsString())
nonce = job.nonce
let fields
try {
  fields = run(job)
} catch (error) {
  fields = { error: exceptionText(error), whole: false, died: false, forged: false }
}
write({ done: true, ...fields })
std.exit(0)
