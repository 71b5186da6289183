// Vercel's AI SDK, which speaks Chat Completions, Responses and Messages through packages of its own.
import assert from 'node:assert/strict';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { APICallError, generateObject, generateText, stepCountIs, streamObject, streamText, tool } from 'ai';
import { z } from 'zod';
import { key, providers, question, run, url, weather } from './suite.mjs';

globalThis.AI_SDK_LOG_WARNINGS = false;
const openai = createOpenAI({ baseURL: `${url}/v1`, apiKey: key });
const anthropic = createAnthropic({ baseURL: `${url}/v1`, apiKey: key });
const plan = z.object({ city: z.string(), days: z.int() });

// Thinking is asked for in each surface's own words. The second time, Responses is told to keep nothing: the client carries the state.
const thinks = { openai: { reasoningEffort: 'low', reasoningSummary: 'auto', forceReasoning: true } };
const surfaces = {
  'Chat': { model: id => openai.chat(id), thinking: { openai: { reasoningEffort: 'low' } }, showsThoughts: false },
  'Responses': { model: id => openai.responses(id), thinking: thinks, showsThoughts: true },
  'Responses, kept by the client': {
    model: id => openai.responses(id), thinking: { openai: { ...thinks.openai, store: false, include: ['reasoning.encrypted_content'] } }, showsThoughts: true, thinksOnly: true,
  },
  'Messages': { model: id => anthropic(id), thinking: { anthropic: { thinking: { type: 'enabled', budgetTokens: 1024 } } }, showsThoughts: true },
};

const scenarios = {};
for (const { name, models } of providers) {
  for (const [surface, { model, thinking, showsThoughts, thinksOnly }] of Object.entries(surfaces)) {
    const ask = (id, more) => ({ model: model(id), prompt: question, maxRetries: 0, maxOutputTokens: 2000, ...more });
    const withTools = (called, more) => ({
      ...more,
      stopWhen: stepCountIs(3),
      tools: {
        get_weather: tool({
          inputSchema: z.object({ city: z.string(), count: z.number() }),
          execute: input => { called.push(input); return 'rain'; },
        }),
      },
    });
    const at = `${name}, ${surface}`;
    const own = id => models[`${id}/${surface}`] ?? models[id];

    Object.assign(scenarios, {
      async [`${at}: thinking in a tool loop`]() {
        const result = await generateText(ask(models.thinking, withTools([], { providerOptions: thinking })));
        if (showsThoughts) assert.equal(result.steps[0].reasoningText, 'Let me think.');
        assert.equal(result.text, 'It rains.');
      },

      async [`${at}: thinking in a tool loop, streamed`]() {
        const result = streamText(ask(models.thinking, withTools([], { providerOptions: thinking })));
        await result.consumeStream();
        if (showsThoughts) assert.equal((await result.steps)[0].reasoningText, 'Let me think.');
        assert.equal(await result.text, 'It rains.');
      },
    });
    if (thinksOnly) continue;

    Object.assign(scenarios, {
      async [`${at}: text`]() {
        const result = await generateText(ask(models.text));
        assert.equal(result.text.split(' ').length, 50);
        assert.equal(result.finishReason, 'stop');
        assert.ok(result.usage.inputTokens > 0 && result.usage.outputTokens > 0);
      },

      async [`${at}: stream`]() {
        const result = streamText(ask(models.text));
        let text = '';
        for await (const piece of result.textStream) text += piece;
        assert.equal(text.split(' ').length, 50);
        assert.equal(await result.finishReason, 'stop');
        assert.ok((await result.usage).outputTokens > 0);
      },

      async [`${at}: tool loop`]() {
        const called = [];
        const result = await generateText(ask(models.tools, withTools(called)));
        assert.deepEqual(called, [weather]);
        assert.equal(result.text, 'It rains.');
        assert.equal(result.steps.length, 2);
      },

      async [`${at}: tool loop, streamed`]() {
        const called = [];
        const result = streamText(ask(models.tools, withTools(called)));
        await result.consumeStream();
        assert.deepEqual(called, [weather]);
        assert.equal(await result.text, 'It rains.');
      },

      async [`${at}: object`]() {
        const { object } = await generateObject(ask(models.plan, { schema: plan }));
        assert.deepEqual(object, { city: 'Oslo', days: 3 });
      },

      async [`${at}: object, streamed`]() {
        const result = streamObject(ask(models.plan, { schema: plan }));
        for await (const _ of result.partialObjectStream);
        assert.deepEqual(await result.object, { city: 'Oslo', days: 3 });
      },

      async [`${at}: leaving a stream`]() {
        const leaving = new AbortController();
        const result = streamText(ask(models.slow, { abortSignal: leaving.signal, onError() {} }));
        let last;
        for await (const part of result.fullStream) {
          if (part.type === 'text-delta') leaving.abort();
          last = part.type;
        }
        assert.equal(last, 'abort');
      },

      async [`${at}: typed errors`]() {
        for (const [id, status, isRetryable] of [[models.refusing, 400, false], [own('limiting'), 429, true], [own('failing'), 502, true]]) {
          await assert.rejects(generateText(ask(id)), error => APICallError.isInstance(error) && error.statusCode === status && error.isRetryable === isRetryable);
        }
      },

      async [`${at}: an error inside a stream`]() {
        const errors = [];
        await streamText(ask(own('broken'), { onError: ({ error }) => errors.push(error) })).consumeStream();
        assert.equal(errors.length, 1);
      },
    });
  }
}

await run(scenarios);
