/** npm run runs: lists the models in a folder and their parent runs. */
import { formatCount } from '../src/core/base/units';
import type { RunInfo } from '../src/core/export/homegrownJson';
import { baselineFigures } from '../src/core/objectives';
import { dataOf, recipeOf } from '../src/core/runs/segments';
import { queryOf, settingsOfRun } from '../src/core/runs/settingsLink';
import { type FoundRun, runsIn } from '../node/folders/lineage';
import type { Values } from './options';
import { endingWords } from './stepWords';
import { command, print, stderr } from './terminal';

const OPTIONS = {
  in: { kind: 'text', path: 'reads', help: 'Folder of model folders' },
  settings: { kind: 'switch', help: 'Also print the settings of each run, for grow --settings and links to the app' },
  json: { kind: 'switch', help: 'Print one JSON object: the runs' },
} as const;

async function listRuns({ in: folder, json, settings }: Values<typeof OPTIONS>): Promise<void> {
  const { runs, unreadable } = await runsIn(folder);
  for (const { folder, why } of unreadable) stderr.write(`Skipped ${folder}: ${why}\n`);
  if (json)
    print(
      JSON.stringify({
        runs: runs.map(({ folder, info }) => ({
          folder,
          id: info.id,
          step: info.state.step,
          ...endingJson(info),
          baselines: baselineFigures(recipeOf(info).objective, info.model, dataOf(info)),
          parent: lineage(info.parent),
          ...(settings && { settings: linkOf(info) ?? null }),
        })),
      }),
    );
  else if (runs.length === 0) print(`No models in ${folder}.`);
  else
    for (const run of runs) {
      print(runLine(run, runs));
      if (settings)
        print(`  ${linkOf(run.info) ?? 'no settings to share: it has an imported tokenizer or is fine-tuned'}`);
    }
}

/** Undefined if the settings can't be shared. */
function linkOf(info: RunInfo): string | undefined {
  const settings = settingsOfRun(info, info.tokenizer);
  return settings && queryOf(settings);
}

const endingJson = (info: RunInfo): { state?: string } => {
  const state = endingWords(info);
  return state === undefined ? {} : { state };
};

const lineage = (parent: RunInfo['parent']): object | null =>
  parent ? { id: parent.id, step: parent.step, how: parent.how } : null;

/** `models/b: step 16 of 20 of moby-dick.txt; continued from step 8 of models/a` */
function runLine({ folder, info }: FoundRun, allRuns: readonly FoundRun[]): string {
  const { name, state, parent } = info;
  const ending = endingWords(info);
  const words = `${folder}: step ${formatCount(state.step)} of ${formatCount(recipeOf(info).steps)} of ${name}${ending === undefined ? '' : `, ${ending}`}`;
  if (!parent) return words;
  const origin =
    allRuns.find((run) => run.info.id === parent.id)?.folder ?? `${parent.name} (${parent.id}), which isn't here`;
  return `${words}; continued from step ${formatCount(parent.step)} of ${origin}`;
}

const examples = ['--in models', '--in . --json', '--in models --settings'];
const about = 'Lists the models in a folder and their parent runs.';
export const runsCommand = command({ name: 'runs', about, options: OPTIONS, examples, run: listRuns });
