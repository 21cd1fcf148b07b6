import { useLocation } from 'wouter';
import { type TuneUse, tunedAs } from '../../core/documents/record';
import { useStudio } from '../../state/react';
import { tuneTextWords } from '../../state/tuneTextWords';
import { Ask, Button } from '../../ui';

const KINDS: Readonly<Record<TuneUse, string>> = { labels: 'classify', chats: 'instruct', text: 'adapt' };

/** Texts of the project that only Teach it more uses: labeled tables, chats, and text to adapt to. */
export function TuneTexts() {
  const texts = useStudio((s) => s.tuneTexts);
  const [, go] = useLocation();
  return texts.map((text) => {
    const kind = KINDS[tunedAs(text)];
    return (
      <Ask
        key={text.id}
        icon="table"
        title={text.name}
        actions={
          <Button isDense label={`Show ${text.name}`} onPress={() => go(`/tune?kind=${kind}&text=${text.id}`)}>
            Show
          </Button>
        }
      >
        <p>{tuneTextWords([text])} for Teach it more</p>
      </Ask>
    );
  });
}
