import { useLocation } from 'wouter';
import { useNextStep } from '../../../state/useNextStep';
import { EmptyStage, NextButton, Stage } from '../../../ui';
import { TextTabs } from '../TextTabs';
import { Sides } from './BeforeAfter';

/** Clean in a project without texts for training, such as one that only has labeled tables. */
export function NothingToClean() {
  const [, go] = useLocation();
  const next = useNextStep('clean', go);
  return (
    <Stage title="Text" tabs={<TextTabs current="clean" />}>
      <EmptyStage figure={<Sides shown={EXAMPLE} />} action={<NextButton step={next} />}>
        Cleaning changes texts for training. Labeled tables aren’t cleaned.
      </EmptyStage>
    </Stage>
  );
}

const BEGINNING = { text: 'The boat came in on Tues', isChanged: false };
const END = { text: 'day. Nobody was on deck.', isChanged: false };
const EXAMPLE = {
  ...{ from: 0, isCut: false, charactersBefore: 50, charactersAfter: 48 },
  before: [BEGINNING, { text: '-\n', isChanged: true }, END],
  after: [BEGINNING, END],
};
