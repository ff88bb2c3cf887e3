import { expect, test } from 'vitest'
import { type Answer, ask, askForStream, makeRequest, makeSimulator } from './simulator.fixture.ts'

const hello = { model: 'gpt-4', messages: [{ role: 'user', content: 'Hello, who are you?' }] }

function functionTool(name: string, parameters: unknown = { type: 'object', properties: {} }) {
  return { type: 'function', function: { name, parameters } }
}

const weather = functionTool('get_weather', {
  type: 'object',
  properties: { location: { type: 'string' }, unit: { type: 'string', enum: ['celsius', 'fahrenheit'] } },
  required: ['location'],
})
const clockTool = functionTool('get_time')

test('an answer says that it is simulated, how to get a real one, and what was asked', async () => {
  const { status, body } = await ask(hello)
  const text: string = body.choices[0].message.content
  expect(status).toBe(200)
  expect(text.split('\n')[0]).toMatch(/simulator.*OPENAI_API_KEY/)
  expect(text).toContain('Hello, who are you?')
  expect(body).toMatchObject({ object: 'chat.completion', model: 'gpt-4' })
  expect(body.choices[0].finish_reason).toBe('stop')
  expect(body.usage.total_tokens).toBe(body.usage.prompt_tokens + body.usage.completion_tokens)
  expect(body.usage.prompt_tokens).toBeGreaterThan(4)
})

test('a Portuguese question is answered in Portuguese', async () => {
  const { body } = await ask({
    model: 'gpt-4',
    messages: [{ role: 'user', content: 'Explique quantum computing de forma simples, por favor' }],
  })
  expect(body.choices[0].message.content).toMatch(/não um modelo de linguagem/)
})

test('the same request has the same bytes, another seed has others', async () => {
  const bytes = async (seed: number) => {
    const reply = await makeSimulator({ seed })(makeRequest(hello))
    return (reply.body as Buffer).toString()
  }
  expect(await bytes(1)).toBe(await bytes(1))
  expect(await bytes(1)).not.toBe(await bytes(2))
})

test('n answers are n choices', async () => {
  const { body } = await ask({ ...hello, n: 3 })
  expect(body.choices.map(choice => choice.index)).toEqual([0, 1, 2])
})

test('the limit of tokens cuts the answer, and says so', async () => {
  for (const limit of [{ max_tokens: 5 }, { max_completion_tokens: 5 }]) {
    const { body } = await ask({ ...hello, ...limit })
    expect(body.choices[0].finish_reason).toBe('length')
    expect(body.usage.completion_tokens).toBe(5)
    expect(body.choices[0].message.content).toBe('This is the built-in simulator')
  }
})

test('a stop sequence ends the answer before it', async () => {
  const { body } = await ask({ ...hello, stop: ['zzz', ' simulator'] })
  expect(body.choices[0].message.content).toBe('This is the built-in')
  expect(body.choices[0].finish_reason).toBe('stop')
})

test('a tool is called when the question names what it is about', async () => {
  const { body } = await ask({
    model: 'gpt-4',
    messages: [{ role: 'user', content: "What's the weather like in Buenos Aires today?" }],
    tools: [weather, clockTool],
  })
  const [choice] = body.choices
  expect(choice.finish_reason).toBe('tool_calls')
  expect(choice.message.content).toBeNull()
  expect(choice.message.tool_calls).toHaveLength(1)
  expect(choice.message.tool_calls?.[0]).toMatchObject({
    type: 'function',
    function: { name: 'get_weather' },
  })
  expect(JSON.parse(choice.message.tool_calls?.[0].function.arguments ?? '')).toEqual({
    location: 'Buenos Aires',
    unit: 'celsius',
  })
})

test('left the choice, the simulator talks where no tool is named', async () => {
  const { body } = await ask({ ...hello, tools: [weather] })
  expect(body.choices[0].message.tool_calls).toBeUndefined()
  expect(body.choices[0].finish_reason).toBe('stop')
})

test.each([
  ['required', ['get_weather']],
  [{ type: 'function', function: { name: 'get_time' } }, ['get_time']],
  ['none', []],
  [
    {
      type: 'allowed_tools',
      allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'get_time' } }] },
    },
    ['get_time'],
  ],
])('tool_choice %j leads to the calls %j', async (toolChoice, names) => {
  const { body } = await ask({ ...hello, tools: [weather, clockTool], tool_choice: toolChoice })
  const calls = body.choices[0].message.tool_calls ?? []
  expect(calls.map(call => call.function.name)).toEqual(names)
})

test('several tools are called at once, with ids of their own, unless that is ruled out', async () => {
  const question = { role: 'user', content: 'Tell me the weather and the time' }
  const tools = [weather, clockTool]
  const { body } = await ask({ model: 'gpt-4', messages: [question], tools })
  const calls = body.choices[0].message.tool_calls ?? []
  expect(calls.map(call => call.function.name)).toEqual(['get_weather', 'get_time'])
  expect(new Set(calls.map(call => call.id)).size).toBe(2)
  const single = await ask({ model: 'gpt-4', messages: [question], tools, parallel_tool_calls: false })
  expect(single.body.choices[0].message.tool_calls).toHaveLength(1)
  const asked = await ask({ ...hello, tools, tool_choice: 'required', parallel_tool_calls: true })
  expect(asked.body.choices[0].message.tool_calls).toHaveLength(2)
})

