/** The PyTorch export's prepare.py with the real `tokenizers`. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { buildData } from '../../jobs/buildData';
import { memoryStore } from '../base/blobStore';
import { unwatched } from '../base/job';
import { importText, pastedText } from '../documents';
import { readBytes } from '../files/byteSource';
import { openPart } from '../shards/read';
import { project } from '../../testing/runningService';
import { createTokenizer } from '../tokenizer/byteLevel';
import { writeTokenizerJson } from '../tokenizer/json';
import { ROLES } from '../tokenizer/special';
import { dataFiles } from './formats/pytorch/write';

const PARTS = ['train', 'val', 'test'];
const PYTHON = process.env['PYTHON'] ?? '/usr/bin/python3';
const run = promisify(execFile);
const hasTokenizers = await run(PYTHON, ['-c', 'import numpy, tokenizers']).then(
  () => true,
  () => false,
);
if (!hasTokenizers) console.warn(`Skipped: prepare.py makes tokens of text, because ${PYTHON} has no tokenizers.`);

test.skipIf(!hasTokenizers)('prepare.py gives our ids, also for text that looks like a special token', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'prepare-'));
  try {
    const tokenizer = await createTokenizer({ kind: 'bpe', merges: [[71, 72], [256, 73]], roles: ROLES }); // prettier-ignore
    await mkdir(join(folder, 'model'));
    await cp(project('public/templates/pytorch/prepare.py'), join(folder, 'prepare.py'));
    await writeFile(join(folder, 'model/tokenizer.json'), writeTokenizerJson(tokenizer));
    await writeFile(join(folder, 'model/homegrown.json'), JSON.stringify({ segments: [{ data: null }] }));
    await writeFile(join(folder, 'architecture.json'), JSON.stringify({ endOfText: tokenizer.endOfText }));
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

test.skipIf(!hasTokenizers)(
  'prepare.py makes the files of a PyTorch export, with the test part and the document borders',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'prepare-'));
    try {
      const tokenizer = await createTokenizer({ kind: 'bpe', merges: [[116, 104], [256, 101]] }); // prettier-ignore
      await mkdir(join(folder, 'model'));
      await cp(project('public/templates/pytorch/prepare.py'), join(folder, 'prepare.py'));
      await writeFile(join(folder, 'model/tokenizer.json'), writeTokenizerJson(tokenizer));
      await writeFile(join(folder, 'architecture.json'), JSON.stringify({ endOfText: tokenizer.endOfText }));
      const split = { validation: 0.1, test: 0.05, seed: 0 };
      await writeFile(join(folder, 'model/homegrown.json'), JSON.stringify({ segments: [{ data: { split } }] }));
      const texts = ['the sea, the whale. ', 'Ä first “line”. ', 'ab'].map((text, i) => text.repeat(200 - 60 * i));
      const store = memoryStore();
      const ids: string[] = [];
      for (const [i, text] of texts.entries()) {
        await writeFile(join(folder, `${i}.txt`), text);
        const added = await importText(pastedText(`${i}.txt`, text), store, { addedAt: i }, unwatched);
        if (added.kind === 'added') ids.push(added.text.id);
      }
      await run(PYTHON, ['prepare.py', ...texts.map((_, i) => `${i}.txt`)], { cwd: folder });
      const { manifest } = await buildData(store, ids, tokenizer, split, unwatched);
      const [train, validation, test] = (['train', 'validation', 'test'] as const).map((part) =>
        openPart(store, manifest, part),
      );
      const ours = await dataFiles({ train: train!, validation: validation!, test: test! }, tokenizer.endOfText);
      expect(ours.map(({ name }) => name)).toEqual([
        'data/meta.json',
        ...PARTS.flatMap((part) => [`data/${part}.bin`, `data/${part}.documents.bin`]),
      ]);
      for (const file of ours) {
        const [own, theirs] = [await readBytes(file), await readFile(join(folder, file.name))];
        if (file.name.endsWith('.json'))
          expect(JSON.parse(theirs.toString())).toEqual(JSON.parse(new TextDecoder().decode(own)));
        else expect(theirs.equals(own), file.name).toBe(true);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);
