// The Responses API of the official OpenAI SDK.
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import OpenAI from 'openai';
import { key, planSchema, providers, question, run, toolSchema, url, weather } from './suite.mjs';

const options = { baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 };
const client = new OpenAI(options);
const input = question;
const tools = [{ type: 'function', name: 'get_weather', strict: true, parameters: toolSchema }];
const features = {
  'log probabilities': { input, top_logprobs: 2, include: ['message.output_text.logprobs'] },
  'hosted web search': { input, tools: [{ type: 'web_search' }] },
  'image, address': {
    input: [{ role: 'user', content: [{ type: 'input_image', detail: 'auto', image_url: 'https://example.com/a.png' }, { type: 'input_text', text: 'Look.' }] }],
  },
};
const create = body => client.responses.create(body);
const finish = body => client.responses.stream(body).finalResponse();

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
    await assert.rejects(client.responses.create({ model: 'simulated/lorem?fail=429&tokens=51', input }), OpenAI.RateLimitError);
    await assert.rejects(client.responses.create({ model: 'simulated/lorem?fail=500&tokens=51', input }), OpenAI.InternalServerError);
  },
};

for (const { name, models, refused } of providers) {
  Object.assign(scenarios, {
    async [`${name}: response`]() {
      const response = await create({ model: models.text, input });
      assert.ok(response.output_text.startsWith('The simulator'));
      assert.equal(response.status, 'completed');
      assert.equal(response.usage.total_tokens, response.usage.input_tokens + response.usage.output_tokens);
      assert.equal((await client.responses.retrieve(response.id)).output_text, response.output_text);
    },

    async [`${name}: stream`]() {
      const response = await finish({ model: models.text, input });
      assert.equal(response.output_text.split(' ').length, 50);
      assert.ok(response.usage.output_tokens > 0);
    },

    async [`${name}: leaving a stream`]() {
      const stream = await create({ model: models.slow, input, stream: true });
      for await (const event of stream) if (event.type === 'response.output_text.delta') break;
      assert.ok(stream.controller.signal.aborted);
    },

    async [`${name}: structured output`]() {
      const response = await client.responses.parse({ model: models.plan, input, text: { format: { type: 'json_schema', name: 'plan', strict: true, schema: planSchema } } });
      assert.deepEqual(response.output_parsed, { city: 'Oslo', days: 3 });
    },

    async [`${name}: input tokens`]() {
      assert.ok((await client.responses.inputTokens.count({ model: models.text, input })).input_tokens > 0);
    },

    async [`${name}: typed errors`]() {
      await assert.rejects(create({ model: models.refusing, input }), error => error instanceof OpenAI.BadRequestError && error.message.includes('No.'));
      await assert.rejects(create({ model: models.limiting, input }), OpenAI.RateLimitError);
      await assert.rejects(create({ model: models.failing, input }), OpenAI.InternalServerError);
    },

    async [`${name}: an error inside a stream`]() {
      const stream = await create({ model: models.broken, input, stream: true });
      let last;
      for await (const event of stream) last = event;
      assert.equal(last.type, 'response.failed');
      assert.equal(last.response.error.code, 'server_error');
    },
  });

  for (const [way, ask] of Object.entries({ whole: create, streamed: finish })) {
    scenarios[`${name}: tools there and back, ${way}`] = async () => {
      const asked = await ask({ model: models.tools, input, tools });
      const call = asked.output.find(item => item.type === 'function_call');
      assert.deepEqual(JSON.parse(call.arguments), weather);
      const result = { type: 'function_call_output', call_id: call.call_id, output: 'rain' };
      const answered = await ask({ model: models.tools, tools, previous_response_id: asked.id, input: [result] });
      assert.equal(answered.output_text, 'It rains.');
    };

    scenarios[`${name}: thinking, replayed by the client, ${way}`] = async () => {
      const body = { model: models.thinking, tools, store: false, include: ['reasoning.encrypted_content'], reasoning: { effort: 'low', summary: 'auto' } };
      const asked = await ask({ ...body, input });
      assert.equal(asked.output[0].summary[0].text, 'Let me think.');
      const call = asked.output.find(item => item.type === 'function_call');
      const result = { type: 'function_call_output', call_id: call.call_id, output: 'rain' };
      const answered = await ask({ ...body, input: [{ role: 'user', content: input }, ...asked.output, result] });
      assert.equal(answered.output_text, 'It rains.');
    };
  }

  for (const [feature, body] of Object.entries(features)) {
    scenarios[`${name}: ${feature}`] = async () => {
      const answer = create({ model: models.text, ...body });
      if (!refused.includes(feature)) return assert.ok((await answer).output_text);
      await assert.rejects(answer, error => error instanceof OpenAI.BadRequestError && /^unsupported_(parameter|value)$/.test(error.code) && error.param.length > 0);
    };
  }
}

await run(scenarios);
