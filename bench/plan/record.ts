/**
 * Records runs of our own terminal on one WASM thread each, for the model of quality:
 * `node --import tsx bench/plan/record.ts TEXTS < wanted.jsonl >> bench/plan/recorded.jsonl`. Each line of wanted.jsonl has the
 * name of a text (TEXTS/name.txt), how many of its bytes to use, and flags of `grow`.
 */
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Document } from '../../src/core/base/document';
import { unwatched } from '../../src/core/base/job';
import { measuredVocabulary, profileText } from '../../src/core/plan/profile';
import { SMALLEST_VOCABULARY } from '../../src/core/tokenizer/train';
import type { Look, Recorded, TextFacts, Wanted } from './recorded';

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

async function factsOf(text: string, tokenizer: string): Promise<TextFacts> {
  const document: Document = {
    sha256: '',
    characters: text.length,
    bytes: Buffer.byteLength(text),
    async *chunks() {
      yield await Promise.resolve(text);
    },
  };
  const { bytes, repeated, vocabularies } = await profileText([document], unwatched);
  const asked = tokenizer === 'bytes' ? SMALLEST_VOCABULARY : Number(tokenizer.replace('bpe:', ''));
  const { size: vocabulary, bytesPerToken, unigramBits } = measuredVocabulary({ vocabularies }, asked)!;
  return { bytes, repeated, vocabulary, bytesPerToken, unigramBits };
}

async function record({ text, bytes, flags }: Wanted, texts: string): Promise<Recorded> {
  const folder = mkdtempSync(join(tmpdir(), 'record-'));
  try {
    const file = join(folder, `${text}.txt`);
    const content = beginningOf(join(texts, `${text}.txt`), bytes ?? 1e8);
    writeFileSync(file, content);
    const facts = await factsOf(content.toString(), String(flags['tokenizer']));
    const given = Object.entries({ 'eval-tokens': 8192, ...flags }).flatMap(([name, value]) => [
      `--${name}`,
      String(value),
    ]);
    const fixed = [
      '--device',
      'wasm',
      '--eval-early',
      '--save-every',
      '100000',
      '--out',
      join(folder, 'out'),
      '--json',
    ];
    const typed = ['grow', '--text', file, ...given, ...fixed];
    const began = performance.now();
    const child = spawn('taskset', ['-c', CORE, 'node', 'scripts/cli.mjs', ...typed], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let complaint = '';
    child.stderr.on('data', (piece: Buffer) => (complaint = `${complaint}${piece.toString()}`.slice(-1000)));
    const looks: Look[] = [];
    let isDone = false;
    for await (const line of createInterface({ input: child.stdout })) {
      const said = JSON.parse(line) as Record<string, number | null>;
      if ('parameters' in said) isDone = true;
      else if (typeof said.step === 'number' && typeof said.valLoss === 'number')
        looks.push([said.step, rounded(said.valLoss), roundedOrNull(said.trainLoss), roundedOrNull(said.bitsPerByte)]);
    }
    if (!isDone) throw new Error(`${JSON.stringify(flags)}: ${complaint}`);
    const seconds = Math.round((performance.now() - began) / 1000);
    return { text, ...(bytes !== undefined && { bytes }), flags, facts, looks, seconds };
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