test('the results of tools are used in the answer', async () => {
  const { body } = await ask({
    model: 'gpt-4',
    messages: [
      { role: 'user', content: "What's the weather in Paris?" },
      {
        role: 'assistant',
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'get_weather', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: '18 °C and sunny' },
    ],
    tools: [weather],
  })
  expect(body.choices[0].finish_reason).toBe('stop')
  expect(body.choices[0].message.content).toContain('get_weather answered: 18 °C and sunny')
})

test('a limit of tokens cuts the arguments of a call', async () => {
  const { body } = await ask({ ...hello, tools: [weather], tool_choice: 'required', max_tokens: 2 })
  expect(body.choices[0].finish_reason).toBe('length')
  expect(body.usage.completion_tokens).toBe(2)
})

test('structured answers are JSON of the wanted shape', async () => {
  const object = await ask({ ...hello, response_format: { type: 'json_object' } })
  expect(JSON.parse(object.body.choices[0].message.content)).toMatchObject({ simulated: true })
  const schema = {
    type: 'object',
    properties: {
      name: { type: 'string' },
      age: { type: 'integer', minimum: 18 },
      tags: { type: 'array', items: { enum: ['a'] } },
    },
    required: ['name', 'age', 'tags'],
  }
  const instance = await ask({
    ...hello,
    response_format: { type: 'json_schema', json_schema: { name: 'x', schema } },
  })
  expect(JSON.parse(instance.body.choices[0].message.content)).toEqual({
    name: 'example',
    age: 18,
    tags: ['a'],
  })
})

test('a stream tells the same as the whole answer', async () => {
  for (const request of [
    hello,
    { ...hello, n: 2, max_tokens: 7 },
    { ...hello, tools: [weather, clockTool], tool_choice: 'required', parallel_tool_calls: true },
  ]) {
    const chunks = await askForStream({ ...request, stream_options: { include_usage: true } })
    const { body } = await ask(request)
    // Identifiers and closing words follow from the bytes of the request, which differ by the wish for a stream.
    for (const { index, message, finish_reason: reason } of body.choices) {
      const told = collect(chunks, index)
      expect(told.content.slice(0, 60)).toBe((message.content ?? '').slice(0, 60))
      expect(told.calls).toEqual((message.tool_calls ?? []).map(call => call.function))
      expect(told.finish).toEqual([reason])
    }
    expect(chunks.at(-1)).toMatchObject({ choices: [] })
    expect(chunks.at(-1)?.usage.prompt_tokens).toBe(body.usage.prompt_tokens)
    expect(chunks.slice(0, -1).every(chunk => chunk.usage === null)).toBe(true)
  }
})

function collect(chunks: Answer[], index: number) {
  const calls: Array<{ name: string; arguments: string }> = []
  let content = ''
  const finish: string[] = []
  const own = chunks.flatMap(chunk => chunk.choices).filter(choice => choice.index === index)
  expect(own.filter(choice => choice.delta.role !== undefined)).toEqual([own[0]])
  for (const { delta, finish_reason: reason } of own) {
    content += delta.content ?? ''
    for (const call of delta.tool_calls ?? []) {
      const begun = calls[call.index]
      if (begun === undefined) calls[call.index] = { name: call.function.name, arguments: '' }
      else begun.arguments += call.function.arguments
    }
    if (reason !== null) finish.push(reason)
  }
  return { content, calls, finish }
}

test('without the wish for it a stream has no usage', async () => {
  const chunks = await askForStream(hello)
  expect(chunks.map(chunk => chunk.choices.length)).toEqual(chunks.map(() => 1))
  expect(chunks.map(chunk => chunk.usage)).toEqual(chunks.map(() => undefined))
})

const user = { role: 'user', content: 'x' }
const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }

test.each([
  [{}, 'messages'],
  [{ messages: 'x' }, 'messages'],
  [{ messages: [] }, 'messages'],
  [{ messages: [user, { role: 'robot' }] }, 'messages[1].role'],
  [{ messages: [user, { role: 'tool', tool_call_id: 'c9', content: '' }] }, 'messages[1].tool_call_id'],
  [{ messages: [user, { role: 'assistant', tool_calls: [call] }] }, 'messages'],
  [{ messages: [user, { role: 'assistant', tool_calls: [call] }, user] }, 'messages[2]'],
  [{ messages: [user], temperature: 3 }, 'temperature'],
  [{ messages: [user], temperature: 'hot' }, 'temperature'],
  [{ messages: [user], top_p: -1 }, 'top_p'],
  [{ messages: [user], n: 0 }, 'n'],
  [{ messages: [user], n: 1.5 }, 'n'],
  [{ messages: [user], max_tokens: 0 }, 'max_tokens'],
  [{ messages: [user], max_tokens: 1, max_completion_tokens: 1 }, 'max_tokens'],
  [{ messages: [user], stop: ['1', '2', '3', '4', '5'] }, 'stop'],
  [{ messages: [user], stream_options: { include_usage: true } }, 'stream_options'],
  [{ messages: [user], tools: [functionTool('a b')] }, 'tools[0].function.name'],
  [{ messages: [user], tool_choice: 'required' }, 'tool_choice'],
  [
    { messages: [user], tools: [weather], tool_choice: { type: 'function', function: { name: 'x' } } },
    'tool_choice',
  ],
  [{ messages: [user], response_format: { type: 'xml' } }, 'response_format.type'],
  [{ messages: [user], response_format: { type: 'json_schema' } }, 'response_format.json_schema.name'],
])('%j is refused and names %s', async (body, param) => {
  const answer = await ask({ model: 'gpt-4', ...body })
  expect(answer.status).toBe(400)
  expect(answer.body.error).toMatchObject({ type: 'invalid_request_error', param })
  expect(answer.body.error.message).not.toBe('')
})
