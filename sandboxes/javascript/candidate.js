// The candidate's process and the syntax check.
//
//   compile [--serve]         a JSON job on descriptor 0 (source, entryPoint, isMissing): one JSON line per finding, then
//                             done; with --serve job after job, each a frame in and a frame out
//   serve ENTRY FILE          load FILE when asked, answer calls on descriptor 3
//   wait                      in a zygote (see embedded.py): be forked, then do what each fork is told
//
// Everything here can be replaced by the program that it loads; that is allowed for, since nothing here decides anything:
// what is sent from here is read as plain data. Frames are four bytes of length, big-endian, then JSON in ASCII.
'use strict'

const fs = require('fs')
const vm = require('vm')
const { createRequire } = require('module')
const { setFlagsFromString } = require('v8')

const PEER = 3
const CHANNEL = 0
const NAME = 'solution.js'
const PARAMETERS = ['exports', 'require', 'module', '__filename', '__dirname']
const MAX_BYTES = 4 * 1024 * 1024
const MAX_TEXT = 2000
const PRELOADED = ['crypto', 'events', 'net', 'path', 'readline', 'tty', 'url', 'util']

const { parse, stringify } = JSON
const { isArray } = Array
const { keys } = Object
const kindOf = Function.prototype.call.bind(Object.prototype.toString)
const { isDate, isMap, isSet, isBoxedPrimitive, isTypedArray, isNativeError, isProxy } = require('util').types

function main([mode, entryPoint, file]) {
  if (mode === 'compile') compiler(entryPoint === '--serve')
  else serve(entryPoint, file)
}

// --- a zygote ---

// Does here once what every fork would do first (nothing that looks at the descriptors), then waits. In a fork: puts right what Node noted of its process at the
// start, and gives the words after the program's file.
function forked(words) {
  if (words[0] !== 'wait') return words
  for (const name of PRELOADED) require(name)
  rehearse()
  const { argv, execPath, pid, seed } = parse(process._linkedBinding('codeloop').wait())
  const at = argv.indexOf(__filename) + 1
  setFlagsFromString(`--random-seed=${seed}`)
  Math.random() // the first call of all: from here on it goes its own way
  setFlagsFromString('--random-seed=0') // what is made later, such as a worker, seeds itself
  Object.defineProperty(process, 'pid', { ...Object.getOwnPropertyDescriptor(process, 'pid'), value: pid })
  process.execPath = execPath
  process.argv = [execPath, ...argv.slice(at - 1)]
  process.chdir(process.env.HOME) // where it is already; Node remembers where it was
  return argv.slice(at)
}

// So that V8 has compiled it all, and what of Node it uses.
function rehearse() {
  const [zero, nothing] = [fs.openSync('/dev/zero', 'r'), fs.openSync('/dev/null', 'w')]
  const host = { entryPoint: '', file: '/dev/null', functions: {} }
  const args = [['a', 0, [1, 'é', true, null, ['u'], ['n', 'NaN'], ['i', '1'], ['o', 1, [['key', ['m', 2, [[1, ['S', 3, [2]]]]]]], '']]]]
  answer(host, { op: 'load', names: ['rehearse'] }, [])
  host.functions.rehearse = (value) => value
  for (const mutates of [false, true]) {
    send(nothing, { seq: 1, ok: answer(host, { op: 'call', name: 'rehearse', args, mutates }, []) })
  }
  for (const act of [() => receive(zero), () => host.functions.missing()]) {
    try {
      act()
    } catch (error) {
      send(nothing, { seq: 1, err: describe(error) })
    }
  }
  for (const descriptor of [zero, nothing]) fs.closeSync(descriptor)
}

// --- the syntax check: executes nothing ---

function compiler(isServer) {
  if (!isServer) {
    written(CHANNEL, compiled(parse(fs.readFileSync(CHANNEL, 'utf8'))))
    process.exit(0)
  }
  for (let job; (job = receive(CHANNEL)) !== null; ) {
    const answer = Buffer.from(compiled(job))
    const head = Buffer.alloc(4)
    head.writeUInt32BE(answer.length)
    written(CHANNEL, Buffer.concat([head, answer]))
  }
  process.exit(0)
}

