/**
 * Records runs of our terminal on one WASM thread each, for the quality model:
 * `node --import tsx bench/plan/record.ts TEXTS < wanted.jsonl >> bench/plan/recorded.jsonl`. Each line of wanted.jsonl has the
 * name of a text (TEXTS/name.txt), the number of bytes to use, and flags of `grow`.
 */
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { unwatched } from '../../src/core/base/job';
import { readTrainerState } from '../../src/core/export/formats/huggingFace/trainerState';
import { meanAt } from '../../src/core/train/meanAt';
import { measuredVocabulary, profileText } from '../../src/core/plan/profile';
import { documentOf } from '../../src/testing/texts';
import type { CurvePoint, Recorded, TextFacts, Wanted } from './recorded';

const CORE = process.env.CORE ?? '0';

function beginningOf(file: string, bytes: number): Buffer {
  const handle = openSync(file, 'r');
  const buffer = Buffer.alloc(bytes);
  const read = readSync(handle, buffer, 0, bytes, 0);
  closeSync(handle);
  const whole = buffer.subarray(0, read);
  // Ends at a line, so that no letter is cut.
  return whole.subarray(0, whole.lastIndexOf('\n') + 1 || read);
}

/** Settings that a plan chose, as flags; `vocabulary` is the tokenizer's size. */
function settingsIn(file: string) {
  const { model, segments } = JSON.parse(readFileSync(file, 'utf8')) as {
    model: { config: Record<'layers' | 'heads' | 'width' | 'context', number>; vocabulary: number };
    segments: readonly { recipe: { batch: number; steps: number; learningRate: number; dropout: number } }[];
  };
  const { layers, heads, width, context } = model.config;
  const { batch, steps, learningRate, dropout } = segments.at(-1)!.recipe;
  const { vocabulary } = model;
  return { layers, heads, width, context, batch, steps, 'learning-rate': learningRate, dropout, vocabulary };
}

async function factsOf(text: string, size: number): Promise<TextFacts> {
  const document = documentOf(text);
  const { bytes, repeated, vocabularies } = await profileText([document], unwatched);
  const { size: vocabulary, bytesPerToken, unigramBits } = measuredVocabulary({ vocabularies }, size)!;
  return { bytes, repeated, vocabulary, bytesPerToken, unigramBits };
}

/** Replaces the training loss of each evaluation by the mean around its step, as in a verdict. */
function withTraining(looks: readonly CurvePoint[], file: string): readonly CurvePoint[] {
  const steps = readTrainerState(readFileSync(file, 'utf8')).filter((event) => event.kind === 'step');
  const log = { step: steps.map(({ step }) => step), loss: steps.map(({ loss }) => loss) };
  return looks.map(([step, loss, , bits]) => {
    const trained = meanAt(log, step, 0);
    return trained ? [step, loss, rounded(trained.mean), bits, rounded(trained.error)] : [step, loss, null, bits];
  });
}

async function record({ text, bytes, flags }: Wanted, texts: string): Promise<Recorded> {
  const folder = mkdtempSync(join(tmpdir(), 'record-'));
  try {
    const file = join(folder, `${text}.txt`);
    const content = beginningOf(join(texts, `${text}.txt`), bytes ?? 1e8);
    writeFileSync(file, content);
    const given = Object.entries({ 'eval-tokens': 8192, ...flags }).flatMap(([name, value]) => [
      `--${name}`,
      String(value),
    ]);
    const fixed = ['--device', 'wasm', '--eval-early', '--out', join(folder, 'out'), '--json'];
    const typed = ['grow', '--text', file, ...given, ...fixed];
    const began = performance.now();
    const child = spawn('taskset', ['-c', CORE, 'node', 'scripts/cli.mjs', ...typed], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let complaint = '';
    child.stderr.on('data', (piece: Buffer) => (complaint = `${complaint}${piece.toString()}`.slice(-1000)));
    const looks: CurvePoint[] = [];
    let end: { expected?: Recorded['expected'] } | undefined;
    for await (const line of createInterface({ input: child.stdout })) {
      const said = JSON.parse(line) as Record<string, number | null>;
      if ('parameters' in said) end = said as unknown as NonNullable<typeof end>;
      else if (typeof said.step === 'number' && typeof said.valLoss === 'number')
        looks.push([said.step, rounded(said.valLoss), roundedOrNull(said.trainLoss), roundedOrNull(said.bitsPerByte)]);
    }
    if (!end) throw new Error(`${JSON.stringify(flags)}: ${complaint}`);
    const seconds = Math.round((performance.now() - began) / 1000);
    const settings = { ...flags, ...settingsIn(join(folder, 'out', 'homegrown.json')) };
    const facts = await factsOf(content.toString(), settings.vocabulary);
    const { expected } = end;
    const asked = { text, ...(bytes !== undefined && { bytes }), flags: settings, facts };
    return {
      ...asked,
      ...(expected && { expected }),
      looks: withTraining(looks, join(folder, 'out', 'trainer_state.json')),
      seconds,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
const rounded = (value: number): number => Number(value.toPrecision(6));
const roundedOrNull = (value: number | null | undefined): number | null => (value == null ? null : rounded(value));

const [texts] = process.argv.slice(2);
execFileSync('taskset', ['--version']);
for (const line of readFileSync(0, 'utf8').trim().split('\n'))
  try {
    console.log(JSON.stringify(await record(JSON.parse(line) as Wanted, texts!)));
  } catch (error) {
    console.error(String(error));
  }
