import { counted } from '../../core/base/units';
import { COPIED_WORDS, quotedPassage } from '../../core/evaluate/copied';
import { useStudio } from '../../state/react';
import { useCopied } from '../../state/useCopied';
import { Block, Icon, PaneHead, TermLabel } from '../../ui';
import styles from './PlaygroundPage.module.css';

/** Whether the model repeats its training texts. */
export function CopiedBlock() {
  const isWriting = useStudio((s) => s.writing.kind === 'writing');
  const written = useStudio((s) => s.written);
  const copied = useCopied(isWriting ? '' : written.map(({ text }) => text).join(''));
  if (!copied) return null;
  const { words, passage } = copied;
  const isCopy = words >= COPIED_WORDS;
  return (
    <>
      <PaneHead title="Is it copied?" />
      <Block>
        <p className={styles.copied} role="status">
          {isCopy && <Icon name="warning" tone="warn" />}
          <span>
            <TermLabel>Longest copied passage</TermLabel>: <b>{words === 0 ? 'none' : counted(words, 'word')}</b>
          </span>
        </p>
        {words > 0 && <p className={styles.passage}>{quotedPassage(passage)}</p>}
        {words > 0 && (
          <p className={styles.quiet}>
            {isCopy ? 'This passage stands in your texts word for word' : 'Also stands in your texts'}
          </p>
        )}
      </Block>
    </>
  );
}
