// Makes the price book that RoutingService ships of the open data set genai-prices (MIT):
//   node build/make-price-book.mjs data.json 2026-08-21
// The first argument is its file prices/new_data/v2/data.json, the second the day the data is of. What is left out is told on the console.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [, , source, date] = process.argv;
if (!source || !/^\d{4}-\d{2}-\d{2}$/.test(date ?? '')) {
  throw new Error('usage: node build/make-price-book.mjs data.json yyyy-mm-dd');
}

const target = join(dirname(fileURLToPath(import.meta.url)), '..', 'RoutingService', 'Prices', 'book.json');
const data = JSON.parse(readFileSync(source, 'utf8'));
const isClaude = (model) => model.id.includes('claude');

// The gateway's types of providers, and whose models they have. Azure sells OpenAI's models at OpenAI's prices where it says no other.
const kinds = [
  { type: 'openai', of: ['openai'] },
  { type: 'anthropic', of: ['anthropic'] },
  { type: 'azure', of: ['azure', 'openai'] },
  { type: 'gemini', of: ['google'], leaveOut: isClaude },
  { type: 'vertex', of: ['google'], leaveOut: isClaude },
  { type: 'bedrock', of: ['aws'] },
  { type: 'cerebras', of: ['cerebras'] },
  { type: 'deepseek', of: ['deepseek'] },
  { type: 'groq', of: ['groq'] },
  { type: 'mistral', of: ['mistral'] },
  { type: 'openrouter', of: ['openrouter'] },
  { type: 'together', of: ['together'] },
  { type: 'xai', of: ['x-ai'] },
];

// Buckets that the gateway counts. Others (searches, requests, video, cached audio) are priced by nobody here, see docs/prices.md.
const buckets = {
  input_mtok: 'input',
  cache_read_mtok: 'cache_read',
  cache_write_mtok: 'cache_write_5m',
  cache_write_1h_mtok: 'cache_write_1h',
  input_audio_mtok: 'audio_input',
  input_image_mtok: 'image_input',
  output_mtok: 'output',
  output_reasoning_mtok: 'reasoning',
  output_audio_mtok: 'audio_output',
};

// Published as a share of the standard price; nothing else is known of tiers.
const half = [1n, 2n];
const googleHalf = 'https://ai.google.dev/gemini-api/docs/pricing';
const tiersOf = {
  openai: (model, prices) => prices.input_audio_mtok === undefined
    ? { batch: [half, 'https://platform.openai.com/docs/guides/batch'], ...(prices.output_mtok === undefined ? {} : { flex: [half, 'https://platform.openai.com/docs/guides/flex-processing'] }) }
    : {},
  anthropic: () => ({ batch: [half, 'https://platform.claude.com/docs/en/build-with-claude/batch-processing#pricing'] }),
  gemini: (model) => ({
    'gemini-3-flash-preview': { batch: [half, googleHalf] },
    'gemini-3.5-flash': { batch: [half, googleHalf], flex: [half, googleHalf] },
    'gemini-3.5-flash-lite': { batch: [half, googleHalf], flex: [half, googleHalf] },
    'gemini-3.6-flash': { batch: [half, googleHalf], flex: [half, googleHalf] },
    'gemini-3.7-flash': { batch: [half, googleHalf], flex: [half, googleHalf], priority: [[9n, 5n], googleHalf] },
  }[model.id] ?? {}),
};

// Dollars as a whole number of 10^-9, rounded up, so that no sum is one of floating point.
function nano(number) {
  const [, digits, fraction = '', exponent = '0'] = /^(\d+)(?:\.(\d+))?(?:e(-?\d+))?$/.exec(String(number)) ?? [];
  if (digits === undefined) {
    throw new Error(`${number} is no price.`);
  }

  const shift = 9 - fraction.length + Number(exponent);
  const all = BigInt(digits + fraction);
  const unit = 10n ** BigInt(Math.abs(shift));
  return shift >= 0 ? all * unit : (all + unit - 1n) / unit;
}

function dollars(amount) {
  const text = amount.toString().padStart(10, '0');
  return `${text.slice(0, -9)}.${text.slice(-9)}`.replace(/\.?0+$/, '');
}

function share(amount, [part, whole]) {
  if ((amount * part) % whole !== 0n) {
    throw new Error(`${amount} x ${part}/${whole} is no whole number.`);
  }

  return amount * part / whole;
}

// One band for each number of input tokens above which all of the request costs something else.
function bandsOf(prices, factor, extra) {
  const starts = [0, ...new Set(Object.values(prices).filter((price) => price.tiers).flatMap((price) => price.tiers.map((tier) => tier.start)))]
    .sort((one, other) => one - other);
  return starts.map((start) => {
    const fields = start === 0 ? [] : [`"above_input_tokens":${start}`];
    for (const [name, bucket] of Object.entries(buckets)) {
      const price = prices[name];
      const value = price?.tiers ? price.tiers.filter((tier) => tier.start <= start).at(-1)?.price ?? price.base : price;
      const amount = value !== undefined ? nano(value) : extra?.[name]?.(start, prices);
      if (amount !== undefined) {
        fields.push(`"${bucket}":${dollars(share(amount, factor))}`);
      }
    }

    return `{${fields.join(',')}}`;
  });
}

