/** The hand-over's prepare.py with the real `tokenizers`. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { project } from '../testing/runningService';
import { createTokenizer } from '../tokenizer/byteLevel';
import { writeTokenizerJson } from '../tokenizer/json';
import { ROLES } from '../tokenizer/special';

const PYTHON = process.env['PYTHON'] ?? '/usr/bin/python3';
const run = promisify(execFile);
const hasTokenizers = await run(PYTHON, ['-c', 'import numpy, tokenizers']).then(
  () => true,
  () => false,
);
if (!hasTokenizers) console.warn(`Skipped: prepare.py makes tokens of text, because ${PYTHON} has no tokenizers.`);

test.skipIf(!hasTokenizers)('prepare.py has our ids, for text that looks like a special token too', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'prepare-'));
  try {
    const tokenizer = await createTokenizer({ kind: 'bpe', merges: [[71, 72], [256, 73]], roles: ROLES }); // prettier-ignore
    await mkdir(join(folder, 'model'));
    await cp(project('public/templates/pytorch/prepare.py'), join(folder, 'prepare.py'));
    await writeFile(join(folder, 'model/tokenizer.json'), writeTokenizerJson(tokenizer));
    const texts = [tokenizer.special.map(({ text }) => `hello ${text} it's `).join(''), 'é <|endoftext|>\n\n  你好'];
    const names = texts.map((_, i) => join(folder, `${i}.txt`));
    for (const [i, text] of texts.entries()) await writeFile(names[i]!, text);
    await run(PYTHON, [join(folder, 'prepare.py'), ...names, '--held-out', '0.001']);
    const [first, second] = texts.map((text) => [...tokenizer.encode(text)]);
    const ids = new Uint16Array((await readFile(join(folder, 'data/train.bin'))).buffer);
    expect([...ids]).toEqual([...first!, tokenizer.endOfText, ...second!]);
    const meta = JSON.parse(await readFile(join(folder, 'data/meta.json'), 'utf8')) as unknown;
    expect(meta).toMatchObject({ vocabulary: tokenizer.size, endOfText: tokenizer.endOfText });
  } finally {
    await rm(folder, { recursive: true });
  }
});