function written(descriptor, data) {
  const bytes = Buffer.from(data)
  for (let at = 0; at < bytes.length; ) at += fs.writeSync(descriptor, bytes, at)
}

function compiled({ source, entryPoint, isMissing }) {
  const lines = []
  const emit = (finding) => lines.push(stringify(finding) + '\n')
  try {
    vm.compileFunction(source, PARAMETERS, { filename: NAME })
  } catch (error) {
    emit({ rule: error.name, message: String(error.message).slice(0, 500), ...place(source, error) })
    isMissing = ''
  }
  if (isMissing) emit({ rule: 'missing-entry-point', message: `the program does not define ${entryPoint} at its top` })
  emit({ done: true })
  return lines.join('')
}

// V8 tells places of syntax errors through the inspector alone; as text they stand in the stack's first line.
function place(source, error) {
  const { Session } = require('inspector')
  const session = new Session()
  session.connect()
  session.post('Runtime.enable') // without it the reply has no place
  let found = null
  session.post('Runtime.compileScript', { expression: source, sourceURL: NAME, persistScript: false }, (_, reply) => {
    found = reply && reply.exceptionDetails
  })
  session.disconnect()
  if (found) return { line: found.lineNumber + 1, column: found.columnNumber + 1 }
  const line = /^solution\.js:(\d+)/.exec(String(error.stack))
  return line ? { line: Number(line[1]) } : {}
}

// --- the server ---

function serve(entryPoint, file) {
  const host = { entryPoint, file, functions: {} }
  for (;;) {
    const request = receive(PEER)
    if (request === null) process.exit(0)
    const objects = []
    let reply
    try {
      reply = { seq: request.seq, ok: answer(host, request, objects) }
    } catch (error) {
      reply = { seq: request.seq, err: describe(error) }
    }
    send(PEER, reply)
  }
}

function answer(host, request, objects) {
  if (request.op === 'load') return load(host, request.names)
  const args = request.args.map((node) => decoded(node, objects))
  const result = host.functions[request.name](...args)
  if (!request.mutates) return new Encoder([]).node(result, 0)
  const encoder = new Encoder(objects)
  return objects.map((object, number) => encoder.contents(object, number, 0))
}

// Compiled as a module of Node's is; the names that the tests ask for are looked up in its scope, or among its exports.
function load(host, names) {
  const require = createRequire('/opt/codeloop/solution.js')
  const module = { exports: {}, id: '.', filename: host.file, loaded: false, children: [], paths: [] }
  require.main = { ...module } // so that "require.main === module" is not true
  const found = names.map((name) => `${name}: typeof ${name} === 'undefined' ? undefined : ${name}`)
  const source = fs.readFileSync(host.file, 'utf8')
  const program = vm.compileFunction(`${source}\nreturn {${found.join(', ')}}`, PARAMETERS, { filename: NAME })
  const scope = program.call(module.exports, module.exports, require, module, host.file, '/opt/codeloop') || {}
  for (const name of names) {
    const exported = module.exports
    host.functions[name] = scope[name] !== undefined ? scope[name] : exported[name]
    if (host.functions[name] === undefined && name === host.entryPoint && typeof exported === 'function') {
      host.functions[name] = exported
    }
  }
  return names.map((name) => typeof host.functions[name] === 'function')
}

function receive(descriptor) {
  const head = exactly(descriptor, 4)
  return head === null ? null : parse(exactly(descriptor, head.readUInt32BE(0)).toString('latin1'))
}

function exactly(descriptor, size) {
  const buffer = Buffer.alloc(size)
  for (let at = 0; at < size; ) {
    const count = fs.readSync(descriptor, buffer, at, size - at, null)
    if (count === 0) return null
    at += count
  }
  return buffer
}

