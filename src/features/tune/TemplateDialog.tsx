import { useState } from 'react';
import { formatCount } from '../../core/base/units';
import { LONGEST_TEMPLATE } from '../../core/tokenizer/tokenizer';
import { useStudio } from '../../state/react';
import { Button, Dialog, TextField } from '../../ui';

/** Another template. What is wrong with it is told where its tokens would be. */
export function TemplateDialog({ template, onClose }: { template: string; onClose: () => void }) {
  const setTuning = useStudio((s) => s.setTuning);
  const [draft, setDraft] = useState(template);
  const refusal =
    draft.trim() === ''
      ? 'It is empty'
      : draft.length > LONGEST_TEMPLATE
        ? `It has ${formatCount(draft.length)} characters, and ${formatCount(LONGEST_TEMPLATE)} are taken at most`
        : undefined;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="How a conversation is written"
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
            Take it
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
        hint="Jinja, as tokenizer_config.json has it: messages, add_generation_prompt, and the tokenizer's special tokens by their names"
      />
    </Dialog>
  );
}
