import { useLocation } from 'wouter';
import { formatCount, formatShare } from '../../../core/base/units';
import { useStudio } from '../../../state/react';
import { useNextStep } from '../../../state/useNextStep';
import { EmptyStage, NextButton, Pane, Panes, Stage } from '../../../ui';
import { ExampleTokens } from '../ExampleTokens';
import { TokensTabs } from '../TokensTabs';
import { BaselinePane } from './BaselinePane';
import { BuildButton } from './BuildButton';
import { BuildFailure } from './BuildFailure';
import { usePartRowsPrefetch } from './PartRows';
import { SplitsPane } from './SplitsPane';
import { HoldOutPane } from './HoldOutPane';

const SUMMARY = 'Your text as token ids, split into a training and a validation set';

/** Token data of the training, validation and test sets. */
export function DataPage() {
  usePartRowsPrefetch();
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
      <Stage title="Tokens & data" tabs={<TokensTabs current="data" />} summary={SUMMARY}>
        <EmptyStage figure={<ExampleTokens />} action={<NextButton step={next} />}>
          See your text split into a training and a validation set
        </EmptyStage>
      </Stage>
    );
  }
  if (!data) {
    return (
      <Stage title="Tokens & data" tabs={<TokensTabs current="data" />} summary={SUMMARY}>
        <BuildFailure />
        <Panes columns="320px minmax(0, 1fr)" narrowColumns="280px minmax(0, 1fr)">
          <HoldOutPane />
          <Pane label="Sets">
            <NotBuilt />
          </Pane>
        </Panes>
      </Stage>
    );
  }
  const { train, validation, test } = data.manifest.parts;
  const totalTokens = train.tokens + validation.tokens + (test?.tokens ?? 0);
  return (
    <Stage
      title="Tokens & data"
      tabs={<TokensTabs current="data" />}
      summary={
        <>
          <b>{formatCount(totalTokens)}</b> tokens: <b>{formatCount(train.tokens)}</b> for training,{' '}
          <b>{formatCount(validation.tokens)}</b> for validation ({formatShare(validation.tokens / totalTokens)})
          {test && (
            <>
              , <b>{formatCount(test.tokens)}</b> for testing ({formatShare(test.tokens / totalTokens)})
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
      <Panes columns="320px minmax(0, 1fr) 360px" narrowColumns="248px minmax(0, 1fr) 280px">
        <HoldOutPane />
        <SplitsPane data={data} />
        <BaselinePane data={data} />
      </Panes>
    </Stage>
  );
}

const NotBuilt = () => (
  <EmptyStage figure={<ExampleTokens />} action={<BuildButton isMain />}>
    See your text split into a training and a validation set
  </EmptyStage>
);
