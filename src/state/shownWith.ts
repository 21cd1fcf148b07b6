/** What another project is shown with: read while the one before it stands, so that one picture follows the other. */
import type { Client } from '../client/connect';
import { byUse, type ByUse } from '../core/documents/record';
import type { Project } from '../core/runs/project';
import type { DataApi } from '../protocol/data';
import type { ReadAhead, ReadRun } from './run';
import type { RunList } from './runs';
import type { Studio, Tabs } from './studio';

/** What is asked for by its id alone, at the press. */
export interface Asked {
  texts: Promise<ByUse>;
  runs: RunList | undefined;
}

export function askFor(projectId: string, data: Client<DataApi>, studio: Studio): Asked {
  const texts = data.call('listTexts', { projectId }).then((all) => byUse(all, projectId));
  texts.catch(() => undefined); // told when it is shown
  return { texts, runs: studio.runsBefore(projectId) };
}

/** What is there by the time that it is shown. */
export interface There {
  texts?: ByUse;
  run?: ReadRun;
  /** Whether what pages read of their own is. */
  own?: true;
}

/** Asks for the rest, and waits for it; where it takes long, as when a worker is busy, it is shown with less. */
export async function waitFor(
  project: Project,
  { texts, runs }: Asked,
  tabs: Tabs,
  studio: Studio,
): Promise<{ there: There; run: ReadAhead | undefined; own: Promise<unknown> }> {
  const there: There = {};
  const run = studio.readAhead(project.runId);
  const own = texts.then(({ texts }) => studio.readFor({ project, texts })).catch(() => undefined); // told by the page
  await Promise.race([
    Promise.all([
      texts.then((texts) => Object.assign(there, { texts })).catch(() => undefined),
      run?.read.then((run) => Object.assign(there, { run })),
      runs?.told,
      own.then(() => (there.own = true)),
    ]),
    tabs.pause(MOST_WAIT_MS),
  ]);
  return { there, run, own };
}

/** Longer than that a project that is opened does not wait for what it has: a worker may be busy with something else. */
const MOST_WAIT_MS = 150;
