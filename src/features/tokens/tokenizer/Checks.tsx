import type { ReactNode } from 'react';
import { formatCount, formatNumber } from '../../../core/base/units';
import type { TokenizerRecord } from '../../../protocol/data';
import { Icon, type Tone } from '../../../ui';
import styles from './Checks.module.css';

/** Statistics of the tokenizer over the whole text, from its training. */
export function Checks({ tokenizer }: { tokenizer: TokenizerRecord }) {
  const { size, asked, model, bytesPerToken, unusedEntries } = tokenizer;
  return (
    <ul className={styles.checks}>
      <Check
        tone="ok"
        title={model.kind === 'bytes' ? 'One byte per token' : `${formatNumber(bytesPerToken)} bytes per token`}
      >
        {model.kind === 'bytes'
          ? 'so a context sees as many bytes as tokens'
          : 'on your text; more means a longer view'}
      </Check>
      {model.kind === 'bpe' && size < asked && (
        <Check tone="warn" title={`${formatCount(size)} of ${formatCount(asked)} entries`}>
          your text is too short for more
        </Check>
      )}
      <Check
        tone="ok"
        title={unusedEntries === 0 ? 'Every entry is used' : `${formatCount(unusedEntries)} entries never occur`}
      >
        {unusedEntries === 0
          ? 'at least once in your text'
          : model.merges.length === 0
            ? 'unused bytes; harmless'
            : 'unused bytes, or parts of longer tokens; harmless'}
      </Check>
    </ul>
  );
}

/** One line of the checks, with its icon. */
export function Check({ tone, title, children }: { tone: Tone; title: string; children: ReactNode }) {
  return (
    <li>
      <Icon name={tone === 'ok' ? 'check' : tone === 'warn' ? 'warning' : 'error'} tone={tone} />
      <span>
        {title}
        <small>{children}</small>
      </span>
    </li>
  );
}
