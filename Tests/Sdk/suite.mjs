// What every suite of this folder has: the gateway, the providers behind it, and one line "ok <name>" for each scenario, or "failed <name>: <why>" and exit code 1.
export const url = process.env.GATEWAY_URL;
export const key = process.env.GATEWAY_KEY;

// Each with a model for everything that it is asked, and the features that it refuses.
export const providers = JSON.parse(process.env.PROVIDERS);

export const question = 'What is the weather in Oslo?';
export const weather = { city: 'Oslo', count: 9007199254740991 };
export const planSchema = {
  type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } }, required: ['city', 'days'], additionalProperties: false,
};
export const toolSchema = {
  type: 'object', properties: { city: { type: 'string' }, count: { type: 'integer' } }, required: ['city', 'count'], additionalProperties: false,
};

// Those of one provider come one after the other: what it is sent has an order. Providers know nothing of one another, and most of the time is waiting.
export async function run(scenarios) {
  const all = Object.entries(scenarios);
  const isOf = (scenario, { name }) => scenario.startsWith(`${name}:`) || scenario.startsWith(`${name},`);
  const ofNone = all.filter(([scenario]) => !providers.some(provider => isOf(scenario, provider)));
  await Promise.all([ofNone, ...providers.map(provider => all.filter(([scenario]) => isOf(scenario, provider)))].map(runInTurn));
}

async function runInTurn(scenarios) {
  for (const [name, scenario] of scenarios) {
    try {
      await scenario();
      console.log(`ok ${name}`);
    } catch (error) {
      process.exitCode = 1;
      console.log(`failed ${name}: ${error.stack}`);
    }
  }
}
