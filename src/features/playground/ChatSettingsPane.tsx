import { formatCount } from '../../core/base/units';
import { useShownPart, useStudio } from '../../state/react';
import { Block, Pane, Segmented, TextField } from '../../ui';
import { ChanceSliders, LengthField, SeedField } from './SamplingFields';
import styles from './PlaygroundPage.module.css';

/** System prompt and sampling settings. */
export function ChatSettingsPane() {
  const system = useStudio((s) => s.system);
  const setSystem = useStudio((s) => s.setSystem);
  const context = useShownPart('playground', ({ record }) => record?.model.config.context);
  return (
    <Pane title="Settings">
      <Block>
        <ChatOrText isChat />
      </Block>
      <Block>
        <TextField
          label="System message"
          rows={3}
          isProse
          value={system}
          onChange={setSystem}
          placeholder="None"
          hint={`Sent before every message${context === undefined ? '' : `; context ${formatCount(context)} tokens`}`}
        />
      </Block>
      <Block isForm>
        <ChanceSliders />
        <LengthField label="Maximum length" />
        <SeedField />
      </Block>
    </Pane>
  );
}

/** Switch between chat and text, for a model with a chat template. */
export function ChatOrText({ isChat }: { isChat: boolean }) {
  const setChat = useStudio((s) => s.setChat);
  return (
    <div className={styles.mode}>
      <Segmented
        label="Mode"
        isWide
        value={isChat ? 'chat' : 'text'}
        onChange={(value) => setChat(value === 'chat')}
        options={[
          { value: 'chat', label: 'Chat' },
          { value: 'text', label: 'Continue text' },
        ]}
      />
    </div>
  );
}
