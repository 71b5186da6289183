// Chat Completions of the official OpenAI SDK.
import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { key, planSchema, providers, question, run, toolSchema, url, weather } from './suite.mjs';

const options = { baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 };
const client = new OpenAI(options);
const messages = [{ role: 'user', content: question }];
const tools = [{ type: 'function', function: { name: 'get_weather', parameters: toolSchema } }];
const features = {
  'several answers': { messages, n: 2 },
  'log probabilities': { messages, logprobs: true, top_logprobs: 2 },
  'image, address': { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }, { type: 'text', text: 'Look.' }] }] },
};
const create = body => client.chat.completions.create(body);
const finish = body => client.chat.completions.stream(body).finalChatCompletion();

const scenarios = {
  async 'chat of the gateway\'s own model'() {
    const { data, response } = await client.chat.completions.create({ model: 'echo', messages }).withResponse();
    assert.equal(data.choices[0].message.content, question);
    assert.equal(data._request_id, response.headers.get('x-request-id'));
  },

  async 'models'() {
    const ids = [];
    for await (const model of client.models.list()) ids.push(model.id);
    assert.ok(ids.includes('echo'));
  },

  async 'typed errors'() {
    const wrong = new OpenAI({ ...options, apiKey: 'sk-wrong' });
    await assert.rejects(wrong.chat.completions.create({ model: 'echo', messages }), OpenAI.AuthenticationError);
    await assert.rejects(create({ model: 'nobody', messages }), error =>
      error instanceof OpenAI.NotFoundError && error.code === 'model_not_found' && error.requestID.startsWith('req_'));
    await assert.rejects(create({ model: 'echo', messages, max_tokens: -1 }), OpenAI.BadRequestError);
    await assert.rejects(create({ model: 'simulated/lorem?fail=429&tokens=52', messages }), OpenAI.RateLimitError);
    await assert.rejects(create({ model: 'simulated/lorem?fail=500&tokens=52', messages }), OpenAI.InternalServerError);
  },

  async 'a connection that breaks'() {
    const stream = await create({ model: process.env.BROKEN_MODEL, messages, stream: true });
    await assert.rejects(async () => { for await (const _ of stream); }, error => error instanceof OpenAI.APIError && error.code === 'upstream_error');
  },
};

for (const { name, models, refused } of providers) {
  Object.assign(scenarios, {
    async [`${name}: chat`]() {
      const completion = await create({ model: models.text, messages });
      assert.ok(completion.choices[0].message.content.startsWith('The simulator'));
      assert.equal(completion.choices[0].finish_reason, 'stop');
      assert.ok(completion.usage.prompt_tokens > 0);
      assert.equal(completion.usage.total_tokens, completion.usage.prompt_tokens + completion.usage.completion_tokens);
    },

    async [`${name}: stream`]() {
      const stream = await create({ model: models.text, messages, stream: true, stream_options: { include_usage: true } });
      let text = '';
      let usage;
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta?.content ?? '';
        usage = chunk.usage ?? usage;
      }
      assert.equal(text.split(' ').length, 50);
      assert.ok(usage.completion_tokens > 0);
    },

    async [`${name}: leaving a stream`]() {
      const stream = await create({ model: models.slow, messages, stream: true });
      for await (const chunk of stream) if (chunk.choices[0]?.delta?.content) break;
      assert.ok(stream.controller.signal.aborted);
    },

    async [`${name}: structured output`]() {
      const response_format = { type: 'json_schema', json_schema: { name: 'plan', strict: true, schema: planSchema } };
      const completion = await client.chat.completions.parse({ model: models.plan, messages, response_format });
      assert.deepEqual(JSON.parse(completion.choices[0].message.content), { city: 'Oslo', days: 3 });
    },

    async [`${name}: typed errors`]() {
      await assert.rejects(create({ model: models.refusing, messages }), error => error instanceof OpenAI.BadRequestError && error.message.includes('No.'));
      await assert.rejects(create({ model: models.limiting, messages }), OpenAI.RateLimitError);
      await assert.rejects(create({ model: models.failing, messages }), OpenAI.InternalServerError);
    },

    async [`${name}: an error inside a stream`]() {
      const stream = await create({ model: models.broken, messages, stream: true });
      await assert.rejects(async () => { for await (const _ of stream); }, OpenAI.APIError);
    },
  });

  for (const [way, ask] of Object.entries({ whole: create, streamed: finish })) {
    scenarios[`${name}: tools there and back, ${way}`] = async () => {
      const asked = (await ask({ model: models.tools, messages, tools })).choices[0];
      assert.equal(asked.finish_reason, 'tool_calls');
      const [call] = asked.message.tool_calls;
      assert.equal(call.function.name, 'get_weather');
      assert.deepEqual(JSON.parse(call.function.arguments), weather);
      const answered = await ask({ model: models.tools, tools, messages: [...messages, asked.message, { role: 'tool', tool_call_id: call.id, content: 'rain' }] });
      assert.equal(answered.choices[0].message.content, 'It rains.');
    };

    // The state of the provider stands in fields that the SDK does not know; its stream helper keeps but the last of them.
    scenarios[`${name}: thinking, replayed, ${way}`] = async () => {
      const body = { model: models.thinking, tools, reasoning_effort: 'low' };
      const asked = (await ask({ ...body, messages })).choices[0].message;
      if (way === 'whole') assert.equal(asked.reasoning_content, 'Let me think.');
      const result = { role: 'tool', tool_call_id: asked.tool_calls[0].id, content: 'rain' };
      const answered = await ask({ ...body, messages: [...messages, asked, result] });
      assert.equal(answered.choices[0].message.content, 'It rains.');
    };
  }

  for (const [feature, body] of Object.entries(features)) {
    scenarios[`${name}: ${feature}`] = async () => {
      const answer = create({ model: models.text, ...body });
      if (!refused.includes(feature)) return assert.ok((await answer).choices[0].message.content);
      await assert.rejects(answer, error => error instanceof OpenAI.BadRequestError && /^unsupported_(parameter|value)$/.test(error.code) && error.param.length > 0);
    };
  }
}

await run(scenarios);
