/**
 * Records what the first page shows, by real runs on WASM: a run on Moby Dick, what a classifier of the emails says, and what a
 * model of the letter tasks answers. Writes all or one of these into src/features/text/recorded.json:
 * `npx tsx scripts/firstRun.ts [run|label|answer]`.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unwatched } from '../src/core/base/job';
import { memoryStore } from '../src/core/base/blobStore';
import { documentsOf, importText, pastedText } from '../src/core/documents';
import { drawn } from '../src/core/objectives/shown';
import { buildShards } from '../src/core/shards/build';
import { openPart } from '../src/core/shards/read';
import { useWasm as onWasm } from '../src/core/testing/wasm';
import { createTokenizer } from '../src/core/tokenizer/byteLevel';
import { trainTokenizer } from '../src/core/tokenizer/train';
import { DEFAULT_RECIPE } from '../src/core/train/recipe';
import { train } from '../src/core/train/train';
import type { Recorded } from '../src/features/text/recorded';
import { cutTo } from './mails';
import { buildMails, buildSamples } from './samples';

const OUT = new URL('../src/features/text/recorded.json', import.meta.url);
const CLI = fileURLToPath(new URL('cli.mjs', import.meta.url));
const PROMPT = 'The whale';
const STEPS = 4000;
/** Steps between evaluations, each with a sample. */
const EVERY = 25;
/** Steps whose samples are shown: dense at first, when the model changes most. */
const SHOWN = [0, 25, 50, 100, 200, 400, 700, 1000, 1400, 2000, 2400, 3000, 3500, STEPS];

/** As many characters of a sample as the page has room for. */
const SHOWN_CHARACTERS = 320;
const shown = (sample: string): string => cutTo(drawn(sample).replace(/\s+/g, ' ').trim(), SHOWN_CHARACTERS);

async function recordRun(): Promise<Pick<Recorded, 'title' | 'prompt' | 'vocabulary' | 'points' | 'samples'>> {
  const [{ sample, text }] = buildSamples() as [ReturnType<typeof buildSamples>[0]];
  const store = memoryStore();
  const added = await importText(pastedText(sample.file, text), store, { addedAt: 0 }, unwatched);
  if (added.kind !== 'added') throw new Error('There was a text before');
  const documents = await documentsOf(store, added.text);
  const tokenizer = await createTokenizer(
    await trainTokenizer({ kind: 'bpe', vocabulary: 2048 }, documents, unwatched),
  );
  const manifest = await buildShards(documents, tokenizer, { validation: 0.1, test: 0, seed: 0 }, store, unwatched);
  const model = {
    id: 'gpt' as const,
    config: { layers: 3, heads: 4, width: 128, context: 64 },
    vocabulary: tokenizer.size,
  };
  const recipe = {
    ...DEFAULT_RECIPE,
    steps: STEPS,
    batch: 12,
    learningRate: 3e-3,
    evalEvery: EVERY,
    evalTokens: 8192,
    saveEvery: STEPS,
    samplePrompt: PROMPT,
  };
  await onWasm();
  const points: { step: number; loss: number }[] = [];
  const samples: { step: number; words: string }[] = [];
  await train(
    {
      model,
      recipe,
      tokenizer,
      train: openPart(store, manifest, 'train'),
      validation: openPart(store, manifest, 'validation'),
      save: () => Promise.resolve({ bytes: 0 }),
      now: () => performance.now(),
    },
    {
      signal: unwatched.signal,
      report(event) {
        if (event.kind !== 'evaluated') return;
        const { step, loss, sample: words } = event;
        if (step < 400 || step % 100 === 0) points.push({ step, loss: Number(loss.toFixed(3)) });
        if (SHOWN.includes(step) && typeof words === 'string') samples.push({ step, words: shown(words) });
        process.stdout.write(`${step} ${loss.toFixed(3)}\n`);
      },
    },
  );
  return { title: sample.title, prompt: PROMPT, vocabulary: tokenizer.size, points, samples };
}

/** @returns the last line that a command of the terminal prints */
function command(...args: readonly string[]): string {
  const output = execFileSync('node', [CLI, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return output.trim().split('\n').at(-1)!;
}

const EMAIL = 'Congratulations! You have been selected to receive a free prize';
async function recordLabel(folder: string): Promise<Recorded['label']> {
  const { sample, text } = (await buildMails()).at(-1)!;
  const [table, out] = [join(folder, sample.file), join(folder, 'classifier')];
  writeFileSync(table, text);
  const columns = 'text=subject+body,label=label';
  command('tune', '--kind', 'classify', '--table', `${table}:${columns}`, '--out', out, '--device', 'wasm', '--json');
  const said = command('classify', '--from', out, '--prompt', EMAIL, '--device', 'wasm', '--json');
  const { label, probabilities } = JSON.parse(said) as { label: string; probabilities: Record<string, number> };
  return { input: EMAIL, label, share: Number(probabilities[label]!.toFixed(3)) };
}

const TASK = 'sort whales';
function recordAnswer(folder: string): Recorded['answer'] {
  const { sample, text } = buildSamples().find((each) => each.sample.pairs)!;
  const [table, out] = [join(folder, sample.file), join(folder, 'answers')];
  writeFileSync(table, text);
  const sizes = ['--layers', '2', '--heads', '4', '--width', '64', '--hidden', '128', '--context', '16'];
  const steps = ['--batch', '64', '--steps', '1000', '--warmup', '100', '--learning-rate', '3e-3'];
  const own = ['--model', 't5', '--pairs', `${table}:input=input,target=target`, '--tokenizer', 'characters'];
  command('grow', ...own, ...sizes, ...steps, '--eval-every', '500', '--device', 'wasm', '--json', '--out', out);
  const said = command('sample', '--from', out, '--prompt', TASK, '--device', 'wasm', '--json');
  return { input: TASK, output: (JSON.parse(said) as { text: string }).text.trim() };
}

const folder = mkdtempSync(join(tmpdir(), 'first-page-'));
try {
  const [, , part] = process.argv;
  const asked = (name: string): boolean => part === undefined || part === name;
  const recorded: Recorded = {
    ...(JSON.parse(readFileSync(OUT, 'utf8')) as Recorded),
    ...(asked('answer') && { answer: recordAnswer(folder) }),
    ...(asked('label') && { label: await recordLabel(folder) }),
    ...(asked('run') && (await recordRun())),
  };
  writeFileSync(OUT, `${JSON.stringify(recorded, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true });
}