const inputAt = (start, price) => nano(price.tiers ? price.tiers.filter((tier) => tier.start <= start).at(-1)?.price ?? price.base : price);

// Anthropic's rule for a write that is kept for an hour, which holds wherever its models are sold.
const oneHour = { cache_write_1h_mtok: (start, prices) => inputAt(start, prices.input_mtok) * 2n };

// Where the data is plainly behind its own source: put before what it says.
const corrections = {
  openai: [{ id: 'gpt-4o-2024-05-13', match: { equals: 'gpt-4o-2024-05-13' }, prices: { input_mtok: 5, output_mtok: 15 } }],
};

// Prices of different hours of a day: the dearest of each bucket holds all day, for the book has no clock of that kind.
function dearest(conditions) {
  const all = conditions.map((condition) => condition.prices);
  return Object.fromEntries(Object.keys(all[0]).map((name) => [name, Math.max(...all.map((prices) => prices[name] ?? 0))]));
}

function periodsOf(model) {
  if (!Array.isArray(model.prices)) {
    return [{ prices: model.prices }];
  }

  if (model.prices.some((condition) => condition.constraint?.start_time)) {
    return [{ prices: dearest(model.prices), note: 'Cheaper at some hours: the dearer price holds all day.' }];
  }

  return model.prices.map((condition, index) => ({
    prices: condition.prices,
    from: condition.constraint?.start_date,
    to: model.prices[index + 1]?.constraint.start_date,
  }));
}

const rows = [];
const left = [];
for (const kind of kinds) {
  const known = new Set();
  for (const provider of kind.of.map((id) => data.find((known) => known.id === id))) {
    for (const model of [...(corrections[provider.id] ?? []), ...provider.models].filter((one) => !kind.leaveOut?.(one))) {
      // Azure's own word counts more than that of the one whose models it sells.
      if (known.has(model.id) || known.has(JSON.stringify(model.match))) {
        continue;
      }

      known.add(model.id).add(JSON.stringify(model.match));
      for (const { prices, from, to, note } of periodsOf(model)) {
        const isFree = Object.keys(prices).length === 0 && kind.type === 'openrouter' && model.id.endsWith(':free');
        if (isFree) {
          Object.assign(prices, { input_mtok: 0, output_mtok: 0 });
        }

        if (prices.input_mtok === undefined) {
          left.push(`${kind.type}/${model.id}: no price of input tokens`);
          continue;
        }

        if (model.id.includes('audio') && prices.input_audio_mtok === undefined) {
          left.push(`${kind.type}/${model.id}: it hears and speaks, and the data has no price of that`);
          continue;
        }

        if (prices.output_image_mtok !== undefined || prices.output_video_mtok !== undefined) {
          left.push(`${kind.type}/${model.id}: pictures or films are put out, which no usage tells from text`);
          continue;
        }

        const isWriting = isClaude(model) && prices.cache_write_mtok !== undefined && prices.cache_write_1h_mtok === undefined;
        const tiers = { standard: [[1n, 1n], provider.pricing_urls?.[0]], ...tiersOf[kind.type]?.(model, prices) };
        for (const [tier, [factor, url]] of Object.entries(tiers)) {
          const notes = [
            note,
            isWriting && 'One-hour cache writes by the rule of 2 x input.',
            isFree && 'Free by its name.',
            kind.type === 'azure' && provider.id !== 'azure' && 'As OpenAI sells it.',
            factor !== half || 'Half of the standard price.',
          ].filter((text) => typeof text === 'string');
          const fields = [
            ['id', [kind.type, model.id, tier === 'standard' ? '' : tier, from ?? ''].filter(Boolean).join(':')],
            ['provider_type', kind.type],
            ['model', model.match],
            ['service_tier', tier === 'standard' ? undefined : tier],
            ['effective_from', from && `${from}T00:00:00Z`],
            ['effective_to', to && `${to}T00:00:00Z`],
            ['prices', bandsOf(prices, factor, isWriting ? oneHour : undefined)],
            ['source', url],
            ['note', notes.join(' ') || undefined],
          ];
          rows.push(`{${fields.filter(([, value]) => value !== undefined).map(([name, value]) => name === 'prices'
            ? `"prices":[${value.join(',')}]`
            : `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`);
        }
      }
    }
  }
}

const head = {
  version: `shipped ${date}`,
  source: 'https://github.com/pydantic/genai-prices, prices/new_data/v2/data.json, converted by build/make-price-book.mjs',
  source_date: date,
  license: 'MIT, see PRICES-LICENSE',
};
writeFileSync(target, `${JSON.stringify(head).slice(0, -1)},"rows":[\n${rows.join(',\n')}\n]}\n`);
console.log(`${rows.length} rows; left out: ${left.length}\n${left.filter((text) => !text.includes('no price')).join('\n')}`);
