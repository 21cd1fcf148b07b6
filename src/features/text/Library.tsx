import { useState } from 'react';
import { useLocation } from 'wouter';
import { formatBytes, formatCount } from '../../core/base/units';
import { learntOf } from '../../core/documents/record';
import { useStudio } from '../../state/react';
import type { PageProps } from '../../state/stage';
import { useNextStep } from '../../state/useNextStep';
import { FileButton, NextButton, Panes, Stage } from '../../ui';
import { OutOfDate } from './OutOfDate';
import { Refusals } from './Refusals';
import { TextList, type Chosen } from './TextList';
import { TextPreview } from './TextPreview';
import { TextTabs } from './TextTabs';

/** The texts that are there, and what is in the chosen one. */
export function Library({ onFiles, onPaste }: Pick<PageProps, 'onFiles'> & { onPaste: () => void }) {
  const texts = useStudio((s) => s.texts);
  const [asked, choose] = useState<Chosen>();
  const [place, setPlace] = useState(0);
  const [, go] = useLocation();
  const next = useNextStep('text', go);
  // A text that was removed leaves its place to the next one.
  const text = texts.find((t) => t.id === asked?.id) ?? texts[Math.min(place, texts.length - 1)];
  const chosen = text && (asked?.id === text.id ? asked : { id: text.id });
  const characters = texts.reduce((n, t) => n + learntOf(t).characters, 0);
  const bytes = texts.reduce((n, t) => n + t.bytes, 0);
  const documents = texts.reduce((n, t) => n + learntOf(t).documents, 0);
  return (
    <Stage
      title="Text"
      tabs={<TextTabs current="library" />}
      summary={
        <>
          <b>{formatCount(texts.length)}</b> {texts.length === 1 ? 'text' : 'texts'},{' '}
          {documents > texts.length && (
            <>
              <b>{formatCount(documents)}</b> documents,{' '}
            </>
          )}
          <b>{formatCount(characters)}</b> characters, <b>{formatBytes(bytes)}</b> before the browser packs{' '}
          {texts.length === 1 ? 'it' : 'them'}
        </>
      }
      actions={
        <>
          <FileButton isDense isFolder onFiles={onFiles}>
            Add a folder…
          </FileButton>
          <FileButton isDense icon="plus" onFiles={onFiles}>
            Add files…
          </FileButton>
          <NextButton step={next} isDense />
        </>
      }
    >
      <OutOfDate />
      <Refusals />
      <Panes columns="minmax(440px, 6fr) minmax(360px, 5fr)" narrowColumns="minmax(400px, 6fr) minmax(320px, 5fr)">
        <TextList
          chosen={chosen}
          onChoose={(next) => {
            choose(next);
            setPlace(texts.findIndex(({ id }) => id === next.id));
          }}
          onFiles={onFiles}
          onPaste={onPaste}
        />
        {text && <TextPreview key={`${text.id}/${chosen?.place}`} text={text} place={chosen?.place} />}
      </Panes>
    </Stage>
  );
}
