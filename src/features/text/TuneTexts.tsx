import { useLocation } from 'wouter';
import { counted } from '../../core/base/units';
import { tunedAs } from '../../core/documents/record';
import { useStudio } from '../../state/react';
import { Ask, Button } from '../../ui';

type Use = ReturnType<typeof tunedAs>;
const USES: Readonly<Record<Use, { noun: string; kind: string }>> = {
  labels: { noun: 'labeled text', kind: 'classify' },
  chats: { noun: 'conversation', kind: 'instruct' },
  text: { noun: 'document', kind: 'adapt' },
};

/** Texts of the project that only Teach it more uses: labeled tables, chats, and text to adapt to. */
export function TuneTexts() {
  const texts = useStudio((s) => s.tuneTexts);
  const [, go] = useLocation();
  return texts.map((text) => {
    const { noun, kind } = USES[tunedAs(text)];
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
        <p>{counted(text.documents, noun)} for Teach it more</p>
      </Ask>
    );
  });
}
