/** Where each stage is, and its page, which loads when it is first gone to. */
import { lazy, type ComponentType, type ReactElement } from 'react';
import { HomegrownError } from '../core/base/errors';
import { STAGE_IDS, type StageId } from '../state/stages';

export const pathOf = (stage: StageId): string => `/${stage}`;
export const stageAt = (path: string): StageId | undefined => STAGE_IDS.find((id) => pathOf(id) === path);

const LOADERS: (() => Promise<unknown>)[] = [];

/** Fetches every page that is still to come: afterwards the app needs no network, and no newer deployment can break it. */
export async function fetchPages(): Promise<void> {
  // A page that cannot be had now says so when it is gone to.
  await Promise.allSettled(LOADERS.map((load) => load()));
}

export const PAGES: Record<StageId, ReactElement> = {
  text: page(async () => (await import('../features/text/TextPage')).TextPage),
  tokenizer: page(async () => (await import('../features/tokenizer/TokenizerPage')).TokenizerPage),
  data: page(async () => (await import('../features/data/DataPage')).DataPage),
  model: page(async () => (await import('../features/model/ModelPage')).ModelPage),
  train: page(async () => {
    const [{ TrainPage }, { EarlierRuns }] = await Promise.all([
      import('../features/train/TrainPage'),
      import('../features/runs/EarlierRuns'),
    ]);
    return () => <TrainPage earlier={<EarlierRuns />} />;
  }),
  playground: page(async () => (await import('../features/playground/PlaygroundPage')).PlaygroundPage),
  export: page(async () => {
    const [{ ExportPage }, { EarlierRuns }] = await Promise.all([
      import('../features/export/ExportPage'),
      import('../features/runs/EarlierRuns'),
    ]);
    return () => <ExportPage earlier={<EarlierRuns />} />;
  }),
};

function page(load: () => Promise<ComponentType>): ReactElement {
  LOADERS.push(load);
  const Page = lazy(() =>
    load().then(
      (component) => ({ default: component }),
      (error: unknown) => {
        throw new HomegrownError(
          'load-failed',
          `This page could not be loaded: ${error instanceof Error ? error.message : String(error)}`,
        );
      },
    ),
  );
  return <Page />;
}
