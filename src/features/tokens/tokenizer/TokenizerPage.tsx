import { useState } from 'react';
import { useLocation } from 'wouter';
import { formatCount, formatNumber } from '../../../core/base/units';
import { textsChanged } from '../../../state/preparation';
import { useStudio } from '../../../state/react';
import { KIND_WORDS } from '../../../state/preparation';
import { useNextStep } from '../../../state/useNextStep';
import { EmptyStage, NextButton, Notice, Pane, Panes, Stage, useHeldFocus } from '../../../ui';
import { BuildButton } from '../data/BuildButton';
import { BuildFailure } from '../data/BuildFailure';
import { ExampleTokens } from '../ExampleTokens';
import { TokensTabs } from '../TokensTabs';
import { PassagePane } from './PassagePane';
import { SettingsPane } from './SettingsPane';
import { modelTokenizerWords } from './modelTokenizer';
import { TrainButton } from './TrainButton';
import { TrainFailure } from './TrainFailure';
import { VocabularyPane } from './VocabularyPane';
import { useVocabulary } from './useVocabulary';

const SUMMARY = 'A tokenizer cuts text into the pieces that the model reads and writes';

/** Tokenizer: settings, tokens of a passage, and the vocabulary. */
export function TokenizerPage() {
  const isLoaded = useStudio((s) => s.loaded === 'ready');
  const hasText = useStudio((s) => s.texts.length > 0);
  const tokenizer = useStudio((s) => s.project.tokenizer);
  const modelTokenizer = useStudio(modelTokenizerWords);
  const [, go] = useLocation();
  const next = useNextStep('tokens', go);
  useHeldFocus(isLoaded ? tokenizer !== null : undefined);
  if (!isLoaded)
    return (
      <Stage title="Tokens & data" tabs={<TokensTabs current="tokens" />}>
        {null}
      </Stage>
    );
  if (!tokenizer && !hasText) {
    return (
      <Stage title="Tokens & data" tabs={<TokensTabs current="tokens" />} summary={SUMMARY}>
        <EmptyStage
          figure={<ExampleTokens />}
          reason={modelTokenizer && `The model keeps its own tokenizer: ${modelTokenizer}.`}
          action={<NextButton step={next} />}
        >
          See your text cut into tokens, as the model reads it
        </EmptyStage>
      </Stage>
    );
  }
  return (
    <Stage
      title="Tokens & data"
      tabs={<TokensTabs current="tokens" />}
      summary={tokenizer ? <Summary /> : SUMMARY}
      actions={
        tokenizer && (
          <>
            <TrainButton />
            <NextButton step={next} isDense />
          </>
        )
      }
    >
      <TrainFailure />
      <BuildFailure />
      {tokenizer ? <TextChangedNotice /> : null}
      {tokenizer ? <TrainedPanes key={tokenizer.hash} /> : <UntrainedPanes />}
    </Stage>
  );
}

function Summary() {
  const tokenizer = useStudio((s) => s.project.tokenizer);
  if (!tokenizer) return null;
  const { model, size, bytesPerToken } = tokenizer;
  const method = model.kind === 'bpe' ? 'Byte-level BPE' : KIND_WORDS[model.kind];
  return (
    <>
      {method}, <b>{formatCount(size)}</b> entries, <b>{formatNumber(bytesPerToken)}</b>{' '}
      {bytesPerToken === 1 ? 'byte' : 'bytes'} per token
    </>
  );
}

function TextChangedNotice() {
  const isChanged = useStudio(textsChanged);
  if (!isChanged) return null;
  return (
    <Notice tone="warn" title="The text changed after this tokenizer was trained">
      It still works on any text, but it was trained on the previous one.
    </Notice>
  );
}

function TrainedPanes() {
  const entries = useVocabulary();
  const [chosen, choose] = useState<number>();
  return (
    <Panes columns="272px minmax(0, 1fr) 424px" narrowColumns="240px minmax(0, 1fr) 340px">
      <SettingsPane />
      <PassagePane entries={entries} chosenId={chosen} onChoose={choose} />
      <VocabularyPane entries={entries} chosenId={chosen} onChoose={choose} />
    </Panes>
  );
}

function UntrainedPanes() {
  return (
    <Panes columns="272px minmax(0, 1fr)" narrowColumns="240px minmax(0, 1fr)">
      <SettingsPane />
      <Pane label="Your text as tokens">
        <EmptyStage figure={<ExampleTokens />} action={<BuildButton isMain />}>
          See your text cut into tokens, as the model reads it
        </EmptyStage>
      </Pane>
    </Panes>
  );
}
