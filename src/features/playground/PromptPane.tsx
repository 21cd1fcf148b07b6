import { formatCount } from '../../core/base/units';
import { canChat, promptOf } from '../../state/playground';
import { useShownPart, useStudio } from '../../state/react';
import { Block, Pane, TextField } from '../../ui';
import { ChatOrText } from './ChatSettingsPane';
import { ActOrStop } from './ActOrStop';
import { reachWords, spaceWords } from './reach';
import { ChanceSliders, LengthField, SeedField } from './SamplingFields';

/** Prompt, and sampling settings. */
export function PromptPane() {
  const prompt = useStudio(promptOf);
  const reach =
    useShownPart('playground', ({ record }) => record && (reachWords(prompt, record) ?? spaceWords(prompt, record))) ??
    undefined;
  const hasTemplate = useStudio(canChat);
  const setPrompt = useStudio((s) => s.setPrompt);
  return (
    <Pane title="Prompt" hint={`${formatCount(Array.from(prompt).length)} characters`}>
      {hasTemplate && (
        <Block>
          <ChatOrText isChat={false} />
        </Block>
      )}
      <Block>
        <TextField label="Prompt" hideLabel rows={4} isProse value={prompt} onChange={setPrompt} hint={reach} />
        <ActOrStop />
      </Block>
      <Block isForm>
        <ChanceSliders />
        <LengthField label="Length" />
        <SeedField />
      </Block>
    </Pane>
  );
}
