import { formatCount } from '../../core/base/units';
import { canChat, promptOf } from '../../state/playground';
import { useShownPart, useStudio } from '../../state/react';
import { Block, Pane, TextField } from '../../ui';
import { ChatOrText } from './ChatSettingsPane';
import { GenerateOrStop } from './GenerateOrStop';
import { cutPromptWords, trailingSpaceWords } from './reach';
import { ChanceSliders, LengthField, SeedField } from './SamplingFields';

/** Prompt, and sampling settings. */
export function PromptPane() {
  const prompt = useStudio(promptOf);
  const warning =
    useShownPart(
      'playground',
      ({ record }) => record && (cutPromptWords(prompt, record) ?? trailingSpaceWords(prompt, record)),
    ) ?? undefined;
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
        <TextField label="Prompt" hideLabel rows={4} isProse value={prompt} onChange={setPrompt} hint={warning} />
        <GenerateOrStop />
      </Block>
      <Block isForm>
        <ChanceSliders />
        <LengthField label="Length" />
        <SeedField />
      </Block>
    </Pane>
  );
}
