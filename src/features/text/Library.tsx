import { useState } from 'react';
import { formatBytes, formatCount } from '../../core/base/units';
import { useStudio } from '../../state/react';
import { FileButton, Panes, Stage, type DroppedFile } from '../../ui';
import { toDropped } from './droppedTexts';
import { OutOfDate } from './OutOfDate';
import { Refusals } from './Refusals';
import { TextList } from './TextList';
import { TextPreview } from './TextPreview';

/** The texts that are there, and what is in the chosen one. */
export function Library({ onPaste }: { onPaste: () => void }) {
  const texts = useStudio((s) => s.texts);
  const addFiles = useStudio((s) => s.addFiles);
  const [chosenId, choose] = useState<string>();
  const [place, setPlace] = useState(0);
  const onFiles = (files: DroppedFile[]) => void addFiles(files.map(toDropped));
  // A text that was removed leaves its place to the next one.
  const chosen = texts.find((t) => t.id === chosenId) ?? texts[Math.min(place, texts.length - 1)];
  const characters = texts.reduce((n, t) => n + t.characters, 0);
  const bytes = texts.reduce((n, t) => n + t.bytes, 0);
  return (
    <Stage
      title="Text"
      summary={
        <>
          <b>{formatCount(texts.length)}</b> {texts.length === 1 ? 'text' : 'texts'}, <b>{formatCount(characters)}</b>{' '}
          characters, <b>{formatBytes(bytes)}</b> kept in this browser
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
        </>
      }
    >
      <OutOfDate />
      <Refusals />
      <Panes columns="minmax(440px, 6fr) minmax(360px, 5fr)" narrowColumns="minmax(400px, 6fr) minmax(320px, 5fr)">
        <TextList
          chosenId={chosen?.id}
          onChoose={(text) => {
            choose(text.id);
            setPlace(texts.indexOf(text));
          }}
          onFiles={onFiles}
          onPaste={onPaste}
        />
        {chosen && <TextPreview key={chosen.id} text={chosen} />}
      </Panes>
    </Stage>
  );
}
