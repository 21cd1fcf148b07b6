/**
 * Tokenizes texts for bench/plan/train.py: `node --import tsx bench/plan/tokens.ts DATA NAME VOCABULARY FILE` writes
 * DATA/NAME-VOCABULARY, with a tenth held out, and prints its columns of runs.csv.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unwatched } from '../../src/core/base/job';
import { unigramLoss } from '../../src/core/objectives/unigram';
import { profileText } from '../../src/core/plan/profile';
import { documentOf } from '../../src/testing/texts';
import { createTokenizer } from '../../src/core/tokenizer/byteLevel';
import { trainTokenizer } from '../../src/core/tokenizer/train';

async function main([data, name, vocabulary, file]: readonly string[]): Promise<void> {
  const text = readFileSync(file!, 'utf8');
  const document = documentOf(text);
  const settings = { kind: 'bpe', vocabulary: Number(vocabulary) } as const;
  const tokenizer = await createTokenizer(await trainTokenizer(settings, [document], unwatched));
  const ids = tokenizer.encode(text);
  const border = Math.floor(0.9 * ids.length);
  const [trained, held] = [ids.subarray(0, border), ids.subarray(border)];
  const bytes = held.reduce((sum, id) => sum + tokenizer.bytes(id).length, 0);
  const counted = (part: Uint32Array): Uint32Array => {
    const counts = new Uint32Array(tokenizer.size);
    for (const id of part) counts[id]! += 1;
    return counts;
  };
  const unigramBits = (unigramLoss(counted(trained), counted(held)) * held.length) / (bytes * Math.LN2);
  const { repeated } = await profileText([document], unwatched);
  const folder = join(data!, `${name!}-${vocabulary!}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'train.bin'), Uint16Array.from(trained));
  writeFileSync(join(folder, 'validation.bin'), Uint16Array.from(held));
  writeFileSync(join(folder, 'meta.json'), JSON.stringify({ vocabulary: tokenizer.size, validation: { bytes } }));
  console.log([name, tokenizer.size, unigramBits.toFixed(4), repeated.toFixed(4), trained.length].join());
}

await main(process.argv.slice(2));
