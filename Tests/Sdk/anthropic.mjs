// The official Anthropic SDK against a gateway: one line "ok <name>" for each scenario, or "failed <name>: <why>" and exit code 1.
import assert from 'node:assert/strict';
import Anthropic from '@anthropic-ai/sdk';

const options = { baseURL: process.env.GATEWAY_URL, apiKey: process.env.GATEWAY_KEY, maxRetries: 0 };
const client = new Anthropic(options);
const messages = [{ role: 'user', content: 'hello from the SDK' }];
const base = { max_tokens: 1000, messages };
const tools = [{ name: 'get_weather', input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } }];

// The same scenarios with a provider that speaks Messages, and with one that speaks Chat Completions.
const models = { anthropic: process.env.ANTHROPIC_MODEL, chat: process.env.CHAT_MODEL };
const scenarios = {};
for (const [name, model] of Object.entries(models)) {
  scenarios[`${name}: message`] = async () => {
    const { data, response } = await client.messages.create({ model, ...base }).withResponse();
    assert.equal(data.type, 'message');
    assert.ok(data.content[0].text.startsWith('The simulator'));
    assert.equal(data.stop_reason, 'end_turn');
    assert.ok(data.usage.input_tokens > 0 && data.usage.output_tokens > 0);
    assert.equal(data._request_id, response.headers.get('request-id'));
  };

  scenarios[`${name}: stream`] = async () => {
    const stream = client.messages.stream({ model, ...base });
    let text = '';
    stream.on('text', piece => { text += piece; });
    const message = await stream.finalMessage();
    assert.ok(text.startsWith('The simulator'));
    assert.equal(message.content[0].text, text);
    assert.equal(message.stop_reason, 'end_turn');
    assert.ok(message.usage.output_tokens > 0);
  };

  scenarios[`${name}: leaving a stream`] = async () => {
    const stream = await client.messages.create({ model, ...base, stream: true });
    for await (const event of stream) {
      assert.equal(event.type, 'message_start');
      break;
    }
    assert.ok(stream.controller.signal.aborted);
  };
}

for (const [name, model] of Object.entries({ anthropic: process.env.ANTHROPIC_TOOL_MODEL, chat: process.env.CHAT_TOOL_MODEL })) {
  scenarios[`${name}: tools there and back`] = async () => {
    const asked = await client.messages.stream({ model, ...base, tools }).finalMessage();
    assert.equal(asked.stop_reason, 'tool_use');
    const call = asked.content.find(block => block.type === 'tool_use');
    assert.deepEqual(call.input, { city: 'Oslo', count: 9007199254740991 });
    const answered = await client.messages.create({
      model, ...base, tools,
      messages: [...messages, { role: 'assistant', content: asked.content }, { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: 'rain' }] }],
    });
    assert.equal(answered.content[0].text, 'It rains.');
  };
}

Object.assign(scenarios, {
  async 'thinking, replayed'() {
    const model = process.env.THINKING_MODEL;
    const thinking = { type: 'enabled', budget_tokens: 1024 };
    const thought = await client.messages.stream({ model, max_tokens: 2000, messages, thinking }).finalMessage();
    assert.equal(thought.content[0].type, 'thinking');
    assert.equal(thought.content[0].thinking, 'Let me think.');
    assert.ok(thought.content[0].signature.length > 0);
    // The provider refuses a signature that is not its own.
    const again = await client.messages.create({
      model, max_tokens: 2000, thinking, messages: [...messages, { role: 'assistant', content: thought.content }, { role: 'user', content: 'Go on.' }],
    });
    assert.equal(again.stop_reason, 'end_turn');
  },

  async 'structured output'() {
    const schema = { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } }, required: ['city', 'days'], additionalProperties: false };
    const message = await client.messages.create({ model: 'json', ...base, output_config: { format: { type: 'json_schema', schema } } });
    const plan = JSON.parse(message.content[0].text);
    assert.equal(typeof plan.city, 'string');
    assert.ok(Number.isInteger(plan.days));
  },

  async 'counting tokens'() {
    const counted = await client.messages.countTokens({ model: models.anthropic, messages }).withResponse();
    assert.ok(counted.data.input_tokens > 0);
    assert.equal(counted.response.headers.get('x-gateway-estimated'), null);
    const estimated = await client.messages.countTokens({ model: models.chat, messages }).withResponse();
    assert.ok(estimated.data.input_tokens > 0);
    assert.equal(estimated.response.headers.get('x-gateway-estimated'), 'true');
  },

  async 'typed errors'() {
    const wrong = new Anthropic({ ...options, apiKey: 'sk-wrong' });
    await assert.rejects(wrong.messages.create({ model: 'echo', ...base }), Anthropic.AuthenticationError);
    await assert.rejects(client.messages.create({ model: 'nobody', ...base }), error =>
      error instanceof Anthropic.NotFoundError && error.requestID.startsWith('req_') && error.error.error.type === 'not_found_error');
    await assert.rejects(client.messages.create({ model: 'echo', messages }), Anthropic.BadRequestError);
    await assert.rejects(client.messages.create({ model: 'simulated/lorem?fail=429', ...base }), Anthropic.RateLimitError);
    await assert.rejects(client.messages.create({ model: 'simulated/lorem?fail=529', ...base }), error =>
      error instanceof Anthropic.InternalServerError && error.status === 529 && error.error.error.type === 'overloaded_error');
  },

  async 'an error inside a stream'() {
    const stream = await client.messages.create({ model: process.env.BROKEN_MODEL, ...base, stream: true });
    await assert.rejects(async () => { for await (const _ of stream); }, error => error instanceof Anthropic.APIError);
  },
});

for (const [name, run] of Object.entries(scenarios)) {
  try {
    await run();
    console.log(`ok ${name}`);
  } catch (error) {
    process.exitCode = 1;
    console.log(`failed ${name}: ${error.stack}`);
  }
}
