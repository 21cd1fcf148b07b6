import { useState } from 'react';
import { formatCount } from '../../core/base/units';
import { MAX_TEMPLATE_LENGTH } from '../../core/tokenizer/tokenizer';
import { useStudio } from '../../state/react';
import { Button, Dialog, TextField } from '../../ui';

/** Edits the chat template. The training preview reports errors in it. */
export function TemplateDialog({ template, onClose }: { template: string; onClose: () => void }) {
  const setTuning = useStudio((s) => s.setTuning);
  const [draft, setDraft] = useState(template);
  const refusal =
    draft.trim() === ''
      ? 'The template is empty'
      : draft.length > MAX_TEMPLATE_LENGTH
        ? `Too long: ${formatCount(draft.length)} of at most ${formatCount(MAX_TEMPLATE_LENGTH)} characters`
        : undefined;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Edit chat template"
      width={720}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            variant="go"
            disabledReason={refusal}
            onPress={() => {
              setTuning({ template: draft });
              onClose();
            }}
          >
            Use template
          </Button>
        </>
      }
    >
      <TextField
        label="Template"
        value={draft}
        onChange={setDraft}
        rows={14}
        isFirst
        hint="Jinja with messages, add_generation_prompt and special tokens"
      />
    </Dialog>
  );
}
