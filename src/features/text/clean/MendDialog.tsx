import { useMemo, useState } from 'react';
import { counted } from '../../../core/base/units';
import { Button, Dialog, TextField } from '../../../ui';
import { type Mend, mendsOf } from './mend';

/** A passage to be mended by hand: what was changed in it becomes rules, which do the same everywhere. */
export function MendDialog(p: { text: string; onClose: () => void; onMend: (mends: readonly Mend[]) => void }) {
  const [text, setText] = useState(p.text);
  const mends = useMemo(() => mendsOf(p.text, text), [p.text, text]);
  return (
    <Dialog
      isOpen
      onClose={p.onClose}
      title="Mend this passage"
      width={720}
      actions={
        <>
          <Button onPress={p.onClose}>Cancel</Button>
          <Button
            variant="go"
            onPress={() => p.onMend(mends)}
            disabledReason={mends.length === 0 ? 'Nothing is changed yet' : undefined}
          >
            Do the same everywhere
          </Button>
        </>
      }
    >
      <p>
        Change what is wrong here. Each change becomes a rule that finds and replaces in all texts, after the other
        rules; it can be changed, switched off and undone as they can. Your files stay as they are.
      </p>
      <TextField label="Passage" value={text} onChange={setText} rows={14} isProse isFirst />
      <p aria-live="polite">
        {mends.length === 0
          ? 'Nothing is changed yet.'
          : `${counted(mends.length, 'rule')}: ${mends
              .slice(0, SHOWN)
              .map(({ find, by }) => `“${find}” to “${by}”`)
              .join(', ')}${mends.length > SHOWN ? ', …' : ''}`}
      </p>
    </Dialog>
  );
}
const SHOWN = 4;
