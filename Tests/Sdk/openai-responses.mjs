// The Responses API of the official OpenAI SDK against a gateway: one line "ok <name>" for each scenario, or "failed <name>: <why>" and exit code 1.
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import OpenAI from 'openai';

const options = { baseURL: `${process.env.GATEWAY_URL}/v1`, apiKey: process.env.GATEWAY_KEY, maxRetries: 0 };
const client = new OpenAI(options);
const input = 'hello from the SDK';
const tools = [{
  type: 'function',
  name: 'get_weather',
  strict: true,
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false },
}];

const scenarios = {
  async 'response'() {
    const { data, response } = await client.responses.create({ model: 'echo', input, instructions: 'Be brief.' }).withResponse();
    assert.equal(data.output_text, input);
    assert.equal(data.status, 'completed');
    assert.equal(data.usage.total_tokens, data.usage.input_tokens + data.usage.output_tokens);
    assert.equal(data._request_id, response.headers.get('x-request-id'));
  },

  async 'state'() {
    const first = await client.responses.create({ model: 'echo', input });
    const second = await client.responses.create({ model: 'echo', input: 'again', previous_response_id: first.id });
    assert.equal(second.previous_response_id, first.id);
    assert.equal((await client.responses.retrieve(second.id)).output_text, 'again');
    const items = [];
    for await (const item of client.responses.inputItems.list(second.id, { order: 'asc', limit: 2 })) items.push(item);
    assert.deepEqual(items.map(item => item.role), ['user', 'assistant', 'user']);
    await client.responses.delete(second.id);
    await assert.rejects(client.responses.retrieve(second.id), OpenAI.NotFoundError);
  },

  async 'stream'() {
    const stream = await client.responses.create({ model: 'echo', input, stream: true });
    const types = [];
    let text = '';
    for await (const event of stream) {
      assert.equal(event.sequence_number, types.length);
      types.push(event.type);
      text += event.type === 'response.output_text.delta' ? event.delta : '';
    }
    assert.equal(text, input);
    assert.equal(types[0], 'response.created');
    assert.equal(types.at(-1), 'response.completed');
  },

  async 'stream helper'() {
    const response = await client.responses.stream({ model: 'lorem', input }).finalResponse();
    assert.equal(response.output_text.split(' ').length, 50);
  },

  async 'leaving a stream'() {
    const stream = await client.responses.create({ model: 'simulated/lorem?tokens=1000&tps=20', input, stream: true });
    for await (const event of stream) {
      assert.equal(event.type, 'response.created');
      break;
    }
    assert.ok(stream.controller.signal.aborted);
  },

  async 'tools'() {
    const response = await client.responses.create({ model: 'tool', input, tools });
    const [call] = response.output;
    assert.equal(call.type, 'function_call');
    assert.equal(typeof JSON.parse(call.arguments).city, 'string');
    const next = await client.responses.create({
      model: 'echo', previous_response_id: response.id,
      input: [{ type: 'function_call_output', call_id: call.call_id, output: 'rain' }, { role: 'user', content: 'thanks' }],
    });
    assert.equal(next.output_text, 'thanks');
  },

  async 'structured output'() {
    const schema = { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } }, required: ['city', 'days'], additionalProperties: false };
    const response = await client.responses.parse({ model: 'json', input, text: { format: { type: 'json_schema', name: 'plan', strict: true, schema } } });
    assert.equal(typeof response.output_parsed.city, 'string');
    assert.ok(Number.isInteger(response.output_parsed.days));
  },

  async 'conversations'() {
    const conversation = await client.conversations.create({ metadata: { topic: 'x' } });
    const response = await client.responses.create({ model: 'echo', input, conversation: conversation.id });
    assert.equal(response.conversation.id, conversation.id);
    const items = [];
    for await (const item of client.conversations.items.list(conversation.id, { order: 'asc' })) items.push(item);
    assert.deepEqual(items.map(item => item.role), ['user', 'assistant']);
    assert.equal((await client.conversations.delete(conversation.id)).deleted, true);
  },

  async 'input tokens'() {
    const count = await client.responses.inputTokens.count({ model: 'echo', input });
    assert.ok(count.input_tokens > 0);
  },

  async 'background'() {
    let response = await client.responses.create({ model: 'echo', input, background: true });
    assert.equal(response.status, 'queued');
    while (['queued', 'in_progress'].includes(response.status)) {
      await setTimeout(100);
      response = await client.responses.retrieve(response.id);
    }

    assert.equal(response.output_text, input);
    assert.equal((await client.responses.cancel(response.id)).status, 'completed');
    const slow = await client.responses.create({ model: 'simulated/lorem?tokens=1000&tps=20', input, background: true });
    assert.equal((await client.responses.cancel(slow.id)).status, 'cancelled');
  },

  async 'going on with a stream'() {
    let id;
    for await (const event of await client.responses.create({ model: 'lorem', input, background: true, stream: true })) {
      id = event.response.id;
      break;
    }

    const types = [];
    let text = '';
    for await (const event of await client.responses.retrieve(id, { stream: true, starting_after: 0 })) {
      assert.equal(event.sequence_number, types.length + 1);
      types.push(event.type);
      text += event.type === 'response.output_text.delta' ? event.delta : '';
    }

    assert.equal(types[0], 'response.queued');
    assert.equal(types.at(-1), 'response.completed');
    assert.equal(text.split(' ').length, 50);
  },

  async 'typed errors'() {
    const wrong = new OpenAI({ ...options, apiKey: 'sk-wrong' });
    await assert.rejects(wrong.responses.create({ model: 'echo', input }), OpenAI.AuthenticationError);
    await assert.rejects(client.responses.create({ model: 'nobody', input }), error =>
      error instanceof OpenAI.NotFoundError && error.code === 'model_not_found' && error.requestID.startsWith('req_'));
    await assert.rejects(client.responses.create({ model: 'echo', input, max_output_tokens: -1 }), OpenAI.BadRequestError);
    await assert.rejects(client.responses.create({ model: 'echo', input, previous_response_id: 'resp_unknown' }), error =>
      error instanceof OpenAI.BadRequestError && error.code === 'previous_response_not_found' && error.param === 'previous_response_id');
    await assert.rejects(client.responses.create({ model: 'simulated/lorem?fail=429', input }), OpenAI.RateLimitError);
    await assert.rejects(client.responses.create({ model: 'simulated/lorem?fail=500', input }), OpenAI.InternalServerError);
  },

  async 'an error inside a stream'() {
    const stream = await client.responses.create({ model: process.env.BROKEN_MODEL, input, stream: true });
    let last;
    for await (const event of stream) last = event;
    assert.equal(last.type, 'response.failed');
    assert.equal(last.response.error.code, 'server_error');
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
