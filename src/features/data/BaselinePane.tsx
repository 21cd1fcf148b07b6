import type { ReactNode } from 'react';
import { formatCount, formatNumber } from '../../core/base/units';
import type { DataRecord } from '../../protocol/data';
import { useStudio } from '../../state/react';
import { Pane, PaneHead } from '../../ui';
import styles from './BaselinePane.module.css';

/** What a model must beat, and how long one pass over the training part is. */
export function BaselinePane({ data: { manifest, unigramLoss } }: { data: DataRecord }) {
  const context = useStudio((s) => s.project.model.config.context);
  const batch = useStudio((s) => s.project.recipe.batch);
  const steps = useStudio((s) => s.project.recipe.steps);
  const { train, validation, vocabulary } = manifest;
  const bytesPerToken = validation.bytes / validation.tokens;
  const perStep = batch * context;
  const tooShort = [train, validation].find((part) => part.tokens <= context);
  return (
    <Pane title="To beat" hint="on the held-out part">
      <Baseline name="Guessing blindly" loss={Math.log(vocabulary)} bytesPerToken={bytesPerToken}>
        every entry equally likely: where training begins
      </Baseline>
      <Baseline name="Knowing only which tokens are common" loss={unigramLoss} bytesPerToken={bytesPerToken}>
        always guessing by the counts of the training part; below it, the model has learnt from context
      </Baseline>
      <PaneHead title="One pass" hint="over the training part" />
      <div className={styles.item}>
        <p>
          <b>{formatCount(Math.max(1, Math.round(train.tokens / perStep)))}</b> steps of {formatCount(batch)} ×{' '}
          {formatCount(context)} tokens
        </p>
        <p className={styles.quiet}>
          {formatCount(steps)} steps, as set, read {formatCount(steps * perStep)} tokens:{' '}
          {formatNumber((steps * perStep) / train.tokens)} passes
        </p>
        {tooShort && (
          <p className={styles.warn}>
            The {tooShort === train ? 'training' : 'validation'} part has {formatCount(tooShort.tokens)} tokens, and a
            context of {formatCount(context)} needs {formatCount(context + 1)}: add text, or shorten the context
          </p>
        )}
      </div>
    </Pane>
  );
}

function Baseline(p: { name: string; loss: number; bytesPerToken: number; children: ReactNode }) {
  return (
    <div className={styles.item}>
      <h3>{p.name}</h3>
      <dl className={styles.readings}>
        <div>
          <dd>{formatNumber(Math.exp(p.loss))}</dd>
          <dt>perplexity</dt>
        </div>
        <div>
          <dd>{formatNumber(p.loss)}</dd>
          <dt>nats a token</dt>
        </div>
        <div>
          <dd>{formatNumber(p.loss / Math.LN2 / p.bytesPerToken)}</dd>
          <dt>bits a byte</dt>
        </div>
      </dl>
      <p className={styles.quiet}>{p.children}</p>
    </div>
  );
}
