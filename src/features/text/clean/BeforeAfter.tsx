import { useState } from 'react';
import { formatCount, formatShare } from '../../../core/base/units';
import type { Marked, Piece } from '../../../core/documents/clean/marks';
import type { Shown } from '../../../core/documents/clean/preview';
import { Block, Button, IconButton, Segmented } from '../../../ui';
import styles from './BeforeAfter.module.css';
import { MendDialog } from './MendDialog';
import type { Mend } from './mend';
import { visible } from './visible';

/** Selects the documents to step through: those changed by all rules, or by one of them. */
export function RuleOrAll(p: { rule: string | undefined; isOfRule: boolean; onChange: (isOfRule: boolean) => void }) {
  if (p.rule === undefined) return null;
  return (
    <Segmented
      label="Show changes by"
      value={p.isOfRule ? 'rule' : 'all'}
      onChange={(value) => p.onChange(value === 'rule')}
      options={[
        { value: 'all', label: 'All rules' },
        { value: 'rule', label: p.rule },
      ]}
    />
  );
}

/** Previous and next changed document. */
export function DocumentSteps({ shown: { at, of }, onGo }: { shown: Shown; onGo: (at: number) => void }) {
  return (
    <>
      <IconButton
        icon="chevronLeft"
        label="Previous changed document"
        onPress={() => onGo(at - 1)}
        disabledReason={at === 0 ? 'This is the first changed document' : undefined}
      />
      <IconButton
        icon="chevronRight"
        label="Next changed document"
        onPress={() => onGo(at + 1)}
        disabledReason={at + 1 >= of ? 'This is the last changed document' : undefined}
      />
    </>
  );
}

/** An original document and its cleaned text, with the differences marked. */
export function BeforeAfter({ shown, onMend }: { shown: Shown; onMend: (mends: readonly Mend[]) => void }) {
  const [isMending, setMending] = useState(false);
  return (
    <>
      <Sides shown={shown} />
      <Block isTail>
        <div className={styles.mend}>
          <span>
            {shown.of === 0
              ? shown.isProgram
                ? 'Source code, which rules for prose don’t change. '
                : 'No rule changes this document. '
              : `Changed document ${formatCount(shown.at + 1)} of ${formatCount(shown.of)}. `}
            Edit it, and Homegrown makes the same change everywhere.
          </span>
          <Button isDense onPress={() => setMending(true)}>
            Edit passage…
          </Button>
        </div>
      </Block>
      {isMending && (
        <MendDialog
          text={shown.after.map(({ text }) => text).join('')}
          onClose={() => setMending(false)}
          onMend={(mends) => {
            setMending(false);
            onMend(mends);
          }}
        />
      )}
    </>
  );
}

/** Both versions, each with its size. */
export function Sides({ shown }: { shown: Marked & Pick<Shown, 'charactersBefore' | 'charactersAfter'> }) {
  const { charactersBefore, charactersAfter } = shown;
  const reduction = charactersBefore > 0 ? (charactersBefore - charactersAfter) / charactersBefore : 0;
  const share = reduction === 0 ? '' : `, ${formatShare(Math.abs(reduction))} ${reduction > 0 ? 'less' : 'more'}`;
  return (
    <div className={styles.sides}>
      <h3>
        <b>Before</b> {formatCount(charactersBefore)} characters
      </h3>
      <Side pieces={shown.before} as="del" isBegun={shown.from > 0} isCut={shown.isCut} />
      <h3>
        <b>After</b> {formatCount(charactersAfter)} characters{share}
      </h3>
      <Side pieces={shown.after} as="ins" isBegun={shown.from > 0} isCut={shown.isCut} />
    </div>
  );
}

function Side(p: { pieces: readonly Piece[]; as: 'del' | 'ins'; isBegun: boolean; isCut: boolean }) {
  const Mark = p.as;
  return (
    <div className={styles.text} dir="auto">
      {p.isBegun && '… '}
      {p.pieces.map(({ text, isChanged }, i) => (isChanged ? <Mark key={i}>{visible(text)}</Mark> : text))}
      {p.isCut && ' …'}
    </div>
  );
}
