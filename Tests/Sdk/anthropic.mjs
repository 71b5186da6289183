// The official Anthropic SDK.
import assert from 'node:assert/strict';
import Anthropic from '@anthropic-ai/sdk';
import { key, planSchema, providers, question, run, toolSchema, url, weather } from './suite.mjs';

const options = { baseURL: url, apiKey: key, maxRetries: 0 };
const client = new Anthropic(options);
const messages = [{ role: 'user', content: question }];
const base = { max_tokens: 1000, messages };
const tools = [{ name: 'get_weather', input_schema: toolSchema }];
const features = {
  'stop sequences': { ...base, stop_sequences: ['STOP'] },
  'hosted web search': { ...base, tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
  'image, address': {
    ...base, messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } }, { type: 'text', text: 'Look.' }] }],
  },
};
const create = body => client.messages.create(body);
const finish = body => client.messages.stream(body).finalMessage();

const scenarios = {
  async 'typed errors'() {
    const wrong = new Anthropic({ ...options, apiKey: 'sk-wrong' });
    await assert.rejects(wrong.messages.create({ model: 'echo', ...base }), Anthropic.AuthenticationError);
    await assert.rejects(create({ model: 'nobody', ...base }), error =>
      error instanceof Anthropic.NotFoundError && error.requestID.startsWith('req_') && error.error.error.type === 'not_found_error');
    await assert.rejects(create({ model: 'echo', messages }), Anthropic.BadRequestError);
    await assert.rejects(create({ model: 'simulated/lorem?fail=429&tokens=55', ...base }), Anthropic.RateLimitError);
    await assert.rejects(create({ model: 'simulated/lorem?fail=529&tokens=55', ...base }), error =>
      error instanceof Anthropic.InternalServerError && error.status === 529 && error.error.error.type === 'overloaded_error');
  },
};

for (const { name, models, refused } of providers) {
  Object.assign(scenarios, {
    async [`${name}: message`]() {
      const { data, response } = await client.messages.create({ model: models.text, ...base }).withResponse();
      assert.equal(data.type, 'message');
      assert.ok(data.content[0].text.startsWith('The simulator'));
      assert.equal(data.stop_reason, 'end_turn');
      assert.ok(data.usage.input_tokens > 0 && data.usage.output_tokens > 0);
      assert.equal(data._request_id, response.headers.get('request-id'));
    },

    async [`${name}: stream`]() {
      const stream = client.messages.stream({ model: models.text, ...base });
      let text = '';
      stream.on('text', piece => { text += piece; });
      const message = await stream.finalMessage();
      assert.equal(text.split(' ').length, 50);
      assert.equal(message.content[0].text, text);
      assert.equal(message.stop_reason, 'end_turn');
      assert.ok(message.usage.output_tokens > 0);
    },

    async [`${name}: leaving a stream`]() {
      const stream = await create({ model: models.slow, ...base, stream: true });
      for await (const event of stream) if (event.type === 'content_block_delta') break;
      assert.ok(stream.controller.signal.aborted);
    },

    async [`${name}: structured output`]() {
      const message = await create({ model: models.plan, ...base, output_config: { format: { type: 'json_schema', schema: planSchema } } });
      assert.deepEqual(JSON.parse(message.content[0].text), { city: 'Oslo', days: 3 });
    },

    async [`${name}: counting tokens`]() {
      const { data, response } = await client.messages.countTokens({ model: models.text, messages }).withResponse();
      assert.ok(data.input_tokens > 0);
      if (name === 'Anthropic') assert.equal(response.headers.get('x-gateway-estimated'), null);
      if (name === 'compatible') assert.equal(response.headers.get('x-gateway-estimated'), 'true');
    },

    async [`${name}: typed errors`]() {
      await assert.rejects(create({ model: models.refusing, ...base }), error => error instanceof Anthropic.BadRequestError && error.message.includes('No.'));
      await assert.rejects(create({ model: models.limiting, ...base }), Anthropic.RateLimitError);
      await assert.rejects(create({ model: models.failing, ...base }), Anthropic.InternalServerError);
    },

    async [`${name}: an error inside a stream`]() {
      const stream = await create({ model: models.broken, ...base, stream: true });
      await assert.rejects(async () => { for await (const _ of stream); }, Anthropic.APIError);
    },
  });

  for (const [way, ask] of Object.entries({ whole: create, streamed: finish })) {
    const back = (asked, call) => [...messages, { role: 'assistant', content: asked.content }, { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: 'rain' }] }];

    scenarios[`${name}: tools there and back, ${way}`] = async () => {
      const asked = await ask({ model: models.tools, ...base, tools });
      assert.equal(asked.stop_reason, 'tool_use');
      const call = asked.content.find(block => block.type === 'tool_use');
      assert.deepEqual(call.input, weather);
      const answered = await ask({ model: models.tools, ...base, tools, messages: back(asked, call) });
      assert.equal(answered.content[0].text, 'It rains.');
    };

    scenarios[`${name}: thinking, replayed, ${way}`] = async () => {
      const body = { model: models.thinking, max_tokens: 2000, tools, thinking: { type: 'enabled', budget_tokens: 1024 } };
      const asked = await ask({ ...body, messages });
      assert.equal(asked.content[0].type, 'thinking');
      assert.equal(asked.content[0].thinking, 'Let me think.');
      const answered = await ask({ ...body, messages: back(asked, asked.content.find(block => block.type === 'tool_use')) });
      assert.equal(answered.content.find(block => block.type === 'text').text, 'It rains.');
    };
  }

  for (const [feature, body] of Object.entries(features)) {
    scenarios[`${name}: ${feature}`] = async () => {
      const answer = create({ model: models.text, ...body });
      if (!refused.includes(feature)) return assert.ok((await answer).content.length > 0);
      await assert.rejects(answer, error => error instanceof Anthropic.BadRequestError && error.error.error.type === 'invalid_request_error');
    };
  }
}

await run(scenarios);
