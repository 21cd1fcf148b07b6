import { useLocation } from 'wouter';
import { formatCount, formatShare } from '../../../core/base/units';
import { useStudio } from '../../../state/react';
import { useNextStep } from '../../../state/useNextStep';
import { Button, EmptyState, NextButton, Pane, Panes, Stage } from '../../../ui';
import { TokensTabs } from '../TokensTabs';
import { BaselinePane } from './BaselinePane';
import { BuildButton } from './BuildButton';
import { BuildFailure } from './BuildFailure';
import { useRowsBefore } from './PartRows';
import { SplitsPane } from './SplitsPane';
import { HoldOutPane } from './HoldOutPane';

const WHAT = 'Your text as token numbers: most of it to learn from, the rest held out to be judged on';

/** The token ids that a run learns from, and those it is judged on. */
export function DataPage() {
  useRowsBefore();
  const isLoaded = useStudio((s) => s.loaded === 'ready');
  const hasText = useStudio((s) => s.texts.length > 0);
  const data = useStudio((s) => s.project.data);
  const [, go] = useLocation();
  const next = useNextStep('tokens', go);
  if (!isLoaded)
    return (
      <Stage title="Tokens & data" tabs={<TokensTabs current="data" />}>
        {null}
      </Stage>
    );
  if (!data && !hasText) {
    return (
      <Stage title="Tokens & data" tabs={<TokensTabs current="data" />} summary={WHAT}>
        <EmptyState
          action={
            <Button variant="go" onPress={() => go('/text')}>
              Add text
            </Button>
          }
        >
          It is made from your text and its tokenizer, and there is no text yet.
        </EmptyState>
      </Stage>
    );
  }
  if (!data) {
    return (
      <Stage title="Tokens & data" tabs={<TokensTabs current="data" />} summary={WHAT}>
        <BuildFailure />
        <Panes columns="320px minmax(0, 1fr)" narrowColumns="280px minmax(0, 1fr)">
          <HoldOutPane />
          <Pane label="Parts">
            <Unbuilt />
          </Pane>
        </Panes>
      </Stage>
    );
  }
  const { train, validation, test } = data.manifest.parts;
  const all = train.tokens + validation.tokens + (test?.tokens ?? 0);
  return (
    <Stage
      title="Tokens & data"
      tabs={<TokensTabs current="data" />}
      summary={
        <>
          <b>{formatCount(all)}</b> tokens: <b>{formatCount(train.tokens)}</b> to learn from,{' '}
          <b>{formatCount(validation.tokens)}</b> held out ({formatShare(validation.tokens / all)})
          {test && (
            <>
              , <b>{formatCount(test.tokens)}</b> for the test ({formatShare(test.tokens / all)})
            </>
          )}
        </>
      }
      actions={
        <>
          <BuildButton />
          <NextButton step={next} isDense />
        </>
      }
    >
      <BuildFailure />
      <Panes columns="320px minmax(0, 1fr) 360px" narrowColumns="280px minmax(0, 1fr) 300px">
        <HoldOutPane />
        <SplitsPane data={data} />
        <BaselinePane data={data} />
      </Panes>
    </Stage>
  );
}

function Unbuilt() {
  const isBusy = useStudio((s) => s.tokenizing.kind === 'busy' || s.building.kind === 'busy');
  const hasTokenizer = useStudio((s) => s.project.tokenizer !== null);
  return (
    <EmptyState action={<BuildButton />}>
      {isBusy
        ? 'The size of each part appears here as soon as the data is built.'
        : hasTokenizer
          ? 'There is no data yet. Cutting a book into tokens takes seconds.'
          : 'There is no data yet. It needs a tokenizer, which is trained first; both take seconds for a book.'}
    </EmptyState>
  );
}
