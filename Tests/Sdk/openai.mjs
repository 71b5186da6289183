// The official OpenAI SDK against a gateway: one line "ok <name>" for each scenario, or "failed <name>: <why>" and exit code 1.
import assert from 'node:assert/strict';
import OpenAI from 'openai';

const options = { baseURL: `${process.env.GATEWAY_URL}/v1`, apiKey: process.env.GATEWAY_KEY, maxRetries: 0 };
const client = new OpenAI(options);
const messages = [{ role: 'user', content: 'hello from the SDK' }];
const tools = [{
  type: 'function',
  function: {
    name: 'get_weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false },
  },
}];

const scenarios = {
  async 'chat'() {
    const { data, response } = await client.chat.completions.create({ model: 'echo', messages }).withResponse();
    assert.equal(data.choices[0].message.content, 'hello from the SDK');
    assert.equal(data.choices[0].finish_reason, 'stop');
    assert.equal(data.usage.total_tokens, data.usage.prompt_tokens + data.usage.completion_tokens);
    assert.equal(data._request_id, response.headers.get('x-request-id'));
  },

  async 'stream'() {
    const stream = await client.chat.completions.create({ model: 'echo', messages, stream: true, stream_options: { include_usage: true } });
    let text = '';
    let usage;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta?.content ?? '';
      usage = chunk.usage ?? usage;
    }
    assert.equal(text, 'hello from the SDK');
    assert.ok(usage.total_tokens > 0);
  },

  async 'stream helper'() {
    const completion = await client.chat.completions.stream({ model: 'lorem', messages }).finalChatCompletion();
    assert.equal(completion.choices[0].message.content.split(' ').length, 50);
  },

  async 'leaving a stream'() {
    const stream = await client.chat.completions.create({ model: 'simulated/lorem?tokens=1000&tps=20', messages, stream: true });
    for await (const chunk of stream) {
      assert.equal(chunk.object, 'chat.completion.chunk');
      break;
    }
    assert.ok(stream.controller.signal.aborted);
  },

  async 'tools'() {
    const completion = await client.chat.completions.create({ model: 'tool', messages, tools });
    const [call] = completion.choices[0].message.tool_calls;
    assert.equal(completion.choices[0].finish_reason, 'tool_calls');
    assert.equal(call.function.name, 'get_weather');
    assert.equal(typeof JSON.parse(call.function.arguments).city, 'string');
  },

  async 'streamed tools'() {
    const completion = await client.chat.completions.stream({ model: 'tool', messages, tools }).finalChatCompletion();
    assert.equal(typeof JSON.parse(completion.choices[0].message.tool_calls[0].function.arguments).city, 'string');
  },

  async 'structured output'() {
    const schema = { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } }, required: ['city', 'days'], additionalProperties: false };
    const completion = await client.chat.completions.parse({
      model: 'json', messages, response_format: { type: 'json_schema', json_schema: { name: 'plan', strict: true, schema } },
    });
    const plan = JSON.parse(completion.choices[0].message.content);
    assert.equal(typeof plan.city, 'string');
    assert.ok(Number.isInteger(plan.days));
  },

  async 'models'() {
    const ids = [];
    for await (const model of client.models.list()) ids.push(model.id);
    assert.ok(ids.includes('echo'));
  },

  async 'typed errors'() {
    const wrong = new OpenAI({ ...options, apiKey: 'sk-wrong' });
    await assert.rejects(wrong.chat.completions.create({ model: 'echo', messages }), OpenAI.AuthenticationError);
    await assert.rejects(client.chat.completions.create({ model: 'nobody', messages }), error =>
      error instanceof OpenAI.NotFoundError && error.code === 'model_not_found' && error.requestID.startsWith('req_'));
    await assert.rejects(client.chat.completions.create({ model: 'echo', messages, max_tokens: -1 }), OpenAI.BadRequestError);
    await assert.rejects(client.chat.completions.create({ model: 'simulated/lorem?fail=429', messages }), OpenAI.RateLimitError);
    await assert.rejects(client.chat.completions.create({ model: 'simulated/lorem?fail=500', messages }), OpenAI.InternalServerError);
  },

  async 'an error inside a stream'() {
    const stream = await client.chat.completions.create({ model: process.env.BROKEN_MODEL, messages, stream: true });
    await assert.rejects(async () => { for await (const _ of stream); }, error => error instanceof OpenAI.APIError && error.code === 'upstream_error');
  },
};

for (const [name, run] of Object.entries(scenarios)) {
  try {
    await run();
    console.log(`ok ${name}`);
  } catch (error) {
    process.exitCode = 1;
    console.log(`failed ${name}: ${error.stack}`);
  }
}