function send(descriptor, reply) {
  let data = ascii(stringify(reply))
  if (data.length > MAX_BYTES) {
    data = ascii(stringify({ seq: reply.seq, err: { type: 'RangeError', message: 'the result is too large to be sent' } }))
  }
  const frame = Buffer.alloc(4 + data.length)
  frame.writeUInt32BE(data.length, 0)
  frame.write(data, 4, 'latin1')
  for (let at = 0; at < frame.length; ) at += fs.writeSync(descriptor, frame, at)
}

function ascii(text) {
  return text.replace(/[\u007f-\uffff]/g, (c) => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'))
}

function describe(error) {
  const text = (read) => {
    try {
      return String(read()).slice(0, MAX_TEXT)
    } catch {
      return ''
    }
  }
  const isError = typeof error === 'object' && error !== null && isNativeError(error)
  const line = isError ? /solution\.js:(\d+)/.exec(text(() => error.stack)) : null
  return {
    type: isError ? text(() => error.name) : '',
    message: isError ? text(() => error.message) : text(() => stringify(error)),
    line: line ? Number(line[1]) : null
  }
}

// --- values; judge.js has the other side, and says what the tags mean ---

class Encoder {
  constructor(objects) {
    this.numbers = new Map(objects.map((object, number) => [object, number]))
  }

  node(value, depth) {
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
      case 'symbol':
        return ['y', `${value.description}`]
      case 'function':
        return ['f', `${value.name}`.slice(0, 100)]
    }
    if (value === null) return null
    if (this.numbers.has(value)) return ['@', this.numbers.get(value)]
    const number = this.numbers.size
    this.numbers.set(value, number)
    return this.contents(value, number, depth)
  }

  contents(value, number, depth) {
    if (depth > 500) throw new RangeError('the result is nested too deeply to be sent')
    const below = (item) => this.node(item, depth + 1)
    const pairs = (entries) => entries.map(([key, item]) => [below(key), below(item)])
    if (isArray(value)) {
      const items = []
      for (let at = 0; at < value.length; at++) items.push(at in value ? below(value[at]) : ['h'])
      return ['a', number, items]
    }
    if (isMap(value)) return ['m', number, pairs([...value])]
    if (isSet(value)) return ['S', number, [...value].map(below)]
    if (isDate(value)) return ['d', number, below(+value)]
    if (isBoxedPrimitive(value) && typeof value.valueOf() !== 'symbol') return ['b', number, below(value.valueOf())]
    if (isTypedArray(value)) return ['t', number, kindOf(value).slice(8, -1), [...value].map(below)]
    const own = pairs(keys(value).map((key) => [key, value[key]]))
    const kind = isProxy(value) || Object.getPrototypeOf(value) === null ? null : value.constructor
    const name = typeof kind === 'function' && kind !== Object ? `${kind.name}`.slice(0, 100) : ''
    return ['o', number, own, name]
  }
}

function decoded(node, objects) {
  if (node === null || typeof node !== 'object') return node
  const [tag, number, items] = node
  switch (tag) {
    case 'u':
      return undefined
    case 'n':
      return Number(number)
    case 'i':
      return BigInt(number)
    case '@':
      return objects[number]
  }
  const value = { a: () => [], m: () => new Map(), S: () => new Set(), d: () => new Date(decoded(items, objects)) }[tag]
  const made = value ? value() : {}
  objects[number] = made
  if (tag === 'a') {
    made.length = items.length
    items.forEach((item, at) => {
      if (!isArray(item) || item[0] !== 'h') made[at] = decoded(item, objects)
    })
  } else if (tag === 'm') {
    for (const [key, item] of items) made.set(decoded(key, objects), decoded(item, objects))
  } else if (tag === 'S') {
    for (const item of items) made.add(decoded(item, objects))
  } else if (tag === 'o') {
    for (const [key, item] of items) {
      const field = { value: decoded(item, objects), writable: true, enumerable: true, configurable: true }
      Object.defineProperty(made, key, field)
    }
  }
  return made
}

main(forked(process.argv.slice(2)))
