/**
 * Measures the benefit of cleaning. Trains the same model on a crawl full of boilerplate, original and cleaned, by the
 * public commands, and evaluates both on other clean text.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { stream } from '../src/core/base/rng';
import { type Recipe, recipeJson, recommendedRecipe, stepOf } from '../src/core/documents/clean/recipe';
import { mobyChapters } from '../scripts/samples';

export interface HelpsReport {
  recipe: 'none' | 'recommended and repeatedLines';
  seed: number;
  /** Characters of training text. */
  characters: number;
  /** On held-out text, with a 95 % interval. */
  bitsPerByte: number;
  low: number;
  high: number;
}

/** Holds out one chapter in sixteen, from the fourth on. */
const isHeldOut = (chapter: number): boolean => chapter % 16 === 3;
const SEEDS = [1, 2, 3];
const SIZES = ['--tokenizer', 'bytes', '--layers', '2', '--heads', '4', '--width', '64', '--context', '64'];
const COURSE = ['--batch', '8', '--learning-rate', '3e-3', '--eval-every', '100000', '--device', 'wasm'];

/** @param steps number of steps of each of the six runs */
export async function benchHelps(steps: number, tell: (words: string) => void): Promise<HelpsReport[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-cleaning-'));
  const at = (name: string): string => join(folder, name);
  try {
    const chapters = mobyChapters();
    await writeFile(at('held-out.txt'), chapters.filter((_, i) => isHeldOut(i)).join('\n\n'));
    await mkdir(at('crawl'));
    const pages = crawlOf(chapters.filter((_, i) => !isHeldOut(i)));
    await Promise.all(pages.map((page, i) => writeFile(join(at('crawl'), `${String(i).padStart(4, '0')}.txt`), page)));
    await writeFile(at('recipe.json'), recipeJson(withRepeatedLines()));
    const reports: HelpsReport[] = [];
    const prepared: { recipe: HelpsReport['recipe']; data: string; characters: number }[] = [];
    for (const recipe of ['none', 'recommended and repeatedLines'] as const) {
      const data = at(`data-${prepared.length}`);
      const meant = recipe === 'none' ? 'none' : at('recipe.json');
      const report = await run('prepare', '--from', at('crawl'), '--recipe', meant, '--out', data);
      prepared.push({ recipe, data, characters: (report as { characters: number }).characters });
    }
    for (const seed of SEEDS) {
      for (const { recipe, data, characters } of prepared) {
        const model = at(`model-${reports.length}`);
        const course = ['--steps', String(steps), '--seed', String(seed), '--save-every', String(steps)];
        await run('grow', '--data', data, ...SIZES, ...COURSE, ...course, '--out', model);
        const held = ['--text', at('held-out.txt'), '--metrics', 'bitsPerByte', '--device', 'wasm'];
        const { metrics } = (await run('evaluate', '--from', model, ...held)) as { metrics: Metrics };
        const { value, low, high } = metrics.bitsPerByte;
        reports.push({ recipe, seed, characters, bitsPerByte: value, low, high });
        tell(JSON.stringify(reports.at(-1)));
      }
    }
    return reports;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
interface Metrics {
  bitsPerByte: { value: number; low: number; high: number };
}

function withRepeatedLines(): Recipe {
  const recommended = recommendedRecipe();
  return {
    ...recommended,
    name: 'recommended and repeatedLines',
    steps: [...recommended.steps, stepOf('repeatedLines')],
  };
}

async function run(command: string, ...flags: string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, [CLI, command, ...flags, '--json'], {
    maxBuffer: 2 ** 28,
  });
  return JSON.parse(stdout.trim().split('\n').at(-1)!);
}
const CLI = fileURLToPath(new URL('../scripts/cli.mjs', import.meta.url));

/** Characters of a chapter per page. */
const PAGE = 1500;
/** Characters decoded with the wrong encoding, on one page in five. */
const MOJIBAKE: readonly (readonly [string, string])[] = [
  ['“', 'â€œ'],
  ['”', 'â€\u009d'],
  ['‘', 'â€˜'],
  ['’', 'â€™'],
  ['—', 'â€”'],
  ["'", 'â€™'],
];

/** Pages of a crawled site: boilerplate of the site around content of the page. Deterministic for the same chapters. */
export function crawlOf(chapters: readonly string[]): readonly string[] {
  const bits = stream(1, 'a crawl', 0);
  let drawn = 0;
  const below = (n: number): number => bits(drawn++) % n;
  const pages = chapters.flatMap((chapter) => {
    const [title = '', ...paragraphs] = chapter.split(/\n\s*\n/);
    const parts: string[] = [];
    for (const paragraph of paragraphs) {
      const last = parts.at(-1);
      if (last === undefined || last.length >= PAGE) parts.push(paragraph);
      else parts[parts.length - 1] = `${last}\n\n${paragraph}`;
    }
    return parts.map((part, i) => ({ title: title.trim(), part, page: i + 1, of: parts.length }));
  });
  return pages.map(({ title, part, page, of }) => {
    let text = wrapped(part, below);
    if (below(5) === 0) for (const [sign, as] of MOJIBAKE) text = text.replaceAll(sign, as);
    return [
      'Skip to main content | Skip to search | Accessibility statement',
      'Home  Books  Authors  Collections  Audio  Forum  Shop  Sign in  Register',
      'We use cookies to give you the best experience on our website. By going on you accept our use of cookies.',
      'Accept all cookies   Manage preferences   Reject all but what is necessary',
      `The Open Reading Room - ${title}`,
      `Page ${page} of ${of}\u00a0\u00a0|\u00a0\u00a0${1000 + below(9000)} people are reading this now`,
      '',
      text,
      '',
      `Read all ${below(200)} comments on this page, or sign in to leave a comment of your own.`,
      'Share this page:  Facebook  Twitter  Pinterest  E-mail  Copy the link to this page',
      'You may also like: Twenty Thousand Leagues under the Sea; The Sea-Wolf; Typhoon; Two Years before the Mast',
      'Subscribe to our newsletter! One mail a week with new books, and no more than that. Unsubscribe whenever you like.',
      `© ${2000 + below(25)} The Open Reading Room. All rights reserved. Terms of use - Privacy policy - Imprint - Contact`,
    ].join('\n');
  });
}

/** Wraps lines at about 66 characters, and hyphenates at one line end in four. */
function wrapped(text: string, below: (n: number) => number): string {
  const paragraphs = text.split(/\n\s*\n/).map((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (let word of paragraph.split(/\s+/)) {
      if (line.length + word.length > 66) {
        const isCut = /^[a-z]{6,}[.,;]?$/.test(word) && below(4) === 0;
        lines.push(isCut ? `${line} ${word.slice(0, 3)}-` : line);
        if (isCut) word = word.slice(3);
        line = word;
      } else line += `${line === '' ? '' : ' '}${word}`;
    }
    return [...lines, line].join('\n');
  });
  return paragraphs.join('\n\n');
}
