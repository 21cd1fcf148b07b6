import { useMemo, useState } from 'react';
import { counted } from '../../../core/base/units';
import { Button, Dialog, TextField } from '../../../ui';
import { type Mend, mendsOf } from './mend';

/** Editor for a passage. Each edit becomes a rule, which applies to all texts. */
export function MendDialog(p: { text: string; onClose: () => void; onMend: (mends: readonly Mend[]) => void }) {
  const [text, setText] = useState(p.text);
  const mends = useMemo(() => mendsOf(p.text, text), [p.text, text]);
  return (
    <Dialog
      isOpen
      onClose={p.onClose}
      title="Edit passage"
      width={720}
      actions={
        <>
          <Button onPress={p.onClose}>Cancel</Button>
          <Button
            variant="go"
            onPress={() => p.onMend(mends)}
            disabledReason={mends.length === 0 ? 'Change the passage first' : undefined}
          >
            Apply everywhere
          </Button>
        </>
      }
    >
      <p>Each change becomes a find-and-replace rule for all texts. Your files stay unchanged.</p>
      <TextField label="Passage" value={text} onChange={setText} rows={14} isProse isFirst />
      <p aria-live="polite">
        {mends.length === 0
          ? 'No changes yet.'
          : `${counted(mends.length, 'rule')}: ${mends
              .slice(0, MAX_SHOWN)
              .map(({ find, by }) => `“${find}” to “${by}”`)
              .join(', ')}${mends.length > MAX_SHOWN ? ', …' : ''}`}
      </p>
    </Dialog>
  );
}
/** Number of rules that are named. */
const MAX_SHOWN = 4;
