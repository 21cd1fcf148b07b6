import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import { formatCount, formatShare } from '../../core/base/units';
import type { Purpose } from '../../core/runs/tuning';
import { isOpening } from '../../state/openRun';
import { shownPurpose } from '../../state/shownPurpose';
import { useRuns, useRunsShown, useStudio, useStudioStore } from '../../state/react';
import type { PageProps } from '../../state/stage';
import { timed } from '../../state/timed';
import { useBaseNeed } from '../../state/useNeed';
import { Button, EmptyStage, NextButton, Panes, Stage, StageTabs, useHeldFocus } from '../../ui';
import {
  AddButtons,
  AddDialog,
  type AddDataState,
  DataDrop,
  ImportProgress,
  RefusedFiles,
  useAddData,
} from './AddData';
import { BasePane } from './BasePane';
import { EMPTY } from './empty';
import { TuningFailure } from './TuningFailure';
import { ForgettingPane } from './ForgettingPane';
import { isPurpose, KINDS } from './kinds';
import { isResumeNext, Resume } from './Resume';
import { type Situation, useSituation } from './situation';
import styles from './TunePage.module.css';

const ClassifyPage = lazy(() => import('./classify/ClassifyPage').then((module) => ({ default: module.ClassifyPage })));

/** Fine-tunes a model: base model, training data, and forgetting. */
export function TunePage({ onFiles }: PageProps) {
  useRuns();
  useRunsShown();
  const isLoading = useStudio((s) => s.runs === null || s.loaded !== 'ready' || isOpening(s, 'train'));
  const { purpose, go } = usePurpose();
  const tabs = (
    <StageTabs
      label="Kinds of tuning"
      tabs={Object.entries(KINDS).map(([id, { label }]) => ({ id, href: `?kind=${id}`, label }))}
      current={purpose}
      onGo={({ id }) => isPurpose(id) && go(id)}
    />
  );
  const loadingStage = (
    <Stage title="Teach it more" tabs={tabs}>
      {null}
    </Stage>
  );
  if (isLoading) return loadingStage;
  if (purpose === 'classify')
    return (
      <Suspense fallback={loadingStage}>
        <ClassifyPage tabs={tabs} onFiles={onFiles} />
      </Suspense>
    );
  return <Tune key={purpose} purpose={purpose} tabs={tabs} onFiles={onFiles} />;
}

/** Purpose in the URL, else the one of the project or its run. */
function usePurpose(): { purpose: Purpose; go: (purpose: Purpose) => void } {
  const requested = new URLSearchParams(useSearch()).get('kind');
  const projectPurpose = useStudio(shownPurpose);
  const store = useStudioStore();
  const [, navigate] = useLocation();
  const purpose = isPurpose(requested) ? requested : projectPurpose;
  useEffect(() => {
    if (store.getState().project.tuning.purpose !== purpose) store.getState().setTuning({ purpose });
  }, [store, purpose]);
  return { purpose, go: (id) => navigate(`/tune?kind=${id}`) };
}

function Tune({ purpose, tabs, onFiles }: { purpose: Purpose; tabs: ReactNode } & Pick<PageProps, 'onFiles'>) {
  const [from, setFrom] = useState(0);
  const situation = useSituation(purpose, from, setFrom);
  const addData = useAddData(purpose);
  const { base } = situation;
  const { pane: DataPane } = KINDS[purpose];
  useHeldFocus(base === undefined ? 'none' : 'base');
  return (
    <Stage
      title="Teach it more"
      tabs={tabs}
      summary={<Summary situation={situation} />}
      actions={<StartActions situation={situation} adding={addData} />}
    >
      <TuningFailure />
      <RefusedFiles />
      <ImportProgress />
      {base ? (
        <Panes columns="304px minmax(0, 1fr) 392px" narrowColumns="264px minmax(0, 1fr) 332px">
          <BasePane situation={situation} onFiles={onFiles} />
          {DataPane && <DataPane situation={situation} adding={addData} />}
          <ForgettingPane situation={situation} />
        </Panes>
      ) : (
        <NoBase purpose={purpose} />
      )}
      {base && <DataDrop adding={addData} />}
      {base && <AddDialog adding={addData} />}
    </Stage>
  );
}

function Summary({ situation: { tuning, texts, lossMask, base } }: { situation: Situation }) {
  const { words } = KINDS[tuning.purpose];
  if (!base || texts.length === 0) return words;
  if (tuning.purpose === 'instruct') {
    const { conversations, tokens } = lossMask.preview ?? {};
    if (conversations === undefined || !tokens) return words;
    return (
      <>
        <b>{formatCount(conversations)}</b> {conversations === 1 ? 'conversation' : 'conversations'},{' '}
        <b>{formatShare(tokens.all > 0 ? Number((tokens.trained / tokens.all).toPrecision(2)) : 0)}</b> of tokens
        trained on
      </>
    );
  }
  return words;
}

function StartActions({ situation, adding: addData }: { situation: Situation; adding: AddDataState }) {
  const tune = useStudio((s) => s.tune);
  const isTraining = useStudio((s) => s.training !== null);
  const isResuming = useStudio(isResumeNext);
  if (!situation.base) return null;
  const { refusal, plan } = situation;
  const time = refusal === undefined && plan?.seconds !== undefined ? 1000 * plan.seconds : undefined;
  return (
    <>
      <AddButtons adding={addData} />
      <Resume />
      {!isTraining && (
        <Button
          isDense
          variant={refusal === undefined && !isResuming ? 'go' : 'default'}
          icon="play"
          disabledReason={refusal}
          onPress={() => void tune(situation.tuning.purpose)}
        >
          {timed('Start tuning', time)}
        </Button>
      )}
    </>
  );
}

function NoBase({ purpose }: { purpose: Purpose }) {
  const [, go] = useLocation();
  const need = useBaseNeed(purpose, go);
  if (!need || purpose === 'classify') return null;
  const { figure: Figure, words } = EMPTY[purpose];
  return (
    <EmptyStage
      figure={<Figure />}
      reason={need.reason ?? 'Fine-tuning starts from a model that you trained or imported.'}
      action={
        <span className={styles.links}>
          <NextButton step={need.step} />
          <Button onPress={() => go('/export')}>Import a model…</Button>
        </span>
      }
    >
      {words}
    </EmptyStage>
  );
}
